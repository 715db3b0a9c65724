/** What an inspection can find in a Linux system. */
export const linuxFindings = {
  'linux.lvm': {
    title: 'LVM volumes',
    message: 'The system uses LVM volumes; what is in them was not checked.',
    remedy: 'Standard partitions are advised for images.',
  },
  'linux.agent': {
    title: 'Azure Linux agent',
    message: 'Neither the Azure Linux agent nor cloud-init is installed.',
    why: 'A node tells Azure through them that it is ready.',
    remedy: 'Install both in the machine and enable them.',
  },
  'linux.agent:cloud-init-only': {
    title: 'Azure Linux agent',
    message: 'The Azure Linux agent is not installed, only cloud-init.',
    why: 'A node tells Azure through them that it is ready.',
    remedy: 'Install both in the machine and enable them.',
  },
  'linux.agent:waits': {
    title: 'Azure Linux agent',
    message: 'The Azure Linux agent waits for cloud-init, which is not installed.',
    why: 'A node tells Azure through them that it is ready.',
    remedy: 'Install both in the machine and enable them.',
  },
  'linux.generalized': {
    title: 'Not generalized',
    message: 'The system still carries what belongs to one single machine: {traces}.',
    why: 'Every node would be a copy of that machine and could not get an identity of its own.',
    remedy: 'Generalize it, shut it down and export the disk again.',
  },
  'linux.generalized:maybe': {
    title: 'Perhaps not generalized',
    message: 'The system carries what usually belongs to one single machine: {traces}.',
    why: 'Nodes would share it.',
    remedy: 'Generalize it, shut it down and export the disk again.',
  },
  'linux.fstab': {
    title: 'Disks named by letter',
    message: 'In etc/fstab disks are named by letter ({device}).',
    why: 'In Azure the same letter may be another disk.',
    remedy: 'Use UUID= in etc/fstab.',
  },
  'linux.swap': {
    title: 'Swap on the system disk',
    message: 'Swap is set up on the system disk.',
    why: 'In Azure swap belongs on the temporary disk, which is faster and costs nothing.',
    remedy: 'Remove it from etc/fstab.',
  },
  'linux.fs-dirty': {
    title: 'Not shut down cleanly',
    message: 'The file system was in use when the disk was taken.',
    remedy: 'Start the machine, shut it down in order and export the disk again.',
  },
  'batch.temp-disk': {
    title: 'Temporary disk',
    message: 'The temporary disk is set to {path}.',
    why: 'The Batch node agent expects it at the usual place.',
    remedy: 'Set it to /mnt/resource in etc/waagent.conf.',
  },
}
