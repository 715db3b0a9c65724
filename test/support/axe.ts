import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** Rules of WCAG 2.2 A and AA that the page breaks now, with the places. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Electron has no way to open the second page that the default mode works in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
