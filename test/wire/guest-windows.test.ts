import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remoteHashes, type FileHost } from '../../src/main/sessions/files-hash'
import { powershellFromInput, powershellInput, powershellLine } from '../../src/main/sessions/powershell'
import { windowsFactsScript } from '../../src/main/steps/generalize-checks-windows'
import { startSysprepScript, sysprepLogScript, sysprepStateScript } from '../../src/main/steps/generalize-windows'
import { channelScript, forgetHostKeysScript, removeChannelScript } from '../../src/main/steps/windows-channel'
import type { GuestImage } from '../../src/main/practice/guests'
import { findVmSize } from '../../src/main/practice/sizes'
import { composed } from '../../src/main/steps/part-script'
import { readyParts, type ReadyPartId } from '../../src/shared/ready-parts'
import { connectHost, transferred } from '../support/files-host'
import { openLab, run, sftp, ssh, terminal, type Ended, type Lab } from '../support/guests'

const windows: GuestImage = {
  publisher: 'microsoftwindowsserver',
  offer: 'windowsserver',
  sku: '2022-datacenter-g2',
  version: '20348.4294.251001',
  osType: 'Windows',
}

// Tests run on busy machines.
const patient = { timeout: 20_000 }

let lab: Lab

const powershell = (text: string): Promise<Ended> => ssh(lab, powershellLine(text))
const script = (text: string): Promise<Ended> => ssh(lab, powershellFromInput(), powershellInput(text))

async function openChannel(): Promise<void> {
  const publicKey = readFileSync(`${lab.keyFile}.pub`, 'utf8')
  await lab.guests.run(lab.machine.id, channelScript({ vm: 'build-vm', publicKey, port: 22 }))
  await lab.guests.removeExtension(lab.machine.disk, {
    publisher: 'Microsoft.CPlat.Core',
    type: 'RunCommandWindows',
    version: '1.1.18',
  })
}

beforeAll(async () => {
  lab = await openLab({ image: windows, setup: { adminPassword: 'Richtig!Lang9' } })
})
afterAll(() => lab.close())

