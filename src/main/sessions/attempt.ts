import { AppError } from '../../shared/errors'
import type { SessionQuestion } from '../../shared/session-calls'
import type { Network } from '../net/network'
import { dial, placeOf } from './dial'
import { believe, type HostKey, type ShownKey } from './host-key'
import type { Pins } from './pins'
import { connectSsh, type Connection } from './ssh'
import { createAuth, type AskTexts, type Identity } from './ssh-auth'
import type { System } from './boot'

/** Where a session goes and what opens it. */
export type Destination = {
  /** The VM's or the host's name. */
  label: string
  host: string
  port: number
  user: string
  /** By what its host key is known again: a VM's resource id, or `host:port`. */
  place: string
  /** Fingerprints that the VM's serial log showed. */
  hostKeys: readonly string[]
  /** `vmProxy` of its cloud. */
  vmProxy?: string | undefined
  /** null: looked at. */
  system: System | null
  /** What proves who `user` is, in order. */
  identities: readonly Identity[]
}

export type Answer = { trust: boolean } | { texts: string[] }
export type AttemptOptions = {
  network: Network
  pins: Pins
  /** Throws AppError `cancelled`, or `session.question` where there is nobody to ask. */
  ask(question: SessionQuestion): Promise<Answer>
  /** Of an earlier try that came through. */
  identities: readonly Identity[] | null
  signal: AbortSignal
}
export type Reached = { connection: Connection; isThroughProxy: boolean; identities: readonly Identity[] }

/** A key that nobody has vouched for. The connection is closed while a person compares, as no server waits that long. */
class UnknownKey extends Error {
  constructor(readonly key: ShownKey) {
    super('unknown host key')
  }
}

/** Tries once to get in: dials, believes the host key or asks about it, signs in. Throws AppError `session.*`, `proxy.*`, `cancelled`. */
export async function attempt(to: Destination, options: AttemptOptions): Promise<Reached> {
  const askTexts: AskTexts = async (question) => {
    const answer = await options.ask(question)
    if ('texts' in answer) return answer.texts
    throw new AppError('cancelled')
  }
  const identities = options.identities ?? to.identities
  let isFirstUse = false
  for (;;) {
    try {
      return await signedIn(to, options, { identities, askTexts, isFirstUse })
    } catch (error) {
      if (!(error instanceof UnknownKey)) throw error
      await vouch(error.key, to, options)
      isFirstUse = true
    }
  }
}

type Ways = { identities: readonly Identity[]; askTexts: AskTexts; isFirstUse: boolean }

async function signedIn(to: Destination, options: AttemptOptions, ways: Ways): Promise<Reached> {
  const { host, port, user } = to
  const { network, signal, pins } = options
  const { socket, proxy } = await dial(host, port, { network, signal, vmProxy: to.vmProxy })
  const auth = createAuth(user, { host, identities: ways.identities, ask: ways.askTexts })
  const checkKey = async (key: ShownKey): Promise<HostKey['proof']> => {
    const proof = await believe(key, { pins, place: to.place, host, fromSerialLog: to.hostKeys })
    if (proof === null) throw new UnknownKey(key)
    return ways.isFirstUse ? 'firstUse' : proof
  }
  const connection = await connectSsh({ socket, host, port, user, auth, checkKey, signal }).catch((error: unknown) => {
    throw auth.isAsking() && !signal.aborted ? new AppError('session.too-slow', { host }) : error
  })
  const used = auth.used()
  return { connection, isThroughProxy: proxy !== null, identities: used ? [used, ...ways.identities] : ways.identities }
}

async function vouch(key: ShownKey, to: Destination, { ask, pins }: AttemptOptions): Promise<void> {
  const host = placeOf(to.host, to.port)
  const answer = await ask({ kind: 'hostKey', host, ...key })
  if (!('trust' in answer) || !answer.trust) {
    throw new AppError('session.host-key-refused', { host, fingerprint: key.fingerprint })
  }
  await pins.keep('hostKey', to.place, { fingerprint: key.fingerprint, source: 'person' })
}
