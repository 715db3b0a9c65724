import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { createClock } from '../../src/main/practice/clock'
import { createFaults, type Faults } from '../../src/main/practice/faults'
import { createGuests } from '../../src/main/practice/guest-machines'
import type { GuestImage, GuestMachine, Guests, GuestSetup } from '../../src/main/practice/guests'
import { openStore } from '../../src/main/practice/store'

export const ubuntu: GuestImage = {
  publisher: 'canonical',
  offer: 'ubuntu-24_04-lts',
  sku: 'server',
  version: '24.04.202610010',
  osType: 'Linux',
}

/** A machine of the practice cloud without the cloud around it. */
export type Lab = {
  folder: string
  guests: Guests
  faults: Faults
  /** Ids of machines that were switched off from inside. */
  poweredOff: string[]
  keyFile: string
  machine: GuestMachine
  /** Port of 127.0.0.1 behind port 22. */
  port(): Promise<number>
  close(): Promise<void>
}

/** Opens the machines of a folder and starts one on the disk `place`. */
export async function openLab(
  options: {
    folder?: string
    image?: GuestImage
    setup?: Partial<GuestSetup>
    machine?: Partial<GuestMachine>
    how?: 'boot' | 'go-on'
  } = {},
): Promise<Lab> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'guests-'))
  const store = openStore(folder)
  const faults = createFaults(store)
  const poweredOff: string[] = []
  const guests = createGuests({
    store,
    clock: createClock(store, 'jump'),
    faults,
    events: { poweredOff: (id) => poweredOff.push(id) },
    log: (line) => process.stderr.write(`${line}\n`),
  })
  const keyFile = join(folder, 'key')
  if (options.folder === undefined) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  const machine: GuestMachine = {
    ...{ id: '/vms/build', name: 'build-vm', disk: '/disks/os', region: 'westeurope', privateIp: '10.0.0.4' },
    ...{ vCpus: 4, memoryGib: 16, temporaryMib: 32_768, osDiskGib: 30, gpu: null },
    ...options.machine,
  }
  if (!guests.has(machine.disk))
    await guests.install(machine.disk, options.image ?? ubuntu, {
      ...{ computerName: 'build-vm', adminUsername: 'azureuser', adminPassword: null, customData: null },
      publicKeys: [readFileSync(`${keyFile}.pub`, 'utf8').trim()],
      ...options.setup,
    })
  guests.start(machine, options.how ?? 'boot')
  return {
    ...{ folder, guests, faults, poweredOff, keyFile, machine },
    port: async () => (await guests.connect(machine.id, 22)) ?? 0,
    close: () => guests.close(),
  }
}

export type Ended = { code: number; stdout: string; stderr: string }

/** Runs a program of this computer; input is sent and ended. */
export function run(program: string, args: string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { encoding: 'utf8', timeout: 25_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 255 : 0, stdout, stderr }),
    )
    // A refused client has gone before it reads.
    child.stdin?.on('error', () => undefined).end(input)
  })
}

/** Options of OpenSSH's clients that trust any host key and ask nothing. */
function clientOptions(lab: Lab): string[] {
  const set = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${lab.folder}/known`, 'LogLevel=ERROR', 'BatchMode=yes']
  return ['-i', lab.keyFile, ...set.flatMap((one) => ['-o', one])]
}

/** One command by OpenSSH's client. */
export async function ssh(lab: Lab, command: string, input = '', user = 'azureuser'): Promise<Ended> {
  return run('ssh', [...clientOptions(lab), '-p', String(await lab.port()), `${user}@127.0.0.1`, command], input)
}

/** A batch of commands by OpenSSH's sftp. */
export async function sftp(lab: Lab, lines: string[]): Promise<Ended> {
  const options = [...clientOptions(lab), '-q', '-P', String(await lab.port()), '-b', '-']
  return run('sftp', [...options, 'azureuser@127.0.0.1'], `${lines.join('\n')}\n`)
}

export type Typist = {
  type(text: string): void
  /** Waits until the screen shows a text after what was seen so far. */
  see(text: string | RegExp): Promise<string>
  /** Exit code of the client, when it has ended. */
  ended: Promise<number>
}

/** A terminal of OpenSSH's client that is typed into. */
export async function terminal(lab: Lab): Promise<Typist> {
  const options = [...clientOptions(lab), '-tt', '-p', String(await lab.port())]
  const child = spawn('ssh', [...options, 'azureuser@127.0.0.1'], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  let shown = ''
  let changed: () => void = () => undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    changed()
  })
  return {
    type: (text) => child.stdin.write(text),
    async see(text) {
      for (;;) {
        const found = typeof text === 'string' ? shown.indexOf(text) : shown.search(text)
        if (found >= 0) {
          const length = typeof text === 'string' ? text.length : (text.exec(shown)?.[0].length ?? 0)
          const seen = shown.slice(0, found + length)
          shown = shown.slice(found + length)
          return seen
        }
        await new Promise<void>((resolve) => (changed = resolve))
      }
    },
    ended: new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 255))),
  }
}

/** A connection by password, asked for in the given way. */
export function passwordClient(
  port: number,
  how: 'password' | 'keyboard-interactive',
  password: string,
): Promise<Client> {
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    client.on('keyboard-interactive', (_name, _text, _language, _prompts, finish) => finish([password]))
    client.on('ready', () => resolve(client)).on('error', reject)
    const way = how === 'password' ? { password } : { tryKeyboard: true }
    client.connect({ host: '127.0.0.1', port, username: 'azureuser', ...way })
  })
}

export type { ClientChannel }
