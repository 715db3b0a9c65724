export const recipe = {
  /** The system's dialogs. */
  pick: {
    title: 'Open an install recipe',
    button: 'Show recipe',
    files: 'Install recipes',
    save: 'Save the install recipe',
    file: 'File to copy into the VM',
    folder: 'Folder to copy into the VM',
    take: 'Choose',
  },
  /** What became of a line that was to be kept. */
  kept: {
    kept: 'Kept as a part: “Run recipe” runs it again, to show that it works by itself.',
    secret: 'Not kept: the line carries a password or key, or asks for one. Let a script fetch it instead.',
    failed: 'Not kept, because it failed.',
  },
  /** Said where parts are written. */
  repeatable: [
    'A part may run more than once: after a lost connection, after a change, or in the next run. Write it so that this does no harm.',
    'Check before you add: “mkdir -p”, “grep -q … ||” in front of “>>”, installers with their quiet and repair options.',
    'On Linux a part runs as root in bash and stops at the first command that fails; on Windows in PowerShell as administrator.',
  ],
  /** What is looked at before a VM is generalized; `what` and `todo` are said where it is not fine. */
  checks: {
    'vm.agent': {
      name: 'Azure agent',
      what: 'The Azure agent is missing or does not run (“{state}”).',
      todo: 'Install or start it: it generalizes Linux, and every node needs it. On Windows both services RdAgent and WindowsAzureGuestAgent must run.',
    },
    'vm.extensions': {
      name: 'Extensions',
      what: 'Azure extensions are in the VM: {names}. Batch wants images without any.',
      todo: 'Remove them in the portal under “Extensions + applications”, and what is left of their folders in the VM.',
    },
    'vm.restart': {
      name: 'Pending restart',
      what: 'A restart is pending[?: {names}].',
      todo: 'Restart the VM, and look again.',
    },
    'vm.cloudInit': {
      name: 'State of cloud-init',
      what: 'cloud-init says: {state}.',
      todo: 'Wait until it has ended, or look into /var/log/cloud-init.log.',
    },
    'vm.freeDisk': {
      name: 'Room on the disk',
      what: 'Only {bytes:size} are free on the disk with the system.',
      todo: 'Remove what is not needed; the ready-made part “Clean caches” helps.',
    },
    'vm.temporary': {
      name: 'Temporary drive',
      what: 'Files lie on the temporary drive and will not be in the image: {names}.',
      todo: 'Move to the system’s disk what the image needs.',
    },
    'vm.fstab': {
      name: 'Mounts',
      what: '/etc/fstab mounts what a node may not have: {names}. Then it does not start.',
      todo: 'Add “nofail” to these lines, or take them out.',
    },
    'vm.swap': {
      name: 'Swap space',
      what: 'Swap space lies on the temporary drive and stands in /etc/fstab: {names}.',
      todo: 'Take the line out; the Azure agent can make swap space itself (ResourceDisk.EnableSwap).',
    },
    'vm.signedIn': {
      name: 'Signed in',
      what: 'Others are signed in: {names}. What they do now may be lost or get into the image.',
      todo: 'Ask them to sign out.',
    },
    'vm.users': {
      name: 'Other users',
      what: 'Users stay in the image with their files and keys: {names}.',
      todo: 'Remove those that nodes do not need: sudo userdel -r NAME.',
    },
    'vm.keys': { name: 'Private keys', what: 'Private keys get into the image: {names}.', todo: 'Remove them.' },
    'vm.packages': {
      name: 'Packages',
      what: 'An installation did not end: {names}.',
      todo: 'Run: sudo dpkg --configure -a.',
    },
    'vm.appx': {
      name: 'Apps',
      what: 'Apps are installed for one user and not for all, on which Sysprep stops: {names}.',
      todo: 'Remove them in PowerShell: Get-AppxPackage -AllUsers NAME | Remove-AppxPackage -AllUsers.',
    },
    'vm.dsc': {
      name: 'Configuration (DSC)',
      what: 'A desired state configuration is pending ({names}); Sysprep fails in DscCore.dll.',
      todo: 'Remove it in PowerShell: Remove-DscConfigurationDocument -Stage Pending, then restart.',
    },
    'vm.cdrom': {
      name: 'CD drive',
      what: 'The CD drive is switched off (start value “{state}”): nodes would hang at their first start.',
      todo: 'Run: sc.exe config cdrom start= system, then restart.',
    },
    'vm.bitLocker': {
      name: 'BitLocker',
      what: 'BitLocker encrypts {names}; Sysprep refuses that.',
      todo: 'Run: Disable-BitLocker -MountPoint C:, and wait until the drive is decrypted.',
    },
    'vm.answers': {
      name: 'Answer files',
      what: 'Answer files of an earlier setup are there: {names}. The app removes them before Sysprep.',
      todo: 'Copy them away if you need them.',
    },
  },
  /** What proves that a system was generalized. */
  evidence: {
    code: 'Exit code of the agent',
    user: 'The user',
    home: 'Its home folder',
    hostKeys: 'Host keys left',
    machineId: 'Machine id',
    cloudInit: 'cloud-init’s record',
    refused: 'Signing in again',
    console: 'Read from',
    imageState: 'State of the image',
    channel: 'Control channel',
    marked: 'Mark in Azure',
    power: 'Power state',
  },
  /** Why Sysprep stopped. */
  causes: {
    notStarted: 'it could not be started',
    dsc: 'a desired state configuration is in its way (DscCore.dll)',
    bitLocker: 'BitLocker encrypts the system’s drive',
    restart: 'a restart or update is pending',
    rearm: 'Windows cannot be generalized any more often (rearm count)',
    upgrade: 'this Windows was upgraded from an older one',
    domain: 'the VM is joined to a domain',
    other: 'its log names no cause that we know',
  },
  /** Ready-made parts and what they bring. */
  ready: {
    update: {
      name: 'Update packages',
      what: 'Brings the system up to date and restarts it.',
    },
    compilers: {
      name: 'Compilers and build tools',
      what: 'C and C++ compilers, CMake and Git; on Windows the Visual Studio Build Tools.',
    },
    python: { name: 'Python', what: 'Python 3 with pip.' },
    dotnet: { name: '.NET', what: 'The .NET SDK, version 8.' },
    java: { name: 'Java', what: 'A Java runtime.' },
    node: { name: 'Node.js', what: 'Node.js with npm.' },
    ffmpeg: { name: 'FFmpeg', what: 'Converts video and sound.' },
    blender: { name: 'Blender', what: 'Renders scenes without a screen.' },
    docker: {
      name: 'Containers (Docker)',
      what: 'A container runtime, which Batch needs for tasks in containers.',
    },
    containers: {
      name: 'Windows feature Containers',
      what: 'The feature of Windows that containers need, and the restart that completes it.',
    },
    nvidia: {
      name: 'NVIDIA driver',
      what: 'The driver of NVIDIA’s GPUs, in the way that Microsoft describes, and a restart. nvidia-smi proves it.',
    },
    azcopy: { name: 'AzCopy', what: 'Copies to and from Azure Storage.' },
    mount: {
      name: 'Mount data at node start',
      what: 'Every node finds a blob container in a folder: mounted on Linux, copied on Windows (which needs the part AzCopy before).',
    },
    clean: {
      name: 'Clean caches',
      what: 'Takes out of the image what only took room while installing. Best as the last part.',
    },
  },
  /** What a person has to do about some of them. */
  readyNotes: {
    containers: 'Put it before the part Containers (Docker).',
    nvidia:
      'The build VM needs a size of the N series, as the nodes of the pool do. On Windows there is one for the T4 and the A10.',
    docker: 'Then choose a container configuration for the pool.',
    mount:
      'Put in account and container. The pool needs a managed identity that may read there (Storage Blob Data Reader).',
  },
}
