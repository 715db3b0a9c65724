import { createHash } from 'node:crypto'
import { batcher, owner, tenant, users, type Principal } from './directory'
import type { PracticeReply } from './server'

export type PageLanguage = 'en' | 'de'

const words = {
  en: {
    mark: 'Practice cloud on this computer',
    title: 'Sign in',
    lead: 'Choose who you are. No password: these people exist only in the practice cloud.',
    roles: {
      owner: 'Owner: may do everything',
      reader: 'Reader: may look, but not make anything',
      batch: 'Only Batch: may make Batch accounts and pools, nothing else',
    },
    cancel: 'Cancel',
    going: 'Signing you in …',
    goOn: 'Continue',
    device: 'Sign in on another device',
    deviceLead: 'Enter the code that the program shows.',
    code: 'Code',
    deviceDone: 'Done. You can close this page and go back to the program.',
    deviceDeclined: 'You are not signed in. You can close this page.',
    deviceWrong: 'This code is unknown or too old. Look at the program and enter the code again.',
    signedOut: 'You are signed out. You can close this page.',
    failed: 'Sign-in is not possible',
    stale: 'This sign-in is no longer waiting. Start it again in the program.',
  },
  de: {
    mark: 'Übungs-Cloud auf diesem Computer',
    title: 'Anmelden',
    lead: 'Wählen Sie, wer Sie sind. Ohne Kennwort: Diese Personen gibt es nur in der Übungs-Cloud.',
    roles: {
      owner: 'Besitzerin: darf alles',
      reader: 'Leser: darf nur ansehen, nichts anlegen',
      batch: 'Nur Batch: darf Batch-Konten und Pools anlegen, sonst nichts',
    },
    cancel: 'Abbrechen',
    going: 'Sie werden angemeldet …',
    goOn: 'Weiter',
    device: 'Auf einem anderen Gerät anmelden',
    deviceLead: 'Geben Sie den Code ein, den das Programm anzeigt.',
    code: 'Code',
    deviceDone: 'Fertig. Sie können diese Seite schließen und zum Programm zurückkehren.',
    deviceDeclined: 'Sie sind nicht angemeldet. Sie können diese Seite schließen.',
    deviceWrong: 'Dieser Code ist unbekannt oder zu alt. Sehen Sie im Programm nach und geben Sie ihn noch einmal ein.',
    signedOut: 'Sie sind abgemeldet. Sie können diese Seite schließen.',
    failed: 'Anmeldung nicht möglich',
    stale: 'Diese Anmeldung wartet nicht mehr. Beginnen Sie sie im Programm noch einmal.',
  },
} as const

/** The first language of Accept-Language that the pages speak. */
export function pageLanguage(acceptLanguage: string | undefined): PageLanguage {
  for (const part of (acceptLanguage ?? '').split(',')) {
    const language = part.trim().slice(0, 2).toLowerCase()
    if (language === 'de' || language === 'en') return language
  }
  return 'en'
}

/** The list of practice users; each is a button of a form that posts `request` and `user` to `action`. */
export function choosePage(language: PageLanguage, action: string, request: string, cancel = true): PracticeReply {
  const text = words[language]
  const people = users.map((user) => personButton(user, text.roles[roleOf(user)]))
  const body = `<h1>${text.title}</h1><p>${text.lead}</p>
<form method="post" action="${escape(action)}"><input type="hidden" name="request" value="${escape(request)}">
${people.join('\n')}
${cancel ? `<button class="quiet" name="user" value="">${text.cancel}</button>` : ''}</form>`
  return page(language, text.title, body, "'self'")
}

/** Hands the answer to the waiting program: a form that posts itself to its loopback address. */
export function formPostPage(
  language: PageLanguage,
  redirectUri: string,
  fields: Record<string, string>,
): PracticeReply {
  const text = words[language]
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  const body = `<h1>${text.going}</h1><form method="post" action="${escape(redirectUri)}">${inputs.join('')}
<noscript><button class="main">${text.goOn}</button></noscript></form>`
  return page(language, text.title, body, new URL(redirectUri).origin, 'document.forms[0].submit()')
}

