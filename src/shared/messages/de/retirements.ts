import type { retirementRows as english } from '../en/retirements'

/** Zeilen der Vorprüfung über das, was Azure beendet. */
export const retirementRows: typeof english = {
  endsNever: { title: 'Für {name} ist kein Ende angekündigt' },
  endsLater: { title: '{name} bleibt bis zum {on:day}[?, danach {replacement}]' },
  endsOpen: {
    title: '{name} läuft aus, bisher ohne Termin',
    todo: 'Wählen Sie besser etwas, das bleibt[?: {replacement}].',
  },
  sizeSoon: {
    title: 'Die VM-Größe {name} endet am {on:day}, in {days:number} {days:plural:Tag:Tagen}',
    todo: 'Ein Pool damit läuft bis dahin. Wählen Sie eine Größe, die bleibt[?: {replacement}].',
  },
  sizeOver: {
    title: 'Die VM-Größe {name} ist am {on:day} ausgelaufen',
    todo: 'Azure vergibt keine Knoten dieser Größe mehr. Wählen Sie eine andere[?: {replacement}].',
  },
  supportSoon: {
    title: 'Batch unterstützt {name} bis zum {on:day}, noch {days:number} {days:plural:Tag:Tage}',
    todo: 'Ein Pool damit läuft bis dahin. Nehmen Sie besser ein neueres System und dessen Agenten[?: {replacement}].',
  },
  supportOver: {
    title: 'Batch unterstützt {name} seit dem {on:day} nicht mehr',
    todo: 'Batch erstellt damit keine neuen Pools. Nehmen Sie ein neueres System und dessen Agenten[?: {replacement}].',
  },
  agentMissing: {
    title: 'Batch bietet {name} hier nicht an',
    todo: 'Wählen Sie aus der Liste den Agent des Systems auf Ihrem Datenträger[?: {replacement}].',
  },
  apiStays: { title: 'Für die Batch-API {name}, die diese App spricht, ist kein Ende angekündigt' },
  apiLater: { title: 'Die Batch-API {name}, die diese App spricht, bleibt bis zum {on:day}' },
  apiSoon: {
    title: 'Die Batch-API {name}, die diese App spricht, endet am {on:day}, in {days:number} {days:plural:Tag:Tagen}',
    todo: 'Holen Sie bis dahin eine neuere Version von Batch Image Studio.',
  },
  apiOver: {
    title: 'Die Batch-API {name}, die diese App spricht, ist am {on:day} ausgelaufen',
    todo: 'Holen Sie eine neuere Version von Batch Image Studio.',
  },
  apiOpen: {
    title: 'Die Batch-API {name}, die diese App spricht, läuft aus, bisher ohne Termin',
    todo: 'Holen Sie bald eine neuere Version von Batch Image Studio.',
  },
}
