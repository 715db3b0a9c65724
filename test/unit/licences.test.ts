import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type BundledPackage = { name: string; version: string; licence: string }

const packages = JSON.parse(
  execFileSync(process.execPath, ['scripts/licences.mjs', '--list'], { encoding: 'utf8' }),
) as BundledPackage[]
const text = readFileSync('resources/third-party-licences.txt', 'utf8')

const freelyGiven = 'MIT ISC Apache-2.0 BSD-2-Clause BSD-3-Clause 0BSD BlueOak-1.0.0 Unlicense WTFPL'.split(' ')

// What package.json leaves out, and what their authors say elsewhere in the package.
const readByHand: Record<string, string> = {
  // Its License.txt: LGPL with the unRAR restriction. It lies in files of its own, unchanged, that can be replaced.
  '7z-wasm': 'SEE LICENSE IN License.txt',
  'svelte-toolbelt': 'not stated', // its LICENSE is the MIT one
  'uri-templates': 'http://geraintluff.github.io/tv4/LICENSE.txt', // its README: "public domain", or MIT
}

describe('third-party licences', () => {
  it('know what is bundled: what sources import, what that depends on, Azurite and 7-Zip', () => {
    const names = packages.map((one) => one.name)
    expect(names).toEqual(
      expect.arrayContaining(['zod', 'svelte', '@azure/storage-blob', '@azure/core-client', 'azurite', '7z-wasm']),
    )
    expect(names).toEqual(expect.arrayContaining(['express', 'accepts', 'mime-db']))
    expect(names).not.toContain('vite')
  })

  it('name every bundled package in its version (else run: node scripts/licences.mjs)', () => {
    const missing = packages.filter(({ name, version }) => !text.includes(`\n${name} ${version} (`))
    expect(missing).toEqual([])
  })

  it('contain the texts that must travel with the code', () => {
    expect(text).toContain('Permission is hereby granted, free of charge, to any person obtaining a copy')
    expect(text).toContain('Redistributions in binary form must reproduce the above copyright')
    expect(text).toContain('Apache License\n')
    expect(text).toContain('Copyright (c) 2025 Colin McDonnell')
    expect(text).toContain('GNU LGPL + unRAR restriction')
    expect(text).toContain('The source code of unRAR utility is freeware')
  })

  it('are all ones that let the code be given on: no AGPL, no GPL, none that nobody has read', () => {
    const asking = packages.filter(
      ({ name, licence }) => !choicesIn(licence).some(isFreelyGiven) && readByHand[name] !== licence,
    )
    expect(asking).toEqual([])
  })
})

/** `MIT OR Apache-2.0`, also in brackets: whoever gives it on chooses. */
function choicesIn(licence: string): string[] {
  return licence.replace(/^\(|\)$/g, '').split(' OR ')
}

function isFreelyGiven(licence: string): boolean {
  return freelyGiven.includes(licence)
}
