/** Words on the cards of the build VM. */
export const vm = {
  concerns: {
    noTemporaryDisk:
      'This size has no temporary disk. An image for Batch must use the default temporary drive, so check that nothing you install expects one elsewhere.',
    endsSoon: 'Batch ends its support for this image soon. A newer one lasts longer.',
    oldGeneration: 'This image is of generation 1, which newer sizes no longer start.',
  },
  reach: {
    answers: 'The VM’s port answers this computer.',
    silent:
      'The VM’s port does not answer this computer. Often an office firewall lets nothing out but web traffic: then choose port 443 in this form and create the VM anew, or work from another network.',
    silentDesktop:
      'The VM’s port for Remote Desktop (3389) does not answer this computer. Often an office firewall lets nothing out but web traffic: then choose “Azure runs the script” and port 443 in this form and create the VM anew, or work from another network.',
    unknown: 'Whether the VM can be reached from here was not tried.',
  },
  partStates: { done: 'Done', skipped: 'Left out' },
}
