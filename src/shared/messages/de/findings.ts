import type { findings as english } from '../en/findings'

export const findings: typeof english = {
  'disk.format.unknown': {
    title: 'Kein Datenträgerimage',
    message: 'Die Datei hat weder eine Partitionstabelle noch ein Format, das wir kennen.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Wählen Sie ein Datenträgerimage; falls es eines war, exportieren Sie es noch einmal.',
  },
  'disk.format.unknown:wim': {
    title: 'Windows-Abbilddatei',
    message: 'Die Datei ist eine Windows-Abbilddatei (WIM), kein Datenträger.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
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
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Wählen Sie den Datenträger selbst; eine Datei daneben heißt vielleicht gleich.',
  },
  'disk.format.unknown:machine': {
    title: 'Beschreibung eines Computers',
    message: 'Die Datei beschreibt einen virtuellen Computer; dessen Datenträger ist eine andere Datei.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Wählen Sie den Datenträger dieses Computers, meist die größte Datei in seinem Ordner.',
  },
  'disk.format.unknown:state': {
    title: 'Gespeicherter Zustand eines Computers',
    message:
      'Die Datei enthält den Arbeitsspeicher oder die Einstellungen eines virtuellen Computers, nicht seinen Datenträger.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Fahren Sie den Computer vollständig herunter und wählen Sie dann seinen Datenträger.',
  },
  'disk.format.unknown:evidence': {
    title: 'Forensisches Image',
    message: 'Die Datei ist ein forensisches Image (E01 oder AFF).',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Exportieren Sie mit dem Programm, das es erstellt hat, einen Rohdatenträger und wählen Sie diesen.',
  },

  'disk.format.unsupported': {
    title: 'Anderes Format',
    message: 'Die Datei ist ein Datenträgerimage ({format:format}), aber keine VHD mit fester Größe.',
    why: 'Azure nimmt nur eine VHD mit fester Größe, und diese Datei lässt sich nicht als solche lesen.',
    remedy: 'Wandeln Sie sie in eine VHD mit fester Größe um und wählen Sie diese Datei.',
  },
  'disk.format.unsupported:other': {
    title: 'Anderes Format',
    message: 'Die Datei ist ein Datenträgerimage im Format {kind}, das hier nicht gelesen wird.',
    why: 'Azure nimmt nur eine VHD mit fester Größe, und diese Datei lässt sich nicht als solche lesen.',
    remedy: 'Wandeln Sie sie um und wählen Sie die neue Datei.',
  },
  'disk.format.unsupported:data-file': {
    title: 'Daten in einer anderen Datei',
    message: 'Die qcow2-Datei enthält nur Tabellen; die Daten des Datenträgers liegen in einer anderen Datei.',
    why: 'Azure nimmt nur eine VHD mit fester Größe, und diese Datei lässt sich nicht als solche lesen.',
    remedy: 'Wandeln Sie sie in eine einzige Datei um und wählen Sie diese.',
  },
  'disk.format.unsupported:feature': {
    title: 'Unbekannte Art von Image',
    message:
      'Die Datei nutzt eine Funktion von {format:format}, die hier nicht bekannt ist; ohne sie gelesen, wären ihre Daten falsch.',
    why: 'Azure nimmt nur eine VHD mit fester Größe, und diese Datei lässt sich nicht als solche lesen.',
    remedy:
      'Wandeln Sie sie mit der neuesten Fassung des Programms um, mit dem sie erstellt wurde, und wählen Sie die neue Datei.',
  },

  'disk.format.compressed': {
    title: 'Gepackte Datei',
    message: 'Die Datei ist mit {kind} gepackt; der Datenträger steckt irgendwo darin.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Entpacken Sie sie zuerst und wählen Sie dann den Datenträger darin.',
  },
  'disk.format.compressed:tar': {
    title: 'Archiv',
    message: 'Die Datei ist ein tar-Archiv, wie es Appliances (OVA) sind; der Datenträger steckt irgendwo darin.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Entpacken Sie es zuerst und wählen Sie dann den Datenträger darin.',
  },
  'disk.format.iso': {
    title: 'Installationsmedium',
    message: 'Die Datei ist das Abbild einer CD oder DVD, kein installiertes System.',
    why: 'Azure nimmt nur ganze Datenträger; am Ende des Uploads würde es dies ablehnen.',
    remedy: 'Installieren Sie davon einen virtuellen Computer und nehmen Sie dessen Datenträger.',
  },
  'disk.format.extension': {
    title: 'Name und Inhalt passen nicht zusammen',
    message: 'Die Datei heißt .{extension}, wird aber als {format:format} gelesen. Es zählt der Inhalt.',
    why: 'Ist es nicht die gemeinte Datei, zeigte sich das erst nach dem Upload.',
    remedy: 'Nichts zu tun, wenn es die gemeinte Datei ist.',
  },
  'disk.empty': {
    title: 'Leerer Datenträger',
    message: 'Die Datei oder der Datenträger darin enthält nichts.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem oder exportieren Sie ihn noch einmal.',
  },
  'disk.truncated': {
    title: 'Abgeschnitten',
    message: 'Die Datei beginnt wie ein Datenträger, endet aber mitten in einem Sektor ({bytes:number} Bytes).',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.truncated:footer': {
    title: 'Abgeschnitten',
    message: 'Der Datenträger sollte {says:size} haben, die Datei enthält davon nur {has:size}.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.truncated:blocks': {
    title: 'Abgeschnitten',
    message: 'Teile des Datenträgers müssten hinter dem Ende der Datei liegen.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.truncated:part': {
    title: 'Ein Teil fehlt',
    message: 'Der Datenträger besteht aus mehreren Dateien, und {name} liegt nicht neben dieser oder ist zu kurz.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Legen Sie alle Dateien des Datenträgers in einen Ordner.',
  },

  'disk.truncated:partitions': {
    title: 'Abgeschnitten',
    message: 'Die Partitionen reichen bis {end:size}, der Datenträger endet aber bei {bytes:size}.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Kopieren oder exportieren Sie den Datenträger noch einmal und vergleichen Sie die Größen.',
  },
  'disk.vhd.header': {
    title: 'Beschädigte VHD',
    message: 'Das Ende der VHD nennt {says:size}, die Datei enthält aber {has:size} an Daten.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header:type': {
    title: 'Beschädigte VHD',
    message: 'Das Ende der VHD nennt eine Art von Datenträger, die es nicht gibt.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhd.header:both': {
    title: 'Beschädigte VHD',
    message: 'Die Beschreibung des Datenträgers ist am Ende der VHD und an ihrem Anfang beschädigt.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
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
    why: 'Azure lehnt eine VHD ohne richtiges Ende ab.',
    remedy: 'Nichts zu tun: Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.vhd.footer:missing': {
    title: 'Ende der VHD fehlt',
    message: 'Die Datei heißt .vhd, endet aber nicht wie eine; sie wird als Rohdatenträger gelesen.',
    why: 'Azure lehnt eine VHD ohne richtiges Ende ab.',
    remedy: 'Stellen Sie sicher, dass die Datei vollständig ist. Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.vhd.footer:copy': {
    title: 'Ende der VHD fehlt',
    message: 'Die VHD endet nicht wie eine; gelesen wurde die Kopie ihrer Beschreibung am Anfang.',
    why: 'Azure lehnt eine VHD ohne richtiges Ende ab.',
    remedy: 'Stellen Sie sicher, dass die Datei vollständig ist. Beim Upload wird ein richtiges Ende geschrieben.',
  },

  'disk.vhd.footer-checksum': {
    title: 'Prüfsumme der VHD falsch',
    message: 'Die Prüfsumme am Ende der VHD ist falsch; die Daten selbst sind da.',
    why: 'Azure lehnt eine VHD ohne richtiges Ende ab.',
    remedy: 'Nichts zu tun: Beim Upload wird ein richtiges Ende geschrieben.',
  },
  'disk.vhdx.header': {
    title: 'Beschädigte VHDX',
    message: 'Die Header oder die Metadaten der VHDX sind in allen Kopien beschädigt.',
    why: 'Ohne sie weiß niemand, welche Daten wohin gehören.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhdx.header:copy': {
    title: 'Ein Header beschädigt',
    message: 'Eine der beiden Kopien der Header der VHDX ist beschädigt; gelesen wurde die andere.',
    why: 'Die Datei könnte auch an anderen Stellen beschädigt sein.',
    remedy: 'Exportieren Sie den Datenträger noch einmal, wenn es den Computer noch gibt, von dem er kommt.',
  },
  'disk.vhdx.header:unknown': {
    title: 'Unbekannte Art von VHDX',
    message: 'Die VHDX verlangt eine Funktion, die hier nicht bekannt ist; ohne sie gelesen, wären ihre Daten falsch.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Wandeln Sie sie in Hyper-V in eine VHDX ohne diese Funktion um und wählen Sie die neue Datei.',
  },
  'disk.vhdx.bat': {
    title: 'Beschädigte VHDX',
    message: 'Die Tabelle der Blöcke der VHDX ist beschädigt oder passt nicht zum Datenträger.',
    why: 'Ohne sie weiß niemand, welche Daten wohin gehören.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhdx.bat:overlap': {
    title: 'Beschädigte VHDX',
    message: 'Zwei Einträge der Tabelle der Blöcke zeigen auf dieselbe Stelle der Datei.',
    why: 'Einer davon würde mit den Daten des anderen gelesen.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.vhdx.log': {
    title: 'Nicht richtig geschlossen',
    message:
      'Im Protokoll der VHDX warten Änderungen: Der Computer oder sein Host wurde nicht sauber heruntergefahren. Sie werden beim Lesen angewandt; die Datei bleibt, wie sie ist.',
    why: 'Dateien, die auf dem Computer offen waren, könnten unvollständig sein.',
    remedy:
      'Besser: Starten Sie den Computer noch einmal, fahren Sie ihn herunter und exportieren Sie den Datenträger erneut.',
  },
  'disk.vhdx.log:damaged': {
    title: 'Nicht richtig geschlossen',
    message: 'Im Protokoll der VHDX warten Änderungen, aber das Protokoll ist beschädigt.',
    why: 'Ohne sie könnten die Tabellen des Datenträgers falsch sein.',
    remedy:
      'Hängen Sie den Datenträger in Hyper-V einmal ein und wieder aus und wählen Sie ihn erneut, oder exportieren Sie ihn noch einmal.',
  },
  'disk.sector.4k': {
    title: 'Sektoren von 4096 Bytes',
    message: 'Der Datenträger hat logische Sektoren von 4096 Bytes; Datenträger in Azure haben 512.',
    why: 'Partitionstabellen zählen in Sektoren: Der Computer fände seine Partitionen nicht.',
    remedy:
      'Installieren Sie das System auf einem Datenträger mit Sektoren von 512 Bytes oder kopieren Sie seine Partitionen auf einen solchen.',
  },
  'disk.corrupt': {
    title: 'Beschädigtes Image',
    message: 'Die Tabellen der Datei ({format:format}), in denen steht, wo ihre Daten liegen, sind beschädigt.',
    why: 'Ohne sie weiß niemand, welche Daten wohin gehören.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.corrupt:overlap': {
    title: 'Beschädigtes Image',
    message: 'Zwei Teile des Datenträgers liegen an derselben Stelle der Datei ({format:format}).',
    why: 'Einer davon würde mit den Daten des anderen gelesen.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.corrupt:large': {
    title: 'Tabellen zu groß',
    message: 'Die Tabellen der Datei ({format:format}) sind größer, als irgendein Datenträger in Azure sie braucht.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Wandeln Sie den Datenträger mit größeren Clustern um oder exportieren Sie ihn noch einmal.',
  },
  'disk.corrupt:marked': {
    title: 'Als beschädigt markiert',
    message: 'Das Image trägt die Markierung des Programms, das es schrieb, dass seine Tabellen beschädigt sind.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy:
      'Lassen Sie es reparieren oder exportieren Sie den Datenträger noch einmal. Behalten Sie eine Kopie: Die Reparatur ändert die Datei.',
  },
  'disk.corrupt:counts': {
    title: 'Buchführung passt nicht',
    message:
      'Was das Image als belegt zählt, weicht von dem ab, wohin seine Tabellen führen; vermutlich wurde es nicht richtig geschlossen.',
    why: 'Auf dem Datenträger könnten Daten fehlen.',
    remedy:
      'Lassen Sie es prüfen oder exportieren Sie den Datenträger noch einmal. Behalten Sie eine Kopie: Die Reparatur ändert die Datei.',
  },
  'disk.corrupt:lost': {
    title: 'Blöcke ohne Platz',
    message:
      '{lost:size} in der Datei gehören zu keiner Stelle des Datenträgers; vermutlich wurde sie nicht richtig geschlossen.',
    why: 'Auf dem Datenträger könnten Daten fehlen.',
    remedy: 'Starten Sie den Computer davon, prüfen Sie seine Dateisysteme und exportieren Sie ihn noch einmal.',
  },
  'disk.corrupt:copies': {
    title: 'Kopien der Tabellen weichen ab',
    message: 'Das Image führt seine Tabellen doppelt, und die Kopien weichen voneinander ab; gelesen wurde die erste.',
    why: 'Auf dem Datenträger könnten Daten fehlen.',
    remedy: 'Starten Sie den Computer davon, prüfen Sie seine Dateisysteme und exportieren Sie ihn noch einmal.',
  },
  'disk.corrupt:unclean': {
    title: 'Nicht richtig geschlossen',
    message: 'Das Image wurde von dem Programm, das es schrieb, nicht richtig geschlossen.',
    why: 'Dateien, die auf dem Computer offen waren, könnten unvollständig sein.',
    remedy:
      'Besser: Starten Sie den Computer noch einmal, fahren Sie ihn herunter und wählen Sie den Datenträger erneut.',
  },
  'disk.corrupt:content': {
    title: 'Beschädigtes Image',
    message: 'Ein Teil des Datenträgers lässt sich nicht aus der Datei lesen.',
    why: 'Knoten würden von einem unvollständigen System starten oder gar nicht.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.unused': {
    title: 'Ungenutzter Platz in der Datei',
    message: '{unused:size} der Datei nutzt der Datenträger nicht. Sie werden nicht hochgeladen.',
    why: 'Für einen Knoten macht es keinen Unterschied.',
    remedy: 'Nichts zu tun.',
  },
  'disk.snapshots': {
    title: 'Mehr als ein Zustand enthalten',
    message:
      'Das Image enthält auch Momentaufnahmen oder Bitmaps. Gelesen wird der Datenträger, wie er jetzt ist; der Rest bleibt unbeachtet.',
    why: 'Für einen Knoten macht es keinen Unterschied.',
    remedy: 'Nichts zu tun, wenn der jetzige Zustand der gemeinte ist.',
  },

  'disk.differencing': {
    title: 'Nur die Änderungen',
    message: 'Die Datei enthält nur die Unterschiede zu einem anderen Datenträger.',
    why: 'Nur zusammen mit dem Datenträger darunter ist es ein System, das ein Knoten starten kann.',
    remedy: 'Führen Sie den Prüfpunkt zuerst mit seinem Vorgänger zusammen und wählen Sie dann diese Datei.',
  },
  'disk.differencing:read': {
    title: 'Zwei Dateien, ein Datenträger',
    message: 'Der Datenträger enthält Unterschiede zu {parent}; diese Datei liegt daneben und wird mitgelesen.',
    why: 'Nur zusammen mit dem Datenträger darunter ist es ein System, das ein Knoten starten kann.',
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
    why: 'Nur zusammen mit dem Datenträger darunter ist es ein System, das ein Knoten starten kann.',
    remedy: 'Führen Sie zuerst seine Prüfpunkte zusammen und wählen Sie die Datei, die übrig bleibt.',
  },
  'disk.differencing:snapshot': {
    title: 'Nur die Änderungen',
    message: 'Die Datei ist eine Momentaufnahme: Sie enthält nur die Unterschiede zu {parent}.',
    why: 'Was nicht in dieser Datei steht, würde auf dem Datenträger fehlen.',
    remedy:
      'Löschen Sie die Momentaufnahmen des virtuellen Computers, das führt sie zusammen, oder klonen Sie ihn; wählen Sie dann dessen Datenträger.',
  },

  'disk.size.alignment': {
    title: 'Größe wird aufgerundet',
    message:
      'Der Datenträger ist nicht, wie Azure es verlangt, eine ganze Zahl von MiB lang: An seinem Ende kommen {padding:size} Nullen hinzu.',
    why: 'Azure lehnt Datenträger mit anderen Größen ab.',
    remedy: 'Nichts zu tun: Das geschieht beim Upload.',
  },
  'disk.size.min': {
    title: 'Zu klein',
    message: 'Der Datenträger hat {bytes:size}; Azure nimmt keinen unter 20 MiB.',
    why: 'Azure würde ihn am Ende des Uploads ablehnen.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem.',
  },
  'disk.size.max': {
    title: 'Zu groß',
    message: 'Der Datenträger hat {bytes:size}; ein Systemdatenträger in Azure darf höchstens {limit:size} haben.',
    why: 'Azure würde ihn am Ende des Uploads ablehnen.',
    remedy: 'Verkleinern Sie Partitionen und Datenträger und exportieren Sie ihn noch einmal.',
  },
  'disk.size.cost': {
    title: 'Viel leerer Platz',
    message:
      'Der Datenträger hat {bytes:size} und enthält höchstens {stored:size}. Azure berechnet die Größe des Datenträgers.',
    why: 'Jeder Knoten bekommt einen Systemdatenträger dieser Größe.',
    remedy: 'Verkleinern Sie den Datenträger, wenn nicht jeder Knoten diesen Platz braucht.',
  },
  'disk.gpt.primary': {
    title: 'Partitionstabelle beschädigt',
    message: 'Die erste Kopie der Partitionstabelle ist beschädigt, die zweite ist heil.',
    why: 'Ein Computer, der nur die erste Kopie ansieht, findet nichts zum Starten.',
    remedy: 'Reparieren Sie sie auf dem Computer, von dem der Datenträger kommt, und exportieren Sie ihn noch einmal.',
  },
  'disk.gpt.primary:lost': {
    title: 'Partitionstabelle verloren',
    message: 'Beide Kopien der Partitionstabelle sind beschädigt.',
    why: 'Kein Knoten würde darauf ein System finden.',
    remedy: 'Exportieren Sie den Datenträger noch einmal.',
  },
  'disk.gpt.backup': {
    title: 'Zweite Partitionstabelle fehlt',
    message: 'Die zweite Kopie der Partitionstabelle am Ende des Datenträgers ist nicht brauchbar.',
    why: 'Sie wird nur gebraucht, wenn die erste Kopie beschädigt ist.',
    remedy: 'Unschädlich; sie lässt sich neu schreiben.',
  },
  'disk.encrypted': {
    title: 'Verschlüsselt',
    message: 'Eine Partition ist verschlüsselt.',
    why: 'Ein Knoten hat keinen Schlüssel dazu und könnte nicht starten.',
    remedy: 'Entschlüsseln Sie den Datenträger auf dem Computer vollständig und exportieren Sie ihn noch einmal.',
  },
  'disk.encrypted:image': {
    title: 'Verschlüsselt',
    message: 'Das Image selbst ist verschlüsselt.',
    why: 'Azure hat keinen Schlüssel dazu.',
    remedy: 'Wandeln Sie es in ein Image ohne Verschlüsselung um und wählen Sie die neue Datei.',
  },
  'disk.encrypted:luks': {
    title: 'Verschlüsselt',
    message: 'Eine Partition ist mit LUKS verschlüsselt.',
    why: 'Ein Knoten hat keinen Schlüssel dazu und könnte nicht starten.',
    remedy:
      'LUKS lässt sich von einem Systemdatenträger nicht entfernen: installieren Sie das System neu, ohne Verschlüsselung.',
  },
  'disk.encrypted:bitlocker': {
    title: 'Verschlüsselt',
    message: 'Eine Partition ist mit BitLocker verschlüsselt.',
    why: 'Ein Knoten hat keinen Schlüssel dazu und könnte nicht starten; auch sysprep verweigert verschlüsselte Laufwerke.',
    remedy:
      'Entschlüsseln Sie das Laufwerk auf dem Computer vollständig, warten Sie das Ende ab, und exportieren Sie den Datenträger noch einmal.',
  },
  'boot.generation': {
    title: 'Generation',
    message: 'Der Datenträger startet als Generation {generation}.',
    why: 'Ein Poolknoten hat je nach Größe Generation 1 oder 2; ein Image der anderen startet dort nicht.',
    remedy: 'Nichts zu tun.',
  },
  'boot.generation:both': {
    title: 'Generation',
    message: 'Der Datenträger kann als Generation 1 und als Generation 2 starten; vorgeschlagen wird Generation 2.',
    why: 'Ein Poolknoten hat je nach Größe Generation 1 oder 2; ein Image der anderen startet dort nicht.',
    remedy: 'Wählen Sie die Generation des Computers, von dem er kommt.',
  },
  'boot.loader.missing': {
    title: 'Nichts zum Starten',
    message: 'Es fand sich weder ein EFI-Startladeprogramm noch eine aktive Partition mit Startcode.',
    why: 'Ein Knoten würde gar nicht starten, und der Pool würde vergeblich auf ihn warten.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem; ist es dieser, reparieren Sie sein Startladeprogramm.',
  },
  'boot.loader.missing:esp': {
    title: 'Nichts zum Starten',
    message:
      'Die EFI-Systempartition enthält kein Startladeprogramm an der Stelle, an der Computer es suchen (EFI/BOOT).',
    why: 'Ein Knoten würde gar nicht starten, und der Pool würde vergeblich auf ihn warten.',
    remedy: 'Wählen Sie den Datenträger mit dem Betriebssystem; ist es dieser, reparieren Sie sein Startladeprogramm.',
  },
  'boot.loader.missing:kernel': {
    title: 'Kein Kernel',
    message: 'Es gibt ein Linux-System, aber keinen Kernel dafür in /boot.',
    why: 'Ein Knoten würde gar nicht starten, und der Pool würde vergeblich auf ihn warten.',
    remedy: 'Installieren Sie auf dem Computer einen Kernel, und exportieren Sie den Datenträger noch einmal.',
  },
  'os.arch': {
    title: 'Für Arm64-Prozessoren',
    message: 'Das System ist für Arm64 gemacht, nicht für die üblichen Prozessoren.',
    why: 'Es startet nur auf Knotengrößen mit Arm64, und nicht jeden Knoten-Agenten gibt es für sie.',
    remedy: 'Wählen Sie eine Imagedefinition für Arm64 und Knotengrößen mit Arm64.',
  },
  'os.arch:other': {
    title: 'Für andere Prozessoren',
    message: 'Das System ist für Prozessoren gemacht, die es in Azure nicht gibt (32 Bit oder eine andere Bauart).',
    why: 'Kein Knoten könnte es starten.',
    remedy: 'Verwenden Sie ein 64-Bit-System (x64 oder Arm64).',
  },
  'os.identified': {
    title: 'Betriebssystem',
    message: 'Das System ist {name}.',
    why: 'Der Knoten-Agent des Pools muss dafür gemacht sein.',
    remedy: 'Nichts zu tun.',
  },
  'guest.unreadable': {
    title: 'Dateien nicht geprüft',
    message: 'Die Dateien auf {volumes}-Volumes wurden nicht gelesen; über sie ist nichts bekannt.',
    why: 'Ob ein Knoten davon startet und sich meldet, zeigt sich erst dort.',
    remedy: 'Stellen Sie selbst sicher, dass das System generalisiert ist und keine Azure-Erweiterungen enthält.',
  },
  'guest.unreadable:nothing': {
    title: 'Kein System erkannt',
    message: 'Von dem Datenträger lässt sich starten, aber er enthält kein Dateisystem, das wir kennen.',
    why: 'Ob ein Knoten davon starten und sich melden würde, zeigt sich nur im System selbst.',
    remedy: 'Stellen Sie selbst sicher, dass er ein generalisiertes System ohne Azure-Erweiterungen enthält.',
  },
  'guest.unreadable:damaged': {
    title: 'Dateisystem beschädigt',
    message: 'Teile des Dateisystems ließen sich nicht lesen; was dort liegen sollte, ist nicht bekannt.',
    why: 'Ein Knoten startet davon vielleicht nicht, und Spuren des alten Computers können dort verborgen sein.',
    remedy:
      'Prüfen Sie das Dateisystem auf dem Computer, generalisieren Sie ihn erneut, und exportieren Sie den Datenträger neu.',
  },
  'guest.unreadable:state': {
    title: 'Ob generalisiert, ist unbekannt',
    message: 'Die Dateien, die zeigen, ob das System generalisiert wurde, ließen sich nicht lesen.',
    why: 'Knoten aus einem nicht generalisierten System werden mit dem Starten nicht fertig.',
    remedy:
      'Stellen Sie selbst sicher, dass das System generalisiert ist; sonst generalisieren Sie es, und exportieren Sie den Datenträger neu.',
  },
  'guest.unreadable:boot': {
    title: 'Wie er startet, ist unbekannt',
    message:
      'Die EFI-Partition ließ sich nicht lesen; ob ein Computer von diesem Datenträger startet, ist daher nicht bekannt.',
    why: 'Ein Knoten ohne Startladeprogramm startet nie.',
    remedy:
      'Prüfen Sie die EFI-Partition auf dem Computer, und exportieren Sie den Datenträger neu, oder wählen Sie die Generation selbst.',
  },
  'guest.unreadable:limit': {
    title: 'Nur teilweise angesehen',
    message:
      'Das Ansehen des Datenträgers brauchte zu viel Zeit oder Speicher und wurde beendet; was darin ist, ist nicht bekannt.',
    why: 'Ob ein Knoten davon startet und sich meldet, zeigt sich erst dort.',
    remedy: 'Prüfen Sie die Dateisysteme auf dem Computer, und sehen Sie dann noch einmal nach.',
  },
  'azure.extensions': {
    title: 'Azure-Erweiterungen enthalten',
    message: 'Azure-Erweiterungen sind installiert: {names}.',
    why: 'Pools aus Images mit Erweiterungen können scheitern, während Knoten entstehen.',
    remedy: 'Entfernen Sie die Erweiterungen vom Computer und generalisieren Sie ihn noch einmal.',
  },
}
