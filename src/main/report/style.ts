import { createHash } from 'node:crypto'

/** Colours and rhythm of the app's window; light or dark by the system, always light on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --font: 'Segoe UI Variable Text', 'Segoe UI', -apple-system, BlinkMacSystemFont, 'Inter Variable', 'Inter', system-ui, sans-serif;
  --mono: 'Cascadia Mono', 'SF Mono', ui-monospace, 'JetBrains Mono', 'DejaVu Sans Mono', monospace;
  --canvas: #f5f6f8; --surface: #ffffff; --sunken: #eef0f3; --border: #dcdfe5;
  --ink: #1b1f27; --ink-2: #4c5463; --ink-3: #5c6575;
  --ok: #0e7a3d; --ok-soft: #e2f3e8; --warn: #8f5a00; --warn-soft: #fdf1d8; --bad: #b3261e; --bad-soft: #fbe6e4;
  --practice: #6b3fa0; --practice-soft: #efe7f8;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --canvas: #14171d; --surface: #1b1f27; --sunken: #101319; --border: #2d333f;
    --ink: #eceff4; --ink-2: #b6becb; --ink-3: #97a0af;
    --ok: #5cc98a; --ok-soft: #143324; --warn: #f0b44c; --warn-soft: #3a2b0c; --bad: #ff8a80; --bad-soft: #431d1a;
    --practice: #c7a6f2; --practice-soft: #33234a;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--canvas); color: var(--ink); font: 13px/1.45 var(--font); print-color-adjust: exact; -webkit-print-color-adjust: exact }
.page { max-width: 940px; margin: 0 auto; padding: 32px 24px 48px }
h1, h2, h3, h4, p, dl, dd, ul { margin: 0 }
h1 { font-size: 26px; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; margin: 4px 0 8px }
h2 { font-size: 20px; line-height: 1.25; margin: 32px 0 12px; break-after: avoid }
h3 { display: flex; align-items: center; flex-direction: row-reverse; justify-content: space-between; gap: 12px; font-size: 15px; break-after: avoid }
h4 { font-size: 12px; color: var(--ink-2); margin: 16px 0 4px; break-after: avoid }
code { font: 11.5px/1.5 var(--mono); line-break: anywhere }
small { font-size: 12px; font-weight: 400; color: var(--ink-3); white-space: nowrap }
time { white-space: nowrap }
ul { padding-left: 18px }
li + li { margin-top: 4px }
li > ul { list-style: none; padding-left: 0 }
.eyebrow { font-size: 12px; font-weight: 600; color: var(--ink-3) }
.quiet { color: var(--ink-2) }
.note { font-size: 12px; color: var(--ink-3); margin-top: 8px }
.card { background: var(--surface); border: 1px solid var(--border); border-radius: 10px; padding: 16px }
article + article { margin-top: 12px }
.meta { display: flex; flex-wrap: wrap; font-size: 12px; color: var(--ink-3); margin-top: 2px; break-after: avoid }
.meta span + span::before { content: '·'; margin: 0 6px }
.band { display: flex; gap: 10px; border-radius: 10px; padding: 12px 16px; margin: 12px 0 }
.verdict { font-size: 15px; font-weight: 600; margin-top: 16px }
.verdict i { font-style: normal }
.ok { color: var(--ok); background: var(--ok-soft) }
.warn { color: var(--warn); background: var(--warn-soft) }
.bad { color: var(--bad); background: var(--bad-soft) }
.practice { color: var(--practice); background: var(--practice-soft) }
.pill { display: inline-flex; align-items: baseline; gap: 5px; border-radius: 99px; padding: 1px 9px; font-size: 12px; font-weight: 600; white-space: nowrap }
.pill.quiet { background: var(--sunken) }
.pill i { font-style: normal }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(255px, 1fr)); gap: 10px 20px }
.meta + .grid, p + .grid, .grid + .grid, .meta + p { margin-top: 12px }
.wide { grid-column: 1 / -1 }
dt { font-size: 12px; color: var(--ink-3) }
dd { font-weight: 600; overflow-wrap: anywhere }
dd ul, dd code { font-weight: 400 }
.signed { list-style: none; padding: 0 }
.signed li { margin-top: 6px; color: var(--ink-2) }
.signed b { color: var(--ink) }
.signed .pill { margin-right: 8px }
.error { border-left: 4px solid var(--bad); background: var(--bad-soft); border-radius: 6px; padding: 12px 16px; margin-top: 12px }
.error code { white-space: pre-wrap }
.error dt { color: var(--ink-2) }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--ink-3); white-space: nowrap }
th, td { vertical-align: top; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--border) }
th:last-child, td:last-child { padding-right: 0 }
tbody tr:last-child td { border-bottom: 0 }
tfoot td { white-space: nowrap; border: 0; border-top: 1px solid var(--border); font-weight: 600 }
thead { display: table-header-group } tfoot { display: table-row-group }
tr { break-inside: avoid }
.summary td:nth-child(1), .summary td:nth-child(4), .summary td:nth-child(5) { font-variant-numeric: tabular-nums; white-space: nowrap }
.summary td:nth-child(1) { color: var(--ink-3) }
.summary b { font-weight: 400 }
.made td:first-child::first-letter { text-transform: uppercase }
.evidence { font-size: 12px }
.evidence code { font-size: 11px }
.evidence td:last-child code { white-space: nowrap }
@media screen and (max-width: 760px) {
  .page { padding: 16px 12px 32px }
  .card { overflow-x: auto }
  td:has(code) { min-width: 200px }
  .evidence td:last-child code { white-space: normal }
}
@page { size: A4; margin: 14mm }
@media print {
  :root { color-scheme: light; --canvas: #ffffff }
  body { font-size: 11px }
  .page { max-width: none; padding: 0 }
  h1 { font-size: 22px } h2 { font-size: 16px; margin-top: 20px } h3, .verdict { font-size: 13px } h4 { font-size: 10.5px }
  code, .evidence code { font-size: 9.5px }
  dt, th, small, .meta, .pill, .note, .evidence { font-size: 10px }
  .card { padding: 12px; box-decoration-break: clone; -webkit-box-decoration-break: clone }
  .error, .band, dl div { break-inside: avoid }
  .grid { grid-template-columns: repeat(3, 1fr) }
}
`

/** What the page's policy names, so that no other style can apply. */
export const styleHash = createHash('sha256').update(style).digest('base64')
