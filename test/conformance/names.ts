const spaced = (text: string) => text.split(' ')

/** Names that a service may have and a storage may trip over; no two are the same name. */
export const nastyNames: readonly string[] = [
  // Twins for whoever folds case, blanks, accents or quotes.
  ...spaced('twin Twin TWIN "twin" ""twin"" \'twin\' `twin` twin\u200b \ufefftwin \ttwin twin\u00a0'),
  ...[' twin', 'twin ', 'tw in', 'tw  in', ' ', '  '],
  ...spaced('caf\u00e9 cafe\u0301 fin \ufb01n stra\u00dfe strasse STRASSE i I \u0130 \u0131'),
  // Quoted in their FQN, or looking as if they were.
  ...spaced('a.b "a.b" "a"."b" "a"b" a"b a""b " "" """ . .. ... .hidden end.'),
  // Paths and addresses.
  ...spaced('/ \\ \\\\ a/b a\\b ../../etc/passwd C:\\ CON nul.txt ~ a:b : a: :a % %2F %00 ? # & + ;'),
  // Patterns, statements and templates.
  ...spaced('* _ %a% $1 $& {{name}} <b> &amp; \\u0000 \\x00 \\n'),
  "'; drop table services; --",
  // Words of the machine.
  ...spaced('__proto__ constructor prototype toString hasOwnProperty length null undefined true NaN'),
  ...spaced('0 00 -0 1 01 1e3 1000 {} [] ["a"]'),
  // Scripts and signs.
  ...spaced(
    '\u0001 \u001f \u007f \u0085 \u{1f600} \u{1f468}\u200d\u{1f469} \u05e9\u05dc\u05d5\u05dd \u202etxt.exe \u6a21',
  ),
  // As long as a name can be, in one, two and four bytes a code point.
  ...['x', '\u00e9', '\u{1f600}'].map((sign) => sign.repeat(256)),
  `${'x'.repeat(255)}y`,
]

/** Text that a description may hold. */
export const nastyText =
  '\n\r\n\u2028\u2029\t"\'\\/\\n\\u0000{"a":[1]}]]>-- \u0001\u007f\ufeff\u00e9e\u0301\u{1f600}\u05e9\u202e $1 %s %00 '

/**
 * Names in code point order, where other orders differ: UTF-16 code units (an astral sign before U+FF21), dictionaries
 * (small before capital, signs ignored), FQNs (quoted ones first), numbers.
 */
export const orderedNames: readonly string[] = [
  ...spaced('! 10 9 B Y ['),
  ...['a', 'a c', 'a-b', 'a.a', 'aa', 'ab', 'a\uff21', 'a\u{1f600}'],
  ...spaced('c x x". z \u00e9 \u4e2d \ud7ff \ue000 \uff21 \uffee \u{10000} \u{1f600} \u{1f600}a \u{10fffd}'),
]
