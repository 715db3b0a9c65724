import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { writtenTogether } from '../../../src/main/sessions/written-together'

it('hands on in one piece what is written in one turn, in its order, and the next turn by itself', async () => {
  const { stream, handed } = recorder()
  const socket = writtenTogether(stream)
  for (const piece of ['length', 'body', 'tag']) socket.write(Buffer.from(piece))
  await nextTurn()
  socket.write(Buffer.from('later'))
  await nextTurn()
  expect(handed).toEqual(['length body tag', 'later'])
})

it('hands on what was written last before the end', async () => {
  const { stream, handed } = recorder()
  const socket = writtenTogether(stream)
  socket.write(Buffer.from('good'))
  socket.write(Buffer.from('bye'))
  socket.end()
  await nextTurn()
  expect(handed).toEqual(['good bye'])
})

/** Keeps what the system would be given by one call each. */
function recorder() {
  const handed: string[] = []
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      handed.push(chunk.toString())
      done()
    },
    writev(chunks, done) {
      handed.push(chunks.map(({ chunk }) => String(chunk)).join(' '))
      done()
    },
  })
  return { stream, handed }
}
