import { readFileSync } from 'node:fs'

/** Which peers are installed, by name with their versions, and why the others are not there. */
export async function installedPeers() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const versions = {}
  const missing = {}
  for (const [name, version] of Object.entries(dependencies)) {
    try {
      const module = await import(name)
      if (name === 'better-sqlite3') new module.default(':memory:').close() // its binary is loaded only now
      versions[name] = version
    } catch (error) {
      const absent = error.code === 'ERR_MODULE_NOT_FOUND'
      missing[name] = absent ? 'not installed; npm ci --prefix bench' : String(error.message).split('\n')[0]
    }
  }
  return { versions, missing }
}
