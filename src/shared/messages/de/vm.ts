import type { vm as english } from '../en/vm'

export const vm: typeof english = {
  concerns: {
    noTemporaryDisk:
      'Diese Größe hat keinen temporären Datenträger. Ein Image für Batch muss das standardmäßige temporäre Laufwerk verwenden; achten Sie darauf, dass nichts, was Sie installieren, ein anderes erwartet.',
    endsSoon: 'Batch unterstützt dieses Image nicht mehr lange. Ein neueres hält länger.',
    oldGeneration: 'Dieses Image hat Generation 1; neuere Größen starten sie nicht mehr.',
  },
  reach: {
    answers: 'Der Port der VM antwortet diesem Computer.',
    silent:
      'Der Port der VM antwortet diesem Computer nicht. Oft lässt eine Firmenfirewall nur Webverkehr hinaus: Wählen Sie dann in diesem Formular Port 443 und erstellen Sie die VM neu, oder arbeiten Sie aus einem anderen Netzwerk.',
    silentDesktop:
      'Der Port der VM für Remotedesktop (3389) antwortet diesem Computer nicht. Oft lässt eine Firmenfirewall nur Webverkehr hinaus: Wählen Sie dann in diesem Formular „Azure führt das Skript aus“ und Port 443 und erstellen Sie die VM neu, oder arbeiten Sie aus einem anderen Netzwerk.',
    unknown: 'Ob die VM von hier erreichbar ist, wurde nicht geprüft.',
  },
  partStates: { done: 'Erledigt', skipped: 'Ausgelassen' },
}
