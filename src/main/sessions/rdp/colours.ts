import { DerError, readElement, tags } from './der'

/**
 * Announces 24 bits per pixel where the client announces 16: some servers then send pictures in a form that it paints without
 * faults. Takes each piece the client sends after the proxy's answer and returns what to send on; whole messages of CredSSP pass
 * as they are, the one message concerned is changed, and everything after it passes untouched.
 *
 * That message is the MCS Connect Initial with GCC user data; its block TS_UD_CS_CORE (MS-RDPBCGR 2.2.1.3.2) has highColorDepth
 * at offset 140.
 */
export function compatibleColours(): (piece: Buffer) => Buffer {
  let held: Buffer | null = Buffer.alloc(0)
  return (piece) => {
    if (held === null) return piece
    held = Buffer.concat([held, piece])
    const passed: Buffer[] = []
    while (held !== null && held.length > 0) {
      const isFirstOfRdp: boolean = held[0] === tpktVersion
      const size = messageSize(held)
      if (size === null) return Buffer.concat(passed)
      passed.push(isFirstOfRdp ? withDepth24(held.subarray(0, size)) : held.subarray(0, size))
      const rest = held.subarray(size)
      held = isFirstOfRdp || size === 0 ? null : rest
      if (held === null) passed.push(rest)
    }
    return Buffer.concat(passed)
  }
}

const tpktVersion = 3
const depthOffset = 140
const largestMessage = 64 * 1024

/** Size of the message at the start, null while it is not whole; 0 where it is none that comes before the one looked for. */
function messageSize(bytes: Buffer): number | null {
  if (bytes[0] === tpktVersion) {
    const size = bytes.length < 4 ? null : bytes.readUInt16BE(2)
    return size === null || bytes.length < size ? null : size
  }
  if (bytes[0] !== tags.sequence) return 0
  try {
    return readElement(bytes, largestMessage)?.size ?? null
  } catch (error) {
    if (error instanceof DerError) return 0
    throw error
  }
}

function withDepth24(message: Buffer): Buffer {
  const client = message.indexOf('Duca', 0, 'latin1')
  const core = client < 0 ? -1 : message.indexOf(Buffer.of(0x01, 0xc0), client)
  if (core < 0 || message.length < core + depthOffset + 2 || message.readUInt16LE(core + depthOffset) !== 16)
    return message
  const changed = Buffer.from(message)
  changed.writeUInt16LE(24, core + depthOffset)
  return changed
}
