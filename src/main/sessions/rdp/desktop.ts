import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { DesktopView } from '../../../shared/desktop-calls'
import type { DesktopLook, FromDesktop, ToDesktop } from '../../../shared/desktop-link'
import { AppError, toErrorData, type ErrorData } from '../../../shared/errors'
import type { Pins } from '../pins'
import { statusMeaning, watchSignIn, type SignInWatch } from './credssp'
import { relay, type BytePort } from './relay'
import type { SeenCertificate } from './secure'

/** A computer whose desktop is to be shown. */
export type Machine = {
  /** What its pin is kept by: the VM's resource id, or `host:port`. */
  place: string
  label: string
  host: string
  port: number
  user: string
  password: string | null
  /** The system's own client would get there, too. */
  isReachableDirectly: boolean
}
export type DesktopParts = {
  id: string
  machine: Machine
  pins: Pins
  /** Opens the connection. Throws AppError. */
  dial(signal: AbortSignal): Promise<Socket>
  onView(view: DesktopView): void
  /** What the page asks of the window around it. */
  around: {
    popOut(): void
    bringBack(): void
    captured(isCaptured: boolean): void
    /** Both throw AppError. `fingerprint`: of the certificate that is trusted. */
    openInClient(machine: Machine, fingerprint: string): Promise<void>
    saveFile(machine: Machine): Promise<void>
  }
  /** How long between tries after a loss, ms; after the last the person is asked. */
  returnAfterMs?: readonly number[]
  /** How long a server may take from its certificate to the first picture, ms. */
  pictureLimitMs?: number
}

type Attempt = {
  token: string
  controller: AbortController
  error: ErrorData | null
  /** Of a server with NLA, once its certificate is trusted. */
  watch: SignInWatch | null
  hasBegun: boolean
  wasConnected: boolean
}

const returnAfterMs = [1000, 3000, 6000, 10_000, 15_000]
const pictureLimitMs = 60_000
/** The password is at fault, or the account behind it. */
const ofPerson = new Set(['desktop.password', 'desktop.account', 'desktop.certificate-changed', 'cancelled'])

/**
 * One remote desktop: what is known about it, what is asked, and how it goes on after each end. The picture itself is the business of
 * its page, which may break down and be made anew. Keeps a typed password as long as it lives, so that a lost connection comes back.
 */
export class Desktop {
  readonly #parts: DesktopParts
  readonly #machine: Machine
  #view: DesktopView
  #send: (message: ToDesktop) => void = () => undefined
  #attempt: Attempt | null = null
  #decide: ((isTrusted: boolean) => void) | null = null
  #timer: NodeJS.Timeout | undefined
  #returns = 0
  #look: () => DesktopLook

