import type { ITheme } from '@xterm/xterm'

const usualSize = 13
const sizes = { from: 8, to: 32 }
const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const

/** How every terminal of the window looks. */
class TerminalLook {
  fontSize = $state(usualSize)
  /** What is on screen is told to screen readers, which costs speed. */
  isForReaders = $state(false)
  theme = $state.raw<ITheme>(themeOf())

  constructor() {
    const again = () => (this.theme = themeOf())
    for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)']) {
      window.matchMedia(query).addEventListener('change', again)
    }
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ['data-theme'] })
  }

  /** Points; 0: the usual size. */
  resize(by: number) {
    const wanted = by === 0 ? usualSize : this.fontSize + by
    this.fontSize = Math.min(sizes.to, Math.max(sizes.from, wanted))
  }
}

/** The tokens of the page as xterm wants them. */
function themeOf(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--term-${name}`).trim()
  const colours = names.flatMap((name) => [
    [name, token(name)],
    [`bright${name[0]!.toUpperCase()}${name.slice(1)}`, token(`bright-${name}`)],
  ])
  return {
    background: token('back'),
    foreground: token('ink'),
    cursor: token('ink'),
    cursorAccent: token('back'),
    selectionBackground: token('selection'),
    ...(Object.fromEntries(colours) as ITheme),
  }
}

/** The font that terminals use, for measuring and for the theme. */
export function terminalFont(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--mono').trim()
}

export const terminalLook = new TerminalLook()
