import type { machines as english } from '../en/machines'

export const machines: typeof english = {
  power: {
    starting: 'startet',
    running: 'läuft',
    stopping: 'wird beendet',
    stopped: 'beendet, kostet weiter',
    deallocating: 'Zuordnung wird aufgehoben',
    deallocated: 'beendet (Zuordnung aufgehoben)',
    unknown: 'nicht bekannt',
  },
  address: {
    looking: 'Die öffentliche Adresse dieses Computers wird ermittelt…',
    own: 'Öffentliche Adresse dieses Computers im Augenblick: {address}. Niemand sonst würde eingelassen.',
    within: 'Öffentliche Adresse dieses Computers im Augenblick: {address}. Der Bereich lässt sie ein.',
    outside:
      'Die öffentliche Adresse dieses Computers ist im Augenblick {address}. Der Bereich {range} lässt sie nicht ein: Sie kämen von hier nicht hinein.',
    detect: 'Adresse dieses Computers ermitteln',
    again: 'Neu ermitteln',
  },
  screen: {
    title: 'Der Bildschirm der VM, von außen',
    text: 'Ohne Steuerkanal lässt sich nur nach Energiezustand und Bild urteilen. Azure nimmt das Bild von Zeit zu Zeit auf; es kann einige Minuten alt sein.',
    power: 'Energiezustand',
    look: 'Bildschirm ansehen',
    again: 'Noch einmal ansehen',
    at: 'Angesehen um {at}',
    picture: 'Bild vom Bildschirm der VM',
    none: 'Es gibt noch kein Bild. Azure nimmt das erste einige Minuten nach dem Start auf.',
    unreadable: 'Azure hat etwas geschickt, das kein Bild ist.',
  },
}
