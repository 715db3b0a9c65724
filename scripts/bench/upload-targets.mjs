import { median, row } from './numbers.mjs'

const gibibyte = 2 ** 30
const slowBytesPerSecond = 200e6 / 8

/** What our upload has to reach beside its peers, run by run. `runs(scenario, who)` = what was measured. */
export function uploadTargets(runs, { lengths, sparse }) {
  const ratio = (what, scenario, [who, peer], value, most) =>
    paired(what, runs(scenario, who), runs(scenario, peer), value, most)
  const single = (what, scenario, who, value, unit, target) => {
    const values = runs(scenario, who).map(value)
    return values.length === 0 ? [] : [row(what, values, unit, target)]
  }
  const window = (run) => run.windowMs
  const perGiB = (scenario) => (run) => run.cpuS / (lengths[scenario] / gibibyte)
  const rate = (run) => run.receivedBytes / 2 ** 20 / (run.windowMs / 1000)
  const perSentGiB = (run) => run.cpuS / (run.receivedBytes / gibibyte)
  const linkUse = (seconds) => (run) => (100 * run.receivedBytes) / slowBytesPerSecond / seconds(run)
  const excess = (run) => run.receivedBytes / sparse.nonZeroBytes
  const cpu = 'CPU s/GiB'
  // On these small disks the start of the programs weighs as much as some of the sending; on a real one it is nothing.
  const withoutStart = (what, scenario, who, bytes) => {
    const starts = runs('start', who).map((run) => run.cpuS)
    if (starts.length === 0) return []
    const value = (run) => (run.cpuS - median(starts)) / (bytes(run) / gibibyte)
    return single(`${what} without the start`, scenario, who, value, cpu)
  }
  return [
    ...ratio('1 random: window, to azcopy nopace', 'random', ['ours', 'azcopy nopace'], window, 0.9),
    ...ratio('1 random: window, to azcopy', 'random', ['ours', 'azcopy'], window, 0.4),
    ...ratio('1 random: window, to curl', 'random', ['ours', 'curl'], window, 1.4),
    ...bestWall('2 random: wall, to the better azcopy', runs, 'random', 0.7),
    ...single('3 random: no checksum', 'random', 'ours', perGiB('random'), cpu, { most: 0.75 }),
    ...withoutStart('3 the same', 'random', 'ours', () => lengths.random),
    ...single('4 TLS, Node: no checksum', 'tls', 'ours', perGiB('tls'), cpu, { most: 1.2 }),
    ...withoutStart('4 the same', 'tls', 'ours', () => lengths.tls),
    ...ratio('4 TLS, Node: CPU, to azcopy nopace', 'tls', ['ours', 'azcopy nopace'], (run) => run.cpuS, 1),
    ...single('4 TLS, Electron: no checksum', 'tls', 'ours in Electron', perGiB('tls'), cpu, { most: 1.9 }),
    ...withoutStart('4 the same', 'tls', 'ours in Electron', () => lengths.tls),
    ...single('4 TLS, Electron: rate', 'tls', 'ours in Electron', rate, 'MiB/s', { least: 500 }),
    ...['ours md5', 'ours crc64'].flatMap((who) => [
      ...single(`5 random: ${who}`, 'random', who, perGiB('random'), cpu, { most: 2.1 }),
      ...ratio(`5 random: ${who}, CPU to azcopy put-md5`, 'random', [who, 'azcopy put-md5'], (run) => run.cpuS, 1.1),
      ...single(`5 random: ${who}, rate`, 'random', who, rate, 'MiB/s', { least: 500 }),
    ]),
    ...single('6 sparse: upload process, peak', 'sparse', 'ours', peak, 'MiB', { most: 180 }),
    ...single('6 random: upload process, peak', 'random', 'ours', peak, 'MiB', { most: 180 }),
    ...single('6 TLS: upload process, peak', 'tls', 'ours', peak, 'MiB', { most: 180 }),
    ...single('6 TLS, Electron: upload process, peak', 'tls', 'ours in Electron', peak, 'MiB', { most: 180 }),
    ...single('6 with 4 connections, peak', 'random', 'ours, 4 connections', peak, 'MiB', { most: 110 }),
    ...bestWall('7 sparse: wall, to the better azcopy', runs, 'sparse', 0.5),
    ...single('8 sparse: CPU per GiB of disk', 'sparse', 'ours', perGiB('sparse'), cpu, { most: 0.4 }),
    ...withoutStart('8 the same', 'sparse', 'ours', () => lengths.sparse),
    ...single('8 the same with crc64', 'sparse', 'ours crc64', perGiB('sparse'), cpu),
    ...single('9 sparse: body, to its non-zero bytes', 'sparse', 'ours', excess, 'x', { most: 1.01 }),
    ...single('10 slow line: CPU per GiB sent', 'slow', 'ours', perSentGiB, cpu, { most: 1 }),
    ...withoutStart('10 the same', 'slow', 'ours', (run) => run.receivedBytes),
    ...single('10 slow line: use of it in the window', 'slow', 'ours', linkUse(windowS), '%', { least: 98 }),
    ...single('13 from dynamic VHD: body', 'sparse', 'ours from dynamic VHD', excess, 'x', { most: 1.01 }),
    ...single('13 from VHDX: body', 'sparse', 'ours from VHDX', excess, 'x', { most: 1.01 }),
  ]
}

function peak(run) {
  return run.peakMiB
}

function windowS(run) {
  return run.windowMs / 1000
}

/** Runs of the same round were made one after the other, so the machine was as busy for one as for the other. */
function paired(what, ours, theirs, value, most) {
  const rounds = Math.min(ours.length, theirs.length)
  if (rounds === 0) return []
  const ratios = ours.slice(0, rounds).map((run, at) => value(run) / value(theirs[at]))
  return [row(what, ratios, 'x', { most, note: 'round by round' })]
}

function bestWall(what, runs, scenario, most) {
  const [ours, paced, unpaced] = ['ours', 'azcopy', 'azcopy nopace'].map((who) => runs(scenario, who))
  const better = paced.map((run, at) => ({ wallS: Math.min(run.wallS, unpaced[at]?.wallS ?? Infinity) }))
  return paired(what, ours, better, (run) => run.wallS, most)
}