describe('a Windows build VM', () => {
  it('is closed to SSH until the channel script has run, and then known by the fingerprints that the script tells', async () => {
    expect(await lab.guests.connect(lab.machine.id, 22)).toBe(null)
    const publicKey = readFileSync(`${lab.keyFile}.pub`, 'utf8')
    const { stdout, stderr } = await lab.guests.run(
      lab.machine.id,
      channelScript({ vm: 'build-vm', publicKey, port: 443 }),
    )
    expect(stderr).toBe('')
    expect(await lab.guests.connect(lab.machine.id, 443)).toBe(await lab.port())
    const scanned = await run('ssh-keyscan', ['-t', 'ed25519', '-p', String(await lab.port()), '127.0.0.1'])
    const fingerprint = await run('ssh-keygen', ['-l', '-f', '-'], scanned.stdout)
    expect(stdout).toContain(fingerprint.stdout.split(' ')[1])
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({
      obstacles: ['azure.extensions', 'windows.generalized'],
    })
    await openChannel()
    expect(lab.guests.report(lab.machine.disk)?.extensions).toEqual([])
  })

  it('runs PowerShell with exit codes, errors and the words of an unknown command', async () => {
    expect(await powershell('"$env:COMPUTERNAME is $(2 + 3)"; exit 4')).toMatchObject({
      code: 4,
      stdout: 'BUILD-VM is 5\r\n',
    })
    const unknown = await powershell('blender --version')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain(
      "The term 'blender' is not recognized as the name of a cmdlet, function, script file, or operable program.",
    )
    expect((await ssh(lab, 'uname -s')).code).not.toBe(0)
    expect((await powershell('$env:OS')).stdout).toBe('Windows_NT\r\n')
  })

  it('takes long scripts by input', async () => {
    const text = `$sum = 0\nforeach ($n in 1..40) { $sum += $n }\nif ($sum -eq 820) { "sum\`t$sum" } else { throw 'wrong' }\n# ${'x'.repeat(20_000)}\n`
    expect(await script(text)).toMatchObject({ code: 0, stdout: 'sum\t820\r\n' })
    expect(await script("$ErrorActionPreference = 'Stop'\nGet-Item C:\\nothing\n'never'\n")).toMatchObject({
      code: 1,
      stdout: '',
    })
  })

  it('moves files by sftp over its drive', async () => {
    const [local, back] = [join(lab.folder, 'local.bin'), join(lab.folder, 'back.bin')]
    const bytes = Buffer.from(Array.from({ length: 200_003 }, (_, at) => (at * 31) >> 2))
    writeFileSync(local, bytes)
    expect(
      await sftp(lab, ['mkdir /C:/Build', `put ${local} /C:/Build/tool.bin`, `get /C:/build/TOOL.BIN ${back}`]),
    ).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(back).equals(bytes)).toBe(true)
    expect((await powershell('(Get-FileHash C:\\Build\\tool.bin).Hash')).stdout.trim()).toBe(
      createHash('sha256').update(bytes).digest('hex').toUpperCase(),
    )
  })

  it('tells the files panel the hash of each file, whatever its name', async () => {
    const folder = join(lab.folder, 'Werkzeuge')
    mkdirSync(folder)
    const names = ["it's [1].bin", 'größe.txt', ...Array.from({ length: 60 }, (_, at) => `${'n'.repeat(40)}${at}`)]
    const contents = names.map((name, at) => randomBytes(100 * at + name.length))
    for (const [at, name] of names.entries()) writeFileSync(join(folder, name), contents[at]!)
    const key = readFileSync(lab.keyFile, 'utf8')
    const host = await connectHost({ user: 'azureuser', key }, await lab.port(), 'windows')
    const { signal } = new AbortController()
    const asked: string[] = []
    const panel: FileHost = {
      ...host,
      exec: (command, options) => {
        asked.push(powershellLine(command))
        return host.exec(asked.at(-1)!, options)
      },
    }
    expect(await transferred(panel, 'up', [folder], '/C:/Build')).toMatchObject({ status: 'done', isVerified: true })
    // What cmd.exe takes, which is the shell where nobody has set another.
    expect(asked.filter((line) => line.length > 8191)).toEqual([])
    const paths = names.map((name) => `/C:/Build/Werkzeuge/${name}`)
    expect(await remoteHashes(panel, paths, signal)).toEqual(
      contents.map((bytes) => createHash('sha256').update(bytes).digest('hex')),
    )
    expect(await remoteHashes(panel, [...paths.slice(0, 2), '/C:/Build/none'], signal)).toMatchObject([
      expect.any(String),
      expect.any(String),
      null,
    ])
    host.close()
  })

  it('has its custom data as a file, and nothing has run it', async () => {
    const sent = Buffer.from([0, 255, ...Buffer.from("'x' | Out-File C:\\ran.txt")])
    const other = await openLab({ image: windows, setup: { customData: sent.toString('base64') } })
    const { stdout } = await other.guests.run(
      other.machine.id,
      '(Get-FileHash C:\\AzureData\\CustomData.bin).Hash; Test-Path C:\\ran.txt',
    )
    const hash = createHash('sha256').update(sent).digest('hex').toUpperCase()
    expect(stdout.trim().split(/\r?\n/)).toEqual([hash, 'False'])
    await other.close()
  })

  it('has a prompt that keeps variables, place and history', async () => {
    const typist = await terminal(lab)
    await typist.see('PS C:\\Users\\azureuser> ')
    typist.type('$a = 20\r')
    typist.type('cd C:\\Windows\r')
    await typist.see('PS C:\\Windows> ')
    typist.type('$a * 2 + 2\r')
    await typist.see('\r\n42\r\n')
    typist.type('if ($a) {\r"yes"\r}\r')
    await typist.see('\r\nyes\r\n')
    typist.type('while ($true) { }\r')
    await typist.see('}\r\n')
    typist.type('\x03exit 7\r')
    expect(await typist.ended).toBe(7)
  })

  it('restarts, with another time of its last boot', async () => {
    const lastBoot = '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()'
    const before = (await powershell(lastBoot)).stdout
    expect(before).toMatch(/^\d{18}\r\n$/)
    const port = await lab.port()
    await powershell('shutdown.exe /r /f /t 1')
    await expect.poll(() => lab.port(), patient).not.toBe(port)
    expect((await powershell(lastBoot)).stdout).not.toBe(before)
  })
})

