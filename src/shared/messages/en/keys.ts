/** Dialogs about private keys. */
export const keys = {
  pick: { title: 'Choose your private key', button: 'Use this key' },
  save: { title: 'Save the private key of the build VM', button: 'Save' },
}
