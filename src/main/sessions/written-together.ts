import type { Duplex } from 'node:stream'

/**
 * Lets what is written in one turn of the loop leave as one, and answers the same socket. ssh2 writes a packet in three pieces; without
 * Nagle's delay each would be a call to the system and a segment of its own.
 */
export function writtenTogether<Stream extends Duplex>(socket: Stream): Stream {
  const write = socket.write.bind(socket) as (bytes: Uint8Array, written?: (error?: Error | null) => void) => boolean
  let isHeld = false

  function leave() {
    isHeld = false
    socket.uncork()
  }
  return Object.assign(socket, {
    write(bytes: Uint8Array, written?: (error?: Error | null) => void) {
      if (!isHeld) {
        isHeld = true
        socket.cork()
        process.nextTick(leave)
      }
      return write(bytes, written)
    },
  })
}
