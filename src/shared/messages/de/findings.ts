import type { findings as english } from '../en/findings'

export const findings: typeof english = {
  'disk.format.unknown': {
    title: 'Kein Datenträgerimage',
    message: 'Die Datei hat weder eine Partitionstabelle noch ein Format, das wir kennen.',
    remedy: 'Wählen Sie ein Datenträgerimage; falls es eines war, exportieren Sie es noch einmal.',
  },
  'disk.format.unknown:wim': {
    title: 'Windows-Abbilddatei',
    message: 'Die Datei ist eine Windows-Abbilddatei (WIM), kein Datenträger.',
    remedy: 'Spielen Sie sie in einen virtuellen Computer ein und nehmen Sie dessen Datenträger.',
  },
  'disk.format.unknown:volume': {
    title: 'Ein Dateisystem, kein Datenträger',
    message:
      'Die Datei beginnt mit einem Dateisystem ({volume}): Sie ist eine einzelne Partition, kein ganzer Datenträger.',
    why: 'Ein Knoten startet über Partitionstabelle und Startladeprogramm, und beide fehlen.',
    remedy: 'Exportieren Sie den ganzen Datenträger des Computers, nicht eine seiner Partitionen.',
  },
  'disk.format.unknown:text': {
    title: 'Eine Textdatei',
    message: 'Die Datei ist Text, kein Datenträger.',
    remedy: 'Wählen Sie den Datenträger selbst; eine Datei daneben heißt vielleicht gleich.',
  },
  'disk.format.unknown:machine': {
    title: 'Beschreibung eines Computers',
    message: 'Die Datei beschreibt einen virtuellen Computer; dessen Datenträger ist eine andere Datei.',
    remedy: 'Wählen Sie den Datenträger dieses Computers, meist die größte Datei in seinem Ordner.',
  },
  'disk.format.unknown:state': {
    title: 'Gespeicherter Zustand eines Computers',
    message:
      'Die Datei enthält den Arbeitsspeicher oder die Einstellungen eines virtuellen Computers, nicht seinen Datenträger.',
    remedy: 'Fahren Sie den Computer vollständig herunter und wählen Sie dann seinen Datenträger.',
  },
  'disk.format.unknown:evidence': {
    title: 'Forensisches Image',
    message: 'Die Datei ist ein forensisches Image (E01 oder AFF).',
    remedy: 'Exportieren Sie mit dem Programm, das es erstellt hat, einen Rohdatenträger und wählen Sie diesen.',
  },

  'disk.format.unsupported': {
    title: 'Anderes Format',
    message: 'Die Datei ist ein Datenträgerimage ({format:format}), aber keine VHD mit fester Größe.',
    remedy: 'Wandeln Sie sie in eine VHD mit fester Größe um und wählen Sie diese Datei.',
  },
  'disk.format.unsupported:other': {
    title: 'Anderes Format',
    message: 'Die Datei ist ein Datenträgerimage im Format {kind}, das hier nicht gelesen wird.',
    remedy: 'Wandeln Sie sie um und wählen Sie die neue Datei.',
  },

  'disk.format.compressed': {
    title: 'Gepackte Datei',
    message: 'Die Datei ist mit {kind} gepackt; der Datenträger steckt irgendwo darin.',
    remedy: 'Entpacken Sie sie zuerst und wählen Sie dann den Datenträger darin.',
  },
  'disk.format.compressed:tar': {
    title: 'Archiv',
    message: 'Die Datei ist ein tar-Archiv, wie es Appliances (OVA) sind; der Datenträger steckt irgendwo darin.',
    remedy: 'Entpacken Sie es zuerst und wählen Sie dann den Datenträger darin.',
  },
  'disk.format.iso': {
    title: 'Installationsmedium',
    message: 'Die Datei ist das Abbild einer CD oder DVD, kein installiertes System.',
    remedy: 'Installieren Sie davon einen virtuellen Computer und nehmen Sie dessen Datenträger.',
  },
  'disk.format.extension': {
    title: 'Name und Inhalt passen nicht zusammen',
    message: 'Die Datei heißt .{extension}, wird aber als {format:format} gelesen. Es zählt der Inhalt.',
    remedy: 'Nichts zu tun, wenn es die gemeinte Datei ist.',
  },
  'disk.empty': {
    title: 'Leerer Datenträger',
    message: 'Die Datei oder der Datenträger darin enthält nichts.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem oder exportieren Sie ihn noch einmal.',
  },
  'disk.truncated': {
    title: 'Abgeschnitten',
    message: 'Die Datei beginnt wie ein Datenträger, endet aber mitten in einem Sektor ({bytes:number} Bytes).',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.truncated:footer': {
    title: 'Abgeschnitten',
    message: 'Der Datenträger sollte {says:size} haben, die Datei enthält davon nur {has:size}.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.truncated:blocks': {
    title: 'Abgeschnitten',
    message: 'Teile des Datenträgers müssten hinter dem Ende der Datei liegen.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },

  'disk.truncated:partitions': {
    title: 'Abgeschnitten',
    message: 'Die Partitionen reichen bis {end:size}, der Datenträger endet aber bei {bytes:size}.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.vhd.header': {
    title: 'Beschädigte VHD',
    message: 'Das Ende der VHD nennt {says:size}, die Datei enthält aber {has:size} an Daten.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header:type': {
    title: 'Beschädigte VHD',
    message: 'Das Ende der VHD nennt eine Art von Datenträger, die es nicht gibt.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header:both': {
    title: 'Beschädigte VHD',
    message: 'Die Beschreibung des Datenträgers ist am Ende der VHD und an ihrem Anfang beschädigt.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header:structure': {
    title: 'Beschädigte VHD',
    message: 'Der Header, in dem steht, wo die Blöcke der VHD liegen, ist beschädigt.',
    why: 'Ohne ihn weiß niemand, welche Daten wohin gehören.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.bat': {
    title: 'Beschädigte VHD',
    message: 'Die Tabelle der Blöcke passt nicht zum Datenträger oder liegt außerhalb der Datei.',
    why: 'Ohne sie weiß niemand, welche Daten wohin gehören.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.bat:overlap': {
    title: 'Beschädigte VHD',
    message: 'Zwei Einträge der Tabelle der Blöcke zeigen auf dieselbe Stelle der Datei.',
    why: 'Einer davon würde mit den Daten des anderen gelesen.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.bat:lost': {
    title: 'Blöcke ohne Platz',
    message:
      '{lost:size} in der VHD gehören zu keiner Stelle des Datenträgers mehr; vermutlich wurde sie nicht richtig geschlossen.',
    why: 'Auf dem Datenträger könnten Daten fehlen.',
    remedy: 'Starten Sie den Computer davon, prüfen Sie seine Dateisysteme und exportieren Sie ihn noch einmal.',
  },

  'disk.vhd.footer': {
    title: 'Ende der VHD in alter Form',
    message:
      'Der letzte Sektor der VHD hat 511 Bytes, wie ihn sehr alte Programme schrieben; die Daten selbst sind da.',
    remedy: 'Nichts zu tun: Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.vhd.footer:missing': {
    title: 'Ende der VHD fehlt',
    message: 'Die Datei heißt .vhd, endet aber nicht wie eine; sie wird als Rohdatenträger gelesen.',
    remedy: 'Stellen Sie sicher, dass die Datei vollständig ist. Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.vhd.footer:copy': {
    title: 'Ende der VHD fehlt',
    message: 'Die VHD endet nicht wie eine; gelesen wurde die Kopie ihrer Beschreibung am Anfang.',
    remedy: 'Stellen Sie sicher, dass die Datei vollständig ist. Beim Upload wird ein richtiges Ende geschrieben.',
  },

  'disk.vhd.footer-checksum': {
    title: 'Prüfsumme der VHD falsch',
    message: 'Die Prüfsumme am Ende der VHD ist falsch; die Daten selbst sind da.',
    remedy: 'Nichts zu tun: Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.differencing': {
    title: 'Nur die Änderungen',
    message: 'Die Datei enthält nur die Unterschiede zu einem anderen Datenträger.',
    remedy: 'Führen Sie den Prüfpunkt zuerst mit seinem Vorgänger zusammen und wählen Sie dann diese Datei.',
  },
  'disk.differencing:read': {
    title: 'Zwei Dateien, ein Datenträger',
    message: 'Der Datenträger enthält Unterschiede zu {parent}; diese Datei liegt daneben und wird mitgelesen.',
    remedy:
      'Nichts zu tun, wenn {parent} seither nicht geändert wurde. Lassen Sie beide Dateien, wie sie sind, bis der Upload fertig ist.',
  },
  'disk.differencing:missing': {
    title: 'Die andere Hälfte fehlt',
    message:
      'Die Datei enthält nur die Unterschiede zu {parent}, und daneben liegt keine solche Datei mit der richtigen ID.',
    why: 'Was nicht in dieser Datei steht, würde auf dem Datenträger fehlen.',
    remedy:
      'Legen Sie {parent} in denselben Ordner, oder führen Sie den Prüfpunkt mit seinem Vorgänger zusammen und wählen Sie diese Datei.',
  },
  'disk.differencing:depth': {
    title: 'Zu viele Dateien',
    message: 'Der Datenträger führt von einer Datei zur nächsten, mehr als {deepest}-mal oder im Kreis.',
    remedy: 'Führen Sie zuerst seine Prüfpunkte zusammen und wählen Sie die Datei, die übrig bleibt.',
  },

  'disk.size.alignment': {
    title: 'Größe wird aufgerundet',
    message:
      'Der Datenträger ist nicht, wie Azure es verlangt, eine ganze Zahl von MiB lang: An seinem Ende kommen {padding:size} Nullen hinzu.',
    remedy: 'Nichts zu tun: Das geschieht beim Upload.',
  },
  'disk.size.min': {
    title: 'Zu klein',
    message: 'Der Datenträger hat {bytes:size}; Azure nimmt keinen unter 20 MiB.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem.',
  },
  'disk.size.max': {
    title: 'Zu groß',
    message: 'Der Datenträger hat {bytes:size}; ein Systemdatenträger in Azure darf höchstens {limit:size} haben.',
    remedy: 'Verkleinern Sie Partitionen und Datenträger und exportieren Sie ihn noch einmal.',
  },
  'disk.size.cost': {
    title: 'Viel leerer Platz',
    message:
      'Der Datenträger hat {bytes:size} und enthält höchstens {stored:size}. Azure berechnet die Größe des Datenträgers.',
    remedy: 'Verkleinern Sie den Datenträger, wenn nicht jeder Knoten diesen Platz braucht.',
  },
  'disk.gpt.primary': {
    title: 'Partitionstabelle beschädigt',
    message: 'Die erste Kopie der Partitionstabelle ist beschädigt, die zweite ist heil.',
    remedy: 'Reparieren Sie sie auf dem Computer, von dem der Datenträger kommt, und exportieren Sie ihn noch einmal.',
  },
  'disk.gpt.primary:lost': {
    title: 'Partitionstabelle verloren',
    message: 'Beide Kopien der Partitionstabelle sind beschädigt.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.gpt.backup': {
    title: 'Zweite Partitionstabelle fehlt',
    message: 'Die zweite Kopie der Partitionstabelle am Ende des Datenträgers ist nicht brauchbar.',
    remedy: 'Unschädlich; sie lässt sich neu schreiben.',
  },
  'disk.encrypted': {
    title: 'Verschlüsselt',
    message: 'Eine Partition ist verschlüsselt.',
    why: 'Ein Knoten hat keinen Schlüssel dazu und könnte nicht starten.',
    remedy: 'Entschlüsseln Sie den Datenträger auf dem Computer vollständig und exportieren Sie ihn noch einmal.',
  },
  'boot.generation': {
    title: 'Generation',
    message: 'Der Datenträger startet als Generation {generation}.',
    remedy: 'Nichts zu tun.',
  },
  'boot.generation:both': {
    title: 'Generation',
    message: 'Der Datenträger kann als Generation 1 und als Generation 2 starten; vorgeschlagen wird Generation 2.',
    remedy: 'Wählen Sie die Generation des Computers, von dem er kommt.',
  },
  'boot.loader.missing': {
    title: 'Nichts zum Starten',
    message: 'Es fand sich weder ein EFI-Startladeprogramm noch eine aktive Partition mit Startcode.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem; ist es dieser, reparieren Sie sein Startladeprogramm.',
  },
  'boot.loader.missing:esp': {
    title: 'Nichts zum Starten',
    message:
      'Die EFI-Systempartition enthält kein Startladeprogramm an der Stelle, an der Computer es suchen (EFI/BOOT).',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem; ist es dieser, reparieren Sie sein Startladeprogramm.',
  },
  'os.arch': {
    title: 'Für Arm64-Prozessoren',
    message: 'Das System ist für Arm64 gemacht, nicht für die üblichen Prozessoren.',
    remedy: 'Wählen Sie eine Imagedefinition für Arm64 und Knotengrößen mit Arm64.',
  },
  'os.identified': {
    title: 'Betriebssystem',
    message: 'Das System ist {name}.',
    remedy: 'Nichts zu tun.',
  },
  'guest.unreadable': {
    title: 'Dateien nicht geprüft',
    message: 'Die Dateien auf {volumes}-Volumes wurden nicht gelesen; über sie ist nichts bekannt.',
    remedy: 'Stellen Sie selbst sicher, dass das System generalisiert ist und keine Azure-Erweiterungen enthält.',
  },
  'azure.extensions': {
    title: 'Azure-Erweiterungen enthalten',
    message: 'Azure-Erweiterungen sind installiert: {names}.',
    why: 'Pools aus Images mit Erweiterungen können scheitern, während Knoten entstehen.',
    remedy: 'Entfernen Sie die Erweiterungen vom Computer und generalisieren Sie ihn noch einmal.',
  },
}