/** Asks for the code of a device sign-in. */
export function devicePage(language: PageLanguage, action: string, code: string, wrong: boolean): PracticeReply {
  const text = words[language]
  const body = `<h1>${text.device}</h1><p>${text.deviceLead}</p>${wrong ? `<p role="alert" class="wrong">${text.deviceWrong}</p>` : ''}
<form method="get" action="${escape(action)}"><label for="code">${text.code}</label>
<input id="code" name="code" value="${escape(code)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
<button class="main">${text.goOn}</button></form>`
  return page(language, text.device, body, "'self'")
}

export function messagePage(
  language: PageLanguage,
  message: 'deviceDone' | 'deviceDeclined' | 'deviceWrong' | 'signedOut' | 'stale',
  status = 200,
): PracticeReply {
  return { ...page(language, words[language].title, `<h1>${words[language][message]}</h1>`, "'none'"), status }
}

/** Shown instead of a redirect where the request itself cannot be trusted (unknown program, foreign redirect). */
export function errorPage(language: PageLanguage, code: string, message: string): PracticeReply {
  const body = `<h1>${words[language].failed}</h1><p class="wrong" role="alert">${escape(code)}: ${escape(message)}</p>`
  return { ...page(language, words[language].failed, body, "'none'"), status: 400 }
}

function roleOf({ oid }: Principal): 'owner' | 'reader' | 'batch' {
  if (oid === owner.oid) return 'owner'
  return oid === batcher.oid ? 'batch' : 'reader'
}

function personButton(user: Principal, role: string): string {
  const initials = user.displayName.replace(/[^A-Z]/g, '')
  return `<button class="person" name="user" value="${user.oid}"><span class="face" aria-hidden="true">${initials}</span><span><b>${escape(user.displayName)}</b><small>${escape(user.name)}</small><small>${escape(role)}</small></span></button>`
}

// The colours and sizes of the product's own window, so that it is seen as the same practice cloud.
const style = `:root{color-scheme:light dark;--canvas:#f5f6f8;--surface:#fff;--sunken:#eef0f3;--border:#c3c8d1;--ink:#1b1f27;--soft:#4c5463;--accent:#0f6cbd;--on:#fff;--bad:#b3261e;--bad-soft:#fbe6e4;--practice:#6b3fa0;--practice-soft:#efe7f8}
@media(prefers-color-scheme:dark){:root{--canvas:#14171d;--surface:#1b1f27;--sunken:#222733;--border:#434b5a;--ink:#eceff4;--soft:#b6becb;--accent:#62abf5;--on:#06182a;--bad:#ff8a80;--bad-soft:#431d1a;--practice:#c7a6f2;--practice-soft:#33234a}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--canvas);color:var(--ink);font:14px/1.45 "Segoe UI Variable Text","Segoe UI",-apple-system,BlinkMacSystemFont,"Inter Variable",Inter,system-ui,sans-serif}
main{width:min(400px,100%);background:var(--surface);border:1px solid var(--border);border-radius:10px;overflow:hidden}
.mark{padding:8px 24px;background:var(--practice-soft);color:var(--practice);border-bottom:2px solid var(--practice);font-weight:600}
.in{padding:24px}h1{margin:0 0 8px;font-size:20px;font-weight:600}p{margin:0 0 16px;color:var(--soft)}form{display:grid;gap:8px}
button,input{font:inherit;color:inherit;border:1px solid var(--border);border-radius:6px;background:transparent;min-height:36px;padding:8px 12px;text-align:left}
button{cursor:pointer}button:hover{border-color:var(--accent);background:var(--sunken)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.main{justify-self:end;background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600}.main:hover{background:var(--accent)}
.person{display:flex;gap:12px;align-items:center}.person small{display:block;font-size:12px;color:var(--soft)}.quiet{justify-self:end;color:var(--soft)}
.face{flex:none;width:36px;height:36px;border-radius:50%;display:grid;place-items:center;background:var(--accent);color:var(--on);font-weight:600}
.wrong{padding:8px 12px;border-radius:6px;background:var(--bad-soft);color:var(--bad)}footer{padding:0 24px 16px;color:var(--soft);font-size:12px}
@media(forced-colors:active){.mark,.face{border:1px solid}}`

function page(language: PageLanguage, title: string, body: string, formAction: string, script = ''): PracticeReply {
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${style}</style></head>
<body><main><div class="mark">${words[language].mark}</div><div class="in">${body}</div><footer>${tenant.displayName}</footer></main>${script ? `<script>${script}</script>` : ''}</body></html>`
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src ${script ? `'${digest(script)}'` : "'none'"}`,
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  }
  return { status: 200, headers, body: html }
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
