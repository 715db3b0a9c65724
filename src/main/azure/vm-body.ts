import type { VirtualMachine as ArmVm } from '@azure/arm-compute'
import type { OsType } from '../../shared/terms'

/** A build VM to be made. */
export type VmSpec = {
  region: string
  run: string
  vmSize: string
  securityType: 'Standard' | 'TrustedLaunch'
  osType: OsType
  nicId: string
  disk: NewDisk | { kind: 'attached'; id: string }
}
type NewDisk = {
  kind: 'fromImage'
  name: string
  /** GiB; absent: as large as the image's. */
  sizeGb?: number
  image: { publisher: string; offer: string; sku: string; version: string }
  /** Of the system, up to 15 characters on Windows. */
  computerName: string
  user: string
  /** What lets the user in: a line of authorized_keys, or a password. */
  access: { publicKey: string } | { password: string }
  /** For cloud-init, as text; absent: none. */
  customData?: string
}

/**
 * The body of a build VM: explicit in all that Azure would choose by itself, with boot diagnostics and without extensions. The disk
 * goes with the machine; its card and address stay, because the way back makes a machine on the same card (REST reference, "Virtual
 * Machines - Create Or Update").
 */
export function bodyOf(spec: VmSpec): ArmVm {
  const { region, vmSize, securityType, nicId } = spec
  return {
    location: region,
    hardwareProfile: { vmSize },
    securityProfile: {
      securityType,
      ...(securityType === 'TrustedLaunch' ? { uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } } : {}),
    },
    networkProfile: { networkInterfaces: [{ id: nicId, primary: true, deleteOption: 'Detach' }] },
    // Without an address of its own Azure keeps log and picture in storage that it manages.
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    ...(spec.disk.kind === 'attached' ? attached(spec.disk.id, spec.osType) : fromImage(spec.disk, spec.osType)),
  }
}

function attached(id: string, osType: OsType): Partial<ArmVm> {
  return {
    storageProfile: {
      osDisk: { createOption: 'Attach', osType, caching: 'ReadWrite', deleteOption: 'Delete', managedDisk: { id } },
    },
  }
}

function fromImage(disk: NewDisk, osType: OsType): Partial<ArmVm> {
  const { name, sizeGb, image, computerName, user, access, customData } = disk
  return {
    storageProfile: {
      imageReference: image,
      osDisk: {
        createOption: 'FromImage',
        name,
        osType,
        // Batch starts nodes faster from an image whose disk was cached so (Batch guide, "Prepare a custom image").
        caching: 'ReadWrite',
        deleteOption: 'Delete',
        managedDisk: { storageAccountType: 'StandardSSD_LRS' },
        ...(sizeGb ? { diskSizeGB: sizeGb } : {}),
      },
    },
    osProfile: {
      computerName,
      adminUsername: user,
      ...('password' in access ? { adminPassword: access.password } : {}),
      ...(osType === 'Windows' ? windows : linux(user, access)),
      ...(customData ? { customData: Buffer.from(customData, 'utf8').toString('base64') } : {}),
    },
  }
}

/** Updates that begin by themselves make Sysprep fail. */
const windows = { windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: false } }

function linux(user: string, access: NewDisk['access']): Partial<NonNullable<ArmVm['osProfile']>> {
  const isByKey = 'publicKey' in access
  return {
    linuxConfiguration: {
      provisionVMAgent: true,
      disablePasswordAuthentication: isByKey,
      ...(isByKey
        ? { ssh: { publicKeys: [{ path: `/home/${user}/.ssh/authorized_keys`, keyData: access.publicKey }] } }
        : {}),
    },
  }
}
