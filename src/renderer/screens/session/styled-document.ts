/**
 * Makes the document fit for xterm, which writes style elements and style attributes that the page's Content-Security-Policy refuses:
 * what it writes into them goes the way that scripts may go instead, adopted style sheets and `element.style`, so the policy stays as
 * it is. Its parts take the window's own document whatever they are told, so that is where it has to happen.
 */
export function letTerminalsStyle() {
  document.createElement = createElement as Document['createElement']
}

const plainElement = document.createElement.bind(document)

function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
  // The policy refuses even an empty style element; a template is not drawn either.
  if (name === 'style') return adopted(plainElement('template'))
  const element = plainElement(name, options)
  if (name === 'span') element.setAttribute = setAttribute
  return element
}

/** Stands for a style element: its text becomes a style sheet of the document, until the element is removed. */
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
