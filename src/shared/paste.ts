/** A text on its way from the clipboard into a shell. */
export type Paste = {
  /** As it is sent: line ends as the Enter key sends them, without control characters. */
  text: string
  /** As a person may look at it: control characters by their signs. */
  shown: string
  lines: number
  hasControls: boolean
  /** The shell would run it at once, or it holds what cannot be seen: a person is asked first. */
  isRisky: boolean
}

// All but tab and line ends; an escape character could also end the brackets and run the rest.
const controls = /(?![\t\n])\p{Cc}/gu
const direction = /[\u202a-\u202e\u2066-\u2069]/g

/**
 * What pasting a text would do. `isBracketed`: the shell asked to be told where a paste begins and ends (DECSET 2004), and runs
 * nothing of it before Enter is pressed.
 */
export function pasteOf(clipboard: string, isBracketed: boolean): Paste {
  const plain = clipboard.replace(/\r\n?/g, '\n')
  const text = plain.replace(controls, '').replace(direction, '').replace(/\n/g, '\r')
  const hasControls = text.length !== plain.length
  const lines = plain.split('\n').length - (plain.endsWith('\n') ? 1 : 0)
  const runsAtOnce = !isBracketed && plain.includes('\n')
  return {
    text,
    shown: plain.replace(controls, sign).replace(direction, '\ufffd'),
    lines,
    hasControls,
    isRisky: hasControls || runsAtOnce,
  }
}

/** The picture of a control character, `␛` for Escape. */
function sign(control: string): string {
  const code = control.charCodeAt(0)
  if (code === 0x7f) return '\u2421'
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd'
}