  constructor(parts: DesktopParts, look: () => DesktopLook) {
    this.#parts = parts
    this.#machine = { ...parts.machine }
    this.#look = look
    const { label, host, port, user, password, isReachableDirectly } = parts.machine
    this.#view = {
      ...{ desktop: parts.id, label, host, port, user, state: 'starting', error: null, certificate: null },
      ...{ hasPassword: password !== null, hasNla: null, hasCompatibleColours: false, isPoppedOut: false },
      canOpenInClient: isReachableDirectly,
    }
  }

  get view(): DesktopView {
    return this.#view
  }

  /** The page is there (again): it connects at once where nothing has to be asked. */
  attach(send: (message: ToDesktop) => void) {
    this.#end()
    this.#send = send
    this.#returns = 0
    if (this.#machine.password === null) this.#show({ state: 'asking', error: null })
    else this.#connect()
  }

  receive(message: FromDesktop) {
    const { around } = this.#parts
    switch (message.kind) {
      case 'connect':
        this.#machine.user = message.user
        if (message.password !== null) this.#machine.password = message.password
        this.#returns = 0
        this.#show({ hasCompatibleColours: message.hasCompatibleColours, user: message.user })
        return this.#connect()
      case 'connected':
        return this.#connected(message.token)
      case 'ended':
        return this.#ended(message)
      case 'trust':
        return this.#decide?.(message.trust)
      case 'forgetCertificate':
        return void this.#forgetCertificate()
      case 'leave':
        return this.#leave()
      case 'openInClient':
        return void this.#inClient()
      case 'saveFile':
        return void this.#attend(around.saveFile(this.#machine))
      case 'popOut':
        return around.popOut()
      case 'bringBack':
        return around.bringBack()
      case 'captured':
        return around.captured(message.isCaptured)
    }
  }

  /** A port over which the page's client speaks RDCleanPath. */
  serveBytes(token: string, port: BytePort) {
    const attempt = this.#attempt
    if (!attempt || attempt.token !== token || attempt.hasBegun) return port.close()
    attempt.hasBegun = true
    const { host } = this.#machine
    const target = {
      ...{ host, port: this.#machine.port, token, hasCompatibleColours: this.#view.hasCompatibleColours },
      dial: (signal: AbortSignal) => this.#parts.dial(signal),
      isTrusted: (certificate: SeenCertificate, signal: AbortSignal) => this.#isTrusted(certificate, signal),
      onSecured: ({ hasNla }: { hasNla: boolean }) => {
        this.#show({ hasNla })
        this.#limitPicture(attempt)
        return (attempt.watch = hasNla ? watchSignIn() : null) ?? undefined
      },
    }
    relay(port, target, attempt.controller.signal).catch((error: unknown) => (attempt.error ??= toErrorData(error)))
  }

  /** The page broke down. */
  crash() {
    this.#end()
    this.#show({ state: 'crashed', error: new AppError('desktop.crashed').toData() })
  }

  setPoppedOut(isPoppedOut: boolean) {
    this.#show({ isPoppedOut })
  }

  /** Tells the page everything again, as after a change of language or theme. */
  refresh() {
    this.#show({})
  }

  release() {
    this.#send({ kind: 'release' })
  }

  close() {
    this.#end()
    this.#machine.password = null
    this.#send = () => undefined
  }

  #connect() {
    this.#end()
    const { host, port, user, password } = this.#machine
    const attempt = {
      ...{ token: randomUUID(), controller: new AbortController(), error: null },
      ...{ watch: null, hasBegun: false, wasConnected: false },
    }
    this.#attempt = attempt
    this.#show({ state: this.#returns > 0 ? 'returning' : 'connecting', certificate: null, hasNla: null })
    if (this.#returns === 0) this.#show({ error: null })
    this.#send({ kind: 'go', token: attempt.token, destination: `${host}:${port}`, user, password: password ?? '' })
  }

  #connected(token: string) {
    if (this.#attempt?.token !== token) return
    clearTimeout(this.#timer)
    this.#attempt.wasConnected = true
    this.#returns = 0
    this.#show({ state: 'connected', error: null })
  }

  #ended({ token, how, message }: Extract<FromDesktop, { kind: 'ended' }>) {
    const attempt = this.#attempt
    if (attempt?.token !== token) return
    this.#end()
    if (attempt.error === null && how === 'signedOut') return this.#show({ state: 'left', error: null })
    const error = attempt.error ?? this.#errorOf(attempt, how, message)
    const isLost = attempt.wasConnected || this.#returns > 0
    if (isLost && !ofPerson.has(error.code)) return this.#return(error)
    if (error.code === 'cancelled') return this.#show({ state: 'left', error: null })
    if (error.code !== 'desktop.password') return this.#show({ state: 'failed', error })
    this.#machine.password = null
    this.#show({ state: 'asking', error })
  }

  #errorOf(attempt: Attempt, how: 'signedOut' | 'password' | 'account' | 'lost', message: string): ErrorData {
    const { host, user } = this.#machine
    const { stage, status } = attempt.watch?.signIn() ?? { stage: 'asked', status: null }
    const { name, means } = status === null ? { name: undefined, means: null } : statusMeaning(status)
    const details = { message, ...(name ? { serviceCode: name } : {}) }
    // Windows refuses what was typed with the same word as an account that it does not know: the client in the page calls both "account".
    const reason = means ?? how
    if (reason === 'password' || reason === 'account') {
      return new AppError(`desktop.${reason}`, { host, user }, details).toData()
    }
    if (stage === 'proved' && !attempt.wasConnected) return new AppError('desktop.hung-up', { host }, details).toData()
    if (!attempt.hasBegun) return new AppError('unexpected', {}, { message }).toData()
    return new AppError('desktop.ended', { host }, details).toData()
  }

  #return(error: ErrorData) {
    const waits = this.#parts.returnAfterMs ?? returnAfterMs
    const wait = waits[this.#returns]
    if (wait === undefined) {
      this.#returns = 0
      return this.#show({ state: 'failed', error })
    }
    this.#returns++
    this.#show({ state: 'returning', error })
    this.#timer = setTimeout(() => this.#connect(), wait)
  }

  async #isTrusted(seen: SeenCertificate, signal: AbortSignal): Promise<boolean> {
    const { pins } = this.#parts
    const { place, host } = this.#machine
    const { fingerprint, subject, validTo } = seen
    const pin = await pins.find('certificate', place)
    if (pin?.fingerprint === fingerprint) return true
    if (pin) throw new AppError('desktop.certificate-changed', { host, known: pin.fingerprint, found: fingerprint })
    this.#show({ state: 'asking', certificate: { fingerprint, subject, validTo } })
    const isTrusted = await new Promise<boolean>((resolve) => {
      this.#decide = resolve
      signal.addEventListener('abort', () => resolve(false), { once: true })
    })
    this.#decide = null
    if (signal.aborted) return false
    this.#show({ certificate: null, ...(isTrusted ? { state: 'connecting' } : {}) })
    if (isTrusted) await pins.keep('certificate', place, { fingerprint, source: 'person' })
    return isTrusted
  }

  async #forgetCertificate() {
    await this.#attend(this.#parts.pins.forget('certificate', this.#machine.place))
    this.#returns = 0
    this.#connect()
  }

  #limitPicture(attempt: Attempt) {
    const limitMs = this.#parts.pictureLimitMs ?? pictureLimitMs
    const { host, port } = this.#machine
    this.#timer = setTimeout(() => {
      attempt.error = new AppError('desktop.silent', { host, port, seconds: limitMs / 1000 }).toData()
      attempt.controller.abort()
    }, limitMs)
  }

  #leave() {
    this.#end()
    this.#show({ state: 'left', error: null, certificate: null })
  }

  async #inClient() {
    const pin = await this.#parts.pins.find('certificate', this.#machine.place)
    if (pin) await this.#attend(this.#parts.around.openInClient(this.#machine, pin.fingerprint))
  }

  /** Work beside the session: its failure is shown and changes nothing else. */
  async #attend(work: Promise<void>) {
    try {
      await work
    } catch (error) {
      this.#show({ error: toErrorData(error) })
    }
  }

  #end() {
    clearTimeout(this.#timer)
    this.#attempt?.controller.abort()
    this.#attempt = null
    this.#decide = null
    this.#send({ kind: 'stop' })
  }

  #show(change: Partial<DesktopView>) {
    this.#view = { ...this.#view, ...change, hasPassword: this.#machine.password !== null }
    this.#send({ kind: 'view', view: this.#view, ...this.#look() })
    this.#parts.onView(this.#view)
  }
}
