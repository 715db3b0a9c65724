import type { IronError, UserInteraction } from '@devolutions/iron-remote-desktop'
import { bytePortScheme, type FromDesktop, type ToDesktop } from '../../shared/desktop-link'

export type Size = { width: number; height: number }
type IronBackend = (typeof import('@devolutions/iron-remote-desktop-rdp'))['Backend']
export type Picture = { element: HTMLElement; user: UserInteraction }
export type End = Pick<Extract<FromDesktop, { kind: 'ended' }>, 'how' | 'message'>

/** Kinds of the client's errors (iron-remote-desktop, IronErrorKind). */
const kinds = { wrongPassword: 1, logonFailure: 2, accessDenied: 3 }
const longestMessage = 4000
let loading: Promise<typeof import('@devolutions/iron-remote-desktop-rdp')> | null = null

/** Loads the client, once: four megabytes that nobody needs before. */
function loadIron(): Promise<typeof import('@devolutions/iron-remote-desktop-rdp')> {
  loading ??= (async () => {
    const [rdp] = await Promise.all([
      import('@devolutions/iron-remote-desktop-rdp'),
      import('@devolutions/iron-remote-desktop'),
    ])
    // At finer levels the client has been seen to break down.
    await rdp.init('WARN')
    return rdp
  })()
  return loading
}

/**
 * Puts an element for one connection into `stage`; another connection needs another element. `onClipboard`: the remote computer has a
 * clipboard, which it says once somebody is signed in there.
 */
export async function openPicture(
  stage: HTMLElement,
  scale: 'fit' | 'real',
  onClipboard: () => void,
): Promise<Picture> {
  const { Backend } = await loadIron()
  const element = document.createElement('iron-remote-desktop')
  element.setAttribute('scale', scale)
  element.setAttribute('verbose', 'false')
  element.setAttribute('flexcenter', 'true')
  // Read when the element is attached.
  Object.assign(element, {
    module: { ...Backend, SessionBuilder: builderThatTells(Backend.SessionBuilder, onClipboard) },
  })
  const ready = new Promise<UserInteraction>((resolve) => {
    const told = (event: Event) =>
      resolve((event as CustomEvent<{ irgUserInteraction: UserInteraction }>).detail.irgUserInteraction)
    element.addEventListener('ready', told, { once: true })
  })
  stage.replaceChildren(element)
  const user = await ready
  // Else it would read this computer's clipboard ten times a second.
  user.setEnableAutoClipboard(false)
  await rightsAsked()
  return { element, user }
}

/**
 * When the element says that it is ready it has yet to ask whether it may read the clipboard. Connected before it has the answer, it
 * asks the server for no clipboard at all. Answers come in the order of the questions, and its own is asked before our second.
 */
async function rightsAsked(): Promise<void> {
  const name = 'clipboard-read' as PermissionName
  await navigator.permissions.query({ name })
  await navigator.permissions.query({ name })
}

/** The client asks for what is on the clipboard when the server's is ready (MS-RDPECLIP 1.3.2.1, Monitor Ready). */
function builderThatTells(
  Builder: IronBackend['SessionBuilder'],
  onClipboard: () => void,
): IronBackend['SessionBuilder'] {
  return class extends Builder {
    override forceClipboardUpdateCallback(update: () => void) {
      return super.forceClipboardUpdateCallback(() => {
        onClipboard()
        update()
      })
    }
  }
}

/** Connects, and tells how the session ended when it has. `onConnected`: the picture is there. */
export async function runSession(
  { user }: Picture,
  { token, destination, user: name, password }: Extract<ToDesktop, { kind: 'go' }>,
  size: Size,
  onConnected: (size: Size) => void,
): Promise<End> {
  try {
    const { displayControl } = await loadIron()
    const { domain, account } = accountOf(name)
    const config = user
      .configBuilder()
      .withUsername(account)
      .withPassword(password)
      .withServerDomain(domain)
      .withDestination(destination)
      .withProxyAddress(`${bytePortScheme}${token}`)
      .withAuthToken(token)
      .withDesktopSize(size)
      .withExtension(displayControl(true))
      .build()
    const session = await user.connect(config)
    onConnected(session.initialDesktopSize)
    user.setVisibility(true)
    const { reason } = await session.run().then((end) => ({ reason: end.reason() }))
    return { how: 'signedOut', message: reason.slice(0, longestMessage) }
  } catch (error) {
    return endOf(error)
  }
}

/** `DOMAIN\name` as two parts; `name@domain` stays whole. */
function accountOf(name: string): { domain: string; account: string } {
  const at = name.indexOf('\\')
  return at < 0 ? { domain: '', account: name } : { domain: name.slice(0, at), account: name.slice(at + 1) }
}

function endOf(error: unknown): End {
  const known = error as Partial<IronError>
  if (typeof known.kind !== 'function') return { how: 'lost', message: String(error).slice(0, longestMessage) }
  const kind: number = known.kind()
  const message = (known.backtrace?.() ?? '').slice(0, longestMessage)
  if (kind === kinds.wrongPassword) return { how: 'password', message }
  const isRefused = kind === kinds.logonFailure || kind === kinds.accessDenied
  return { how: isRefused ? 'account' : 'lost', message }
}
