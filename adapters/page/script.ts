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
  show('service', element('form', { onsubmit(event) { event.preventDefault(); token = given.value; go() } },
    element('h2', {}, 'A token is needed'), element('label', { for: 'token' }, 'Token '), given, ' ', element('button', {}, 'Go on')))
  given.focus()
}

const place = () => location.hash.slice(2).split('/').map(decodeURIComponent)
const link = (...parts) => '#/' + parts.map(encodeURIComponent).join('/')

async function go() {
  const mine = ++turn
  const [family = families[0], id] = place()[0] === '' ? [] : place()
  for (const one of document.querySelectorAll('nav a')) {
    if (one.getAttribute('href') === link(family)) one.setAttribute('aria-current', 'page')
    else one.removeAttribute('aria-current')
  }
  try {
    await list(family, id, mine)
    if (id === undefined) show('service', element('p', { class: 'quiet' }, 'Choose a service.'))
    else await open(family, id, mine)
  } catch (error) { say(error.message) }
}

let listed = { family: undefined, after: [] }
async function list(family, id, mine) {
  const type = document.getElementById('type')
  const include = document.getElementById('include').value
  if (listed.family !== family) { listed = { family, after: [] }; type.value = '' }
  const query = new URLSearchParams({ limit: '50', include })
  if (type.value.trim() !== '') query.set('serviceType', type.value.trim())
  const after = listed.after.at(-1)
  if (after !== undefined) query.set('after', after)
  const { data, paging } = await ask(family + '?' + query)
  if (mine !== turn) return
  const items = data.map((service) => element('li', {}, element('a',
    { href: link(family, service.id), 'aria-current': service.id === id && 'true', class: service.deleted && 'deleted' },
    element('span', {}, service.displayName ?? service.name), element('span', { class: 'quiet' }, service.serviceType))))
  show('services', element('p', { class: 'quiet' }, paging.total + (paging.total === 1 ? ' service' : ' services')),
    element('ul', {}, ...items), element('p', {},
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
    version.version.toFixed(1))))
  function at(index) {
    const version = all[index]
    for (const [place, dot] of dots.entries()) {
      if (place === index) dot.firstChild.setAttribute('aria-current', 'true')
      else dot.firstChild.removeAttribute('aria-current')
    }
    const when = new Date(version.updatedAt).toISOString()
    slider.setAttribute('aria-valuetext', 'version ' + version.version.toFixed(1) + ', ' + when)
    shown.replaceChildren(...facts(version, when), ...changes(version))
  }
  const last = all.at(-1)
  show('service', element('h2', { tabindex: '-1', class: last.deleted && 'deleted' }, last.name),
    element('h3', {}, 'Versions'), element('ol', { class: 'timeline' }, ...dots),
    element('label', { for: 'when' }, 'As it was'), slider, shown)
  at(all.length - 1)
}

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

function changes({ changeDescription: change }) {
  if (change === undefined) return []
  const rows = [...change.fieldsAdded, ...change.fieldsUpdated, ...change.fieldsDeleted].flatMap((one) =>
    apart(one.name, one.oldValue, one.newValue))
  return [element('h3', {}, 'Changed since ' + change.previousVersion?.toFixed(1)), element('table', {},
    element('thead', {}, element('tr', {}, ...['Field', 'Before', 'After'].map((title) => element('th', { scope: 'col' }, title)))),
    element('tbody', {}, ...rows.map(([name, before, after]) => element('tr', {}, element('th', { scope: 'row' }, name),
      element('td', { class: 'old' }, before), element('td', { class: 'new' }, after)))))]
}

function apart(name, before, after) {
  const [old, now] = [before, after].map((text) => {
    try { return typeof text === 'string' ? JSON.parse(text) : text } catch { return text }
  })
  const rows = []
  const walk = (path, one, other) => {
    const isInside = [one, other].every((each) => typeof each === 'object' && each !== null)
    if (isInside) for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) walk(path + '/' + key, one[key], other[key])
    else if (JSON.stringify(one) !== JSON.stringify(other)) rows.push([path, text(one), text(other)])
  }
  const text = (value) => value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 1)
  walk(name, old, now)
  return rows.length > 0 ? rows : [[name, 'a secret', 'another secret']]
}

document.querySelector('nav ul').append(...families.map((family) => element('li', {}, element('a', { href: link(family) },
  family.replace(/Services$/, '')))))
for (const id of ['type', 'include']) document.getElementById(id).addEventListener('change', () => { listed.after = []; go() })
addEventListener('hashchange', go)
go()
`
