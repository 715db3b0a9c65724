import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab, ssh, terminal, type Lab } from '../support/guests'

// Tests run on busy machines.
const patient = { timeout: 20_000 }

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab.close())

describe('preparing a Linux build VM', () => {
  it('installs packages that are there afterwards, and refuses names that the archive does not have', async () => {
    const { code, stdout } = await ssh(
      lab,
      'sudo apt-get update -q && sudo apt-get install -y ffmpeg && ffmpeg -version | head -1; dpkg -s ffmpeg | grep ^Status',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/Setting up ffmpeg .*\nffmpeg version 6\.1\.1 .*\nStatus: install ok installed\n$/)
    expect(await ssh(lab, 'sudo apt-get install -y blendr')).toMatchObject({
      code: 100,
      stderr: 'E: Unable to locate package blendr\n',
    })
    expect(await ssh(lab, 'apt-get install -y jq')).toMatchObject({ code: 100 })
    expect((await ssh(lab, 'sudo apt-get remove -y ffmpeg >/dev/null; which ffmpeg')).code).toBe(1)
  })

  it('asks before a larger install and takes the answer from the terminal or a pipe', async () => {
    expect(await ssh(lab, 'echo n | sudo apt-get install blender')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Abort.') as string,
    })
    const typist = await terminal(lab)
    await typist.see('$ ')
    typist.type('sudo apt install build-essential\r')
    await typist.see('Do you want to continue? [Y/n] ')
    typist.type('y\r')
    await typist.see('Setting up build-essential')
    typist.type('exit\r')
    expect(await typist.ended).toBe(0)
    expect((await ssh(lab, 'gcc --version')).stdout).toMatch(/^gcc \(Ubuntu 13/)
  })

  it('reboots: all terminals are told, the session ends, uptime starts again, what was done stays', async () => {
    const typist = await terminal(lab)
    await typist.see('$ ')
    const other = await terminal(lab)
    await other.see('$ ')
    typist.type('echo before > kept; sudo reboot\r')
    // As Ubuntu 24.04 tells whoever has a terminal open.
    const told =
      /Broadcast message from root@build-vm on pts\/\d \(\w{3} [\d-]{10} [\d:]{8} UTC\):\r\n\r\nThe system will reboot now!/
    await Promise.all([typist.see(told), other.see(told)])
    expect(await typist.ended).toBe(255)
    expect(await ssh(lab, 'cat kept; systemctl is-active walinuxagent')).toMatchObject({
      code: 0,
      stdout: 'before\nactive\n',
    })
  })

  it('has an extension on its disk after one was added, until it is removed', async () => {
    const extension = { publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorLinuxAgent', version: '1.33.1' }
    await lab.guests.addExtension(lab.machine.disk, extension)
    expect((await ssh(lab, 'sudo ls /var/lib/waagent | grep Monitor')).stdout).toBe(
      'Microsoft.Azure.Monitor.AzureMonitorLinuxAgent-1.33.1\n',
    )
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({
      extensions: [extension],
      obstacles: ['azure.extensions', 'linux.generalized'],
    })
    await lab.guests.removeExtension(lab.machine.disk, extension)
    expect(lab.guests.report(lab.machine.disk)?.extensions).toEqual([])
  })
})

describe('generalizing a Linux build VM', () => {
  // Warnings and their order: WALinuxAgent, azurelinuxagent/pa/deprovision/default.py.
  const warnings = [
    'WARNING! The waagent service will be stopped.',
    'WARNING! All SSH host key pairs will be deleted.',
    'WARNING! Cached DHCP leases will be deleted.',
    'WARNING! root password will be disabled. You will not be able to login as root.',
    'WARNING! /etc/resolv.conf will be deleted.',
    'WARNING! azureuser account and entire home directory will be deleted.',
  ]

  it('changes nothing when the question is answered with no', async () => {
    const { stdout } = await ssh(lab, 'sudo waagent -deprovision+user; ls -d /home/azureuser', 'n\n')
    expect(stdout).toBe(`${warnings.join('\n')}\nDo you want to proceed (y/n)/home/azureuser\n`)
  })

  it('removes user, keys and machine name; the open session goes on, a new one is refused', async () => {
    await lab.guests.copy(lab.machine.disk, '/snapshots/before')
    const typist = await terminal(lab)
    await typist.see('$ ')
    typist.type(
      'sudo cloud-init clean --logs; sudo waagent -force -deprovision+user; ls /home | wc -l; cat /etc/hostname\r',
    )
    await typist.see('home directory will be deleted.\r\n0\r\nlocalhost.localdomain\r\n')
    expect(await ssh(lab, 'true')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('Permission denied') as string,
    })
    typist.type('sudo id\r')
    await typist.see('sudo: you do not exist in the passwd database')
    expect(lab.guests.report(lab.machine.disk)).toMatchObject({
      generalized: true,
      obstacles: [],
      os: { id: 'ubuntu', versionId: '24.04' },
    })
    typist.type('exit\r')
    await typist.ended
  })

  it('can be taken back from a snapshot', async () => {
    lab.guests.stop(lab.machine.id, 'shut-down')
    await lab.guests.copy('/snapshots/before', lab.machine.disk)
    lab.guests.start(lab.machine, 'boot')
    expect((await ssh(lab, 'cat kept')).stdout).toBe('before\n')
  })

  it('powers the machine off from inside', async () => {
    await ssh(lab, 'sudo poweroff')
    await expect.poll(() => lab.poweredOff, patient).toEqual([lab.machine.id])
    expect(await lab.guests.connect(lab.machine.id, 22)).toBe(null)
  })
})

describe('trouble inside a machine', () => {
  it('cuts connections, changes host keys and loses the agent when told to', async () => {
    lab.guests.start(lab.machine, 'boot')
    const typist = await terminal(lab)
    await typist.see('$ ')
    lab.faults.add({ kind: 'cut-inside', count: 1 })
    expect(await typist.ended).toBe(255)
    const keys = () => lab.guests.serialLog(lab.machine.id).filter(({ text }) => text.startsWith('ssh-ed25519 ')).length
    const before = keys()
    lab.faults.add({ kind: 'new-host-keys', count: 1 })
    await expect.poll(keys, patient).toBe(before + 1)
    lab.faults.add({ kind: 'lose-agent', count: 1 })
    await expect.poll(() => lab.guests.report(lab.machine.disk)?.agent, patient).toBe(null)
    expect(await ssh(lab, 'sudo waagent -version')).toMatchObject({ code: 127 })
  })
})
