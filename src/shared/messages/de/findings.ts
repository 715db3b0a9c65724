import type { findings as english } from '../en/findings'

export const findings: typeof english = {
  'disk.format.unknown': {
    title: 'Kein Datenträgerimage',
    message: 'Die Datei hat weder eine Partitionstabelle noch ein Format, das wir kennen.',
    remedy: 'Wählen Sie ein Datenträgerimage; falls es eines war, exportieren Sie es noch einmal.',
  },
  'disk.format.unsupported': {
    title: 'Anderes Format',
    message: 'Die Datei ist ein Datenträgerimage, aber keine VHD mit fester Größe.',
    remedy: 'Wandeln Sie sie in eine VHD mit fester Größe um und wählen Sie diese Datei.',
  },
  'disk.format.compressed': {
    title: 'Gepackte Datei',
    message: 'Die Datei ist gepackt; der Datenträger steckt irgendwo darin.',
    remedy: 'Entpacken Sie sie zuerst und wählen Sie dann den Datenträger.',
  },
  'disk.format.iso': {
    title: 'Installationsmedium',
    message: 'Die Datei ist das Abbild einer CD oder DVD, kein installiertes System.',
    remedy: 'Installieren Sie davon einen virtuellen Computer und nehmen Sie dessen Datenträger.',
  },
  'disk.format.extension': {
    title: 'Name und Inhalt passen nicht zusammen',
    message: 'Die Datei ist etwas anderes, als ihr Name sagt. Es zählt der Inhalt.',
    remedy: 'Nichts zu tun, wenn es die gemeinte Datei ist.',
  },
  'disk.empty': {
    title: 'Leerer Datenträger',
    message: 'Der Datenträger enthält nur Nullen.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem oder exportieren Sie ihn noch einmal.',
  },
  'disk.truncated': {
    title: 'Abgeschnitten',
    message: 'Die Datei oder eine Partition darin endet zu früh.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header': {
    title: 'Beschädigte VHD',
    message: 'Die Beschreibung am Ende der VHD passt nicht zur Datei.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.footer': {
    title: 'Ende der VHD unvollständig',
    message: 'Die letzten 512 Bytes der VHD fehlen oder haben eine alte Form; die Daten selbst sind da.',
    remedy: 'Nichts zu tun: Beim Hochladen wird ein richtiges Ende geschrieben.',
  },
  'disk.vhd.footer-checksum': {
    title: 'Prüfsumme der VHD falsch',
    message: 'Die Prüfsumme am Ende der VHD stimmt nicht; die Daten selbst sind da.',
    remedy: 'Nichts zu tun: Beim Hochladen wird ein richtiges Ende geschrieben.',
  },
  'disk.differencing': {
    title: 'Nur die Änderungen',
    message: 'Die Datei enthält nur die Unterschiede zu einem anderen Datenträger.',
    remedy: 'Führen Sie den Prüfpunkt zuerst mit seinem Vorgänger zusammen und wählen Sie dann diese Datei.',
  },
  'disk.size.alignment': {
    title: 'Größe wird aufgerundet',
    message: 'Die Länge des Datenträgers ist keine ganze Zahl von MiB, wie Azure es verlangt.',
    remedy: 'Nichts zu tun: Beim Hochladen wird mit Nullen aufgefüllt.',
  },
  'disk.size.min': {
    title: 'Zu klein',
    message: 'Der Datenträger ist kleiner als die 20 MiB, die Azure verlangt.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem.',
  },
  'disk.size.max': {
    title: 'Zu groß',
    message: 'Der Datenträger ist größer, als ein Systemdatenträger in Azure sein darf.',
    remedy: 'Verkleinern Sie die Partitionen und den Datenträger und exportieren Sie ihn dann noch einmal.',
  },
  'disk.size.cost': {
    title: 'Viel leerer Platz',
    message:
      'Der Datenträger ist viel größer als das, was darauf liegt. Azure berechnet die Größe des ganzen Datenträgers.',
    remedy: 'Verkleinern Sie ihn, wenn nicht jeder Knoten diesen Platz braucht.',
  },
  'disk.gpt.primary': {
    title: 'Partitionstabelle beschädigt',
    message: 'Die erste Kopie der Partitionstabelle ist beschädigt.',
    remedy:
      'Reparieren Sie sie auf dem Computer, von dem der Datenträger stammt, und exportieren Sie ihn dann noch einmal.',
  },
  'disk.gpt.backup': {
    title: 'Zweite Partitionstabelle fehlt',
    message: 'Die zweite Kopie der Partitionstabelle am Ende des Datenträgers ist nicht brauchbar.',
    remedy: 'Das schadet nicht; mit sgdisk -e lässt sie sich neu schreiben.',
  },
  'disk.encrypted': {
    title: 'Verschlüsselt',
    message: 'Eine Partition ist verschlüsselt; kein Knoten könnte davon starten.',
    remedy: 'Entschlüsseln Sie den Datenträger auf dem Computer vollständig und exportieren Sie ihn dann noch einmal.',
  },
  'boot.generation': {
    title: 'Generation',
    message: 'Wie der Datenträger startet, bestimmt die Generation: mit BIOS ist es 1, mit UEFI ist es 2.',
    remedy: 'Sind beide möglich, wählen Sie die des Computers, von dem er stammt.',
  },
  'boot.loader.missing': {
    title: 'Nichts zum Starten',
    message: 'Es wurde kein Betriebssystem gefunden, das starten könnte.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem oder reparieren Sie dessen Startladeprogramm.',
  },
  'os.arch': {
    title: 'Für Arm64-Prozessoren',
    message: 'Das System ist für Arm64 gemacht, nicht für die üblichen Prozessoren.',
    remedy: 'Wählen Sie eine Imagedefinition und Knotengrößen für Arm64.',
  },
  'linux.lvm': {
    title: 'LVM-Volumes',
    message: 'Das System verwendet LVM-Volumes; was darin ist, wurde nicht geprüft.',
    remedy: 'Für Images sind einfache Partitionen zu empfehlen.',
  },
  'guest.unreadable': {
    title: 'Dateien nicht geprüft',
    message: 'Die Dateien des Betriebssystems wurden nicht gelesen; über sie ist nichts bekannt.',
    remedy: 'Stellen Sie selbst sicher, dass das System generalisiert ist und keine Azure-Erweiterungen enthält.',
  },
  'os.identified': {
    title: 'Betriebssystem',
    message: 'Das Betriebssystem wurde erkannt.',
    remedy: 'Nichts zu tun.',
  },
  'linux.agent': {
    title: 'Azure Linux-Agent',
    message: 'Der Azure Linux-Agent oder cloud-init fehlt; über sie meldet ein Knoten, dass er bereit ist.',
    remedy: 'Installieren Sie walinuxagent und cloud-init auf dem Computer und aktivieren Sie beide.',
  },
  'linux.generalized': {
    title: 'Nicht vollständig generalisiert',
    message: 'Das System enthält noch Dinge, die zu einem einzelnen Computer gehören.',
    remedy:
      'Auf dem Computer: sudo cloud-init clean --logs, sudo waagent -force -deprovision+user; dann herunterfahren und exportieren.',
  },
  'linux.fstab': {
    title: 'Datenträger nach Buchstaben benannt',
    message: 'In etc/fstab sind Datenträger nach Buchstaben benannt; in Azure kann das ein anderer sein.',
    remedy: 'Verwenden Sie UUID= in etc/fstab.',
  },
  'linux.swap': {
    title: 'Auslagerung auf dem Systemdatenträger',
    message: 'Auf dem Systemdatenträger ist Auslagerungsspeicher (Swap) eingerichtet.',
    remedy: 'In Azure gehört er auf den temporären Datenträger: Entfernen Sie ihn aus etc/fstab.',
  },
  'linux.fs-dirty': {
    title: 'Nicht sauber heruntergefahren',
    message: 'Das Dateisystem war in Gebrauch, als der Datenträger kopiert wurde.',
    remedy:
      'Starten Sie den Computer, fahren Sie ihn ordentlich herunter und exportieren Sie den Datenträger noch einmal.',
  },
  'batch.temp-disk': {
    title: 'Temporärer Datenträger',
    message: 'Der temporäre Datenträger liegt an ungewohnter Stelle; der Batch-Knoten-Agent erwartet die übliche.',
    remedy: 'Setzen Sie ResourceDisk.MountPoint=/mnt/resource in etc/waagent.conf.',
  },
  'azure.extensions': {
    title: 'Azure-Erweiterungen enthalten',
    message: 'Im System sind Azure-Erweiterungen installiert. Pools aus einem solchen Image können fehlschlagen.',
    remedy: 'Entfernen Sie die Erweiterungen vom Computer und generalisieren Sie ihn erneut.',
  },
}
