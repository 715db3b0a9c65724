import type { UploadLimits } from '../../shared/upload-limit'
import { fill, text } from './text.svelte'

/** What holds now and what at other times: `Full speed now, 8 Mbit/s on weekdays 08:00–18:00`. */
export function limitText({ limitMbit, hours }: UploadLimits, now: number | null): string {
  const { now: present, hours: within, otherwise } = text.messages.settings.uploads
  const parts = [now === null ? present.full : fill(present.limited, { mbit: now })]
  if (hours) {
    const times = { from: timeOfDay(hours.from), to: timeOfDay(hours.to) }
    // What holds now need not be said again: the other of the two is.
    const isWithin = hours.mbit === now && hours.mbit !== limitMbit
    const words = isWithin ? otherwise : within
    const mbit = isWithin ? limitMbit : hours.mbit
    parts.push(mbit === null ? fill(words.full, times) : fill(words.limited, { ...times, mbit }))
  }
  return parts.join(', ')
}

function timeOfDay(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}
