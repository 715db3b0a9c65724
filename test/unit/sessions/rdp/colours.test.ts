import { describe, expect, it } from 'vitest'
import { compatibleColours } from '../../../../src/main/sessions/rdp/colours'

/** An MCS Connect Initial as MS-RDPBCGR 4.1.3 shows it, cut down: TPKT, X.224 data, GCC key "Duca", the core block of 234 bytes. */
function connectInitial(depth: number): Buffer {
  const core = Buffer.alloc(234)
  core.writeUInt16LE(0xc001, 0)
  core.writeUInt16LE(234, 2)
  core.writeUInt16LE(depth, 140)
  const body = Buffer.concat([Buffer.from('02f0807f6582', 'hex'), Buffer.from('Duca\x80\xea', 'latin1'), core])
  const packet = Buffer.concat([Buffer.from('03000000', 'hex'), body])
  packet.writeUInt16BE(packet.length, 2)
  return packet
}
const credSsp = [
  Buffer.from('3003020106', 'hex'),
  Buffer.concat([Buffer.from('308201f4', 'hex'), Buffer.alloc(500, 3)]),
]

describe('compatible colours', () => {
  it.each([1, 2, 7, 64, 5000])('are announced whatever comes before, in pieces of %d bytes', (size) => {
    const after = Buffer.from('03000008000000000300000800000000', 'hex')
    const sent = Buffer.concat([...credSsp, connectInitial(16), after])
    const recolour = compatibleColours()
    const pieces = Array.from({ length: Math.ceil(sent.length / size) }, (_, at) =>
      sent.subarray(at * size, (at + 1) * size),
    )
    expect(Buffer.concat(pieces.map(recolour))).toEqual(Buffer.concat([...credSsp, connectInitial(24), after]))
  })

  it('hold back no message of CredSSP: the server waits for it', () => {
    const recolour = compatibleColours()
    expect(credSsp.map((message) => recolour(message))).toEqual(credSsp)
  })

  it('leave another depth and other bytes as they are', () => {
    expect(compatibleColours()(connectInitial(8))).toEqual(connectInitial(8))
    expect(compatibleColours()(Buffer.from('GET / HTTP/1.1'))).toEqual(Buffer.from('GET / HTTP/1.1'))
  })
})
