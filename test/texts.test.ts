import fc from 'fast-check'
import { MASK, maskedText } from 'servicebook'
import { describe, expect, test, vi } from 'vitest'
import { filledText, maskText } from '../src/model/texts.js'

const encoded = encodeURIComponent
const ENCODED_MASK = '%2A'.repeat(MASK.length)

describe('S1 credentials in texts (§1)', () => {
  test.each([
    ['postgresql://h/db?password=[hu%26sh]&x=y'],
    ['https://b.blob/c?sv=1&sig=[abc%3D]&se=2'],
    ['http://h/p;token=[hush];x=y'],
    ['mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BODBC%7D%3BPWD%3D[hu%2526sh]%3BDATABASE%3Dx&a=b'],
    ['mysql%3A%2F%2Fu%3A[hush]%40h'],
    ['https%3A%2F%2F[ghp0123]%40h%2Fx'],
    ['x=%2570%2561ss%253D[hush]'],
    ['https://[ghp_0123]@h/x'],
    ['https://[abcdefghijklmnopqrst]@h'],
    ['https://[t0ken]:@h'],
    ['https://[t0ken]:[x-oauth-basic]@h'],
    ['Server=s;User Id=u;Password=[correct horse battery];Encrypt=yes'],
    ['host=h password=[hush] user=u'],
    ["host=h password='[hu sh; x=y]' user=u"],
    ['jdbc:x://h;password={[a;b}}c]};x=y'],
    ['Access Key = [hush]'],
    ['AccountName=x;AccountKey=[abc/def==];EndpointSuffix=core'],
    ['"sslpassword"="[hush]"'],
    ['org.apache.PlainLoginModule required username="u" password="[hush]";'],
    ['http://u:[one]@h?password=[two]&api%5Fkey=[three]'],
  ])('%s', (marked) => {
    const values = [...marked.matchAll(/\[([^\]]*)\]/g)].map(([, value]) => value as string)
    const clear = marked.replaceAll(/[[\]]/g, '')
    const masked = maskText(clear)
    expect(masked).toEqual({ text: marked.replaceAll(/\[[^\]]*\]/g, MASK), values })
    expect(filledText(masked?.text ?? '', values)).toBe(clear)
  })

  test.each([
    ...['http://mlflow:5000', 'http://u@host:80/x', 'git@github.com:a/b', 'ssh://git@github.com/a', 'a=b;c=d'],
    ...[
      'sqlite:///a:b@c.db',
      'x?tokenizer=y&compass=n&keyspace=k',
      'key.deserializer=x',
      '100% = all',
      'password=',
      '=',
    ],
    ...['PasswordAuthentication', 'a@b', '%3D', 'http://u:@h', 'monkey=1'],
  ])('none in %s', (text) => {
    expect(maskText(text)).toBe(undefined)
    expect(maskedText(text)).toBe(text)
  })

  test('any spelling of a key names a credential', () => {
    for (const key of [
      'password',
      'PASSWORD',
      'Pwd',
      'passwd',
      'secret',
      'token',
      'sig',
      'Signature',
      'access key',
      'API-Key',
      'api_key',
      'sslpassword',
      'awsSecretAccessKey',
      'x-amz-security-token',
      'sasl.jaas.password',
      'db_pass',
      'password2',
      'connect_args[password]',
    ])
      expect(maskedText(`a=b;${key}=hush;c=d`), key).toBe(`a=b;${key}=${MASK};c=d`)
  })

  test('the mask is found again, also as clients encode it', () => {
    for (const mask of [MASK, ENCODED_MASK, ENCODED_MASK.toLowerCase()])
      for (const text of [`https://${mask}@h`, `x://u:${mask}@h`, `x?token=${mask}`, mask])
        expect(maskText(text), text).toEqual({ text: text.replace(mask, MASK), values: [MASK] })
  })
})

const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      '://',
      '@',
      ':',
      '/',
      '?',
      '#',
      '&',
      ';',
      '=',
      ' ',
      '\n',
      "'",
      '"',
      '{',
      '}',
      '\\',
      '%',
      '%25',
      '%3D',
      '%40',
      '%3B',
      '%26',
      '%2F',
    ],
  ),
  fc.constantFrom(
    'password',
    'pwd',
    'token=',
    'password=',
    'http://',
    'u:p@h',
    'a',
    'b1',
    MASK,
    ENCODED_MASK,
    '+',
    ',',
    ')',
  ),
)
const texts = fc.array(pieces, { maxLength: 24 }).map((all) => all.join(''))

test('S1 in a masked text the same places are found, so that masking twice is masking once, and filling it gives it back', () => {
  fc.assert(
    fc.property(fc.oneof(texts, texts.map(encoded)), (text) => {
      const masked = maskText(text)
      if (masked === undefined) return
      expect(maskText(masked.text)).toEqual({ text: masked.text, values: masked.values.map(() => MASK) })
      if (!masked.values.includes(MASK)) expect(filledText(masked.text, masked.values)).toBe(text)
    }),
    { numRuns: 5000 },
  )
})

test('S1 a text that was masked when only passwords of URIs were known is filled where its masks are', () => {
  expect(filledText(`http://u:${MASK}@h?password=shown`, ['hush'])).toBe('http://u:hush@h?password=shown')
  expect(filledText(`password=http://u:${MASK}@h;x=y`, ['hush'])).toBe('password=http://u:hush@h;x=y')
  expect(filledText(`https://t0ken@h,http://u:${MASK}@h,x://v:${MASK}@i`, ['a', 'b'])).toBe(
    'https://t0ken@h,http://u:a@h,x://v:b@i',
  )
})

test('S1 a text is read a few times at most, whatever is in it', () => {
  const calls = () => [
    vi.spyOn(String.prototype, 'includes'),
    vi.spyOn(String.prototype, 'slice'),
    vi.spyOn(RegExp.prototype, 'test'),
  ]
  const steps = (text: string) => {
    const spies = calls()
    maskText(text)
    const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    return count
  }
  for (const part of [
    'a=',
    'a://b@',
    'a://b:c/',
    'password={',
    "password='\\",
    "password='a'b;",
    'password={;',
    '%25',
    'a%3A%2F%2Fb%40',
    'password= a',
    'password={}}',
    'password=%27',
    'a b ',
    '@',
    '://',
  ]) {
    const [once, twice] = [steps(part.repeat(300)), steps(part.repeat(600))]
    expect(twice, part).toBeLessThan(2.1 * once + 40)
    expect(twice, part).toBeLessThan(20 * part.length * 600 + 100)
  }
  // Nothing is done where nothing can be.
  expect(steps('nothing here '.repeat(1000))).toBeLessThan(3)
})
