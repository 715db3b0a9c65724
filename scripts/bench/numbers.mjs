/** The middle one; of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * One line of the table. `values` are those of all runs, in `unit`; `most` is the target that the median must stay below or reach,
 * `least` what it must not fall below. `note` says in a few words what the number is to be read beside.
 */
export function row(what, values, unit, { most, least, note = '' } = {}) {
  const middle = median(values)
  const isMissed = (most !== undefined && !(middle <= most)) || (least !== undefined && !(middle >= least))
  return { what, values, unit, most, least, note, middle, isMissed }
}

const tableHead = ['', 'median', 'smallest - largest', 'runs', 'target', '', '']

/** The rows as cells of text: what, median, smallest and largest, number of runs, target, verdict, note. */
export function rowsTable(rows) {
  const lines = rows.map((one) => [
    one.what,
    `${figure(one.middle)} ${one.unit}`.trim(),
    `${figure(Math.min(...one.values))} - ${figure(Math.max(...one.values))}`,
    String(one.values.length),
    targetOf(one),
    targetOf(one) === '' ? '' : one.isMissed ? 'MISSED' : 'reached',
    one.note,
  ])
  return { head: tableHead, lines, leftColumns: [0, 5, 6] }
}

function targetOf({ most, least, unit }) {
  if (most !== undefined) return `<= ${most} ${unit}`.trim()
  return least !== undefined ? `>= ${least} ${unit}`.trim() : ''
}

/** The rows as lines of text. */
export function table(rows) {
  return linesOf(rowsTable(rows))
}

/** A table of cells as lines of text; columns are numbers except the first, or those named as left. */
export function linesOf({ head, lines, leftColumns = [0] }) {
  const all = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column].length)))
  return all.map((line) =>
    line
      .map((cell, column) =>
        leftColumns.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** The same table in Markdown. */
export function markdownOf({ head, lines, leftColumns = [0] }) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, column) => (leftColumns.includes(column) ? '---' : '--:'))
  return [line(head), line(rule), ...lines.map(line)]
}

/** As many digits as say something. */
export function figure(value) {
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
