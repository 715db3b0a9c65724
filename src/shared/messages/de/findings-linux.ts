import type { linuxFindings as english } from '../en/findings-linux'

export const linuxFindings: typeof english = {
  'linux.lvm': {
    title: 'LVM-Volumes',
    message: 'Das System verwendet LVM-Volumes; was darin ist, wurde nicht geprüft.',
    remedy: 'Für Images werden gewöhnliche Partitionen empfohlen.',
  },
  'linux.agent': {
    title: 'Azure-Linux-Agent',
    message: 'Weder der Azure-Linux-Agent noch cloud-init ist installiert.',
    why: 'Ein Knoten meldet Azure durch sie, dass er bereit ist.',
    remedy: 'Installieren und aktivieren Sie beide auf dem Computer.',
  },
  'linux.agent:cloud-init-only': {
    title: 'Azure-Linux-Agent',
    message: 'Der Azure-Linux-Agent ist nicht installiert, nur cloud-init.',
    why: 'Ein Knoten meldet Azure durch sie, dass er bereit ist.',
    remedy: 'Installieren und aktivieren Sie beide auf dem Computer.',
  },
  'linux.agent:waits': {
    title: 'Azure-Linux-Agent',
    message: 'Der Azure-Linux-Agent wartet auf cloud-init, das nicht installiert ist.',
    why: 'Ein Knoten meldet Azure durch sie, dass er bereit ist.',
    remedy: 'Installieren und aktivieren Sie beide auf dem Computer.',
  },
  'linux.generalized': {
    title: 'Nicht generalisiert',
    message: 'Das System trägt noch, was zu einem einzelnen Computer gehört: {traces}.',
    why: 'Jeder Knoten wäre eine Kopie dieses Computers und bekäme keine eigene Identität.',
    remedy: 'Generalisieren Sie es, fahren Sie es herunter und exportieren Sie den Datenträger noch einmal.',
  },
  'linux.generalized:maybe': {
    title: 'Vielleicht nicht generalisiert',
    message: 'Das System trägt, was sonst zu einem einzelnen Computer gehört: {traces}.',
    why: 'Die Knoten hätten es gemeinsam.',
    remedy: 'Generalisieren Sie es, fahren Sie es herunter und exportieren Sie den Datenträger noch einmal.',
  },
  'linux.fstab': {
    title: 'Datenträger nach Buchstaben benannt',
    message: 'In etc/fstab sind Datenträger nach Buchstaben benannt ({device}).',
    why: 'In Azure kann derselbe Buchstabe ein anderer Datenträger sein.',
    remedy: 'Verwenden Sie UUID= in etc/fstab.',
  },
  'linux.swap': {
    title: 'Auslagerung auf dem Systemdatenträger',
    message: 'Die Auslagerung (Swap) ist auf dem Systemdatenträger eingerichtet.',
    why: 'In Azure gehört sie auf den temporären Datenträger, der schneller ist und nichts kostet.',
    remedy: 'Entfernen Sie sie aus etc/fstab.',
  },
  'linux.fs-dirty': {
    title: 'Nicht sauber heruntergefahren',
    message: 'Das Dateisystem war in Gebrauch, als der Datenträger entnommen wurde.',
    remedy:
      'Starten Sie den Computer, fahren Sie ihn ordentlich herunter und exportieren Sie den Datenträger noch einmal.',
  },
  'batch.temp-disk': {
    title: 'Temporärer Datenträger',
    message: 'Der temporäre Datenträger ist auf {path} eingestellt.',
    why: 'Der Batch-Knoten-Agent erwartet ihn am üblichen Ort.',
    remedy: 'Stellen Sie ihn in etc/waagent.conf auf /mnt/resource.',
  },
}
