import type { Phase, StepId } from '../../terms'

type StepTexts = {
  title: string
  /** Label in the checklist. */
  short: string
  /** One sentence under the title. */
  why: string
  /** Short sentences of the panel that explains: why at all, and how we do it. */
  how: string[]
  /** What it makes, or empty. */
  makes: string
  /** What happens when the app is closed while it runs. */
  mayClose: string
}

export const phases: Record<Phase, string> = {
  decide: 'Decide',
  connect: 'Connect',
  prepare: 'Prepare',
  disk: 'Disk image',
  vm: 'Build VM',
  image: 'Image',
  pool: 'Pool',
  finish: 'Finish',
}

const quick = 'This takes seconds. If the app is closed, simply do the step again.'

export const steps: Record<StepId, StepTexts> = {
  'decide.image': {
    title: 'Do you need an image of your own?',
    short: 'Image or start task',
    why: 'An image of your own pays off when setting up each node takes long or needs a restart.',
    how: [
      'Every pool starts its nodes from an image that brings the operating system.',
      'A ready-made Marketplace image is the least work: a start task installs what is missing on every new node.',
      'Your own image has everything inside already, so nodes are ready sooner and all alike.',
      'Tick what is true for you; we suggest one way, and you decide.',
    ],
    makes: '',
    mayClose: 'You may close the app at any time; your answers are kept.',
  },
  'connect.cloud': {
    title: 'Choose where the work happens',
    short: 'Cloud',
    why: 'Practise on this computer first, or work in your real Azure subscription.',
    how: [
      'The practice cloud runs on this computer, costs nothing and answers like Azure.',
      'A run that worked there can be repeated for real with the same answers.',
      'For real Azure the app needs the id of an app registration in your organisation; it brings none of its own.',
    ],
    makes: '',
    mayClose: 'You may close the app at any time; the choice is kept.',
  },
  'connect.signIn': {
    title: 'Sign in',
    short: 'Sign-in',
    why: 'Azure must know who you are; one sign-in serves all steps.',
    how: [
      'You sign in on Microsoft’s own page in your browser; the app never sees your password.',
      'If no browser can open here, use a code and sign in on another device.',
      'Keys of accounts are never used: pools with an image of your own accept only a sign-in like this one.',
    ],
    makes: '',
    mayClose: 'If the app is closed meanwhile, sign in once more afterwards.',
  },
  'connect.scope': {
    title: 'Subscription, region and resource group',
    short: 'Subscription and region',
    why: 'Everything this run makes lies together in one region and one resource group.',
    how: [
      'Image and nodes must be in the same region, so the region is chosen once here.',
      'A resource group of its own makes it easy to see and remove what belongs together.',
      'Nothing is made yet: the next step checks whether all of it can work, and then makes the group.',
    ],
    makes: '',
    mayClose: 'You may close the app at any time; the choice is kept.',
  },
  'prepare.preflight': {
    title: 'Can all of it work?',
    short: 'Preflight',
    why: 'What is missing is found now, before hours of waiting, and not in the middle.',
    how: [
      'A subscription must have each Azure service switched on once; new ones have not.',
      'Your account needs certain rights. We compare them action by action with what this run will do.',
      'Quotas limit how many cores your nodes may use; new accounts often start at 0.',
      'Only when the checks are through is the resource group made, the first thing this run leaves in Azure.',
    ],
    makes: 'A resource group, unless you name one that exists.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'prepare.account': {
    title: 'Batch account',
    short: 'Batch account',
    why: 'Pools and their nodes belong to a Batch account.',
    how: [
      'Choose an account in this region, or let us create one.',
      'The pool allocation mode is fixed when the account is created. With “Batch service” the account’s own quota counts, with “user subscription” that of your subscription.',
      'Images from a gallery work in both modes; years ago your own image needed the second one.',
      'We show the core quota now, because a quota of 0 stops every node later.',
    ],
    makes: 'A Batch account, unless you choose one that exists.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'prepare.storage': {
    title: 'Storage account for the upload',
    short: 'Storage account',
    why: 'Only a disk that travels as a blob needs it; a managed disk takes the bytes by itself.',
    how: [
      'Nothing is to be done here as long as the upload goes into a managed disk.',
      'A general-purpose account is needed for blobs, because a VHD is stored as a page blob.',
      'It must be in the region in which the image is made; we check that.',
      'Your role must allow writing blobs; being owner of the account alone is not enough.',
    ],
    makes: 'For blobs a storage account, unless you choose one, and a container in it.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'disk.choose': {
    title: 'Choose the disk image',
    short: 'Choose file',
    why: 'This file becomes the system disk of every node.',
    how: [
      'Choose the file of the disk with the operating system on it: VHD, VHDX, qcow2, VMDK, VDI or raw. No second file is written.',
      'Further disks of the same machine can come along as data disks.',
      'The virtual machine it comes from must be shut down and must not be started again.',
      'We remember size and time of the file and notice if it changes later. It is only ever read.',
    ],
    makes: '',
    mayClose: quick,
  },
  'disk.inspect': {
    title: 'Look inside the disk image',
    short: 'Inspect',
    why: 'What would stop a node is cheaper to find here than after hours of upload.',
    how: [
      'The same fault found on the pool costs the hours of the upload and the nodes.',
      'We read partition tables, file systems and the settings of the system straight out of the file. Nothing is sent, nothing in it is changed.',
      'What the disk tells about generation, system and node agent is proposed to the later steps.',
      'After you fixed something: shut the machine down, come back, scan again. We notice when the file changes.',
    ],
    makes: '',
    mayClose: quick,
  },
  'disk.upload': {
    title: 'Upload the disk',
    short: 'Upload',
    why: 'The disk travels once; everything after that happens inside Azure.',
    how: [
      'Ranges that hold only zeros stay here, so usually much less is sent than the disk is large.',
      'Each piece carries a checksum that Azure verifies on arrival.',
      'After a break we ask Azure which pieces are there and send only the rest.',
      'The end of the VHD is written last: an unfinished upload can never be taken for a finished one.',
    ],
    makes: 'A managed disk, or a blob, for each disk. All are removed at clean-up.',
    mayClose: 'If the app is closed, the upload pauses and goes on from there when you come back.',
  },
  'vm.plan': {
    title: 'Choose image and size of the build VM',
    short: 'Plan the build VM',
    why: 'A build VM starts from an image that Batch has a node agent for; you install your software in it.',
    how: [
      'Only Marketplace images that Batch has verified are offered, so a node agent for them exists.',
      'The generation is fixed by the image and must fit the size of build VM and nodes.',
      'The size can be small: it only matters how long installing takes. The nodes of the pool get a size of their own.',
    ],
    makes: '',
    mayClose: 'You may close the app at any time; your choice is kept.',
  },
  'vm.create': {
    title: 'Create the build VM',
    short: 'Create build VM',
    why: 'A VM of its own, in a resource group of its own, that only this computer can reach.',
    how: [
      'Everything is made in a new resource group with our mark, so it can be removed as a whole.',
      'The network lets in this computer’s public address only, and only while you work with the VM.',
      'The app makes a key for it; no password travels.',
    ],
    makes:
      'A resource group with a VM, its disk, network card, public address and network. The VM costs money until it is deallocated.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'vm.install': {
    title: 'Install your software',
    short: 'Install software',
    why: 'Do it by hand in the terminal or desktop, or let a recipe do it; the recipe works again next time.',
    how: [
      'Open a terminal or desktop inside the app.',
      'What you keep as parts runs in order, each with its result, and can be repeated.',
      'Files are copied by drag and drop.',
    ],
    makes: '',
    mayClose: 'If the app is closed, the part that runs is broken off; finished parts are not repeated.',
  },
  'vm.snapshot': {
    title: 'Keep a way back',
    short: 'Snapshot',
    why: 'Generalizing cannot be undone in the VM; a snapshot of its disk can bring it back.',
    how: [
      'The snapshot is a copy of the disk as it is now.',
      'It costs a little for the room it takes and is removed at clean-up.',
    ],
    makes: 'A snapshot of the disk with the system.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'vm.restore': {
    title: 'Go back to the snapshot',
    short: 'Way back',
    why: 'Forgot something? The VM comes back as it was before it was generalized.',
    how: ['A new disk is made from the snapshot and the VM starts from it again.', 'Steps after it are done again.'],
    makes: 'A disk made from the snapshot.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'vm.generalize': {
    title: 'Generalize the system',
    short: 'Generalize',
    why: 'What makes this VM unique is removed, so that every node starts as a new computer.',
    how: [
      'On Linux the Azure agent removes user, host keys and machine id; on Windows Sysprep does it.',
      'Checks look first for what makes generalizing fail or nodes unusable.',
      'Afterwards nobody can sign in to the VM any more.',
    ],
    makes: '',
    mayClose: 'If the app is closed, the system goes on; we look again when you come back.',
  },
  'vm.deallocate': {
    title: 'Deallocate the VM',
    short: 'Deallocate',
    why: 'The VM must have given its hardware back before an image can be made of it.',
    how: [
      'A VM that is only shut down still costs money; a deallocated one does not.',
      'The state is read back from Azure.',
    ],
    makes: '',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'vm.mark': {
    title: 'Mark the VM as generalized',
    short: 'Mark',
    why: 'Azure makes an image only of a VM that is marked as generalized.',
    how: [
      'The mark cannot be taken away: this VM never starts again.',
      'The snapshot can still bring its system back as a new VM.',
    ],
    makes: '',
    mayClose: 'This takes seconds. If the app is closed, simply do the step again.',
  },
  'image.gallery': {
    title: 'Gallery',
    short: 'Gallery',
    why: 'Batch takes images of your own only from an Azure Compute Gallery.',
    how: [
      'A gallery is the shelf on which your images stand, with all their versions.',
      'Pools straight from a VHD or from a managed image ended on 31 March 2026; the gallery replaces both.',
      'Use a gallery you have, or let us make one; it costs nothing by itself.',
    ],
    makes: 'A gallery, unless you choose one that exists.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'image.definition': {
    title: 'Image definition',
    short: 'Image definition',
    why: 'It says once for all versions what kind of system this is.',
    how: [
      'Operating system, generation and processor type are fixed here and cannot be changed later.',
      'We fill in what the disk itself has told us.',
      'Publisher, offer and SKU are names of your own choice; together they occur once in a gallery.',
    ],
    makes: 'An image definition in the gallery.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'image.version': {
    title: 'Image version and its regions',
    short: 'Version and replicas',
    why: 'The uploaded disk becomes a numbered version that nodes can start from.',
    how: [
      'Azure copies the disk into the gallery and then to every region you list.',
      'The region of the Batch account must be among them: nodes start only from a copy nearby.',
      'One copy serves about 300 nodes; more nodes need more copies.',
      'A version is never overwritten. Next time you make 1.0.1 and can go back at any time.',
    ],
    makes: 'An image version with its copies. Copies cost storage for as long as they exist.',
    mayClose: 'You may close the app; Azure goes on without it, and we look again when you come back.',
  },
  'pool.create': {
    title: 'Create the pool',
    short: 'Create pool',
    why: 'The pool ties image, node size and node agent together.',
    how: [
      'The pool starts with a single node: a mistake in the image then costs one node, not a hundred.',
      'The node agent must fit the operating system in the image; we propose the one that does.',
      'Only sizes that fit generation and quota make sense; the rest would be refused by Azure later.',
    ],
    makes: 'A pool with one node. The node costs money until it is removed or scaled to 0.',
    mayClose: 'You may close the app; Azure goes on, and we look again when you come back.',
  },
  'pool.canary': {
    title: 'The first node',
    short: 'First node',
    why: 'One idle node proves that your image works; only then are there more.',
    how: [
      'We watch the node from its first start until it waits for work.',
      'If it becomes unusable, we show what Batch reports and what usually is the cause.',
      'When it is idle, the pool is brought to the numbers you want. Spot nodes cost less and can be taken away at any time.',
    ],
    makes: 'As many nodes as you want. They cost money until the pool is scaled to 0.',
    mayClose: 'You may close the app; the node goes on starting, and we look again when you come back.',
  },
  'finish.verify': {
    title: 'Check the result',
    short: 'Verify',
    why: 'We ask Azure once more whether all is as it should be.',
    how: [
      'The pool must name exactly the version that was made in this run.',
      'The version must be complete in the pool’s region, and the node must be idle.',
      'The list of pools shows which image each of them uses.',
    ],
    makes: '',
    mayClose: quick,
  },
  'finish.cleanup': {
    title: 'Clean up',
    short: 'Clean up',
    why: 'What was only needed on the way should not cost money any longer.',
    how: [
      'We remove only what this run made, newest first, and only if Azure shows our mark on it.',
      'Image and pool stay, unless you choose to remove them as well.',
      'If Azure refuses one thing, the rest is still removed, and you see what is left and why.',
    ],
    makes: '',
    mayClose: 'If the app is closed, do the step again: what is already gone counts as done.',
  },
  'finish.report': {
    title: 'Report',
    short: 'Report',
    why: 'One page shows what was done, when, and with which proof.',
    how: [
      'It lists each step with its times, the resources and Azure’s own request ids.',
      'It holds no passwords, keys or access addresses, so you can pass it on.',
      'It is a file on this computer and opens in any browser without a network.',
    ],
    makes: 'A page (HTML) on this computer.',
    mayClose: quick,
  },
}
