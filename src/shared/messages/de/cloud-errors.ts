import type { cloudErrors as english } from '../en/cloud-errors'

export const cloudErrors: { [Code in keyof typeof english]: { what: string; todo: string } } = {
  'plan.untrusted': {
    what: 'Dieser Plan nennt eigene Dateien oder Befehle, und niemand hat sie bestätigt: {items}.',
    todo: 'Lesen Sie sie. Wenn Sie dem Plan vertrauen, führen Sie ihn mit --trust-plan noch einmal aus oder nennen Sie die Werte selbst mit --set.',
  },
  'cloud.gone': {
    what: 'Das hat jemand gelöscht, während darauf gewartet wurde: {kind:kind} „{name}“.',
    todo: 'Klären Sie, wer dort aufräumt. Versuchen Sie es dann erneut: Es wird neu angelegt.',
  },
  'cloud.subscription-disabled': {
    what: 'Das Abonnement[? {subscription}] ist deaktiviert: Es lässt sich lesen, aber nicht ändern.',
    todo: 'Wählen Sie ein anderes Abonnement oder bitten Sie den Besitzer, es im Azure-Portal wieder zu aktivieren (Kostenverwaltung + Abrechnung).',
  },
  'cloud.subscription-unknown': {
    what: 'Ihr Konto sieht das Abonnement[? {subscription}] nicht.',
    todo: 'Wählen Sie eines aus der Liste oder melden Sie sich mit dem Konto und dem Mandanten an, zu denen es gehört.',
  },
  'cloud.locked': {
    what: 'Eine Sperre in Azure verbietet diese Änderung[? an {scope}].',
    todo: 'Bitten Sie den Besitzer, die Sperre[? „{lock}“] zu entfernen (Azure-Portal, Einstellungen, Sperren), oder wählen Sie eine andere Ressourcengruppe. Versuchen Sie es dann erneut.',
  },
  'cloud.policy': {
    what: 'Eine Richtlinie Ihrer Organisation lässt „{name}“ nicht zu[?: {policy}].',
    todo: 'Ändern Sie, was die Richtlinie verbietet, etwa Region, Größe oder Namen, oder bitten Sie einen Administrator um eine Ausnahme.',
  },
  'cloud.version-dropped': {
    what: 'Azure versteht diese Version der App nicht mehr.',
    todo: 'Installieren Sie die neueste Version. Ihre Durchläufe bleiben erhalten und gehen dort weiter.',
  },
  'clock.wrong': {
    what: 'Die Uhr dieses Computers geht um etwa {minutes} Minuten falsch, deshalb nimmt Azure seine Anfragen nicht an.',
    todo: 'Lassen Sie den Computer die Uhrzeit selbst einstellen (Einstellungen für Datum und Uhrzeit) und versuchen Sie es dann erneut.',
  },
  'storage.firewall': {
    what: 'Die Firewall des Speicherkontos „{account}“ lässt diesen Computer nicht zu.',
    todo: 'Bitten Sie den Besitzer, Ihr Netzwerk zuzulassen (Azure-Portal, Netzwerk), oder wählen Sie ein anderes Speicherkonto. Versuchen Sie es dann erneut.',
  },
  'account.private': {
    what: 'Das Batch-Konto „{account}“ antwortet nur in seinem privaten Netzwerk.',
    todo: 'Verbinden Sie sich mit diesem Netzwerk, bitten Sie den Besitzer um öffentlichen Zugriff für Ihre Adresse oder wählen Sie ein anderes Batch-Konto.',
  },
  'account.key-refused': {
    what: 'Pools aus Gallery-Images lassen sich nicht mit einem Kontoschlüssel erstellen.',
    todo: 'Melden Sie sich mit Ihrem Microsoft-Entra-Konto an.',
  },
  'quota.subscription': {
    what: 'Im Abonnement sind für diese Größe keine Kerne mehr frei[? ({family})][? in {region}][?: {needed} nötig, {used} von {limit} belegt].',
    todo: 'Wählen Sie eine Größe einer anderen Familie oder eine andere Region, oder beantragen Sie mehr vCPUs für das Abonnement (Azure-Portal, Kontingente, Compute).',
  },
  'upload.disk-gone': {
    what: 'Der verwaltete Datenträger „{disk}“ mit den hochgeladenen Bytes ist nicht mehr da.',
    todo: 'Klären Sie, wer dort aufräumt. Laden Sie dann erneut hoch: Ein neuer Datenträger wird angelegt.',
  },
  'upload.disk-in-use': {
    what: 'Die Bytes des verwalteten Datenträgers „{disk}“ sind noch für jemanden freigegeben.',
    todo: 'Brechen Sie den Export oder Upload im Azure-Portal ab (Datenträger, „Export abbrechen“) oder warten Sie dessen Ende ab; versuchen Sie es dann erneut.',
  },
  'quota.disks': {
    what: 'Das Abonnement darf keine weiteren verwalteten Datenträger haben[? in {region}][?: {used} von {limit} belegt].',
    todo: 'Löschen Sie Datenträger, die niemand braucht, oder beantragen Sie mehr (Azure-Portal, Kontingente, Compute) und versuchen Sie es erneut; oder senden Sie den Datenträger in einen Seitenblob.',
  },
  'quota.spot': {
    what: 'Das Spot-Kontingent des Batch-Kontos ist erschöpft[?: {limit} Kerne erlaubt, {used} belegt].',
    todo: 'Verlangen Sie weniger Spot-Knoten, nehmen Sie dedizierte Knoten oder beantragen Sie mehr Kontingent für dieses Batch-Konto.',
  },
  'image.bad-size': {
    what: 'Einen Datenträger dieser Größe nimmt Azure nicht an[?: {bytes:number} Bytes]. Es müssen ganze MiB sein und mindestens 20 MiB.',
    todo: 'Laden Sie den Datenträger mit dieser App unter neuem Namen noch einmal hoch: Sie füllt das letzte MiB auf und berichtigt die Fußzeile.',
  },
  'image.not-vhd': {
    what: 'Was im Speicherkonto liegt, ist keine VHD mit fester Größe in einem Seitenblob.',
    todo: 'Laden Sie den Datenträger mit dieser App unter neuem Namen noch einmal hoch: Sie schreibt die Art von Blob, die Azure braucht.',
  },
  'image.too-large': {
    what: 'Der Datenträger ist für eine Imageversion zu groß[?: {size} GiB, höchstens {limit} GiB].',
    todo: 'Verkleinern Sie den Datenträger dort, wo er entstanden ist, exportieren Sie ihn erneut und wählen Sie die neue Datei.',
  },
  'image.gone': {
    what: 'Die Imageversion des Pools wurde gelöscht[?: {image}].',
    todo: 'Legen Sie die Version unter derselben Nummer neu an und verlangen Sie den Knoten dann noch einmal.',
  },
  'image.trusted-launch': {
    what: 'Die Imagedefinition erlaubt nur Computer mit „Vertrauenswürdiger Start“, und das hat dieser Pool nicht.',
    todo: 'Wählen Sie einen anderen Namen für die Imagedefinition: Die App legt dann eine mit dem Sicherheitstyp „Standard“ an.',
  },
  'pool.size-unavailable': {
    what: 'Die VM-Größe[? {size}] ist[? in {region}] für dieses Abonnement gerade nicht zu haben.',
    todo: 'Wählen Sie eine andere Größe oder ein Batch-Konto in einer anderen Region.',
  },
  'pool.no-capacity': {
    what: 'Azure hat gerade keine Computer dieser Größe frei; Batch hat das Warten aufgegeben.',
    todo: 'Versuchen Sie es später erneut. Wenn es eilt, wählen Sie eine andere Größe.',
  },
  'pool.terms': {
    what: 'Das Basisimage dieses Pools darf erst verwendet werden, wenn seine Marketplace-Bedingungen angenommen sind.',
    todo: 'Lassen Sie sie von einem Besitzer des Abonnements annehmen (Azure-Portal, Marketplace; bei einem privaten Marketplace hilft dessen Administrator) und versuchen Sie es dann erneut.',
  },
  'pool.too-many-nodes': {
    what: 'Die Zahl der Knoten, die miteinander sprechen dürfen, ist je Pool begrenzt[? auf {limit}].',
    todo: 'Verlangen Sie weniger Knoten oder schalten Sie die Kommunikation zwischen Knoten für diesen Pool aus.',
  },
  'pool.dependency-gone': {
    what: 'Etwas, das der Pool braucht, gibt es nicht mehr: {reason}',
    todo: 'Stellen Sie es wieder her oder erstellen Sie den Pool ohne es neu.',
  },
  'pool.still-deleting': {
    what: 'Der Pool „{name}“ wird seit {minutes} Minuten gelöscht und ist noch da.',
    todo: 'Vier Ursachen kommen infrage: eine Sperre auf der Ressourcengruppe, etwas anderes, das Netzwerkteile des Pools benutzt, Microsoft.Batch ist im Abonnement nicht mehr registriert, oder Batch hat dort seine Rechte verloren. Versuchen Sie es danach erneut.',
  },
  'pool.wrong-agent': {
    what: 'Der Knoten blieb stumm: Im Image steckt {os}, aber der Knoten-Agent „{agent}“ ist für ein anderes System gemacht.',
    todo: 'Wählen Sie den Knoten-Agenten, der zu {os} passt, und erstellen Sie den Pool unter neuem Namen.',
  },
}
