import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asking, MODELS } from './edge.js'

/* What people see, in a real browser: on Linux the one that npm installs, elsewhere the Chrome of the machine. */

let browser: Browser
let page: Page
let url: string
let admin: string
let end = () => {}
const wrong: string[] = []

beforeAll(async () => {
  const child = spawn(process.execPath, [path.resolve('dist/command.js'), 'serve', '--port', '0', '--json', '--admin'])
  end = () => child.kill('SIGKILL')
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (part) => (printed += part))
  while (!printed.includes('\n')) await once(child.stdout, 'data')
  const ready = JSON.parse(printed)
  url = ready.url
  admin = ready.admin
  const isBundled = process.platform === 'linux' && process.arch === 'x64'
  const flags = ['--disable-background-networking', '--no-first-run', '--disable-sync']
  browser = await driver.launch({
    args: [...(isBundled ? chromium.args : []), ...flags],
    ...(isBundled ? { executablePath: await chromium.executablePath() } : { channel: 'chrome' }),
  })
  page = await browser.newPage()
  page.on('pageerror', ({ message }) => wrong.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) wrong.push(request.url())
  })
  page.on('dialog', (dialog) => {
    wrong.push(dialog.message())
    void dialog.dismiss()
  })
})

afterAll(async () => {
  await browser?.close()
  end()
})

const HTML = '<img src=x onerror=alert(1)>'

test('families, services, a service with its versions, what each changed, and masks; names that are HTML stay text', async () => {
  const ask = asking(fetch, url)
  const connection = { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } } }
  const row = { name: HTML, serviceType: 'SageMaker', connection }
  await ask('PUT', MODELS, { ...row, description: HTML })
  await ask('PUT', MODELS, { ...row, description: 'second' })
  await ask('PUT', MODELS, { name: 'other', serviceType: 'Sklearn' })

  await page.goto(new URL('/', url).href)
  const nav = page.getByRole('navigation', { name: 'Families' })
  expect(await nav.getByRole('link').count()).toBe(13)
  await nav.getByRole('link', { name: 'mlmodel' }).click()
  const services = page.getByRole('region', { name: 'Services' })
  await services.getByText('2 services').waitFor()
  await services.getByLabel('Service type').fill('Sklearn')
  await services.getByLabel('Service type').press('Enter')
  await services.getByText('1 service', { exact: true }).waitFor()
  await services.getByLabel('Service type').fill('')
  await services.getByLabel('Service type').press('Enter')
  await services.getByRole('link', { name: HTML }).click()

  const service = page.getByRole('region', { name: 'Service', exact: true })
  await service.getByRole('heading', { name: HTML }).waitFor()
  const before = service.getByRole('row', { name: 'description' }).getByRole('cell')
  expect(await before.allTextContents()).toEqual([HTML, 'second'])
  const text = await service.innerText()
  expect(text).toContain('*********')
  expect(text).not.toContain('hush')

  // Time travel by the keyboard alone.
  const slider = service.getByRole('slider', { name: 'As it was' })
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^version 0\.1, \d{4}-/)
  expect(await service.getByRole('definition').allTextContents()).toContain(HTML)
  expect(await service.getByRole('table').count()).toBe(0)
  await service.getByRole('button', { name: '0.2' }).click()
  expect(await service.getByRole('table').count()).toBe(1)
  expect(await page.locator('img').count()).toBe(0)
  expect(wrong).toEqual([])
})

test('by keyboard alone: a service is chosen, its heading has the focus, and on a narrow page there is a way back', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(new URL('/#/mlmodelServices', url).href)
  const services = page.getByRole('region', { name: 'Services' })
  await services.getByRole('link', { name: 'other' }).focus()
  await page.keyboard.press('Enter')
  const service = page.getByRole('region', { name: 'Service', exact: true })
  await service.getByRole('heading', { name: 'other' }).waitFor()
  await page.waitForFunction("document.activeElement?.tagName === 'H2'")
  expect(await services.isVisible()).toBe(false)
  await service.getByRole('link', { name: 'All services of mlmodel' }).click()
  await services.getByRole('link', { name: 'other' }).waitFor()
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(wrong).toEqual([])
})

