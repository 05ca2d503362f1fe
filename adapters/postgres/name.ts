/**
 * What a statement is called on its connection. It follows from the text alone: behind a pooler another process may have
 * given the name, and has to have meant the same. After a loss it is another one, since the client goes on believing that
 * the old one is there.
 */
export function nameOf(text: string, losses: number): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `servicebook_${digest(text)}`
    if (names.size === MOST) names.clear()
    names.set(text, name)
  }
  return losses === 0 ? name : `${name}_${losses}`
}

/** Some for each store. */
const MOST = 1000
const names = new Map<string, string>()

/** 64 bits (FNV-1a, twice 32 bits, from two ends), which have to differ for some texts on a connection. */
function digest(text: string): string {
  let [forth, back] = [0x811c9dc5, 0x9dc5811c]
  for (let at = 0; at < text.length; at++) {
    forth = Math.imul(forth ^ text.charCodeAt(at), 0x01000193)
    back = Math.imul(back ^ text.charCodeAt(text.length - 1 - at), 0x01000193)
  }
  return [forth, back].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
