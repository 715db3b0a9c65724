import type { CloudProfile } from '../../shared/profile'
import { addComputeRoutes } from './arm-compute'
import { addDiskAccessRoutes, diskAccessEffects } from './arm-disk-access'
import { addDiskRoutes, diskEffects } from './arm-disks'
import { addGalleryRoutes, galleryEffects } from './arm-galleries'
import { addContainerRoutes } from './arm-containers'
import { addGroupRoutes, groupEffects } from './arm-groups'
import { addMachineRoutes, machineEffects } from './arm-machines'
import { addScopeRoutes, providerEffects } from './arm-scopes'
import { addStorageRoutes, storageEffects } from './arm-storage'
import { addVaultRoutes, seedVaults } from './arm-vaults'
import { addVersionRoutes, versionEffects } from './arm-versions'
import { addBatchRoutes, batchEffects } from './batch-arm'
import { addBatchDataRoutes } from './batch-data'
import { seedBatch } from './batch-seed'
import { stopMachinesBelow } from './arm-vms-removal'
import { placeOf } from './blobs-disks'
import { startBlobs, type Blobs } from './blobs'
import { openCertificate } from './cert'
import { createClock, type Speed } from './clock'
import { setAsideDamage } from './damage'
import { ownerService, publicClientId, tenant } from './directory'
import { createFaults } from './faults'
import { lockFolder } from './folder-lock'
import { createGate } from './gate'
import { addGrantRoutes } from './grants'
import { createGuests } from './guest-machines'
import type { Guests } from './guests'
import { addIncidentRoutes } from './incident-routes'
import { addLoginRoutes, openIdConfiguration } from './login'
import { createOperations } from './operations'
import { createRights } from './rbac'
import { goOn, poweredOff } from './running-machines'
import { seed } from './seed'
import { createRouter } from './router'
import type { RunningServer } from './secure-server'
import { listen, type PracticeCloud } from './server'
import { openStats } from './stats'
import { openStore, type Resource } from './store'
import { openTokens } from './tokens'
import { startVmProxy, type VmProxy } from './vm-proxy'

export type PracticeOptions = {
  /** State folder; made when missing. */
  folder: string
  /** Wanted port; default: the one of last time. */
  port?: number
  /** Default: the one of last time, at first 1. */
  speed?: Speed
  /** The bundle `azurite.cjs`. */
  azuriteProgram: string
  log: (line: string) => void
}

export type RunningPractice = {
  profile: CloudProfile
  owner: { tenantId: string; clientId: string; clientSecret: string }
  /** Folder with what an earlier cloud left damaged, moved out of the way; null when all could be read. */
  setAside: string | null
  setSpeed(speed: Speed): void
  /** Saves everything, ends Azurite, gives the folder free. */
  close(): Promise<void>
}

/**
 * Starts a practice cloud on a state folder.
 * @throws Error when another one holds the folder, the state is from a newer version, or Azurite does not start; damaged
 * state is no error, see `setAside`
 */
export async function startPractice(options: PracticeOptions): Promise<RunningPractice> {
  const lock = await lockFolder(options.folder)
  try {
    return await startLocked(options, () => lock.release())
  } catch (error) {
    lock.release()
    throw error
  }
}

/** `vms`: absent in the state of older versions. */
type Ports = { main: number; blobs: number; vms?: number }

