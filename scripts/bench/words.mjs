import { Stop } from '../setup/say.mjs'

const usualRounds = 3
const partNames = ['app', 'upload', 'resume', 'readers', 'sftp', 'terminal', 'desktop']
const usage = `Usage: npm run bench [${partNames.join('] [')}] [quick] [-- --rounds N]`

/** What was asked for: `{ parts, rounds, isQuick }`; without a part all of them. Throws Stop. */
export function asked(words) {
  const left = words.map((word) => word.replace(/^--(?=quick$)/, ''))
  const at = left.indexOf('--rounds')
  const given = at === -1 ? [] : left.splice(at, 2)
  const isQuick = left.includes('quick')
  const rounds = given.length > 0 ? Number(given[1]) : isQuick ? 1 : usualRounds
  const parts = left.filter((word) => word !== 'quick')
  const isKnown = parts.every((part) => partNames.includes(part))
  if (!isKnown || !Number.isInteger(rounds) || rounds < 1) throw new Stop(usage)
  return { parts: parts.length > 0 ? partNames.filter((part) => parts.includes(part)) : partNames, rounds, isQuick }
}
