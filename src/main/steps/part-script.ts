import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { Part } from '../../shared/parts'
import { withoutSecrets } from '../../shared/redact'

/** Where a part that runs leaves the number of its process group, so that it can be ended later; empty after every boot. */
const groupFile = '/run/batch-image-studio.part'
const tailLines = 40
const tailCharacters = 4000
/** A program may print megabytes without a line break. */
const readCharacters = 64 * 1024
const lineCharacters = 1000

/**
 * A part's script or check as it is run; it stops at the first command that fails (`set -eo pipefail`, `$ErrorActionPreference`). Linux:
 * for `bash -s`, read whole before anything of it begins, so that no command in it can swallow the rest; its input is empty.
 */
export function composed(system: 'linux' | 'windows', text: string): string {
  return system === 'linux' ? composedBash(text) : `$ErrorActionPreference = 'Stop'\n${text}\n`
}

function composedBash(text: string): string {
  return [
    'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a',
    `{ cut -d ' ' -f 5 /proc/$$/stat > ${groupFile}; } 2>/dev/null || true`,
    `trap 'rm -f ${groupFile}' EXIT 2>/dev/null || true`,
    'set -eo pipefail',
    '{',
    ':',
    text.replaceAll('\r\n', '\n'),
    // A backslash at the very end joins the next line: that is an empty one.
    '',
    '} </dev/null',
    '',
  ].join('\n')
}

/**
 * Ends what a part left running when its connection was lost; for `bash -s` as root. Gives it ten seconds. A part that ended by itself
 * left no trace, and none survives a restart of the VM.
 */
export const endPart = `
if [ -s ${groupFile} ]; then
  group=$(cat ${groupFile})
  rm -f ${groupFile}
  case "$group" in *[!0-9]*|'') exit 0 ;; esac
  kill -TERM -- "-$group" 2>/dev/null
  for n in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 -- "-$group" 2>/dev/null || exit 0
    sleep 1
  done
  kill -KILL -- "-$group" 2>/dev/null
fi
exit 0
`

/** The last lines of an output as they may be kept: no secrets, no colours, of a line that was written over only its last state. */
export function tailOf(output: string): string {
  const lines = readable(output.slice(-readCharacters)).trimEnd().split('\n').slice(-tailLines)
  const short = lines.map((line) => line.slice(0, lineCharacters)).join('\n')
  return withoutSecrets(short).slice(-tailCharacters)
}

/** ECMA-48: control sequences, strings of operating system commands, and short escapes. */
const controls = new RegExp(
  ['\\u001b\\[[0-?]*[ -/]*[@-~]', '\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)', '\\u001b[ -/]*[0-~]'].join(
    '|',
  ),
  'g',
)

/** Text that a terminal was sent, as plain lines. */
export function readable(output: string): string {
  return output
    .replace(controls, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.replace(/\r+$/, ''))
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
}

/**
 * Tells a part as it would run now from how it ran: its files with size and time, script, restart and check. Its name and place do not
 * matter. Throws AppError `recipe.file-missing` {part, file}.
 */
export async function hashOf({ name, files, script, reboot, check }: Part): Promise<string> {
  const copied = []
  for (const { from, to } of files) copied.push({ to, state: await stateOf(from, name) })
  const ran = JSON.stringify({ copied, script, reboot, check })
  return createHash('sha256').update(ran).digest('hex').slice(0, 32)
}

async function stateOf(file: string, part: string): Promise<unknown> {
  try {
    const found = await lstat(file)
    if (!found.isDirectory()) return [found.size, found.mtimeMs]
    const names = (await readdir(file)).sort()
    const entries = []
    for (const name of names) entries.push([name, await stateOf(path.join(file, name), part)])
    return entries
  } catch (error) {
    if (error instanceof AppError) throw error
    const { message } = error as NodeJS.ErrnoException
    throw new AppError('recipe.file-missing', { part, file }, { message }, { cause: error })
  }
}
