import { expect, test } from 'vitest'
import { crc64 } from '../../../src/main/upload/crc64'
import { crc64 as plainCrc64 } from '../../support/sink/crc64'

// "NVM Express NVM Command Set Specification 1.0", section 5.2.1.3.4: the test cases for the 64b CRC, and the check value of the
// "Catalogue of parametrised CRC algorithms".
test.each([
  ['the check string', Buffer.from('123456789'), 'ae8b14860a799888'],
  ['4 KiB of zeros', Buffer.alloc(4096), '6482d367eb22b64e'],
  ['4 KiB of ones', Buffer.alloc(4096, 0xff), 'c0ddba7302eca3ac'],
  ['4 KiB that count up', Buffer.from(Array.from({ length: 4096 }, (_, at) => at & 255)), '3e729f5f6750449c'],
  ['4 KiB that count down', Buffer.from(Array.from({ length: 4096 }, (_, at) => 255 - (at & 255))), '9a2df64b8e9e517e'],
])('of %s it is the published one', (_what, bytes, published) => {
  expect(crc64(bytes).reverse().toString('hex')).toBe(published)
})

test('a part of a buffer is summed as if it stood alone', () => {
  const bytes = Buffer.from('0123456789')
  expect(crc64(bytes.subarray(1))).toEqual(crc64(Buffer.from('123456789')))
})

// What the program takes at once is 64 KiB, and 16 bytes a turn: the borders of both.
test.each([0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 65_536 * 2 + 15, 4 * 1024 * 1024])(
  'of %i bytes it is that of another implementation',
  (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7) & 255))
    expect(crc64(bytes)).toEqual(plainCrc64(bytes))
  },
)
