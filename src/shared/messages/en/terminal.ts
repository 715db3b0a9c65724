/** What the app itself writes into a terminal. */
export const terminal = {
  lost: 'The connection was lost. Trying again…',
  restarting: 'The VM restarts. The shell comes back when it answers…',
  back: 'Connected again, in a new shell.',
  restarted: 'The VM has restarted. Connected again, in a new shell.',
  closed: 'The session is closed.',
  refused: 'The VM opens no shell:',
}
