import type { terminal as english } from '../en/terminal'

/** What the app itself writes into a terminal. */
export const terminal: typeof english = {
  lost: 'Die Verbindung ist abgebrochen. Es wird wieder versucht …',
  restarting: 'Die VM startet neu. Die Shell kommt wieder, sobald sie antwortet …',
  back: 'Wieder verbunden, in einer neuen Shell.',
  restarted: 'Die VM wurde neu gestartet. Wieder verbunden, in einer neuen Shell.',
  closed: 'Die Sitzung ist beendet.',
  refused: 'Die VM öffnet keine Shell:',
}
