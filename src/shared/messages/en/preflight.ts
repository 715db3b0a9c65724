/** Words of the preflight: its form, its card, and the text for the admin. */
export const preflight = {
  register: {
    label: 'Switch on the Azure services that are missing',
    hint: 'Needed once per subscription and free of charge: Batch, Compute and Storage.',
  },
}
