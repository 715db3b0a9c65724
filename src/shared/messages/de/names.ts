import type { names as english } from '../en/names'

export const names: typeof english = {
  resourceGroup: 'Bis zu 90 Buchstaben, Ziffern, Bindestriche, Unterstriche, Punkte und Klammern; am Ende kein Punkt.',
  batchAccount: '3 bis 24 Zeichen: nur Kleinbuchstaben und Ziffern.',
  storageAccount: '3 bis 24 Zeichen: nur Kleinbuchstaben und Ziffern. Der Name muss in ganz Azure frei sein.',
  container:
    '3 bis 63 Zeichen: Kleinbuchstaben, Ziffern und einzelne Bindestriche; am Anfang und am Ende ein Buchstabe oder eine Ziffer.',
  blob: 'Bis zu 1.024 Zeichen ohne \\ ? # und %; am Ende weder Punkt noch Schrägstrich.',
  disk: 'Bis zu 80 Buchstaben, Ziffern, Bindestriche und Unterstriche; vorn ein Buchstabe oder eine Ziffer, am Ende kein Bindestrich.',
  lun: 'Jeder weitere Datenträger braucht eine eigene Nummer (LUN), 0 bis 63.',
  gallery:
    'Bis zu 80 Buchstaben, Ziffern, Punkte und Unterstriche, keine Bindestriche; am Anfang und am Ende ein Buchstabe oder eine Ziffer.',
  imageDefinition:
    'Bis zu 80 Buchstaben, Ziffern, Punkte, Bindestriche und Unterstriche; am Anfang und am Ende ein Buchstabe oder eine Ziffer.',
  imagePart:
    'Bis zu 64 Buchstaben, Ziffern, Punkte, Bindestriche und Unterstriche; am Anfang ein Buchstabe oder eine Ziffer, am Ende kein Punkt.',
  imageVersion: 'Drei ganze Zahlen mit Punkten, zum Beispiel 1.0.0.',
  keyVault:
    'Die vollständige Ressourcen-ID eines Schlüsseltresors: /subscriptions/…/providers/Microsoft.KeyVault/vaults/….',
  pool: 'Bis zu 64 Buchstaben, Ziffern, Bindestriche und Unterstriche.',
  vm: 'Bis zu 64 Buchstaben, Ziffern und Bindestriche; an beiden Enden ein Buchstabe oder eine Ziffer. Für Windows bis zu 15.',
  adminUser:
    'Bis zu 20 Kleinbuchstaben, Ziffern, Binde- und Unterstriche, zuerst ein Buchstabe; kein Name, den Systeme sich vorbehalten, wie admin oder root.',
  cidr: 'Ein Adressbereich, zum Beispiel 203.0.113.7/32.',
}
