import type { offline as english } from '../en/offline'

export const offline: typeof english = {
  source: {
    cloud: 'Aus der Cloud, {at}.',
    kept: 'Stand {at}, die letzte Antwort dieser Cloud.',
    catalog: 'Aus dem Katalog der App vom {at}. Die Liste der Cloud ersetzt ihn, sobald Sie angemeldet sind.',
    none: {
      subscriptions: 'Ihre Abonnements kennt nur die Cloud. Geben Sie die ID ein, oder wählen Sie nach der Anmeldung.',
      resourceGroups:
        'Ihre Ressourcengruppen kennt nur die Cloud. Geben Sie einen Namen ein; er wird geprüft, sobald die Cloud antwortet.',
      batchAccounts:
        'Ihre Batch-Konten kennt nur die Cloud. Geben Sie einen Namen ein; er wird geprüft, sobald die Cloud antwortet.',
      storageAccounts:
        'Ihre Speicherkonten kennt nur die Cloud. Geben Sie einen Namen ein; er wird geprüft, sobald die Cloud antwortet.',
      galleries:
        'Ihre Galleries kennt nur die Cloud. Geben Sie einen Namen ein; er wird geprüft, sobald die Cloud antwortet.',
      other: 'Diese Liste ist noch nicht da. Geben Sie den Wert ein; er wird geprüft, sobald die Cloud antwortet.',
    },
  },
  retires: 'endet am {at}',
  retired: 'beendet am {at}',
  warning: {
    unknownSize: 'Nicht in der Liste. Gibt es diese Größe in der Region dennoch, fahren Sie fort; die Cloud prüft es.',
    unknownAgent: 'Nicht in der Liste. Gibt es diesen Agent in Batch dennoch, fahren Sie fort; die Cloud prüft es.',
    retiringSize: 'Azure stellt diese Größe am {at} ein.',
    instead: 'An ihrer Stelle: {names}.',
    retiringAgent:
      'Batch unterstützt diesen Agent nur bis {at}. Bauen Sie das Image besser auf einem neueren System auf.',
    fitting: 'Passend: {agents}.',
  },
  queue: {
    word: 'wartet auf das Netz',
    note: 'wartet',
    title: 'Wartet auf das Netz',
    text: '{host} antwortet nicht, seit {at}. Wir sehen alle paar Sekunden nach und machen von selbst weiter; der Schritt prüft dann neu, was da ist. Sie können die App schließen: Beim nächsten Start wartet sie weiter.',
    tryNow: 'Jetzt versuchen',
    stop: 'Nicht warten',
    bar: '{step} wartet auf das Netz, geht von selbst weiter; seit {at}',
    row: '{step} wartet seit {at} auf das Netz und geht von selbst weiter.',
    announce: '{step} wartet auf das Netz und geht von selbst weiter.',
    waitingOne: 'Ein Durchlauf wartet auf das Netz.',
    waitingMany: '{n} Durchläufe warten auf das Netz.',
  },
}
