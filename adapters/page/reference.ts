/*
 * What the API reference does, as a browser runs it: the OpenAPI document, an operation at a time, as text.
 */
export const REFERENCE = `
const main = document.querySelector('main')
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}
const json = (value, label) => element('pre', { tabindex: '0', 'aria-label': label }, JSON.stringify(value, null, 2))

function operation(path, method, { summary = '', description = '', parameters = [], requestBody, responses = {} }, schemas) {
  const made = element('details', {}, element('summary', {}, element('span', { class: 'method' }, method.toUpperCase()), ' ',
    element('code', {}, path), ' ', element('span', { class: 'quiet' }, summary)))
  // A family's schemas are large: they are written out when somebody looks.
  made.addEventListener('toggle', () => {
    if (made.childElementCount > 1) return
    if (description) made.append(element('p', {}, description))
    if (parameters.length > 0) made.append(element('h3', {}, 'Parameters'), element('dl', {}, ...parameters.map(resolved).flatMap((one) =>
      [element('dt', {}, one.name + ' (' + one.in + ')'), element('dd', {}, one.description ?? JSON.stringify(one.schema ?? {}))])))
    if (requestBody) made.append(element('h3', {}, 'Body'), ...bodies(requestBody))
    for (const [status, response] of Object.entries(responses)) {
      const { description = '', ...rest } = resolved(response)
      made.append(element('h3', {}, status + ' ' + description), ...bodies(rest))
    }
  })
  const bodies = (holder) => Object.entries(resolved(holder).content ?? {}).map(([type, { schema }]) =>
    json(schema?.$ref ? { [schema.$ref.split('/').at(-1)]: resolved(schema) } : schema, type))
  function resolved(value) {
    let found = value
    while (found?.$ref) found = found.$ref.slice(2).split('/').reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], schemas)
    return found ?? {}
  }
  return made
}

const answer = await fetch(main.dataset.document)
const document_ = await answer.json()
const groups = new Map()
for (const [path, methods] of Object.entries(document_.paths))
  for (const [method, one] of Object.entries(methods)) {
    if (!['get', 'put', 'post', 'patch', 'delete'].includes(method)) continue
    const group = one.tags?.[0] ?? path.split('/').slice(2, 4).join('/')
    groups.set(group, [...(groups.get(group) ?? []), operation(path, method, one, document_)])
  }
main.replaceChildren(element('h2', {}, document_.info.title + ' ' + document_.info.version),
  element('p', {}, element('a', { href: main.dataset.document }, 'The OpenAPI document')),
  ...[...groups].flatMap(([group, all]) => [element('h3', {}, group), ...all]))
`
