import { type Config, either, type Field, flag, freeMap, object, openObject, text } from '../fields.js'
import { awsCredentials } from './aws.js'

/*
 * Where samples of data are put.
 */

const sampleDataBucket = () => ({
  bucketName: text(''),
  prefix: text(''),
  filePathPattern: text('{service_name}/{database_name}/{database_schema_name}/{table_name}/sample_data.parquet'),
  overwriteData: flag(true),
  storageConfig: either(awsCredentials(), freeMap()),
})
interface SampleDataBucket extends Config<typeof sampleDataBucket> {}

const sampling = () => ({
  config: either(freeMap(), openObject<SampleDataBucket>(sampleDataBucket)),
})
/** Where samples of data are put. */
export interface SampleDataStorage extends Config<typeof sampling> {}
export function sampleDataStorage(): Field<SampleDataStorage> {
  return object<SampleDataStorage>(sampling)
}
