import { fill } from '../shared/messages/format'
import type { RunState } from '../shared/run'
import type { Language } from '../shared/terms'
import { head } from './report/head'
import { html, markupOf, trusted } from './report/html'
import { pageOf } from './report/page'
import { costs, resources } from './report/resources'
import { phaseSections, summary } from './report/steps'
import { style, styleHash } from './report/style'

/**
 * The report of a run as one HTML page: no script, nothing loaded from anywhere, everything that came from outside escaped.
 * `at` is the time of writing; it and all other times are shown in UTC.
 */
export function reportPage(state: RunState, about: { language: Language; app: string; at: Date }): string {
  const page = pageOf(state, about.language, about.at)
  const title = fill(page.texts.title, { name: state.name }, page.language)
  return `<!doctype html>\n${markupOf(
    html`<html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'sha256-${trusted(styleHash)}'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <div class="page">
          ${head(page, about)}
          <main>${summary(page)} ${phaseSections(page)} ${resources(page)} ${costs(page)}</main>
        </div>
      </body>
    </html> `,
  )}`
}
