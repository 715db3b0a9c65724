import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'

const renderer = join(import.meta.dirname, '../../src/renderer')
const components = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
)
const spokenAttributes = ['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint']

describe('words of the window', () => {
  it('looks at every component', () => {
    expect(components.length).toBeGreaterThan(40)
  })

  it.each(components)('%s holds no visible text of its own', (file) => {
    const { fragment } = parse(readFileSync(join(renderer, file), 'utf8'), { modern: true })
    expect(literals(fragment)).toEqual([])
  })

  it('sees text between tags, in attributes and in branches', () => {
    const source = '{#if a}<p title="Hello">World {b}</p>{:else}<Field label="Name" />{/if}'
    expect(literals(parse(source, { modern: true }).fragment)).toEqual(['Hello', 'World', 'Name'])
  })
})

/** Every text with a letter in it that stands in the markup itself, in the order of the source. */
function literals(node: unknown, attribute = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((child) => literals(child, attribute))
  if (typeof node !== 'object' || node === null) return []
  const { type, name, data } = node as { type?: string; name?: string; data?: string }
  if (type === 'Text') {
    const isSpoken = attribute === '' || spokenAttributes.includes(attribute)
    return isSpoken && /\p{L}/u.test(data ?? '') ? [data!.trim()] : []
  }
  const inside = type === 'Attribute' ? name! : type === 'Fragment' ? '' : attribute
  return Object.values(node).flatMap((child) => literals(child, inside))
}
