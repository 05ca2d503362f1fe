import { REFERENCE } from './reference.js'
import { SCRIPT } from './script.js'
import { STYLES } from './styles.js'

/** What the pages are about. */
export interface PageOptions {
  /** What stands before `/v1` in the API's paths. */
  readonly base: string
  /** The collections, in order. */
  readonly families: readonly string[]
}

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

/**
 * What people see of a catalogue: a page of it at `/`, and the reference of its API at `/docs`. Both speak with the API as
 * any client does, and show of services what it shows, as text. Answers what is at a path, if there is something.
 */
export function pages({ base, families }: PageOptions): (pathname: string) => Response | undefined {
  const at: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', catalogue(base, families)],
    '/docs': ['text/html', reference(base)],
    '/page.js': ['text/javascript', SCRIPT],
    '/docs.js': ['text/javascript', REFERENCE],
    '/page.css': ['text/css', STYLES],
  }
  return (pathname) => {
    const page = Object.hasOwn(at, pathname) ? at[pathname] : undefined
    if (page === undefined) return undefined
    const [type, text] = page
    return new Response(text, { headers: { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` } })
  }
}

const head = (title: string, script: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/page.css">
<script type="module" src="${script}"></script>
`

function catalogue(base: string, families: readonly string[]): string {
  return `${head('Services', '/page.js')}
<a class="skip" href="#services">Skip to the services</a>
<header><h1>Services</h1><a href="/docs">API</a></header>
<main class="rooms" data-base="${escaped(base)}" data-families="${escaped(families.join(' '))}">
  <nav aria-label="Families"><h2>Families</h2><ul></ul></nav>
  <section aria-label="Services" class="services">
    <div class="filters">
      <label>Service type <input id="type" list="types" autocomplete="off" spellcheck="false"></label><datalist id="types"></datalist>
      <label>Show <select id="include"><option value="non-deleted">live</option><option value="all">all</option><option value="deleted">deleted</option></select></label>
    </div>
    <div id="services" tabindex="-1"></div>
  </section>
  <section aria-label="Service" id="service"></section>
</main>
<p id="failed" role="alert"></p>
<p id="said" role="status" class="unseen"></p>
</html>
`
}

function reference(base: string): string {
  return `${head('API', '/docs.js')}
<header><h1>API</h1><a href="/">Services</a></header>
<main class="docs" data-document="${escaped(base)}/openapi.json"><p role="status">Reading the document …</p></main>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string)