test('without services it says what would be there; with some, each family says how many', async () => {
  await page.goto(new URL('/#/apiServices', url).href)
  await page.getByRole('region', { name: 'Services' }).getByText('/api/v1/services/apiServices').waitFor()
  const nav = page.getByRole('navigation', { name: 'Families' })
  await nav.getByText('2', { exact: true }).waitFor()
  // The one that has some is where it begins.
  await page.goto(new URL('/', url).href)
  await page.reload()
  await page.getByRole('region', { name: 'Services' }).getByRole('link', { name: 'other' }).waitFor()
  expect(wrong).toEqual([])
})

test('light and dark, wide and narrow: nothing is lost beside the page', async () => {
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await ground()).not.toBe(light)
  await page.setViewportSize({ width: 360, height: 800 })
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('/docs tells each operation of the API', async () => {
  await page.goto(new URL('/docs', url).href)
  const operation = page.locator('details').filter({ hasText: '/v1/services/mlmodelServices/bulk' }).first()
  await operation.locator('summary').click()
  await operation.getByRole('heading', { name: 'Body' }).waitFor()
  expect(wrong).toEqual([])
})

test('the pages take nothing from elsewhere, and are nobody’s frame', async () => {
  for (const at of ['/', '/docs', '/page.js', '/docs.js', '/page.css']) {
    const { status, headers } = await fetch(new URL(at, url))
    expect([at, status, headers.get('content-security-policy')]).toEqual([
      at,
      200,
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  const elsewhere = await fetch(new URL('/page.html', url))
  expect(elsewhere.status).toBe(404)
})

/* The picture in the README: `SCREENSHOT=1 npx vitest run test/page.test.ts` makes it anew. */
test('a service with its timeline, and what of its connection is another', async () => {
  await fetch(`${admin}/reset`, { method: 'POST' })
  const ask = asking(fetch, url)
  let now = Date.UTC(2026, 0, 12, 9)
  const claims = Buffer.from(JSON.stringify({ sub: 'ada' })).toString('base64url')
  const put = async (request: object) => {
    now += 26.5 * 3_600_000
    await asking(fetch, admin)('POST', '/clock', { now })
    return (await ask('PUT', MODELS, request, { authorization: `Bearer x.${claims}.x` })).body
  }
  for (const name of [
    'fraud-card-scoring',
    'fraud-merchant-risk',
    'search-ranking',
    'spelling',
    'staging-credit-limit',
  ])
    await put({ name, serviceType: name.startsWith('s') ? 'Mlflow' : 'VertexAI', description: `What does ${name}?` })
  const config = (awsRegion: string, rest: object) => ({
    config: { awsConfig: { awsRegion, awsAccessKeyId: 'AKIAIOSFODNN7EXAMPLE', awsSecretAccessKey: 'hush', ...rest } },
  })
  const churn = { name: 'churn-eu', serviceType: 'SageMaker', connection: config('eu-west-1', {}) }
  await put({ ...churn, description: 'Who is about to leave' })
  await put({ ...churn, description: 'Who leaves within 30 days' })
  const moved = { connection: config('eu-central-1', { endPointURL: 'https://sagemaker.example.com' }) }
  const { id } = await put({ ...churn, ...moved, description: 'Who leaves within 14 days' })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(new URL(`/#/mlmodelServices/${id}`, url).href)
  await page.reload()
  const row = page.getByRole('table').getByRole('row', { name: 'awsRegion' })
  await row.waitFor()
  expect(await row.getByRole('cell').allTextContents()).toEqual(['eu-west-1', 'eu-central-1'])
  await page.getByRole('navigation', { name: 'Families' }).getByText('6', { exact: true }).waitFor()
  const picture = await page.screenshot({ animations: 'disabled' })
  expect(picture.length).toBeLessThan(150_000)
  if (process.env.SCREENSHOT !== undefined) fs.writeFileSync('docs/page.png', picture)
  expect(wrong).toEqual([])
})
