import { describe, expect, it } from 'vitest'
import { readRequest, writeAnswer, writeFailure } from '../../../../src/main/sessions/rdp/clean-path'
import { sequenceByOpenssl } from '../../../support/der-openssl'

const x224 = '0300002c27e00000000000'
const fields = [
  'EXPLICIT:0,INTEGER:3390',
  'EXPLICIT:2,UTF8:10.0.0.4:3389',
  'EXPLICIT:3,UTF8:token',
  `EXPLICIT:6,FORMAT:HEX,OCTETSTRING:${x224}`,
]
const request = sequenceByOpenssl(fields)
const refused = { code: 'contract.refused' }

describe('an RDCleanPath request', () => {
  it('is read as OpenSSL writes it, and what follows is left alone', () => {
    expect(readRequest(Buffer.concat([request, Buffer.from('rest')]))).toEqual({
      request: { destination: '10.0.0.4:3389', token: 'token', x224: Buffer.from(x224, 'hex') },
      size: request.length,
    })
  })

  it('is not whole before its last byte, wherever it is split', () => {
    const early = [...request.keys()].map((size) => readRequest(request.subarray(0, size)))
    expect(early).toEqual(early.map(() => null))
  })

  it('may be longer than short lengths can say', () => {
    const long = sequenceByOpenssl([...fields.slice(0, 2), `EXPLICIT:3,UTF8:${'t'.repeat(300)}`, fields[3]!])
    expect(readRequest(long)?.request.token).toHaveLength(300)
  })

  it.each([
    ['another version', sequenceByOpenssl(['EXPLICIT:0,INTEGER:3391', ...fields.slice(1)])],
    ['no token', sequenceByOpenssl([fields[0]!, fields[1]!, fields[3]!])],
    ['a field twice', sequenceByOpenssl([fields[0]!, ...fields])],
    ['a number where text belongs', sequenceByOpenssl([fields[0]!, 'EXPLICIT:2,INTEGER:5', ...fields.slice(2)])],
    ['a field without its tag', sequenceByOpenssl(['INTEGER:3390', ...fields])],
    ['a length that nobody should send', Buffer.from('3083ffffff00', 'hex')],
    ['a length without end', Buffer.from('3080', 'hex')],
    ['a field longer than what holds it', Buffer.from('3004a0040202', 'hex')],
    ['a set instead of a sequence', Buffer.from('3100', 'hex')],
    ['a line of HTTP', Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'x'.repeat(100)}`)],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => readRequest(bytes)).toThrow(expect.objectContaining(refused))
  })
})

describe('the answer of the proxy', () => {
  it('is what OpenSSL writes of the same fields', () => {
    const answer = { x224: Buffer.from('0102', 'hex'), certificates: [Buffer.alloc(200, 7)], address: 'vm:3389' }
    const chain = `3081cb0481c8${'07'.repeat(200)}`
    const expected = sequenceByOpenssl([
      'EXPLICIT:0,INTEGER:3390',
      'EXPLICIT:6,FORMAT:HEX,OCTETSTRING:0102',
      'EXPLICIT:9,UTF8:vm:3389',
    ])
    // OpenSSL has no words for a sequence inside that is not in its file: the chain goes in by hand before the last field.
    const chained = Buffer.from(`a781ce${chain}`, 'hex')
    const inner = Buffer.concat([expected.subarray(2, -11), chained, expected.subarray(-11)])
    expect(writeAnswer(answer).subarray(3).toString('hex')).toBe(inner.toString('hex'))
  })

  it.each([
    [{ code: 'general', winsock: 10061 }, ['EXPLICIT:0,INTEGER:1', 'EXPLICIT:2,INTEGER:10061']],
    [{ code: 'general', httpStatus: 401 }, ['EXPLICIT:0,INTEGER:1', 'EXPLICIT:1,INTEGER:401']],
    [{ code: 'general', tlsAlert: 46 }, ['EXPLICIT:0,INTEGER:1', 'EXPLICIT:3,INTEGER:46']],
    [{ code: 'general', winsock: 200 }, ['EXPLICIT:0,INTEGER:1', 'EXPLICIT:2,INTEGER:200']],
  ] as const)('says %j', (failure, members) => {
    const inner = sequenceByOpenssl([...members])
    const version = sequenceByOpenssl(['EXPLICIT:0,INTEGER:3390']).subarray(2)
    const error = Buffer.concat([Buffer.of(0xa1, inner.length), inner])
    expect(writeFailure(failure)).toEqual(
      Buffer.concat([Buffer.of(0x30, version.length + error.length), version, error]),
    )
  })
})
