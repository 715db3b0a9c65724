import type { picking as english } from '../en/picking'

export const picking: typeof english = {
  createNew: '„{name}“ neu anlegen',
  use: '„{name}“ verwenden',
  modes: { create: 'neu', choose: 'vorhanden' },
  sections: {
    recent: 'Zuletzt verwendet',
    recommended: 'Passt am besten',
    others: 'Alle anderen',
    unfit: 'Passt hier nicht',
  },
  unfit: {
    generation: 'Startet nur Generation {found}; das Image ist {wanted}.',
    architecture: 'Läuft mit {found}; das Image ist {wanted}.',
    quota: 'Noch {left} von {limit} Kernen dieser Familie frei, {needed} nötig.',
    region: 'In {region}, nicht in {wanted}.',
    system: 'Ist für {found}; der Datenträger enthält {wanted}.',
    roleBasedVault: 'Verwendet Azure RBAC; Batch braucht „Tresorzugriffsrichtlinie“.',
    restricted: 'In dieser Region mit diesem Abonnement nicht verfügbar.',
  },
  columns: {
    cores: 'vCPU',
    memoryGb: 'Arbeitsspeicher',
    localDiskGb: 'Lokaler Datenträger',
    generations: 'Generation',
  },
  gibibytes: '{n} GiB',
  noDisk: 'keiner',
  found: '{n} {n:plural:Eintrag:Einträge}',
  proposed: 'vorgeschlagen',
  reset: 'Zurück zum Vorschlag',
  resetField: '{field}: zurück zum Vorschlag',
  names: {
    asking: 'Azure wird nach „{name}“ gefragt …',
    free: '„{name}“ ist frei.',
    taken: '„{name}“ ist vergeben.',
    refused: 'Azure lässt „{name}“ nicht zu.',
    yours: '„{name}“ stammt von diesem Durchlauf und wird wieder verwendet.',
    there: '„{name}“ ist vorhanden und wird verwendet.',
    unknown: 'Ob „{name}“ frei ist, lässt sich gerade nicht erfragen; der Schritt wird es zeigen.',
  },
}
