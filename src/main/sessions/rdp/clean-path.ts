import { AppError } from '../../../shared/errors'
import {
  DerError,
  readElement,
  readFields,
  readInteger,
  readOctets,
  readText,
  tags,
  writeElement,
  writeField,
  writeInteger,
  writeText,
} from './der'

/** RDCleanPath: how a client asks a proxy to do the first steps of RDP and TLS for it (IronRDP, crates/ironrdp-rdcleanpath). */
export type CleanPathRequest = {
  /** What the client believes to reach; the proxy has its own target. */
  destination: string
  token: string
  /** The X.224 connection request, with its TPKT header. */
  x224: Buffer
}
export type CleanPathAnswer = {
  x224: Buffer
  /** DER, the leaf first: its key is what CredSSP is bound to. */
  certificates: Buffer[]
  /** `host:port` */
  address: string
}
export type CleanPathFailure = {
  code: 'general' | 'negotiation'
  httpStatus?: number
  /** Number of a Winsock error. */
  winsock?: number
  /** Number of a TLS alert. */
  tlsAlert?: number
  /** The server's own refusal, which the client can read by itself. */
  x224?: Buffer
}

const version = 3390
const failureCodes = { general: 1, negotiation: 2 } as const
/** A request holds a host name, a token and some fifty bytes of X.224. */
const largestRequest = 16 * 1024

/** The request at the start of `bytes`, and how many of them it takes; null while it is not whole. Throws AppError `contract.refused`. */
export function readRequest(bytes: Buffer): { request: CleanPathRequest; size: number } | null {
  try {
    const read = readElement(bytes, largestRequest)
    return read && { request: requestOf(readFields(read.element)), size: read.size }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw new AppError('contract.refused', { name: 'RDCleanPath' }, { message: error.message })
  }
}

export function writeAnswer({ x224, certificates, address }: CleanPathAnswer): Buffer {
  const chain = writeElement(tags.sequence, ...certificates.map((der) => writeElement(tags.octets, der)))
  return writeElement(
    tags.sequence,
    writeField(0, writeInteger(version)),
    writeField(6, writeElement(tags.octets, x224)),
    writeField(7, chain),
    writeField(9, writeText(address)),
  )
}

export function writeFailure({ code, httpStatus, winsock, tlsAlert, x224 }: CleanPathFailure): Buffer {
  const numbers = [failureCodes[code], httpStatus, winsock, tlsAlert]
  const members = numbers.flatMap((number, at) => (number === undefined ? [] : [writeField(at, writeInteger(number))]))
  return writeElement(
    tags.sequence,
    writeField(0, writeInteger(version)),
    writeField(1, writeElement(tags.sequence, ...members)),
    ...(x224 ? [writeField(6, writeElement(tags.octets, x224))] : []),
  )
}

function requestOf(fields: ReturnType<typeof readFields>): CleanPathRequest {
  const field = (number: number) => {
    const found = fields.get(number)
    if (!found) throw new DerError(`field ${number} is missing`)
    return found
  }
  const asked = readInteger(field(0))
  if (asked !== version) throw new DerError(`version ${asked}`)
  return { destination: readText(field(2)), token: readText(field(3)), x224: readOctets(field(6)) }
}
