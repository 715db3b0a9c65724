import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { endTree } from '../setup/commands.mjs'
import { Stop } from '../setup/say.mjs'

const lookMs = 20

/**
 * Starts a program and counts what it and everything it starts costs. Linux only. `ended` resolves with
 * `{ code, wallS, cpuS, peakMiB, treePeakMiB, output }`: peakMiB = the largest process, treePeakMiB = all of them at once.
 */
export function startMeasured(command, args, env) {
  const begun = performance.now()
  // The shell waits for its children and so knows the processor time of all of them, which Node does not tell.
  const child = spawn('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bench', command, ...args], {
    env: { ...env, LC_ALL: 'C' },
    // Standard input stays open: AzCopy burns a whole processor when it finds its end.
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const memory = watchMemory(child.pid)
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => output.push(bytes))
  child.stdin.on('error', () => undefined)
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const text = Buffer.concat(output).toString()
      const [, user, system] = /cpu (\d+\.\d+) (\d+\.\d+)\n$/.exec(text) ?? []
      const wallS = (performance.now() - begun) / 1000
      resolve({ code, wallS, cpuS: Number(user) + Number(system), ...memory.stop(), output: text })
    })
  })
  return { ended, kill: () => endTree(child), tree: () => familyOf(child.pid).slice(1) }
}

/** Runs it to its end; throws Stop with what it wrote when it fails. */
export async function runMeasured(command, args, env) {
  const result = await startMeasured(command, args, env).ended
  if (result.code !== 0)
    throw new Stop(`code ${result.code}: ${result.output.trim().replaceAll(/\s+/g, ' ').slice(0, 400)}`)
  return result
}

function watchMemory(root) {
  const peaks = new Map()
  let treePeak = 0
  const look = () => {
    let sum = 0
    // The first is the shell, which is ours.
    for (const pid of familyOf(root).slice(1)) {
      const status = textOf(`/proc/${pid}/status`)
      const number = (key) => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      sum += number('VmRSS')
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, number('VmHWM')))
    }
    treePeak = Math.max(treePeak, sum)
  }
  const timer = setInterval(look, lookMs)
  return {
    stop() {
      clearInterval(timer)
      return { peakMiB: Math.max(0, ...peaks.values()) / 1024, treePeakMiB: treePeak / 1024 }
    },
  }
}

function familyOf(root) {
  const family = [root]
  for (let at = 0; at < family.length; at++) {
    const pid = family[at]
    family.push(...textOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number))
  }
  return family
}

/** Empty when the process has gone meanwhile. */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
