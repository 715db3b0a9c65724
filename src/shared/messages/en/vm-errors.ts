/** What goes wrong with a build VM. `[?…]` is shown only where everything it names is known. */
export const vmErrors = {
  'vm.image-unsupported': {
    what: 'Batch has no node agent for the image “{image}”, so no pool could use what is made from it.',
    todo: 'Choose one from the list: it holds what Batch has verified.',
  },
  'vm.image-gone': {
    what: 'The Marketplace does not offer the image “{image}”[? in {region}].',
    todo: 'Choose another image or version; “latest” takes the newest one.',
  },
  'vm.image-plan': {
    what: 'The image “{image}” is sold with a plan: every image made from it would carry the plan, and Batch demands that its terms were accepted.',
    todo: 'Choose an image without a plan, such as one of Ubuntu, Debian or Windows Server.',
  },
  'vm.size-unavailable': {
    what: 'The size [?{size} ]cannot be had[? in {region}] with this subscription.',
    todo: 'Choose another size, or another region.',
  },
  'vm.size-generation': {
    what: 'The size {size} starts generation {found}, but the image is of generation {wanted}.',
    todo: 'Choose a size that starts generation {wanted}.',
  },
  'vm.size-architecture': {
    what: 'The size {size} has {found} processors, but the image is made for {wanted}.',
    todo: 'Choose a size with {wanted} processors.',
  },
  'vm.trusted-launch': {
    what: 'Trusted launch is not possible with “{what}”: it needs an image of generation 2 that supports it, and a size that does.',
    todo: 'Choose the security type Standard, or another image or size.',
  },
  'vm.trusted-launch-only': {
    what: 'The image “{image}” starts with trusted launch only.',
    todo: 'Choose the security type trusted launch. The pool then starts its nodes that way, too.',
  },
  'vm.no-capacity': {
    what: 'Azure has no free machine[? of the size {size}][? in {region}] at the moment.',
    todo: 'Try again later, or choose another size. Nothing is left over: what was made is used again.',
  },
  'vm.password-refused': {
    what: 'Azure does not accept the user name or password of the VM[?: {reason}].',
    todo: 'Choose another user name, then try again; the app makes another password.',
  },
  'vm.failed': {
    what: 'The VM “{name}” did not come up[?: {reason}].',
    todo: 'Try again: the failed VM is removed and made anew.',
  },
  'vm.stopped': {
    what: 'Somebody has stopped the VM “{name}”; it is {state} now.',
    todo: 'Let the app start it: what was done in it stays.',
  },
  'vm.agent-silent': {
    what: 'The VM “{name}” runs, but after {minutes} minutes the Azure agent in it still does not answer.',
    todo: 'Look at its serial log or picture in the Azure portal (Boot diagnostics). Then try again.',
  },
  'vm.started': {
    what: 'The VM “{name}” is {state}: somebody has started it again. What was generalized is not generalized any more.',
    todo: 'Generalize it again, then do the step “Deallocate” again.',
  },
  'vm.gone': {
    what: 'The build VM “{name}” is not there any more.',
    todo: 'Find out who cleans up there. Then create it anew, or go back to the snapshot if there is one.',
  },
  'vm.extension-present': {
    what: 'The VM has extensions, which an image for Batch must not have: {names}. Often a policy of the organisation installs them by itself.',
    todo: 'Let the app remove them, or ask an administrator to exempt this VM.',
  },
  'vm.extension-stuck': {
    what: 'The VM has extensions ({names}) that Azure cannot remove, because the VM is not running any more.',
    todo: 'Go back to the snapshot, remove them there, and generalize again.',
  },
  'vm.not-generalized': {
    what: 'The VM “{name}” is not marked as generalized, so no image can be made of it.',
    todo: 'Do the step “Mark” again.',
  },
  'vm.generalized': {
    what: 'The VM “{name}” is marked as generalized and can never start again.',
    todo: 'Go back to the snapshot: the VM is made anew from it.',
  },
  'vm.no-snapshot': {
    what: 'There is no way back: no snapshot of the VM was wanted.',
    todo: 'Create the build VM anew. What stands in the install recipe is installed again by itself.',
  },
  'vm.snapshot-gone': {
    what: 'The snapshot “{name}” is not there any more, so there is no way back.',
    todo: 'Create the build VM anew. What stands in the install recipe is installed again by itself.',
  },
  'vm.address-unknown': {
    what: 'We could not find out the public address of this computer: {url} does not say.',
    todo: 'Type who may connect, as an address range such as 203.0.113.7/32; your administrator knows it.',
  },
  'vm.open-to-all': {
    what: 'The range {range} lets in people whom nobody knows: the VM would be attacked within minutes.',
    todo: 'Type a smaller range, or leave the field empty for the address of this computer. If you really mean it, say so below the field.',
  },
  'vm.channel-failed': {
    what: 'Azure ran the script that opens the control channel of “{vm}”, but the channel did not open.',
    todo: 'What it printed stands below. Where Windows Update is blocked, OpenSSH Server cannot be added that way: choose to paste the script yourself, which says what to install instead.',
  },
}