describe('ready-made parts of Windows', () => {
  const done = (id: ReadyPartId, what: 'script' | 'check' = 'script', at = lab) =>
    ssh(at, powershellFromInput(), powershellInput(composed('windows', readyParts[id].windows![what])))

  it('bring the feature that containers need, which is there after a restart, and Docker waits for that', async () => {
    expect(await done('docker')).toMatchObject({ code: 1, stderr: expect.stringContaining('Containers') as string })
    expect(await done('containers')).toMatchObject({ code: 0, stderr: '' })
    expect((await script(windowsFactsScript)).stdout).toContain('restart\tComponent Based Servicing')
    expect((await done('containers', 'check')).code).toBe(1)
    const port = await lab.port()
    await powershell('shutdown.exe /r /f /t 1')
    await expect.poll(() => lab.port(), patient).not.toBe(port)
    expect((await done('containers', 'check')).code).toBe(0)
    expect((await script(windowsFactsScript)).stdout).not.toContain('restart')
    // The practice cloud has no network, and says so.
    expect(await done('docker')).toMatchObject({ code: 1, stderr: expect.stringContaining('no network') as string })
    const unknown = await powershell('Install-WindowsFeature -Name Container')
    expect(unknown.stderr).toContain("feature name is not valid: 'Container'. The name was not found.")
  })

  it('refuse the driver where there is no GPU, and ask for the one of the GPU that is there', async () => {
    expect(await done('nvidia')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no NVIDIA GPU') as string,
    })
    const { gpu } = findVmSize('Standard_NC4as_T4_v3')!
    const other = await openLab({ image: windows, machine: { gpu } })
    const { stderr } = await other.guests.run(other.machine.id, composed('windows', readyParts.nvidia.windows!.script))
    expect(stderr).toContain("The remote name could not be resolved: 'download.microsoft.com'")
    await other.close()
  })
})

describe('Sysprep', () => {
  const state = async () => (await script(sysprepStateScript)).stdout
  const begin = async () => {
    expect((await script(startSysprepScript)).stdout).toBe('started\t0\r\n')
    await expect.poll(state, patient).toContain('sysprep\t0')
  }

  it('finds nothing that stands in its way on a fresh machine', async () => {
    const { code, stdout, stderr } = await script(windowsFactsScript)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\r\n').filter((line) => !line.startsWith('freeMib'))).toEqual([
      'agent\tRunning',
      'rdAgent\tRunning',
      'cdrom\t1',
      'imageState\tIMAGE_STATE_COMPLETE',
      '',
    ])
  })

  it.each([
    [
      "New-Item 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending' | Out-Null",
      'restart\tComponent Based Servicing',
      'require a reboot',
      "Remove-Item 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending'",
    ],
    [
      'Add-AppxPackage C:\\Contoso.Tool_1.0.appx',
      'appx\tContoso.Tool',
      'Package Contoso.Tool_1.0.0.0_x64__8wekyb3d8bbwe was installed for a user, but not provisioned for all users.',
      'Get-AppxPackage -AllUsers Contoso.Tool | Remove-AppxPackage',
    ],
    [
      'New-Item -Path C:\\Windows\\System32\\Configuration\\Pending.mof -Force | Out-Null',
      'dsc\tPending.mof',
      'DscCore.dll',
      'Remove-Item C:\\Windows\\System32\\Configuration\\Pending.mof',
    ],
  ])('fails for a cause inside the system: %s', async (cause, fact, words, mend) => {
    await powershell(cause)
    expect((await script(windowsFactsScript)).stdout).toContain(fact)
    await begin()
    expect(await state()).toContain('imageState\tIMAGE_STATE_COMPLETE')
    expect((await script(sysprepLogScript)).stdout).toContain(words)
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({
      generalized: false,
      obstacles: ['windows.generalized'],
    })
    expect(await powershell(mend)).toMatchObject({ stderr: '' })
  })

  it('fails when the incident says so', async () => {
    lab.faults.add({ kind: 'fail-sysprep', action: 'dsc', count: 1 })
    await begin()
    expect((await script(sysprepLogScript)).stdout).toContain('DscCore.dll')
  })

  it('makes an image whose machines hang when it was not told of the virtual machine', async () => {
    await lab.guests.copy(lab.machine.disk, '/snapshots/before')
    await powershell(
      'Start-Process -FilePath C:\\Windows\\System32\\Sysprep\\sysprep.exe -ArgumentList "/generalize /oobe /quiet /quit" -Wait',
    )
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({ generalized: true, obstacles: ['windows.mode-vm'] })
    lab.guests.stop(lab.machine.id, 'shut-down')
    await lab.guests.copy('/snapshots/before', lab.machine.disk)
    lab.guests.start(lab.machine, 'boot')
    expect(await state()).toContain('IMAGE_STATE_COMPLETE')
  })

  it('generalizes, and the channel can be taken out again', async () => {
    await begin()
    expect(await state()).toContain('imageState\tIMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE')
    expect((await script(forgetHostKeysScript)).stdout).toBe('hostKeys=0\r\n')
    expect((await script(removeChannelScript)).stdout).toBe('channel=Disabled\r\n')
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({
      generalized: true,
      obstacles: [],
      os: { type: 'Windows', versionId: '2022' },
    })
    expect(await powershell('1')).toMatchObject({ code: 255 })
  })
})
