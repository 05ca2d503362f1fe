/** A list, a thousand at a time. */
export function* chunks(list, size = 1000) {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
