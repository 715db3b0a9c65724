import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { linuxFactsScript, linuxRows } from '../../../src/main/steps/generalize-checks-linux'
import { windowsRows } from '../../../src/main/steps/generalize-checks-windows'
import { deprovisionScript } from '../../../src/main/steps/generalize-linux'
import { culpritOf } from '../../../src/main/steps/sysprep-log'
import { factsFrom } from '../../../src/main/steps/vm-facts'
import type { VmCheckRow } from '../../../src/shared/vm-checks'

const goodLinux = {
  agent: '/usr/sbin/waagent',
  agentVersion: 'WALinuxAgent-2.9.1.1 running on ubuntu 24.04',
  agentRunning: 'walinuxagent',
  cloudInit: 'status: done',
  freeMib: '20000',
  signedIn: 'builder',
  user: 'builder',
}
const goodWindows = {
  agent: 'Running',
  rdAgent: 'Running',
  cdrom: '1',
  freeMib: '90000',
  imageState: 'IMAGE_STATE_COMPLETE',
}

function told(facts: Record<string, string>) {
  return factsFrom({
    stdout: Object.entries(facts)
      .map(([key, value]) => `${key}\t${value}\r\n`)
      .join(''),
  })
}

/** What is not fine, with its severity. */
function troubles(rows: readonly VmCheckRow[]) {
  return Object.fromEntries(rows.flatMap(({ id, severity }) => (severity === 'ok' ? [] : [[id, severity]])))
}

describe('a look into a Linux VM', () => {
  it('finds nothing where all is well', () => {
    expect(troubles(linuxRows(told(goodLinux), 'builder', []))).toEqual({})
  })

  it.each([
    ['no agent', { agent: '', agentRunning: '' }, { 'vm.agent': 'block' }],
    ['an agent that stands still', { agentRunning: '' }, { 'vm.agent': 'warn' }],
    [
      'an extension on the disk',
      { extension: 'Microsoft.Azure.Extensions.CustomScript-2.1.10' },
      { 'vm.extensions': 'block' },
    ],
    ['a restart that is due', { restart: '.' }, { 'vm.restart': 'warn' }],
    ['cloud-init at work', { cloudInit: 'status: running' }, { 'vm.cloudInit': 'block' }],
    ['cloud-init in trouble', { cloudInit: 'status: error' }, { 'vm.cloudInit': 'warn' }],
    ['a full disk', { freeMib: '20' }, { 'vm.freeDisk': 'block' }],
    ['files on the temporary drive', { temporary: '/mnt/data' }, { 'vm.temporary': 'warn' }],
    ['somebody else', { signedIn: 'mallory' }, { 'vm.signedIn': 'warn' }],
    ['a key', { key: '/root/.ssh/id_rsa' }, { 'vm.keys': 'warn' }],
  ])('finds %s', (_what, change, found) => {
    expect(troubles(linuxRows(told({ ...goodLinux, ...change }), 'builder', []))).toEqual(found)
  })

  it('finds an extension that only the control plane knows of', () => {
    const rows = linuxRows(told(goodLinux), 'builder', ['Microsoft.Azure.Monitor.AzureMonitorLinuxAgent'])
    expect(rows.find(({ id }) => id === 'vm.extensions')).toMatchObject({
      severity: 'block',
      params: { names: 'Microsoft.Azure.Monitor.AzureMonitorLinuxAgent' },
    })
  })

  it('works in a real bash, changes nothing, and tells of its free room', () => {
    const { status, stdout, stderr } = spawnSync('bash', ['-s'], { input: linuxFactsScript, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(Number(factsFrom({ stdout }).first('freeMib'))).toBeGreaterThan(0)
  })
})

describe('generalizing Linux', () => {
  it.each([deprovisionScript('builder'), linuxFactsScript])('is written in valid bash', (script) => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it('calls the agent as its documentation says, and last', () => {
    // Microsoft Learn, "Remove machine specific information by deprovisioning or generalizing a VM".
    expect(deprovisionScript('builder')).toMatch(
      /cloud-init clean[\s\S]+waagent -force -deprovision\+user[\s\S]+HISTSIZE=0[\s\S]+sync/,
    )
  })
})

describe('a look into a Windows VM', () => {
  it('finds nothing where all is well', () => {
    expect(troubles(windowsRows(told(goodWindows), []))).toEqual({})
  })

  it.each([
    ['a restart that is due', { restart: 'Windows Update' }, { 'vm.restart': 'block' }],
    ['files to be renamed at the next start', { renames: 'PendingFileRenameOperations' }, { 'vm.restart': 'warn' }],
    ['an app of one user', { appx: 'Microsoft.Todo' }, { 'vm.appx': 'block' }],
    ['a configuration that is due', { dsc: 'Pending.mof' }, { 'vm.dsc': 'block' }],
    ['no agent', { agent: '' }, { 'vm.agent': 'block' }],
    ['an agent that stands still', { rdAgent: 'Stopped' }, { 'vm.agent': 'warn' }],
    ['no CD drive', { cdrom: '4' }, { 'vm.cdrom': 'block' }],
    ['an encrypted drive', { bitLocker: 'C:' }, { 'vm.bitLocker': 'block' }],
  ])('finds %s', (_what, change, found) => {
    expect(troubles(windowsRows(told({ ...goodWindows, ...change }), []))).toEqual(found)
  })
})

describe('the end of Sysprep’s log names', () => {
  // Lines as in Microsoft's troubleshooting pages and in what people have reported.
  it.each([
    [
      'the app',
      'Error SYSPRP Package Microsoft.LanguageExperiencePackde-de_19041.1.2.0_neutral__8wekyb3d8bbwe was installed for a user, but not provisioned for all users. This package will not function properly in the sysprep image.',
      { app: 'Microsoft.LanguageExperiencePackde-de' },
    ],
    [
      'the configuration',
      "Error [0x0f0082] SYSPRP ActionPlatform::LaunchModule: Failure occurred while executing 'SysPrep_Generalize' from C:\\Windows\\System32\\DscCore.dll; dwRet = 0x2",
      { cause: 'dsc' },
    ],
    [
      'the encryption',
      'Error SYSPRP BitLocker-Sysprep: BitLocker is on for the OS volume. Turn BitLocker off to run Sysprep. (0x80310039)',
      { cause: 'bitLocker' },
    ],
    [
      'the restart',
      'Error [0x0f0036] SYSPRP spopk.dll:: There are one or more Windows updates that require a reboot. To run Sysprep, reboot the computer and restart the application.',
      { cause: 'restart' },
    ],
    ['the count', 'Error SYSPRP RunExternalDlls: slc.dll, SLReArmWindows; dwRet = 0xc004d307', { cause: 'rearm' }],
    ['nothing', 'Error SYSPRP something else', { cause: 'other' }],
  ])('%s', (_what, log, culprit) => expect(culpritOf(log)).toEqual(culprit))
})
