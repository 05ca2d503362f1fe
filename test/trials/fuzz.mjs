import { fuzzHttp } from './fuzz-http.mjs'
import { fuzzJournal } from './fuzz-journal.mjs'
import { fuzzNames } from './fuzz-names.mjs'
import { fuzzSchemas } from './fuzz-schemas.mjs'
import { fuzzSocket } from './fuzz-socket.mjs'
import { fuzzVerbs } from './fuzz-verbs.mjs'

/*
 * Input that is nearly right, by the thousand: an answer each time, in a time that its size allows; no prototype is
 * changed, and what is refused changes nothing.
 */

export const fuzz = {
  what: 'input that is nearly right, for every verb, names, journals, HTTP, sockets and schemas',
  targets: [fuzzVerbs, fuzzNames, fuzzJournal, fuzzHttp, fuzzSocket, fuzzSchemas],
}