async function startLocked(options: PracticeOptions, release: () => void): Promise<RunningPractice> {
  const { folder, log } = options
  const setAside = setAsideDamage(folder)
  if (setAside !== null) log(`part of the state could not be read; it is kept in ${setAside}`)
  const tls = await openCertificate(folder)
  const store = openStore(folder)
  const clock = createClock(store, options.speed ?? null)
  store.beforeSave(() => clock.keep())
  const ports = store.part('ports', (): Ports => ({ main: 0, blobs: 0 }))
  const faults = createFaults(store)
  const origin = () => `https://127.0.0.1:${ports.main}`
  const operations = createOperations(store, clock, faults, origin)
  const stats = openStats(folder)
  const cloud: PracticeCloud = { store, clock, faults, operations, stats, origin }
  const guests = createGuests({ store, clock, faults, events: { poweredOff: (id) => poweredOff(cloud, id) }, log })
  const tokens = openTokens(folder, store, faults)
  const rights = createRights(store, () => clock.now())
  const blobs = await onFreePort(ports.blobs, (port) =>
    startBlobs({ cloud, gate: blobGate(tokens, rights), tls, port, program: options.azuriteProgram, log, guests }),
  )
  ports.blobs = blobs.port
  let server: RunningServer
  let proxy: VmProxy | null = null
  try {
    seed(cloud, rights, blobs.origin())
    seedBatch(cloud)
    seedVaults(cloud, rights)
    const router = createRouter()
    addLoginRoutes(router, store, tokens)
    addIncidentRoutes(router, () => proxy?.cut())
    addGrantRoutes(router, rights)
    addArmRoutes(router, cloud, rights, blobs, guests, log)
    goOn(cloud, guests)
    proxy = await onFreePort(ports.vms ?? 0, (port) => startVmProxy(cloud, guests, port))
    server = await onFreePort(options.port ?? ports.main, (port) =>
      listen(cloud, router, createGate(tokens, rights), tls, port),
    )
  } catch (error) {
    await proxy?.close()
    await guests.close()
    await blobs.close()
    throw error
  }
  const vmProxy = proxy
  ports.main = server.port
  ports.vms = vmProxy.port
  store.touch()
  store.save()

  return {
    profile: profileOf(origin(), tls.caFile, vmProxy.origin),
    owner: { tenantId: tenant.id, clientId: ownerService.clientId ?? '', clientSecret: tokens.clientSecret },
    setAside,
    setSpeed: (speed) => {
      clock.setSpeed(speed)
      try {
        store.save()
      } catch (error) {
        log(`the speed is not saved: ${String(error)}`)
      }
    },
    async close() {
      await server.close()
      await vmProxy.close()
      await guests.close()
      await blobs.close()
      stats.close()
      store.touch()
      store.save()
      release()
    },
  }
}

function addArmRoutes(
  router: ReturnType<typeof createRouter>,
  cloud: PracticeCloud,
  rights: ReturnType<typeof createRights>,
  blobs: Blobs,
  guests: Guests,
  log: (line: string) => void,
): void {
  addScopeRoutes(router, rights)
  providerEffects(cloud)
  addGroupRoutes(router)
  const stay = (what: string) => (error: unknown) => log(`bytes of ${what} stay: ${String(error)}`)
  const removeSystem = ({ id }: Resource) => void guests.remove(id).catch(stay(id))
  const removeDisk = (disk: Resource) => {
    const place = placeOf(disk)
    if (place) void blobs.removeDisk(place.account).catch(stay(place.account))
    else removeSystem(disk)
  }
  groupEffects(cloud, {
    account: (name) => void blobs.removeAccount(name).catch(stay(name)),
    disk: removeDisk,
    snapshot: removeSystem,
    machines: ({ id }) => stopMachinesBelow(cloud, guests, id),
  })
  addStorageRoutes(router, () => blobs)
  storageEffects(cloud)
  addContainerRoutes(router, () => blobs)
  addVaultRoutes(router)
  addMachineRoutes(router, rights, guests, () => blobs)
  machineEffects(cloud, guests, removeSystem)
  addComputeRoutes(router, () => blobs)
  addDiskRoutes(router, rights, guests, () => blobs)
  addDiskAccessRoutes(router, () => blobs)
  diskEffects(cloud, removeDisk)
  diskAccessEffects(cloud)
  addGalleryRoutes(router)
  galleryEffects(cloud)
  addVersionRoutes(router, rights, guests, () => blobs)
  versionEffects(cloud)
  addBatchRoutes(router, rights)
  batchEffects(cloud)
  addBatchDataRoutes(router, rights)
}

function blobGate(
  tokens: ReturnType<typeof openTokens>,
  rights: ReturnType<typeof createRights>,
): Parameters<typeof startBlobs>[0]['gate'] {
  return {
    check: (authorization, target) => tokens.check(authorization, 'storage', target),
    allows: (caller, action, scope, isData) => rights.isAllowed(caller, action, scope, isData ? 'data' : 'control'),
  }
}

/** Ports are chosen once; when the old one belongs to another program now, a new one is taken. */
async function onFreePort<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port)
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start(0)
  }
}

function profileOf(origin: string, caFile: string, vmProxy: string): CloudProfile {
  return {
    name: 'practice',
    authority: origin,
    knownAuthorities: [new URL(origin).host],
    authorityMetadata: JSON.stringify(openIdConfiguration(origin, tenant.id)),
    clientId: publicClientId,
    tenant: tenant.id,
    armEndpoint: origin,
    armScope: 'https://management.azure.com/.default',
    batchScope: 'https://batch.core.windows.net/.default',
    batchSuffix: '127.0.0.1',
    storageScope: 'https://storage.azure.com/.default',
    storageSuffix: '127.0.0.1',
    caFile,
    loopbackOnly: true,
    vmProxy,
    addressUrl: `${vmProxy}/address`,
    hasNoDesktops: true,
  }
}
