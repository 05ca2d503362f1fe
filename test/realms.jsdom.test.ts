// @vitest-environment jsdom
import * as servicebook from 'servicebook'
import * as cipher from 'servicebook/cipher'
import * as http from 'servicebook/http'
import * as memory from 'servicebook/memory'
import * as postgres from 'servicebook/postgres'
import { expect, test } from 'vitest'
import { LIFE, lifeOf } from './realm.js'

test('V7 a host lives in jsdom', async () => {
  expect(globalThis).toHaveProperty('jsdom')
  expect(await lifeOf({ ...servicebook, ...http, ...memory, ...postgres }, cipher)).toEqual(LIFE)
})
