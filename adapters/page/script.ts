/*
 * What the page of the catalogue does, as a browser runs it. All that comes from services is set as text, never as HTML.
 */
export const SCRIPT = `
const main = document.querySelector('main')
const base = main.dataset.base
const families = main.dataset.families.split(' ')
let token
let turn = 0

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value)
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}
const show = (place, ...children) => document.getElementById(place).replaceChildren(...children)
const say = (text) => { document.getElementById('said').textContent = text }

async function ask(path) {
  const headers = token === undefined ? {} : { authorization: 'Bearer ' + token }
  const answer = await fetch(base + '/v1/services/' + path, { headers })
  if (answer.status === 401) { askToken(); throw new Error('A token is needed') }
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.message)
  return body
}

function askToken() {
  const given = element('input', { id: 'token', type: 'password', autocomplete: 'off', required: true })
  show('service', element('form', { onsubmit(event) { event.preventDefault(); token = given.value; counting = count(); go() } },
    element('h2', {}, 'A token is needed'), element('label', { for: 'token' }, 'Token '), given, ' ', element('button', {}, 'Go on')))
  given.focus()
}

const place = () => location.hash.slice(2).split('/').map(decodeURIComponent)
const link = (...parts) => '#/' + parts.map(encodeURIComponent).join('/')
const short = (family) => family.replace(/Services$/, '')

async function go() {
  const mine = ++turn
  const [named, id] = place()
  const family = families.includes(named) ? named : (await fullest())
  if (mine !== turn) return
  main.toggleAttribute('data-open', id !== undefined)
  for (const one of document.querySelectorAll('nav a')) {
    if (one.getAttribute('href') === link(family)) one.setAttribute('aria-current', 'page')
    else one.removeAttribute('aria-current')
  }
  try {
    await list(family, id, mine)
    if (id === undefined) show('service', element('p', { class: 'quiet' }, 'Choose a service to see its versions.'))
    else await open(family, id, mine)
    fail('')
    // What had the focus is no longer there: whoever works by keyboard goes on where something is new.
    if (mine > 1 && document.activeElement === document.body)
      document.querySelector(id === undefined ? '#services' : '#service h2').focus({ preventScroll: true })
    counting ??= count()
  } catch (error) { if (mine === turn) fail(error.message) }
}

const fail = (text) => { document.getElementById('failed').textContent = text }

/** How many services each family has, beside its name; those of one family do not wait for those of another. */
const counts = new Map()
const count = () => Promise.all(families.map(async (family) => {
  const { paging } = await ask(family + '?limit=0').catch(() => ({}))
  if (paging === undefined) return
  counts.set(family, paging.total)
  document.getElementById('of-' + family).textContent = paging.total || ''
}))
let counting
async function fullest() {
  await (counting ??= count())
  return families.find((family) => counts.get(family) > 0) ?? families[0]
}

let listed = { family: undefined, after: [], types: new Set() }
async function list(family, id, mine) {
  const type = document.getElementById('type')
  const include = document.getElementById('include').value
  if (listed.family !== family) { listed = { family, after: [], types: new Set() }; type.value = '' }
  const query = new URLSearchParams({ limit: '50', include })
  if (type.value.trim() !== '') query.set('serviceType', type.value.trim())
  const after = listed.after.at(-1)
  if (after !== undefined) query.set('after', after)
  const { data, paging } = await ask(family + '?' + query)
  if (mine !== turn) return
  for (const { serviceType } of data) listed.types.add(serviceType)
  document.getElementById('types').replaceChildren(...[...listed.types].sort().map((value) => element('option', { value })))
  const items = data.map((service) => element('li', {}, element('a',
    { href: link(family, service.id), 'aria-current': service.id === id && 'true', class: service.deleted && 'deleted' },
    element('span', { class: 'name', title: service.name }, service.displayName ?? service.name),
    element('span', { class: 'quiet type' }, service.serviceType))))
  show('services', element('p', { class: 'quiet' }, paging.total + (paging.total === 1 ? ' service' : ' services')),
    ...(paging.total > 0 ? [] : [element('p', { class: 'quiet' }, type.value.trim() !== '' || include !== 'non-deleted'
      ? 'None that fits.' : 'Nothing here yet. What is PUT to '), ...(type.value.trim() !== '' || include !== 'non-deleted' ? []
      : [element('code', {}, base + '/v1/services/' + family), element('p', { class: 'quiet' }, 'is listed here.')])]),
    element('ul', {}, ...items), element('p', { class: 'pages' },
      ...(listed.after.length > 0 ? [element('button', { onclick() { listed.after.pop(); go() } }, 'Back')] : []), ' ',
      ...(paging.after ? [element('button', { onclick() { listed.after.push(paging.after); go() } }, 'More')] : [])))
  say(paging.total + ' services of ' + family)
}

async function open(family, id, mine) {
  const { versions } = await ask(family + '/' + encodeURIComponent(id) + '/versions')
  if (mine !== turn) return
  const all = versions.map((version) => JSON.parse(version)).reverse()
  const shown = element('div', {})
  const slider = element('input', { type: 'range', id: 'when', min: '0', max: String(all.length - 1), value: String(all.length - 1),
    oninput() { at(Number(slider.value)) } })
  const dots = all.map((version, index) => element('li', {}, element('button', { onclick() { slider.value = index; at(index) } },
    element('strong', {}, version.version.toFixed(1)), element('span', { class: 'quiet' }, dayOf(version) + ' ' + version.updatedBy))))
  function at(index) {
    const version = all[index]
    for (const [place, dot] of dots.entries()) {
      if (place === index) dot.firstChild.setAttribute('aria-current', 'true')
      else dot.firstChild.removeAttribute('aria-current')
    }
    const when = new Date(version.updatedAt).toISOString()
    slider.setAttribute('aria-valuetext', 'version ' + version.version.toFixed(1) + ', ' + when)
    dots[index].scrollIntoView({ block: 'nearest', inline: 'nearest' })
    shown.replaceChildren(...changes(version, all[index - 1]), ...facts(version, when))
  }
  const last = all.at(-1)
  show('service', element('p', { class: 'back' }, element('a', { href: link(family) }, '← All services of ' + short(family))),
    element('h2', { tabindex: '-1', class: last.deleted && 'deleted' }, last.name),
    element('h3', {}, 'Versions'), element('ol', { class: 'timeline' }, ...dots),
    ...(all.length > 1 ? [element('label', { for: 'when' }, 'As it was'), slider] : []), shown)
  at(all.length - 1)
}

const dayOf = ({ updatedAt }) => new Date(updatedAt).toISOString().slice(0, 10)

function facts(version, when) {
  const { id, fullyQualifiedName, serviceType, updatedBy, displayName, description, deleted, owners, tags, connection } = version
  const list = { Version: version.version.toFixed(1), Changed: when + ' by ' + updatedBy, Type: serviceType, Id: id,
    'Full name': fullyQualifiedName, 'Display name': displayName, Description: description, Deleted: deleted ? 'yes' : undefined,
    Owners: owners?.map((one) => one.name ?? one.id).join(', '), Tags: tags?.map((one) => one.tagFQN).join(', ') }
  const pairs = Object.entries(list).filter(([, value]) => value !== undefined && value !== '')
  return [element('dl', {}, ...pairs.flatMap(([key, value]) => [element('dt', {}, key), element('dd', {}, value)])),
    ...(connection === undefined ? [] : [element('h3', {}, 'Connection'),
      element('pre', { tabindex: '0', 'aria-label': 'Connection' }, JSON.stringify(connection.config, null, 2))])]
}

function changes({ changeDescription: change, ...version }, before) {
  if (change === undefined) return []
  const isWhole = before?.version === change.previousVersion
  const rows = [...change.fieldsAdded, ...change.fieldsUpdated, ...change.fieldsDeleted].flatMap((one) =>
    // What is said of a connection is that it is another; the versions show what of it.
    one.name === 'connection' && isWhole ? apart('connection', before.connection?.config, version.connection?.config)
      : apart(one.name, one.oldValue, one.newValue))
  return [element('h3', {}, 'Changed since ' + change.previousVersion?.toFixed(1)), element('table', {},
    element('thead', {}, element('tr', {}, ...['Field', 'Before', 'After'].map((title) => element('th', { scope: 'col' }, title)))),
    element('tbody', {}, ...rows.map(([name, before, after]) => element('tr', {}, element('th', { scope: 'row' },
      ...name.split('/').flatMap((part, place) => place === 0 ? [part] : ['/', element('wbr'), part])),
      element('td', { class: 'old' }, before), element('td', { class: 'new' }, after)))))]
}

function apart(name, before, after) {
  const [old, now] = [before, after].map((text) => {
    try { return typeof text === 'string' ? JSON.parse(text) : text } catch { return text }
  })
  const rows = []
  const isOpen = (value) => typeof value === 'object' && value !== null
  const walk = (path, one, other) => {
    if (isOpen(one) && isOpen(other)) for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) walk(path + '/' + key, one[key], other[key])
    else if (JSON.stringify(one) !== JSON.stringify(other)) rows.push([path, text(one), text(other)])
  }
  const text = (value) => value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 1)
  walk(name, old, now)
  return rows.length > 0 ? rows : [[name, 'a secret', 'another secret']]
}

document.querySelector('nav ul').append(...families.map((family) => element('li', {}, element('a', { href: link(family) },
  short(family), element('span', { class: 'quiet', id: 'of-' + family })))))
for (const id of ['type', 'include']) document.getElementById(id).addEventListener('change', () => { listed.after = []; go() })
addEventListener('hashchange', go)
go()
`
