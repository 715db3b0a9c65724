import type { OsType } from '../../shared/terms'
import { dig, digText, isObject } from './arm-parts'
import { invalidParameter, required } from './arm-gallery-parts'
import type { GuestSetup } from './guests'

/** Microsoft Learn, "Virtual Machines - Create Or Update": OSProfile.adminUsername, disallowed values. */
const reservedNames =
  'administrator admin user user1 test user2 test1 user3 admin1 1 123 a actuser adm admin2 aspnet backup console david guest john owner root server sql support support_388945a0 sys test2 test3 user4 user5'.split(
    ' ',
  )
/** The same page: OSProfile.adminPassword. */
const knownPasswords =
  'abc@123 P@$$w0rd P@ssw0rd P@ssword123 Pa$$word pass@word1 Password! Password1 Password22 iloveyou!'.split(' ')
const windowsForbidden = '` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : . \' " , < > / ?'

/** `osProfile` of a machine made from an image: who may sign in, and how a GET shows it (without passwords). */
export type Login = { setup: GuestSetup; wire: Record<string, unknown> }

/** @throws ArmError 400 InvalidParameter in the compute provider's words */
export function loginOf(profile: unknown, vmName: string, osType: OsType): Login {
  if (!isObject(profile)) throw required('osProfile')
  const computerName = digText(profile, 'computerName') ?? vmName
  assertComputerName(computerName, osType)
  const adminUsername = digText(profile, 'adminUsername')
  if (adminUsername === undefined) throw required('osProfile.adminUsername')
  assertUserName(adminUsername, osType)
  const adminPassword = digText(profile, 'adminPassword')
  if (adminPassword !== undefined) assertPassword(adminPassword, osType)
  const other = osType === 'Windows' ? 'linuxConfiguration' : 'windowsConfiguration'
  if (profile[other] !== undefined) throw invalidParameter(`Parameter '${other}' is not allowed.`)
  const customData = digText(profile, 'customData') ?? null
  const configuration =
    osType === 'Windows' ? windowsOf(profile, adminPassword) : linuxOf(profile, adminUsername, adminPassword)
  return {
    setup: {
      computerName,
      adminUsername,
      adminPassword: configuration.isPasswordOn ? (adminPassword ?? null) : null,
      publicKeys: configuration.publicKeys,
      customData,
    },
    wire: {
      computerName,
      adminUsername,
      ...configuration.wire,
      secrets: [],
      allowExtensionOperations: dig(profile, 'allowExtensionOperations') !== false,
      requireGuestProvisionSignal: true,
    },
  }
}

type Configuration = { wire: Record<string, unknown>; publicKeys: string[]; isPasswordOn: boolean }

function windowsOf(profile: Record<string, unknown>, password: string | undefined): Configuration {
  if (password === undefined) throw required('osProfile.adminPassword')
  const given = profile['windowsConfiguration']
  const windowsConfiguration = {
    provisionVMAgent: dig(given, 'provisionVMAgent') !== false,
    enableAutomaticUpdates: dig(given, 'enableAutomaticUpdates') !== false,
    patchSettings: {
      patchMode: digText(given, 'patchSettings', 'patchMode') ?? 'AutomaticByOS',
      assessmentMode: digText(given, 'patchSettings', 'assessmentMode') ?? 'ImageDefault',
      enableHotpatching: false,
    },
  }
  return { wire: { windowsConfiguration }, publicKeys: [], isPasswordOn: true }
}

function linuxOf(profile: Record<string, unknown>, user: string, password: string | undefined): Configuration {
  const given = profile['linuxConfiguration']
  const isPasswordOff = dig(given, 'disablePasswordAuthentication') === true
  const listed = dig(given, 'ssh', 'publicKeys')
  const keys = (Array.isArray(listed) ? (listed as unknown[]) : []).map((key) => keyOf(key, user))
  if (keys.length === 0 && (isPasswordOff || password === undefined)) {
    throw invalidParameter(
      'Authentication using either SSH or by user name and password must be enabled in Linux profile.',
    )
  }
  const linuxConfiguration = {
    disablePasswordAuthentication: isPasswordOff,
    ...(keys.length > 0 ? { ssh: { publicKeys: keys } } : {}),
    provisionVMAgent: dig(given, 'provisionVMAgent') !== false,
    patchSettings: {
      patchMode: digText(given, 'patchSettings', 'patchMode') ?? 'ImageDefault',
      assessmentMode: digText(given, 'patchSettings', 'assessmentMode') ?? 'ImageDefault',
    },
  }
  const publicKeys = keys.map(({ keyData }) => keyData)
  return { wire: { linuxConfiguration }, publicKeys, isPasswordOn: !isPasswordOff }
}

/** Microsoft Learn, "Detailed steps: Create and manage SSH keys": RSA from 2048 bits and ED25519. */
function keyOf(given: unknown, user: string): { path: string; keyData: string } {
  const path = digText(given, 'path') ?? ''
  const wanted = `/home/${user}/.ssh/authorized_keys`
  if (path !== wanted) {
    throw invalidParameter(
      `Destination path for SSH public keys is currently limited to its default value ${wanted} due to a known issue in Linux provisioning agent.`,
    )
  }
  const keyData = (digText(given, 'keyData') ?? '').trim()
  const [type = '', blob = ''] = keyData.split(/\s+/)
  const bytes = Buffer.from(blob, 'base64')
  const name = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : ''
  const isLongEnough = type === 'ssh-ed25519' ? bytes.length === 51 : bytes.length >= 279
  if (!['ssh-rsa', 'ssh-ed25519'].includes(type) || name !== type || !isLongEnough)
    throw invalidParameter('The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.')
  return { path, keyData }
}

function assertUserName(name: string, osType: OsType): void {
  if (reservedNames.includes(name.toLowerCase())) throw invalidParameter('The Admin Username specified is not allowed.')
  const longest = osType === 'Windows' ? 20 : 64
  const isFitting = osType === 'Windows' ? /^[^\\/"[\]:|<>+=;,?*@&]+(?<!\.)$/ : /^[a-z_][a-zA-Z0-9_-]*$/
  if (name.length <= longest && isFitting.test(name)) return
  throw invalidParameter(
    `The Admin Username specified '${name}' is not valid: at most ${longest} characters, and none that the operating system does not allow.`,
  )
}

function assertPassword(password: string, osType: OsType): void {
  const [shortest, longest] = osType === 'Windows' ? [8, 123] : [6, 72]
  const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  const isFitting = password.length >= shortest && password.length <= longest && kinds >= 3
  if (!isFitting || /\p{Cc}/u.test(password)) {
    throw invalidParameter(
      `The supplied password must be between ${shortest}-${longest} characters long and must satisfy at least 3 of password complexity requirements from the following:\r\n1) Contains an uppercase character\r\n2) Contains a lowercase character\r\n3) Contains a numeric digit\r\n4) Contains a special character\r\n5) Control characters are not allowed`,
    )
  }
  if (knownPasswords.includes(password))
    throw invalidParameter('The supplied password is not allowed. Please use a different password.')
}

function assertComputerName(name: string, osType: OsType): void {
  if (osType === 'Windows') {
    const isForbidden = [...name].some((one) => windowsForbidden.includes(one))
    if (name.length > 0 && name.length <= 15 && !/^\d+$/.test(name) && !isForbidden) return
    throw invalidParameter(
      `Windows computer name cannot be more than 15 characters long, be entirely numeric, or contain the following characters: ${windowsForbidden}.`,
    )
  }
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(name)) return
  throw invalidParameter(
    'Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : \' " , < > / ?.',
  )
}
