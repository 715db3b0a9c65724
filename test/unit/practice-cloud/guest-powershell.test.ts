import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPlaces } from '../../../src/main/practice/guest-places'
import { PowerShell } from '../../../src/main/practice/guest-powershell'
import { cmdlets } from '../../../src/main/practice/guest-cmdlets'
import { WindowsState } from '../../../src/main/practice/guest-windows-state'

async function run(script: string): Promise<{ code: number; out: string; err: string }> {
  const places = openPlaces(
    mkdtempSync(join(tmpdir(), 'windows-')),
    () => Date.UTC(2026, 10, 26),
    () => false,
  )
  const image = {
    publisher: 'microsoftwindowsserver',
    offer: 'windowsserver',
    sku: '2022-datacenter-g2',
    version: '1',
    osType: 'Windows',
  } as const
  places.install('/disk', image, {
    computerName: 'box',
    adminUsername: 'azureuser',
    adminPassword: null,
    publicKeys: [],
    customData: null,
  })
  let [out, err] = ['', '']
  const host = {
    windows: new WindowsState(places.open('/disk')!, () => Date.UTC(2026, 10, 26)),
    ...{ input: [], user: 'azureuser', signal: new AbortController().signal },
    out: (text: string) => Promise.resolve(void (out += text)),
    err: (text: string) => Promise.resolve(void (err += text)),
  }
  const code = await new PowerShell(host, cmdlets, 'C:\\').run(script)
  places.close()
  return { code, out, err }
}

// What Windows PowerShell 5.1 answers, as the pages about_* of its documentation describe it.
describe('PowerShell in a practice machine', () => {
  it.each([
    ['about_Quoting_Rules: double quotes expand', '$i = 5; "The value of `$i is $i."', 'The value of $i is 5.\n'],
    ['about_Quoting_Rules: single quotes do not', "'The value of $(2+3) is $i.'", 'The value of $(2+3) is $i.\n'],
    ['about_Quoting_Rules: doubled quotes', '"As they say, ""live and learn."""', 'As they say, "live and learn."\n'],
    ['about_Quoting_Rules: here-strings', "@'\na 'b' $c\n'@", "a 'b' $c\n"],
    ['about_Operator_Precedence: multiplication first', '5 + 6 * 2', '17\n'],
    ['about_Comparison_Operators: lists are filtered', '"$(1,2,3,2 -eq 2)"', '2 2\n'],
    [
      'about_Comparison_Operators: case does not matter, but for -c',
      "'ABC' -eq 'abc'; 'ABC' -ceq 'abc'",
      'True\nFalse\n',
    ],
    ['about_Comparison_Operators: -in and -notin', "'b' -in 'a', 'b'; 'b' -notin 'a', 'b'", 'True\nFalse\n'],
    ['about_Comparison_Operators: -replace', "'Get-Process' -replace 'Get', 'Stop'", 'Stop-Process\n'],
    [
      'about_Comparison_Operators: -match fills $Matches',
      "if ('2022-datacenter' -match '^(\\d+)') { $Matches[1] }",
      '2022\n',
    ],
    ['about_Split and about_Join', "('a,b' -split ',') -join '+'", 'a+b\n'],
    ['about_Operators: format', "'{0,-4}|{1:N2}' -f 'ab', 3.14159", 'ab  |3.14\n'],
    ['about_Operators: ranges', '"$(1..4)"', '1 2 3 4\n'],
    ['about_Arrays', '$a = @(1); $a += 2; $a.Count; $a[-1]', '2\n2\n'],
    ['about_Hash_Tables', "$h = @{ Name = 'x'; 'Two Words' = 2 }; $h.Name; $h['two words']", 'x\n2\n'],
    ['about_If and about_Logical_Operators', "if ($false -or -not $null) { 'yes' } else { 'no' }", 'yes\n'],
    [
      'about_Foreach, about_Continue, about_Break',
      'foreach ($n in 1..9) { if ($n -eq 2) { continue }; if ($n -gt 3) { break }; $n }',
      '1\n3\n',
    ],
    ['about_While and about_Do', '$n = 0; while ($n -lt 2) { $n++ }; do { $n += 10 } until ($n -gt 20); $n', '22\n'],
    ['about_Switch', "switch ('b') { 'a' { 1 } 'b' { 2 } default { 3 } }", '2\n'],
    ['about_Functions', 'function Add($a, $b = 10) { return $a + $b }; Add 1; Add -a 1 -b 2', '11\n3\n'],
    [
      'about_Pipelines',
      '1..5 | Where-Object { $_ % 2 } | ForEach-Object { $_ * $_ } | Measure-Object -Sum | Select-Object -ExpandProperty Sum',
      '35\n',
    ],
    ['about_Splatting', "$p = @{ Path = 'C:\\Windows' }; Test-Path @p", 'True\n'],
    ['about_Environment_Variables', '"$env:SystemRoot|$env:computername"', 'C:\\Windows|BOX\n'],
    ['about_Script_Blocks', '$s = { param($x) $x + 1 }; & $s 4', '5\n'],
    ['about_Type_Operators', "'a' -is [string]; [int]'12' + 1", 'True\n13\n'],
    ['static methods', "[math]::Floor(2.7); [IO.Path]::Combine('C:\\a', 'b')", '2\nC:\\a\\b\n'],
    ['numbers with units', '1MB / 1KB', '1024\n'],
    ['comments and line ends', '# a\n<# b\n c #>\n1 +\n 1 # d', '2\n'],
  ])('answers as the documentation says: %s', async (_page, script, expected) => {
    expect(await run(script)).toEqual({ code: 0, out: expected, err: '' })
  })

  it('catches errors that end, and goes on after those that do not', async () => {
    const { code, out, err } = await run(
      "try { throw 'bad' } catch { \"caught $_\" } finally { 'last' }\nGet-Item C:\\none\n'next'",
    )
    expect({ code, out }).toEqual({ code: 0, out: 'caught bad\nlast\nnext\n' })
    expect(err).toContain("Cannot find path 'C:\\none' because it does not exist.")
    const stopped = await run("$ErrorActionPreference = 'Stop'\n'first'\nGet-Item C:\\none\n'never'")
    expect(stopped).toMatchObject({ code: 1, out: 'first\n' })
    expect(await run('Get-Item C:\\none -ErrorAction SilentlyContinue; $?')).toMatchObject({ out: 'False\n', err: '' })
  })

  it('puts out what came before an exit from inside blocks', async () => {
    expect(await run("& { 'a'; if ($true) { 'b'; exit 3 }; 'c' }")).toEqual({ code: 3, out: 'a\nb\n', err: '' })
  })

  it('says what is wrong with a script instead of running half of it', async () => {
    const { code, out, err } = await run("'before'\nif ($true) {")
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain("Missing closing '}' in statement block")
  })

  it('keeps the registry with its values', async () => {
    const { out } = await run(
      'New-Item HKLM:\\SOFTWARE\\Contoso -Force | Out-Null\nNew-ItemProperty -Path HKLM:\\SOFTWARE\\Contoso -Name Level -Value 3 -PropertyType DWord | Out-Null\n(Get-ItemProperty HKLM:\\SOFTWARE\\contoso).Level + 1\nRemove-Item HKLM:\\SOFTWARE\\Contoso\nTest-Path HKLM:\\SOFTWARE\\Contoso',
    )
    expect(out).toBe('4\nFalse\n')
  })
})
