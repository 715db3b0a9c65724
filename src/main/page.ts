import { protocol, type Session } from 'electron'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'

export const pageOrigin = 'app://studio'
const contentSecurityPolicy =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const desktopOrigin = 'app://desktop'
/** The client in that page is WebAssembly, its element brings style of its own, and pointers come as pictures. */
const desktopPolicy = [
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ')

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
}

/** Must run before the app is ready: makes `app://` a secure origin of its own, so that the policy below means something. */
export function registerPageScheme() {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built window from `folder`, and the page shown after a crash; nothing else. */
export function servePage(folder: string, language: () => Language) {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    if (url.origin !== 'null' && url.origin !== pageOrigin) return missing()
    if (url.host !== 'studio') return missing()
    if (url.pathname === '/crashed') return respond(crashedPage(language()), 'text/html; charset=utf-8')
    if (url.pathname === '/crashed.css') return respond(crashedStyle, 'text/css')
    return fileOf(folder, url, contentSecurityPolicy)
  })
}

/** Address of the page of a remote desktop: an origin of its own, which none of the window's messages is taken from. */
export function desktopPage(): string {
  return `${process.env['ELECTRON_RENDERER_URL'] ?? desktopOrigin}/desktop.html`
}

/** Serves the built pages to the session of the remote desktops, with the policy that these need. */
export function serveDesktopPage(own: Session, folder: string) {
  own.protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    return url.host === 'desktop' ? fileOf(folder, url, desktopPolicy) : missing()
  })
}

async function fileOf(folder: string, url: URL, policy: string): Promise<Response> {
  const file = normalize(join(folder, decodeURIComponent(url.pathname)))
  if (!file.startsWith(folder + sep)) return missing()
  // Read here: `net.fetch` would first have to start the network's process, and the first paint would wait for it.
  const found = await readFile(file).catch(() => null)
  return found ? respond(found, mediaTypes[extname(file)] ?? 'application/octet-stream', policy) : missing()
}

function missing(): Response {
  return new Response(null, { status: 404 })
}

function respond(body: string | Uint8Array<ArrayBuffer>, type: string, policy = contentSecurityPolicy): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  })
}

function crashedPage(language: Language): string {
  const words = messages[language].shell.crash
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${words.title}</title>
<link rel="stylesheet" href="/crashed.css"><main><h1>${words.title}</h1><p>${words.text}</p>
<a role="button" href="/index.html">${words.button}</a></main></html>`
}

const crashedStyle = `:root{color-scheme:light dark}body{font:14px/1.5 'Segoe UI',system-ui,sans-serif;display:grid;place-items:center;height:100vh;margin:0;
background:light-dark(#f5f6f8,#14171d);color:light-dark(#1b1f27,#eceff4)}main{max-width:46ch;padding:24px}h1{font-size:20px;margin:0 0 8px}
a{display:inline-block;margin-top:12px;padding:6px 14px;border-radius:6px;text-decoration:none;font-weight:600;
background:light-dark(#0f6cbd,#62abf5);color:light-dark(#fff,#06182a)}a:focus-visible{outline:2px solid;outline-offset:2px}`
