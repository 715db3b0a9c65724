import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { say, sentence, Stop } from '../setup/say.mjs'
import { hostileImages } from './hostile.mjs'
import { figure, median, row } from './numbers.mjs'
import { runMeasured, startMeasured } from './process-tree.mjs'

const mebibyte = 2 ** 20

/**
 * Reading every format beside qemu-img, a look into a large image, and how soon a hostile one is answered. `images` = format to file, all
 * of the same disk; `large` = an image of 8 GiB; `reader` = the bundled read-disk.mjs.
 */
export function createReaders({ studio, images, dataBytes, large, reader, folder, env }) {
  const cli = join(studio, 'out', 'main', 'cli.cjs')
  const measured = new Map()
  const troubles = new Map()
  const hostile = hostileImages(join(folder, 'hostile'))
  const note = (key, result) => measured.set(key, [...(measured.get(key) ?? []), result])
  const node = (...args) => runMeasured(process.execPath, args, env)

  async function attempt(key, work) {
    if (troubles.has(key)) return
    try {
      note(key, await work())
    } catch (error) {
      troubles.set(key, sentence(error))
    }
  }

  /** qemu-img into nothing is its reading alone; ours is the reading of an upload. */
  async function readBoth(file) {
    const { output } = await node(reader, file)
    const nothing = `driver=null-co,size=${dataBytes}`
    const theirs = await runMeasured('qemu-img', ['convert', '-n', '--target-image-opts', file, nothing], env)
    const { seconds } = JSON.parse(output.slice(output.indexOf('{'), output.indexOf('}') + 1))
    return { ours: { wallS: seconds }, theirs }
  }

  async function convertBoth(file) {
    const work = mkdtempSync(join(folder, 'convert-'))
    try {
      const [own, other] = [join(work, 'own.vhd'), join(work, 'other.vhd')]
      const ours = await node(cli, 'convert', file, own)
      const fixed = ['-O', 'vpc', '-o', 'subformat=fixed,force_size']
      const theirs = await runMeasured('qemu-img', ['convert', ...fixed, file, other], env)
      const compared = await runCommand('qemu-img', ['compare', '-f', 'vpc', '-F', 'vpc', own, other])
      if (compared.code !== 0) throw new Stop(`Not the same disk: ${compared.output.trim()}`)
      return { ours, theirs, storedBytes: statSync(own).blocks * 512 }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  return {
    async round() {
      for (const [format, file] of Object.entries(images)) {
        say(`  ${format}`)
        await attempt(`read ${format}`, () => readBoth(file))
        await attempt(`convert ${format}`, () => convertBoth(file))
      }
      await attempt('inspect', () => node(cli, 'inspect', large, '--json'))
      for (const [name, file] of Object.entries(hostile)) await attempt(`hostile: ${name}`, () => answered(file))
    },
    tables: () => [
      { title: 'Reading beside qemu-img (what is stored, into nothing)', ...besideTable(measured, 'read ', dataBytes) },
      { title: 'Converting to a fixed VHD beside qemu-img', ...besideTable(measured, 'convert ', dataBytes) },
      { title: 'Hostile images', ...hostileTable(measured) },
    ],
    rows: () => readerTargets(measured),
    troubles: () => troubles,
    measured: () => Object.fromEntries(measured),
  }

  /** Whatever the verdict: it must come soon. A crash is none. */
  async function answered(file) {
    const result = await startMeasured(process.execPath, [cli, 'inspect', file, '--json'], env).ended
    const isAnswer = [0, 1, 2].includes(result.code) && !/unexpected|heap|^\s+at /m.test(result.output)
    if (!isAnswer) throw new Stop(`code ${result.code}: ${result.output.slice(-500)}`)
    return result
  }
}

function readerTargets(measured) {
  const of = (key, value) => (measured.get(key) ?? []).map(value)
  const ratio = (key, what, least) => {
    const values = of(key, ({ ours, theirs }) => theirs.wallS / ours.wallS)
    return values.length === 0 ? [] : [row(what, values, 'x', { least, note: 'round by round' })]
  }
  const single = (key, what, value, unit, most) => {
    const values = of(key, value)
    return values.length === 0 ? [] : [row(what, values, unit, { most })]
  }
  const hostile = [...measured].filter(([key]) => key.startsWith('hostile: ')).flatMap(([, runs]) => runs)
  const slowest = hostile.map(({ wallS }) => wallS)
  const largest = hostile.map(({ treePeakMiB }) => treePeakMiB)
  return [
    ...ratio('read dynamic VHD', 'dynamic VHD: rate, to qemu-img', 0.7),
    ...ratio('read VHDX', 'VHDX: rate, to qemu-img', 0.7),
    ...single('inspect', 'inspect, 8 GiB: wall', ({ wallS }) => wallS, 's', 2),
    ...single('inspect', 'inspect, 8 GiB: memory of all processes', ({ treePeakMiB }) => treePeakMiB, 'MiB', 300),
    ...(hostile.length > 0
      ? [
          row('hostile images: slowest answer', [Math.max(...slowest)], 's', { most: 1, note: `of ${hostile.length}` }),
          row('hostile images: most memory', [Math.max(...largest)], 'MiB', { most: 300 }),
        ]
      : []),
  ]
}

/** Rates are of the disk's data, which is the same in every format. */
function besideTable(measured, kind, dataBytes) {
  const head = ['', 'ours s', 'qemu-img s', 'ours MiB/s', 'qemu-img MiB/s', 'ratio', 'runs']
  const lines = [...measured]
    .filter(([key]) => key.startsWith(kind))
    .map(([key, runs]) => {
      const ours = median(runs.map((run) => run.ours.wallS))
      const theirs = median(runs.map((run) => run.theirs.wallS))
      const rate = (seconds) => figure(dataBytes / mebibyte / seconds)
      const ratio = median(runs.map((run) => run.theirs.wallS / run.ours.wallS))
      const cells = [figure(ours), figure(theirs), rate(ours), rate(theirs), figure(ratio), String(runs.length)]
      return [key.slice(kind.length), ...cells]
    })
  return { head, lines }
}

function hostileTable(measured) {
  const head = ['', 'answer s', 'memory MiB', 'code', 'runs']
  const lines = [...measured]
    .filter(([key]) => key.startsWith('hostile: '))
    .map(([key, runs]) => [
      key.slice('hostile: '.length),
      figure(median(runs.map(({ wallS }) => wallS))),
      figure(median(runs.map(({ treePeakMiB }) => treePeakMiB))),
      String(runs[0].code),
      String(runs.length),
    ])
  return { head, lines }
}
