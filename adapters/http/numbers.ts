/*
 * Numbers as JSON text has them: decimals of any length, where a JavaScript number is a double. Source: RFC 8259 §6.
 */

const NUMBER = /(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y

/** Decimals of so many digits are always told apart by doubles. */
const SAFE = 15

/** The end of the number that begins at `start`, and whether reading it makes another number of it, as 2^53 + 1. */
export function numberAt(text: string, start: number): { readonly end: number; readonly isRounded: boolean } {
  NUMBER.lastIndex = start
  const [whole = '', , integer = '', fraction = '', exponent] = NUMBER.exec(text) ?? []
  const end = start + Math.max(whole.length, 1)
  if (exponent === undefined && integer.length + fraction.length <= SAFE) return { end, isRounded: false }
  return { end, isRounded: !isHeld(canonical(whole), Number(whole)) }
}

/** Whether a number stands for these digits: as its shortest text, or, of a whole one, as all of its digits. */
function isHeld(digits: string, number: number): boolean {
  if (digits === canonical(String(number))) return true
  return Number.isInteger(number) && digits === canonical(String(BigInt(number)))
}

/** The digits between the outer zeros, and where the point is from the first of them; equal for what is equal. */
function canonical(number: string): string {
  NUMBER.lastIndex = 0
  const [, sign = '', integer = '', fraction = '', exponent = '0'] = NUMBER.exec(number) ?? []
  const digits = integer + fraction
  let from = 0
  let to = digits.length
  while (digits[from] === '0') from++
  while (to > from && digits[to - 1] === '0') to--
  // What is no number to begin with is equal to none.
  if (digits === '') return number
  return from === to ? '0' : `${sign}${digits.slice(from, to)} ${integer.length - from + Number(exponent)}`
}
