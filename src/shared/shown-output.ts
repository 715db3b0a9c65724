// Colours, cursor moves, titles and links: what a terminal would act upon (ECMA-48), and the signs that move by a letter.
const [bell, escape] = [String.fromCharCode(7), String.fromCharCode(27)]
const control = String.raw`\[[0-?]*[ -/]*[@-~]`
const command = String.raw`\][^${bell}${escape}]*(?:${bell}|${escape}\\)`
const sequences = new RegExp(`${escape}(?:${control}|${command}|[ -/]*[0-~])`, 'g')

/** The last lines of what a program printed, as plain text: progress that writes over its own line shows its last state. */
export function shownOutput(printed: string, mostLines: number): string {
  const lines = printed.replace(sequences, '').replace(/\r+\n/g, '\n').split('\n')
  const kept = lines.slice(-mostLines).map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1))
  return kept.join('\n').replace(/(?![\n\t])\p{Cc}/gu, '')
}
