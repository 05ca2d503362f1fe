import fc from 'fast-check'
import { fqn } from 'servicebook'
import { expectThat } from './check.mjs'
import { long } from './mutate.mjs'
import { timely } from './timely.mjs'

/* Names as FQNs and back, and texts that are none. */

const pieces = fc.oneof(
  fc.constantFrom('a', '"', '.', '""', 'a.b', '__proto__'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
)
const texts = fc.oneof(
  { weight: 10, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 10, arbitrary: fc.array(pieces).map((all) => all.join('')) },
  { weight: 1, arbitrary: long(['"', '.', 'a.', '"".', '"a"', '.."']) },
)
const isName = (text) => text !== '' && !/::|[\n\r\u2028\u2029]/.test(text)

function fqnAnswers(given, text) {
  const names = given.filter(isName)
  if (names.length > 0) {
    const back = fqn.split(fqn.build(names))._unsafeUnwrap().map(fqn.unquote)
    expectThat(JSON.stringify(back) === JSON.stringify(names), () => `came back as ${JSON.stringify(back)}`)
  }
  for (const ask of [fqn.split, fqn.parent, fqn.root]) {
    const answer = ask(text)
    if (answer.isErr()) expectThat(answer.error.code === 'BAD_REQUEST', () => `answered ${answer.error.code}`)
  }
  if (isName(text))
    expectThat(fqn.unquote(fqn.quote(text)) === text, () => `${JSON.stringify(text)} is not itself once quoted`)
}

export const fuzzNames = {
  name: 'names',
  runs: 1000,
  property: () =>
    fc.asyncProperty(fc.array(pieces, { maxLength: 6 }), texts, (given, text) =>
      timely(text.length, () => fqnAnswers(given, text)),
    ),
}
