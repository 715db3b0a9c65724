/**
 * Loaded into a practice cloud with `NODE_OPTIONS=--import=…`: writes each exchange of its TLS servers, as it stood on
 * the wire, as one JSON line to the file named by RECORD_EXCHANGES. Bodies over 1 MiB are left out.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'

const file = process.env.RECORD_EXCHANGES
const bodyLimitBytes = 1024 * 1024

if (file) {
  subscribe('http.server.request.start', ({ request, response }) => {
    if (!request.socket.encrypted) return
    const asked = collect(request, 'push')
    const answered = collect(response, 'write', 'end')
    response.once('finish', () => {
      const [statusLine, ...lines] = response._header.split('\r\n')
      const exchange = {
        method: request.method,
        url: request.url,
        request: { headers: withoutToken(request.headers), body: text(asked) },
        status: Number(statusLine.split(' ')[1]),
        headers: Object.fromEntries(lines.filter(Boolean).map(nameAndValue)),
        body: text(answered),
      }
      appendFileSync(file, `${JSON.stringify(exchange)}\n`)
    })
  })
}

function collect(stream, ...methods) {
  const chunks = []
  for (const method of methods) {
    const original = stream[method]
    stream[method] = function (chunk, ...rest) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
      return original.call(this, chunk, ...rest)
    }
  }
  return chunks
}

function text(chunks) {
  const bytes = Buffer.concat(chunks)
  return bytes.length > bodyLimitBytes ? null : bytes.toString('utf8')
}

function nameAndValue(line) {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

function withoutToken({ authorization, ...headers }) {
  return authorization === undefined ? headers : { ...headers, authorization: authorization.split(' ')[0] }
}
