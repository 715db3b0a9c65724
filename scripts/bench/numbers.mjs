/** The middle one; of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * One line of the table. `values` are those of all runs, in `unit`; `most` is the target that the median must stay below or reach.
 * `note` says in a few words what the number is to be read beside.
 */
export function row(what, values, unit, { most, note = '' } = {}) {
  const middle = median(values)
  const isMissed = most !== undefined && !(middle <= most)
  return { what, values, unit, most, note, middle, isMissed }
}

/** The rows as lines of text: what, median, smallest and largest, number of runs, target, verdict. */
export function table(rows) {
  const head = ['', 'median', 'smallest - largest', 'runs', 'target', '', '']
  const cells = rows.map(({ what, values, unit, most, note, middle, isMissed }) => [
    what,
    `${figure(middle)} ${unit}`.trim(),
    `${figure(Math.min(...values))} - ${figure(Math.max(...values))}`,
    String(values.length),
    most === undefined ? '' : `<= ${most} ${unit}`.trim(),
    most === undefined ? '' : isMissed ? 'MISSED' : 'reached',
    note,
  ])
  const all = [head, ...cells]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column].length)))
  const isNumber = (column) => column >= 1 && column <= 4
  return all.map((line) =>
    line
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  )
}

/** As many digits as say something. */
export function figure(value) {
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
