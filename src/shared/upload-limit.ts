import { z } from 'zod'

const megabits = z.number().positive().max(100_000)
const minuteOfDay = z.number().int().min(0).max(1439)

/** Another limit on weekdays between two times of the day, minutes since midnight. One that ends before it begins goes over midnight. */
export const limitHours = z.strictObject({ from: minuteOfDay, to: minuteOfDay, mbit: megabits.nullable() })
export type LimitHours = z.infer<typeof limitHours>

/** What all uploads together may send, megabits per second; null: as fast as it goes. `hours` null: the same at all times. */
export const uploadLimits = z.strictObject({ limitMbit: megabits.nullable(), hours: limitHours.nullable() })
export type UploadLimits = z.infer<typeof uploadLimits>

/** What is proposed to who first wants office hours. */
export const officeHours: LimitHours = { from: 8 * 60, to: 18 * 60, mbit: 8 }

/** The limit at a moment, by the clock on the wall; `timeZone`: an IANA name, this computer's when absent. */
export function limitAt({ limitMbit, hours }: UploadLimits, at: Date, timeZone?: string): number | null {
  return hours && isWithin(hours, at, timeZone) ? hours.mbit : limitMbit
}

/** Hours that go over midnight belong to the day on which they begin: those of a Friday end on Saturday. */
export function isWithin({ from, to }: LimitHours, at: Date, timeZone?: string): boolean {
  const { weekday, minute } = wallClock(at, timeZone)
  const isWorkday = (day: number) => day >= 1 && day <= 5
  if (from < to) return isWorkday(weekday) && minute >= from && minute < to
  const isEvening = isWorkday(weekday) && minute >= from
  const isMorning = isWorkday((weekday + 6) % 7) && minute < to
  return isEvening || isMorning
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function wallClock(at: Date, timeZone: string | undefined): { weekday: number; minute: number } {
  const options = { weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23', timeZone } as const
  const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return { weekday: weekdays.indexOf(part('weekday')), minute: Number(part('hour')) * 60 + Number(part('minute')) }
}
