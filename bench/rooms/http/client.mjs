import { once } from 'node:events'
import net from 'node:net'
import { parentPort } from 'node:worker_threads'
import { expect } from '../../book.mjs'
import { elapsed } from '../../measuring/clock.mjs'

/*
 * The thread that sends requests over loopback, so that a server has an event loop of its own. It writes bytes that are
 * there before and looks only for the end of an answer, since `http.request` would take about as long as the floor takes to
 * answer. The loop of the floor is idle for less than a tenth of the time, ours for less.
 */

const CONNECTIONS = 8

parentPort.on('message', async ({ port, requests }) => {
  const texts = requests.map(bytesOf)
  const sockets = Array.from({ length: CONNECTIONS }, () => net.connect({ port, host: '127.0.0.1', noDelay: true }))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const next = texts.values()
  const { wall } = await elapsed(() => Promise.all(sockets.map((socket) => kept(socket, next))))
  for (const socket of sockets) socket.destroy()
  parentPort.postMessage(wall)
})

function bytesOf({ url, method, headers = {}, body = '' }) {
  const { host, pathname, search } = new URL(url)
  const fields = Object.entries({ Host: host, ...headers, 'Content-Length': Buffer.byteLength(body) })
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head}\r\n${body}`)
}

/** A connection that sends the next request when it has the answer to the one before. */
function kept(socket, next) {
  return new Promise((resolve, reject) => {
    let complete
    const send = () => {
      const { value, done } = next.next()
      if (done) return resolve()
      complete = answer()
      socket.write(value)
    }
    socket.on('error', reject).on('close', () => reject(new Error('the server closed a connection')))
    socket.on('data', (bytes) => {
      try {
        if (complete(bytes)) send()
      } catch (error) {
        reject(error)
      }
    })
    send()
  })
}

/** Told of an answer piece by piece, says whether that was all of it: by its length, or by the last of its chunks. */
function answer() {
  let [head, tail] = ['', '']
  let left
  return (bytes) => {
    if (left === undefined) {
      head += bytes.latin1Slice()
      const end = head.indexOf('\r\n\r\n') + 4
      if (end < 4) return false
      expect(/^HTTP\/1\.1 20[01] /.test(head), `an answer that is ok, not ${head}`)
      const length = /^content-length: *(\d+)/im.exec(head.slice(0, end))?.[1]
      left = length === undefined ? Number.POSITIVE_INFINITY : Number(length) - (head.length - end)
    } else left -= bytes.length
    tail = (tail + bytes.latin1Slice(Math.max(0, bytes.length - LAST.length))).slice(-LAST.length)
    return left === 0 || tail === LAST
  }
}

const LAST = '\r\n0\r\n\r\n'
