/** What an inspection can find about a disk and the file around it: by id, or `id:variant` where an id has several texts. `why`: what it means on a Batch node. */
export const findings = {
  'disk.format.unknown': {
    title: 'Not a disk image',
    message: 'The file has no partition table and no format that we know.',
    remedy: 'Choose a disk image; if it was one, export it again.',
  },
  'disk.format.unknown:wim': {
    title: 'Windows image file',
    message: 'The file is a Windows image file (WIM), not a disk.',
    remedy: 'Apply it to a virtual machine and use the disk of that machine.',
  },
  'disk.format.unknown:volume': {
    title: 'A file system, not a disk',
    message: 'The file begins with a file system ({volume}): it is one partition, not a whole disk.',
    why: 'A node starts from a partition table and a boot loader, and there are none.',
    remedy: 'Export the whole disk of the machine, not one of its partitions.',
  },
  'disk.format.unknown:text': {
    title: 'A text file',
    message: 'The file is text, not a disk.',
    remedy: 'Choose the disk itself; a file beside it may have the same name.',
  },
  'disk.format.unknown:machine': {
    title: 'Description of a machine',
    message: 'The file describes a virtual machine; its disk is another file.',
    remedy: 'Choose the disk of that machine, usually the largest file in its folder.',
  },
  'disk.format.unknown:state': {
    title: 'Saved state of a machine',
    message: 'The file holds the memory or the settings of a virtual machine, not its disk.',
    remedy: 'Shut the machine down fully, then choose its disk.',
  },
  'disk.format.unknown:evidence': {
    title: 'Forensic image',
    message: 'The file is a forensic image (E01 or AFF).',
    remedy: 'Export a raw disk from it with the program it was made with, then choose that.',
  },

  'disk.format.unsupported': {
    title: 'Another disk format',
    message: 'The file is a disk image ({format:format}), but not a VHD of fixed size.',
    remedy: 'Convert it to a VHD of fixed size and choose that file.',
  },
  'disk.format.unsupported:other': {
    title: 'Another disk format',
    message: 'The file is a disk image in the format {kind}, which is not read here.',
    remedy: 'Convert it and choose the new file.',
  },
  'disk.format.unsupported:data-file': {
    title: 'Data in another file',
    message: 'The qcow2 file holds only tables; the data of the disk lies in another file.',
    remedy: 'Convert it into one file and choose that.',
  },
  'disk.format.unsupported:feature': {
    title: 'Unknown kind of image',
    message:
      'The file uses a feature of {format:format} that is not known here; read without it, its data would be wrong.',
    remedy: 'Convert it with the newest version of the program it was made with, then choose the new file.',
  },

  'disk.format.compressed': {
    title: 'Compressed file',
    message: 'The file is packed with {kind}; the disk is somewhere inside.',
    remedy: 'Unpack it first, then choose the disk that was in it.',
  },
  'disk.format.compressed:tar': {
    title: 'Archive',
    message: 'The file is a tar archive, as appliances (OVA) are; the disk is somewhere inside.',
    remedy: 'Unpack it first, then choose the disk that was in it.',
  },
  'disk.format.iso': {
    title: 'Installation medium',
    message: 'The file is a CD or DVD image, not an installed system.',
    remedy: 'Install from it into a virtual machine and use the disk of that machine.',
  },
  'disk.format.extension': {
    title: 'Name and content differ',
    message: 'The file is named .{extension}, but it is read as {format:format}. The content counts.',
    remedy: 'Nothing to do, if this is the file you meant.',
  },
  'disk.empty': {
    title: 'Empty disk',
    message: 'The file or the disk in it holds nothing.',
    remedy: 'Choose the disk with the operating system, or export it again.',
  },
  'disk.truncated': {
    title: 'Cut off',
    message: 'The file begins as a disk does, but ends in the middle of a sector ({bytes:number} bytes).',
    remedy: 'Copy or export the disk again and compare the sizes.',
  },
  'disk.truncated:footer': {
    title: 'Cut off',
    message: 'The disk should have {says:size}, but the file holds only {has:size} of it.',
    remedy: 'Copy or export the disk again and compare the sizes.',
  },
  'disk.truncated:blocks': {
    title: 'Cut off',
    message: 'Parts of the disk would lie behind the end of the file.',
    remedy: 'Copy or export the disk again and compare the sizes.',
  },
  'disk.truncated:part': {
    title: 'A part is missing',
    message: 'The disk consists of several files, and {name} does not lie beside this one or is too short.',
    remedy: 'Put all files of the disk into one folder.',
  },

  'disk.truncated:partitions': {
    title: 'Cut off',
    message: 'The partitions reach to {end:size}, but the disk ends at {bytes:size}.',
    remedy: 'Copy or export the disk again and compare the sizes.',
  },
  'disk.vhd.header': {
    title: 'Damaged VHD',
    message: 'The end of the VHD says {says:size}, but the file holds {has:size} of data.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.header:type': {
    title: 'Damaged VHD',
    message: 'The end of the VHD names a kind of disk that does not exist.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.header:both': {
    title: 'Damaged VHD',
    message: 'The description of the disk is damaged at the end of the VHD and at its start.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.header:structure': {
    title: 'Damaged VHD',
    message: 'The header that says where the blocks of the VHD lie is damaged.',
    why: 'Without it nobody can tell which data belongs where.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.bat': {
    title: 'Damaged VHD',
    message: 'The table of blocks does not fit the disk or lies outside of the file.',
    why: 'Without it nobody can tell which data belongs where.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.bat:overlap': {
    title: 'Damaged VHD',
    message: 'Two entries of the table of blocks point to the same place in the file.',
    why: 'One of them would be read with the data of the other.',
    remedy: 'Export the disk again.',
  },
  'disk.vhd.bat:lost': {
    title: 'Blocks without a place',
    message: '{lost:size} in the VHD belong to no place of the disk any more; it was probably not closed properly.',
    why: 'Data may be missing from the disk.',
    remedy: 'Start the machine from it, check its file systems and export it again.',
  },

  'disk.vhd.footer': {
    title: 'End of the VHD in an old form',
    message: 'The last sector of the VHD has 511 bytes, as very old programs wrote it; the data itself is there.',
    remedy: 'Nothing to do: a correct ending is written during the upload.',
  },
  'disk.vhd.footer:missing': {
    title: 'End of the VHD missing',
    message: 'The file is named .vhd but does not end as one; it is read as a raw disk.',
    remedy: 'Make sure that the file is complete. A correct ending is written during the upload.',
  },
  'disk.vhd.footer:copy': {
    title: 'End of the VHD missing',
    message: 'The VHD does not end as one; the copy of its description at the start was used.',
    remedy: 'Make sure that the file is complete. A correct ending is written during the upload.',
  },

  'disk.vhd.footer-checksum': {
    title: 'Checksum of the VHD wrong',
    message: 'The checksum in the end of the VHD is wrong; the data itself is there.',
    remedy: 'Nothing to do: a correct ending is written during the upload.',
  },
  'disk.vhdx.header': {
    title: 'Damaged VHDX',
    message: 'The headers or the metadata of the VHDX are damaged, in all copies.',
    why: 'Without it nobody can tell which data belongs where.',
    remedy: 'Export the disk again.',
  },
  'disk.vhdx.header:copy': {
    title: 'One header damaged',
    message: 'One of the two copies of the headers of the VHDX is damaged; the other one was used.',
    why: 'The file may have been damaged in other places too.',
    remedy: 'Export the disk again if the machine it comes from is still there.',
  },
  'disk.vhdx.header:unknown': {
    title: 'Unknown kind of VHDX',
    message: 'The VHDX demands a feature that is not known here; read without it, its data would be wrong.',
    remedy: 'Convert it in Hyper-V to a VHDX without that feature, then choose the new file.',
  },
  'disk.vhdx.bat': {
    title: 'Damaged VHDX',
    message: 'The table of blocks of the VHDX is damaged or does not fit the disk.',
    why: 'Without it nobody can tell which data belongs where.',
    remedy: 'Export the disk again.',
  },
  'disk.vhdx.bat:overlap': {
    title: 'Damaged VHDX',
    message: 'Two entries of the table of blocks point to the same place in the file.',
    why: 'One of them would be read with the data of the other.',
    remedy: 'Export the disk again.',
  },
  'disk.vhdx.log': {
    title: 'Not closed properly',
    message:
      'Changes wait in the log of the VHDX: the machine or its host was not shut down cleanly. They are applied while reading; the file stays as it is.',
    why: 'Files that were open in the machine may be incomplete.',
    remedy: 'Better: start the machine once more, shut it down, and export the disk again.',
  },
  'disk.vhdx.log:damaged': {
    title: 'Not closed properly',
    message: 'Changes wait in the log of the VHDX, but the log is damaged.',
    why: 'Without them the tables of the disk may be wrong.',
    remedy: 'Attach the disk once in Hyper-V, detach it, and choose it again, or export it again.',
  },
  'disk.sector.4k': {
    title: 'Sectors of 4096 bytes',
    message: 'The disk has logical sectors of 4096 bytes; disks in Azure have 512.',
    why: 'Partition tables count in sectors: the machine would not find its partitions.',
    remedy: 'Install the system on a disk with sectors of 512 bytes, or copy its partitions to one.',
  },
  'disk.corrupt': {
    title: 'Damaged image',
    message: 'The tables of the {format:format} file that say where its data lies are damaged.',
    why: 'Without it nobody can tell which data belongs where.',
    remedy: 'Export the disk again.',
  },
  'disk.corrupt:overlap': {
    title: 'Damaged image',
    message: 'Two parts of the disk lie in the same place of the {format:format} file.',
    why: 'One of them would be read with the data of the other.',
    remedy: 'Export the disk again.',
  },
  'disk.corrupt:large': {
    title: 'Tables too large',
    message: 'The tables of the {format:format} file are larger than any disk of Azure needs.',
    remedy: 'Convert the disk with larger clusters, or export it again.',
  },
  'disk.corrupt:marked': {
    title: 'Marked as damaged',
    message: 'The image carries the mark of the program that wrote it that its tables are damaged.',
    remedy: 'Have it repaired or export the disk again. Keep a copy: repairing changes the file.',
  },
  'disk.corrupt:counts': {
    title: 'Bookkeeping does not fit',
    message: 'What the image counts as used differs from what its tables lead to; it was probably not closed properly.',
    why: 'Data may be missing from the disk.',
    remedy: 'Have it checked, or export the disk again. Keep a copy: repairing changes the file.',
  },
  'disk.corrupt:lost': {
    title: 'Blocks without a place',
    message: '{lost:size} in the file belong to no place of the disk; it was probably not closed properly.',
    why: 'Data may be missing from the disk.',
    remedy: 'Start the machine from it, check its file systems and export it again.',
  },
  'disk.corrupt:copies': {
    title: 'Copies of the tables differ',
    message: 'The image keeps its tables twice, and the copies differ; the first one was used.',
    why: 'Data may be missing from the disk.',
    remedy: 'Start the machine from it, check its file systems and export it again.',
  },
  'disk.corrupt:unclean': {
    title: 'Not closed properly',
    message: 'The image was not closed properly by the program that wrote it.',
    why: 'Files that were open in the machine may be incomplete.',
    remedy: 'Better: start the machine once more, shut it down, and choose the disk again.',
  },
  'disk.corrupt:content': {
    title: 'Damaged image',
    message: 'A part of the disk cannot be read out of the file.',
    remedy: 'Export the disk again.',
  },
  'disk.unused': {
    title: 'Unused space in the file',
    message: '{unused:size} of the file are not used by the disk. They are not uploaded.',
    remedy: 'Nothing to do.',
  },
  'disk.snapshots': {
    title: 'More than one state inside',
    message: 'The image also holds snapshots or bitmaps. The disk is read as it is now; the rest is left alone.',
    remedy: 'Nothing to do, if the state of now is the one you mean.',
  },

  'disk.differencing': {
    title: 'Only the changes',
    message: 'The file holds only the differences from another disk.',
    remedy: 'Merge the checkpoint into its parent first, then choose that file.',
  },
  'disk.differencing:read': {
    title: 'Two files make one disk',
    message: 'The disk stores differences from {parent}, which lies beside it and is read with it.',
    remedy: 'Nothing to do, if {parent} was not changed since. Leave both files as they are until the upload is done.',
  },
  'disk.differencing:missing': {
    title: 'The other half is missing',
    message: 'The file holds only the differences from {parent}, and no such file with the right id lies beside it.',
    why: 'What is not in this file would be missing from the disk.',
    remedy: 'Put {parent} into the same folder, or merge the checkpoint into its parent and choose that file.',
  },
  'disk.differencing:depth': {
    title: 'Too many files',
    message: 'The disk leads from one file to the next, more than {deepest} times or in a circle.',
    remedy: 'Merge its checkpoints first, then choose the file that is left.',
  },
  'disk.differencing:snapshot': {
    title: 'Only the changes',
    message: 'The file is a snapshot: it holds only the differences from {parent}.',
    why: 'What is not in this file would be missing from the disk.',
    remedy:
      'Delete the snapshots in the virtual machine, which merges them, or clone the machine; then choose the disk of that.',
  },

  'disk.size.alignment': {
    title: 'Size is rounded up',
    message:
      'The disk is not a whole number of MiB long, as Azure demands: {padding:size} of zeros are added at its end.',
    remedy: 'Nothing to do: this is done during the upload.',
  },
  'disk.size.min': {
    title: 'Too small',
    message: 'The disk has {bytes:size}; Azure takes none below 20 MiB.',
    remedy: 'Choose the disk with the operating system.',
  },
  'disk.size.max': {
    title: 'Too large',
    message: 'The disk has {bytes:size}; a system disk in Azure may have {limit:size} at most.',
    remedy: 'Shrink the partitions and the disk, then export it again.',
  },
  'disk.size.cost': {
    title: 'Much empty space',
    message: 'The disk has {bytes:size} and holds at most {stored:size}. Azure charges by the size of the disk.',
    remedy: 'Shrink the disk if not every node needs that space.',
  },
  'disk.gpt.primary': {
    title: 'Partition table damaged',
    message: 'The first copy of the partition table is damaged; the second one is intact.',
    remedy: 'Mend it in the machine the disk comes from, then export it again.',
  },
  'disk.gpt.primary:lost': {
    title: 'Partition table lost',
    message: 'Both copies of the partition table are damaged.',
    remedy: 'Export the disk again.',
  },
  'disk.gpt.backup': {
    title: 'Second partition table missing',
    message: 'The second copy of the partition table at the end of the disk is not usable.',
    remedy: 'Harmless; it can be written anew.',
  },
  'disk.encrypted': {
    title: 'Encrypted',
    message: 'A partition is encrypted.',
    why: 'A node has no key to it and could not start.',
    remedy: 'Decrypt the disk fully in the machine, then export it again.',
  },
  'disk.encrypted:image': {
    title: 'Encrypted',
    message: 'The image itself is encrypted.',
    why: 'Azure has no key to it.',
    remedy: 'Convert it to an image without encryption, then choose the new file.',
  },
  'disk.encrypted:luks': {
    title: 'Encrypted',
    message: 'A partition is encrypted with LUKS.',
    why: 'A node has no key to it and could not start.',
    remedy: 'LUKS cannot be taken off a system disk: install the system anew without encryption.',
  },
  'disk.encrypted:bitlocker': {
    title: 'Encrypted',
    message: 'A partition is encrypted with BitLocker.',
    why: 'A node has no key to it and could not start; sysprep also refuses encrypted drives.',
    remedy: 'Decrypt the drive fully in the machine, wait until that has ended, then export the disk again.',
  },
  'boot.generation': {
    title: 'Generation',
    message: 'The disk starts as generation {generation}.',
    why: 'A pool node is generation 1 or 2 by its size; an image of the other generation does not start there.',
    remedy: 'Nothing to do.',
  },
  'boot.generation:both': {
    title: 'Generation',
    message: 'The disk can start as generation 1 and as generation 2; generation 2 is proposed.',
    why: 'A pool node is generation 1 or 2 by its size; an image of the other generation does not start there.',
    remedy: 'Choose the generation of the machine it comes from.',
  },
  'boot.loader.missing': {
    title: 'Nothing to start from',
    message: 'No EFI boot loader and no active partition with boot code was found.',
    why: 'A node would not start at all, and the pool would wait for it in vain.',
    remedy: 'Choose the disk with the operating system; if it is that one, repair its boot loader.',
  },
  'boot.loader.missing:esp': {
    title: 'Nothing to start from',
    message: 'The EFI system partition holds no boot loader where machines look for it (EFI/BOOT).',
    why: 'A node would not start at all, and the pool would wait for it in vain.',
    remedy: 'Choose the disk with the operating system; if it is that one, repair its boot loader.',
  },
  'boot.loader.missing:kernel': {
    title: 'No kernel',
    message: 'There is a Linux system, but no kernel for it in /boot.',
    why: 'A node would not start at all, and the pool would wait for it in vain.',
    remedy: 'Install a kernel in the machine, then export the disk again.',
  },
  'os.arch': {
    title: 'For Arm64 processors',
    message: 'The system is made for Arm64, not for the usual processors.',
    why: 'It starts only on node sizes with Arm64, and not every node agent exists for them.',
    remedy: 'Choose an Arm64 image definition and node sizes with Arm64.',
  },
  'os.arch:other': {
    title: 'For other processors',
    message: 'The system is made for processors that Azure does not have (32-bit, or another kind).',
    why: 'No node could start it.',
    remedy: 'Use a 64-bit system (x64 or Arm64).',
  },
  'os.identified': {
    title: 'Operating system',
    message: 'The system is {name}.',
    why: 'The node agent of the pool must be made for it.',
    remedy: 'Nothing to do.',
  },
  'guest.unreadable': {
    title: 'Files not checked',
    message: 'The files on {volumes} volumes were not read, so nothing is known about them.',
    why: 'Whether a node would start from it and report is only seen there.',
    remedy: 'Make sure yourself that the system is generalized and has no Azure extensions.',
  },
  'guest.unreadable:nothing': {
    title: 'No system recognised',
    message: 'The disk can be started from, but no file system that we know is on it.',
    why: 'Whether a node would start from it and report is only seen in its system.',
    remedy: 'Make sure yourself that it holds a generalized system without Azure extensions.',
  },
  'guest.unreadable:limit': {
    title: 'Looked at only in part',
    message: 'Looking at the disk took too much time or memory and was ended; what is inside is not known.',
    why: 'Whether a node would start from it and report is only seen there.',
    remedy: 'Check the file systems in the machine, then look again.',
  },
  'azure.extensions': {
    title: 'Azure extensions inside',
    message: 'Azure extensions are installed: {names}.',
    why: 'Pools from images with extensions may fail while nodes are made.',
    remedy: 'Remove the extensions from the machine and generalize it again.',
  },
}
