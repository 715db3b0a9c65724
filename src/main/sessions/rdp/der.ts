/** One element of DER (ITU-T X.690): its tag octet and what lies inside. */
export type Element = { tag: number; content: Buffer }

export const tags = { integer: 0x02, octets: 0x04, text: 0x0c, sequence: 0x30 } as const
/** Context-specific and constructed: the wrapping of an EXPLICIT tag. */
const explicit = 0xa0
const largestLengthBytes = 4

/** The bytes are no DER, or more than anybody should send. */
export class DerError extends Error {}

/** Reads the element at the start of `bytes`; null while it is not whole. Throws DerError, also where it would be larger than `limit` bytes. */
export function readElement(bytes: Buffer, limit: number): { element: Element; size: number } | null {
  const length = readLength(bytes)
  if (length === null) return null
  const size = length.headerBytes + length.contentBytes
  if (size > limit) throw new DerError(`${size} bytes are more than ${limit}`)
  if (bytes.length < size) return null
  return { element: { tag: bytes[0]!, content: bytes.subarray(length.headerBytes, size) }, size }
}

/** The elements that fill `content` to its end. Throws DerError. */
function readElements(content: Buffer): Element[] {
  const elements: Element[] = []
  for (let at = 0; at < content.length;) {
    const read = readElement(content.subarray(at), content.length - at)
    if (!read) throw new DerError('an element ends too early')
    elements.push(read.element)
    at += read.size
  }
  return elements
}

/** The fields of a SEQUENCE whose every member has an EXPLICIT context tag, by number. Throws DerError. */
export function readFields(sequence: Element): Map<number, Element> {
  if (sequence.tag !== tags.sequence) throw new DerError('no sequence')
  const fields = new Map<number, Element>()
  for (const { tag, content } of readElements(sequence.content)) {
    const [inner, ...more] = readElements(content)
    if ((tag & 0xe0) !== explicit || !inner || more.length > 0) throw new DerError('no explicit tag')
    if (fields.has(tag & 0x1f)) throw new DerError('a field stands there twice')
    fields.set(tag & 0x1f, inner)
  }
  return fields
}

/** A whole number of at most six octets. Throws DerError. */
export function readInteger({ tag, content }: Element): number {
  if (tag !== tags.integer || content.length === 0 || content.length > 6) throw new DerError('no small integer')
  return content.readIntBE(0, content.length)
}

/** Throws DerError where it is no well-formed UTF-8. */
export function readText({ tag, content }: Element): string {
  if (tag !== tags.text) throw new DerError('no text')
  const text = content.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(content)) throw new DerError('no UTF-8')
  return text
}

/** Throws DerError. */
export function readOctets({ tag, content }: Element): Buffer {
  if (tag !== tags.octets) throw new DerError('no octets')
  return content
}

export function writeElement(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

export function writeInteger(value: number): Buffer {
  const octets: number[] = []
  let rest = value
  do {
    octets.unshift(rest & 0xff)
    rest = Math.floor(rest / 256)
  } while (rest > 0)
  // The first bit is the sign.
  if (octets[0]! > 0x7f) octets.unshift(0)
  return writeElement(tags.integer, Buffer.from(octets))
}

export function writeText(text: string): Buffer {
  return writeElement(tags.text, Buffer.from(text, 'utf8'))
}

/** A member of a SEQUENCE with its EXPLICIT tag. */
export function writeField(number: number, element: Uint8Array): Buffer {
  return writeElement(explicit | number, element)
}

function readLength(bytes: Buffer): { headerBytes: number; contentBytes: number } | null {
  const first = bytes[1]
  if (first === undefined) return null
  if (first < 0x80) return { headerBytes: 2, contentBytes: first }
  const count = first & 0x7f
  // 0x80 is the indefinite form, which DER does not have.
  if (count === 0 || count > largestLengthBytes) throw new DerError('no definite length')
  if (bytes.length < 2 + count) return null
  return { headerBytes: 2 + count, contentBytes: bytes.readUIntBE(2, count) }
}

function lengthOf(size: number): Buffer {
  if (size < 0x80) return Buffer.of(size)
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(size)
  const significant = octets.subarray(octets.findIndex((octet) => octet !== 0))
  return Buffer.concat([Buffer.of(0x80 | significant.length), significant])
}
