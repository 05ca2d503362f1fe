import type { StandIn } from './index.js'

/*
 * The stand-in for suites in other languages: what its functions do, below `/__admin`.
 */

type Answering = (om: StandIn, given: Readonly<Record<string, unknown>>) => unknown

const routes: Readonly<Record<string, Answering>> = {
  'GET /requests': ({ requests }) => ({ requests }),
  'DELETE /requests': (om) => om.forget(),
  'GET /services': async (om) => ({ services: await om.services() }),
  'POST /reset': (om) => om.reset(),
  'POST /snapshot': (om) => ({ snapshot: om.snapshot() }),
  'POST /restore': (om, { snapshot }) => om.restore(snapshot as number | undefined),
  'POST /fail': (om, failure) => om.fail(failure),
  'DELETE /fail': (om) => om.heal(),
  'GET /clock': ({ clock }) => ({ now: clock.now() }),
  'POST /clock': ({ clock }, { now, advance = 0 }) => {
    if (now !== undefined) clock.set(now as number)
    clock.advance(advance as number)
    return { now: clock.now() }
  },
}

/** Answers a request below `/__admin`: 200 with JSON, 204, 400 for what it cannot be asked, 404. */
export async function administered(om: StandIn, request: Request, path: string): Promise<Response> {
  const answer = routes[`${request.method} ${path}`]
  if (answer === undefined)
    return Response.json({ code: 404, message: `There are ${Object.keys(routes).join(', ')}` }, { status: 404 })
  try {
    const text = await request.text()
    const given: unknown = text.trim() === '' ? {} : JSON.parse(text)
    if (typeof given !== 'object' || given === null) throw new TypeError('the body must be an object')
    const body = await answer(om, given as Readonly<Record<string, unknown>>)
    return body === undefined ? new Response(null, { status: 204 }) : Response.json(body)
  } catch (error) {
    return Response.json({ code: 400, message: (error as Error).message }, { status: 400 })
  }
}
