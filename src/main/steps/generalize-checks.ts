import type { VmCheckRow } from '../../shared/vm-checks'

/** What a check before generalizing found. */
export function row(id: VmCheckRow['id'], severity: VmCheckRow['severity'], params: VmCheckRow['params']): VmCheckRow {
  return { id, severity, params }
}

/** Fine where nothing was found. */
export function named(id: VmCheckRow['id'], severity: 'warn' | 'block', names: readonly string[]): VmCheckRow {
  return row(id, names.length > 0 ? severity : 'ok', { names: someOf(names) })
}

/** Some of many names, for a sentence. */
function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => name.slice(0, 120))
  return names.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ')
}
