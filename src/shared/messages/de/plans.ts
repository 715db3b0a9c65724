import type { plans as english } from '../en/plans'

export const plans: typeof english = {
  menu: { open: 'Plan öffnen…', save: 'Als Plan speichern…' },
  home: 'Plan öffnen…',
  pick: { title: 'Plan öffnen', button: 'Öffnen', files: 'Pläne (YAML, JSON)', save: 'Als Plan speichern' },
  saved: 'Der Plan wurde als {file} gespeichert. Er enthält, was Sie eingetragen haben, und kein Geheimnis.',
  dialog: {
    title: 'Aus diesem Plan einen Durchlauf machen?',
    lead: 'Noch wurde nichts gesendet oder ausgeführt. Der Durchlauf entsteht, wenn Sie zustimmen; jeder Schritt wartet auch dann auf Sie.',
    name: 'Name des Durchlaufs',
    concerns: 'Dieser Plan liest oder führt von sich aus etwas aus',
    concernsText: 'Machen Sie nur weiter, wenn Sie das kennen und dem Verfasser des Plans vertrauen.',
    what: {
      file: 'Datei dieses Computers',
      profile: 'Cloudprofil, bestimmt, wohin Anmeldung und Anfragen gehen',
      script: 'Befehl, der mit Administratorrechten läuft',
      access: 'Wer in die Build-VM eingelassen wird',
    },
    values: 'Was er einträgt',
    value: '{step} – {field}',
    nothing: 'Er trägt nichts ein; die App schlägt die Werte vor.',
    agree: 'Ich habe das gelesen und vertraue dem Plan',
    create: 'Durchlauf anlegen',
  },
  elsewhere: {
    title: 'Ein anderes Programm arbeitet an diesem Durchlauf',
    text: 'Sie sehen hier, wie es weitergeht, und können solange nichts ändern. Wenn das andere Programm endet, können Sie hier weitermachen.',
  },
  adminRequest: {
    copy: 'Bitte an den Administrator kopieren',
    text: 'Bitte geben Sie meinem Konto eine Rolle mit der Aktion „{action}“ für „{scope}“. Im Azure-Portal: diese Ressource öffnen, Zugriffssteuerung (IAM), Rollenzuweisung hinzufügen. Azure antwortete: {message}',
  },
}
