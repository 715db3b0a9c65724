/** What an inspection can find, per id. The English message and remedy are general; the inspection's own carry the figures. */
export const findings = {
  'disk.format.unknown': {
    title: 'Not a disk image',
    message: 'The file has no partition table and no format that we know.',
    remedy: 'Choose a disk image; if it was one, export it again.',
  },
  'disk.format.unsupported': {
    title: 'Another disk format',
    message: 'The file is a disk image, but not a VHD of fixed size.',
    remedy: 'Convert it to a VHD of fixed size and choose that file.',
  },
  'disk.format.compressed': {
    title: 'Compressed file',
    message: 'The file is packed; the disk is somewhere inside.',
    remedy: 'Unpack it first, then choose the disk.',
  },
  'disk.format.iso': {
    title: 'Installation medium',
    message: 'The file is a CD or DVD image, not an installed system.',
    remedy: 'Install from it into a virtual machine and use the disk of that machine.',
  },
  'disk.format.extension': {
    title: 'Name and content differ',
    message: 'The file is something else than its name says. The content counts.',
    remedy: 'Nothing to do, if this is the file you meant.',
  },
  'disk.empty': {
    title: 'Empty disk',
    message: 'The disk holds nothing but zeros.',
    remedy: 'Choose the disk with the operating system, or export it again.',
  },
  'disk.truncated': {
    title: 'Cut off',
    message: 'The file or a partition in it ends too early.',
    remedy: 'Copy or export the disk again.',
  },
  'disk.vhd.header': {
    title: 'Damaged VHD',
    message: 'The description at the end of the VHD does not fit the file.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.footer': {
    title: 'End of the VHD incomplete',
    message: 'The last 512 bytes of the VHD are missing or in an old form; the data itself is there.',
    remedy: 'Nothing to do: a correct ending is written during the upload.',
  },
  'disk.vhd.footer-checksum': {
    title: 'Checksum of the VHD wrong',
    message: 'The checksum in the end of the VHD is wrong; the data itself is there.',
    remedy: 'Nothing to do: a correct ending is written during the upload.',
  },
  'disk.differencing': {
    title: 'Only the changes',
    message: 'The file holds only the differences from another disk.',
    remedy: 'Merge the checkpoint into its parent first, then choose that file.',
  },
  'disk.size.alignment': {
    title: 'Size is rounded up',
    message: 'The disk is not a whole number of MiB long, as Azure demands.',
    remedy: 'Nothing to do: it is filled up with zeros during the upload.',
  },
  'disk.size.min': {
    title: 'Too small',
    message: 'The disk is smaller than the 20 MiB that Azure demands.',
    remedy: 'Choose the disk with the operating system.',
  },
  'disk.size.max': {
    title: 'Too large',
    message: 'The disk is larger than a system disk in Azure may be.',
    remedy: 'Shrink the partitions and the disk, then export it again.',
  },
  'disk.size.cost': {
    title: 'Much empty space',
    message: 'The disk is far larger than what is on it. Azure charges by the size of the disk.',
    remedy: 'Shrink the disk if not every node needs that space.',
  },
  'disk.gpt.primary': {
    title: 'Partition table damaged',
    message: 'The first copy of the partition table is damaged.',
    remedy: 'Mend it in the machine the disk comes from, then export it again.',
  },
  'disk.gpt.backup': {
    title: 'Second partition table missing',
    message: 'The second copy of the partition table at the end of the disk is not usable.',
    remedy: 'Harmless; it can be written anew with sgdisk -e.',
  },
  'disk.encrypted': {
    title: 'Encrypted',
    message: 'A partition is encrypted, so no node could start from it.',
    remedy: 'Decrypt the disk fully in the machine, then export it again.',
  },
  'boot.generation': {
    title: 'Generation',
    message: 'How the disk starts decides the generation: BIOS is 1, UEFI is 2.',
    remedy: 'If both are possible, choose that of the machine it comes from.',
  },
  'boot.loader.missing': {
    title: 'Nothing to start from',
    message: 'No operating system was found that could start.',
    remedy: 'Choose the disk with the operating system, or repair its boot loader.',
  },
  'os.arch': {
    title: 'For Arm64 processors',
    message: 'The system is made for Arm64, not for the usual processors.',
    remedy: 'Choose an Arm64 image definition and node sizes with Arm64.',
  },
  'linux.lvm': {
    title: 'LVM volumes',
    message: 'The system uses LVM volumes; what is in them was not checked.',
    remedy: 'Standard partitions are advised for images.',
  },
  'guest.unreadable': {
    title: 'Files not checked',
    message: 'The files of the operating system were not read, so nothing is known about them.',
    remedy: 'Make sure yourself that the system is generalized and has no Azure extensions.',
  },
  'os.identified': {
    title: 'Operating system',
    message: 'The operating system was recognised.',
    remedy: 'Nothing to do.',
  },
  'linux.agent': {
    title: 'Azure Linux agent',
    message: 'The Azure Linux agent or cloud-init is missing; a node tells Azure through them that it is ready.',
    remedy: 'Install walinuxagent and cloud-init in the machine and enable both.',
  },
  'linux.generalized': {
    title: 'Not fully generalized',
    message: 'The system still carries what belongs to one single machine.',
    remedy:
      'In the machine: sudo cloud-init clean --logs, sudo waagent -force -deprovision+user; then shut down and export.',
  },
  'linux.fstab': {
    title: 'Disks named by letter',
    message: 'In etc/fstab disks are named by letter, which may be another disk in Azure.',
    remedy: 'Use UUID= in etc/fstab.',
  },
  'linux.swap': {
    title: 'Swap on the system disk',
    message: 'Swap is set up on the system disk.',
    remedy: 'In Azure swap belongs on the temporary disk: remove it from etc/fstab.',
  },
  'linux.fs-dirty': {
    title: 'Not shut down cleanly',
    message: 'The file system was in use when the disk was taken.',
    remedy: 'Start the machine, shut it down in order and export the disk again.',
  },
  'batch.temp-disk': {
    title: 'Temporary disk',
    message: 'The temporary disk is set to an unusual place; the Batch node agent expects the usual one.',
    remedy: 'Set ResourceDisk.MountPoint=/mnt/resource in etc/waagent.conf.',
  },
  'azure.extensions': {
    title: 'Azure extensions inside',
    message: 'Azure extensions are installed in the system. Pools from such an image may fail.',
    remedy: 'Remove the extensions from the machine and generalize it again.',
  },
}
