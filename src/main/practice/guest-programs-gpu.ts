import { say, type Call, type Program } from './guest-process'

/** What a machine with an NVIDIA GPU has to tell of it. A machine of the second generation has no PCI devices but these. */
export const gpuPrograms: Record<string, Program> = {
  lspci: (call) => say(call, call.system.machine.gpu ? `0001:00:00.0 ${call.system.machine.gpu.pci}\n` : '', 0),
  'ubuntu-drivers': runDrivers,
  'nvidia-smi': runSmi,
}

const driver = '580.95.05'
const packages = 'nvidia-driver-580-server nvidia-utils-580-server'

/** `ubuntu-drivers devices|list|install`: finds nothing without a device. */
async function runDrivers(call: Call): Promise<number> {
  const { args, system, run, user } = call
  const [verb = ''] = args.filter((arg) => !arg.startsWith('-'))
  if (!['devices', 'list', 'install', 'autoinstall'].includes(verb))
    return say(call, 'Usage: ubuntu-drivers [OPTIONS] COMMAND [ARGS]...\n', verb === '' ? 0 : 2)
  if (!system.machine.gpu) return verb.endsWith('install') ? say(call, 'No drivers found for installation.\n', 0) : 0
  if (verb !== 'install' && verb !== 'autoinstall') return say(call, `${packages.split(' ')[0]}\n`, 0)
  if (user.uid === 0) return run(`apt-get -y install ${packages}`)
  await call.err('E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n')
  return 1
}

/** The kernel loads a driver that was installed when it starts again. */
async function runSmi(call: Call): Promise<number> {
  const { gpu } = call.system.machine
  const installed = call.files.disk.tree.find('/usr/bin/nvidia-smi')
  const isLoaded = installed?.kind === 'file' && installed.mtimeMs < call.system.bootedAtMs
  if (gpu && isLoaded)
    return say(
      call,
      `NVIDIA-SMI ${driver}    Driver Version: ${driver}    CUDA Version: 13.0\n|   0  ${gpu.name}    On  |   00000001:00:00.0 Off |    N/A      Default |\n`,
      0,
    )
  await call.out(
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
  )
  return 9
}
