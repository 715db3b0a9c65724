import type { changing as english } from '../en/changing'

export const changing: typeof english = {
  title: '„{step}“ ändern?',
  lead: 'Noch ist nichts geschehen. Was Sie in späteren Schritten eingegeben haben, bleibt.',
  again: 'Wird danach noch einmal gemacht',
  againTime: 'Meist zusammen etwa {n} {n:plural:Minute:Minuten}.',
  things: 'Was aus dem Angelegten wird',
  fates: {
    reused: 'bleibt und wird wieder verwendet',
    overwritten: 'bleibt, aber der Inhalt wird ersetzt: Was jetzt darin steht, ist dann weg',
    inTheWay: 'hat diesen Namen und lässt sich nicht ändern: Wählen Sie einen anderen Namen',
    unused: 'bleibt, aber dieser Durchlauf verwendet es nicht mehr',
  },
  costs: 'Kostet, bis es entfernt wird.',
  leaving: 'Wird beim Aufräumen entfernt.',
  remove: '{kind} {name} beim Aufräumen entfernen. Das lässt sich nicht rückgängig machen.',
  confirm: 'Ändern',
  keep: 'Lassen, wie es war',
  back: 'Zurück',
  notNow: 'In diesem Durchlauf arbeitet gerade etwas. Ein fertiger Schritt lässt sich ändern, wenn das beendet ist.',
  cloudFixed:
    'Die Cloud eines Durchlaufs lässt sich nicht mehr ändern, sobald dort etwas steht. Beginnen Sie für eine andere Cloud einen neuen Durchlauf.',
  unused: 'nicht mehr verwendet',
}
