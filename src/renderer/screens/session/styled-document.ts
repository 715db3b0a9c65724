/**
 * The document as xterm may use it: it writes style elements and style attributes, which the page's Content-Security-Policy refuses.
 * What it writes into them goes the way that scripts may go instead, adopted style sheets and `element.style`, so the policy stays.
 */
export const styledDocument: Document = new Proxy(document, {
  get(real, name) {
    if (name === 'createElement') return createElement
    const value: unknown = Reflect.get(real, name, real)
    return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(real) : value
  },
})

/**
 * Runs something that takes the window's own document whatever it is told, as xterm's viewport does for its scroll bar while it is
 * opened.
 */
export function withStyledDocument(work: () => void) {
  document.createElement = createElement as Document['createElement']
  try {
    work()
  } finally {
    Reflect.deleteProperty(document, 'createElement')
  }
}

const plainElement = document.createElement.bind(document)

function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
  const element = plainElement(name, options)
  if (name === 'style') return adopted(element)
  if (name === 'span') element.setAttribute = setAttribute
  return element
}

/** A style element whose text becomes a style sheet of the document, until the element is removed. */
function adopted(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets.push(sheet)
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) })
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}

function setAttribute(this: HTMLElement, name: string, value: string) {
  if (name === 'style') this.style.cssText = value
  else Element.prototype.setAttribute.call(this, name, value)
}
