import { z } from 'zod'
import { forms } from '../../shared/forms/forms'
import type { StepId } from '../../shared/terms'
import { fill, text } from './text.svelte'

/** What is wrong with a field in words: its name's own rule, the range of its number, or that it is missing. */
export function problemText(
  step: StepId,
  values: Record<string, unknown>,
  issue: { message: string; format?: string | undefined },
  path: string,
): string {
  const { names, ui } = text.messages
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], values)
  if (value === undefined || value === '') return ui.common.required
  if (Object.hasOwn(names, issue.message)) return names[issue.message as keyof typeof names]
  if (issue.format === 'guid') return ui.common.guid
  const range = rangeOf(step, path)
  return range ? fill(ui.common.numberRange, range) : ui.common.invalid
}

/** The limits that a schema sets to a whole number, or null where the field is none. */
function rangeOf(step: StepId, path: string): { from: number; to: number } | null {
  let schema: JsonSchema | undefined = z.toJSONSchema(forms[step], {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
  for (const key of path.split('.')) schema = schema?.items ?? schema?.properties?.[key]
  return schema?.minimum === undefined || schema.maximum === undefined
    ? null
    : { from: schema.minimum, to: schema.maximum }
}

type JsonSchema = { properties?: Record<string, JsonSchema>; items?: JsonSchema; minimum?: number; maximum?: number }
