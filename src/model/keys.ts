/*
 * The table of keys that name a credential, in any case and spelling: `password`, `PWD`, `Api-Key`, `sharedAccessKey`,
 * `aws_secret_access_key`, `sslpassword2`. A false mask costs a reader, a missed one costs a secret, so it leans to masking.
 * Source: `semantics.md` §1.
 */

/** A key that ends with one of these, whatever stands before it. */
const ENDINGS = [
  ...['password', 'passwort', 'passwd', 'passphrase', 'passcode', 'passkey', 'pwd', 'secret', 'secrets'],
  ...['token', 'tokens', 'bearer', 'authorization', 'signature', 'credential', 'credentials', 'creds', 'cookie'],
  ...[
    'accesskey',
    'accountkey',
    'apikey',
    'appkey',
    'authkey',
    'clientkey',
    'consumerkey',
    'encryptionkey',
    'functionkey',
  ],
  ...['licensekey', 'masterkey', 'privatekey', 'secretkey', 'securitykey', 'servicekey', 'sharedkey', 'signingkey'],
  ...['storagekey', 'subscriptionkey', 'userkey', 'authstring', 'sessionid'],
] as const

/** A key whose last word is one of these: as an ending they would be of other words, too. */
const WORDS: ReadonlySet<string> = new Set([
  'pass',
  'pw',
  'psw',
  'sig',
  'sas',
  'jwt',
  'pat',
  'pin',
  'otp',
  'cred',
  'auth',
])

/** A key that is one of these, and nothing else. */
const WHOLE: ReadonlySet<string> = new Set(['key'])

/** What may stand behind it and say nothing new. */
const AFTER = [
  'value',
  'text',
  'string',
  'plain',
  'clear',
  'hash',
  'base64',
  'encoded',
  'encrypted',
  'enc',
  'new',
  'old',
]

const ENDING = new RegExp(`(?:${ENDINGS.join('|')})(?:${AFTER.join('|')})?$`)

/** Whether a key names a credential. */
export function isCredentialKey(key: string): boolean {
  if (key.length < 2) return false
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  const last = words.at(-1)
  if (last === undefined) return false
  const whole = words.join('')
  return WORDS.has(last) || WHOLE.has(whole) || ENDING.test(whole)
}
