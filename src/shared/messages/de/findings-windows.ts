import type { windowsFindings as english } from '../en/findings-windows'

export const windowsFindings: typeof english = {
  'boot.loader.missing:windows': {
    title: 'Windows ist unvollständig',
    message: 'Es gibt eine Registrierung von Windows, aber keinen Kernel (Windows\\System32\\ntoskrnl.exe).',
    why: 'Ein Knoten könnte nicht starten.',
    remedy:
      'Wählen Sie den Datenträger, von dem Windows startet; ist es dieser, reparieren Sie Windows und exportieren Sie ihn noch einmal.',
  },
  'windows.generalized': {
    title: 'Nicht generalisiert',
    message:
      'Windows ist eingerichtet und in Gebrauch; Sysprep wurde nicht ausgeführt, oder Windows wurde danach noch einmal gestartet.',
    why: 'Jeder Knoten wäre eine Kopie dieses einen Computers und würde auf eine Einrichtung warten, die nie kommt.',
    remedy:
      'Führen Sie Sysprep auf dem Computer aus, lassen Sie ihn davon herunterfahren und exportieren Sie den Datenträger, ohne den Computer noch einmal zu starten.',
  },
  'windows.generalized:interrupted': {
    title: 'Sysprep wurde unterbrochen',
    message: 'Sysprep oder die Einrichtung kam nicht zu Ende (IMAGE_STATE_UNDEPLOYABLE).',
    why: 'Knoten blieben mitten in ihrer Einrichtung stehen.',
    remedy:
      'Lesen Sie, was Sysprep bemängelt, beheben Sie die Ursache, starten Sie den Computer neu und führen Sie Sysprep noch einmal aus.',
  },
  'windows.generalized:audit': {
    title: 'Für den Überwachungsmodus vorbereitet',
    message: 'Windows wurde generalisiert, startet aber im Überwachungsmodus (sysprep /audit).',
    why: 'Im Überwachungsmodus richtet niemand einen Knoten ein; er würde ewig auf einen Menschen warten.',
    remedy: 'Führen Sie Sysprep noch einmal aus, mit /oobe statt /audit.',
  },
  'windows.generalized:specialized': {
    title: 'Nicht generalisiert',
    message:
      'Windows wurde für seinen ersten Start vorbereitet, aber nur für diesen einen Computer (Sysprep ohne /generalize).',
    why: 'Jeder Knoten wäre eine Kopie dieses einen Computers.',
    remedy: 'Führen Sie Sysprep noch einmal aus, mit /generalize.',
  },
  'windows.generalized:specialized-audit': {
    title: 'Nicht generalisiert, im Überwachungsmodus',
    message:
      'Windows wurde für den Überwachungsmodus dieses einen Computers vorbereitet (sysprep /audit ohne /generalize).',
    why: 'Jeder Knoten wäre eine Kopie dieses einen Computers und würde auf einen Menschen warten.',
    remedy: 'Führen Sie Sysprep noch einmal aus, mit /generalize und /oobe.',
  },
  'windows.generalized:other': {
    title: 'Nicht generalisiert',
    message:
      'Windows nennt seinen Zustand {state}; nur IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE ist bereit für ein Image.',
    why: 'Knoten kämen nicht durch ihre Einrichtung.',
    remedy:
      'Führen Sie Sysprep auf dem Computer aus, lassen Sie ihn davon herunterfahren und exportieren Sie den Datenträger, ohne den Computer noch einmal zu starten.',
  },
  'windows.generalized:differ': {
    title: 'Generalisiert oder nicht: zwei Antworten',
    message: 'State.ini sagt {file}, die Registrierung sagt {registry}.',
    why: 'Die Einrichtung glaubt einem von beiden; ist es das falsche, kommen Knoten nicht durch ihre Einrichtung.',
    remedy: 'Führen Sie Sysprep noch einmal aus und lassen Sie den Computer davon herunterfahren.',
  },
  'windows.generalized:status': {
    title: 'Sysprep hinterließ keinen Beleg',
    message:
      'Windows nennt sich generalisiert, aber Sysprep hat einen Zwischenschritt vermerkt und kein Zeichen des Erfolgs hinterlassen.',
    why: 'Wurde es abgebrochen, bleiben Knoten mitten in ihrer Einrichtung stehen.',
    remedy:
      'Führen Sie Sysprep im Zweifel noch einmal aus und warten Sie, bis sich der Computer von selbst ausgeschaltet hat.',
  },
  'windows.generalized:app': {
    title: 'Eine App hält Sysprep auf',
    message: 'Sysprep ist zuletzt an der App {name} gescheitert: Sie ist nur für einen Benutzer installiert.',
    why: 'Solange sie da ist, scheitert Sysprep wieder.',
    remedy: 'Entfernen Sie die App für alle Benutzer und führen Sie Sysprep dann noch einmal aus.',
  },
  'windows.generalized:dsc': {
    title: 'Eine Konfiguration hält Sysprep auf',
    message: 'Sysprep ist zuletzt in DscCore.dll gescheitert: Eine Desired State Configuration gilt noch.',
    why: 'Solange sie da ist, scheitert Sysprep wieder.',
    remedy:
      'Entfernen Sie die Konfiguration, starten Sie den Computer neu und führen Sie Sysprep dann noch einmal aus.',
  },
  'windows.pending-reboot': {
    title: 'Ein Neustart steht aus',
    message: 'Windows wartet auf einen Neustart ({names}).',
    why: 'Knoten würden diese Arbeit bei ihrem ersten Start nachholen oder deswegen in ihrer Einrichtung stehen bleiben.',
    remedy: 'Starten Sie den Computer neu, bis nichts mehr aussteht, und führen Sie Sysprep dann noch einmal aus.',
  },
  'windows.dirty': {
    title: 'Nicht sauber heruntergefahren',
    message:
      'Die Registrierung wurde nicht zu Ende geschrieben ({names}); was hier über Windows steht, kann älter sein.',
    why: 'Einstellungen der letzten Minuten können auf einem Knoten fehlen.',
    remedy:
      'Starten Sie den Computer, fahren Sie ihn vollständig herunter und führen Sie, falls er generalisiert war, Sysprep noch einmal aus.',
  },
  'windows.dirty:volume': {
    title: 'Nicht sauber heruntergefahren',
    message: 'Das Dateisystem war in Gebrauch, als der Datenträger entnommen wurde.',
    why: 'Jeder Knoten würde zuerst seinen Datenträger prüfen; das dauert lange und kann Dateien kosten.',
    remedy:
      'Starten Sie den Computer, prüfen Sie das Laufwerk, fahren Sie ihn vollständig herunter und exportieren Sie den Datenträger noch einmal.',
  },
  'windows.dirty:hibernated': {
    title: 'Im Ruhezustand, nicht heruntergefahren',
    message:
      'Der Datenträger enthält den Arbeitsspeicher eines Computers im Ruhezustand (hiberfil.sys), wie nach dem Schnellstart.',
    why: 'Ein Knoten würde versuchen, als dieser Computer aufzuwachen, und Änderungen am Datenträger gingen verloren.',
    remedy: 'Starten Sie den Computer, schalten Sie den Ruhezustand aus und fahren Sie ihn vollständig herunter.',
  },
  'azure.extensions:logs': {
    title: 'Spuren von Azure-Erweiterungen',
    message: 'Es gibt Protokolle von Azure-Erweiterungen, die nicht mehr installiert sind: {names}.',
    why: 'Kein Knoten verwendet sie; sie zeigen nur, dass der Computer schon in Azure lief.',
    remedy: 'Nichts zu tun; die Protokolle können gelöscht werden.',
  },
  'azure.agent.windows': {
    title: 'Azure-VM-Agent',
    message: 'Der Azure-VM-Agent ist nicht installiert.',
    why: 'Ohne ihn weiß Azure nicht, ob es einem Knoten gut geht, und Erweiterungen sind nicht möglich.',
    remedy: 'Installieren Sie ihn auf dem Computer, vor Sysprep.',
  },
  'azure.agent.windows:disabled': {
    title: 'Azure-VM-Agent',
    message: 'Der Azure-VM-Agent ist installiert, aber ausgeschaltet ({names}).',
    why: 'Ohne ihn weiß Azure nicht, ob es einem Knoten gut geht, und Erweiterungen sind nicht möglich.',
    remedy: 'Lassen Sie seine Dienste automatisch starten.',
  },
  'batch.temp-disk:drive': {
    title: 'Laufwerk D: ist vergeben',
    message: 'Der Buchstabe D: gehört zu einem Volume dieses Computers.',
    why: 'Auf einem Knoten ist D: das temporäre Laufwerk; dort arbeitet der Batch-Knoten-Agent.',
    remedy: 'Geben Sie dem Volume einen anderen Buchstaben, vor Sysprep.',
  },
  'batch.temp-disk:page-file': {
    title: 'Auslagerungsdatei auf einem anderen Laufwerk',
    message: 'Die Auslagerungsdatei liegt auf Laufwerk {drive}, das ein Knoten vielleicht nicht hat.',
    why: 'Auf einem Knoten gehört sie auf das temporäre Laufwerk D:.',
    remedy: 'Verschieben Sie sie auf D:.',
  },
  'batch.temp-disk:page-file-c': {
    title: 'Auslagerungsdatei auf dem Systemdatenträger',
    message: 'Die Auslagerungsdatei ist fest auf Laufwerk C: eingestellt.',
    why: 'Das geht, aber auf dem temporären Laufwerk D: ist sie schneller und kostet nichts.',
    remedy: 'Verschieben Sie sie auf D:, wenn Knoten sie viel brauchen.',
  },
  'windows.hyperv-drivers': {
    title: 'Treiber für Azure',
    message: 'Treiber, die jeder Computer in Azure braucht, fehlen: {names}.',
    why: 'Ein Knoten fände weder seinen Datenträger noch sein Netzwerk und könnte nicht starten.',
    remedy: 'Reparieren Sie Windows auf dem Computer, damit die Treiber wiederkommen.',
  },
  'windows.hyperv-drivers:disabled': {
    title: 'Treiber für Azure',
    message: 'Treiber, die jeder Computer in Azure braucht, sind ausgeschaltet: {names}.',
    why: 'Ein Knoten fände weder seinen Datenträger noch sein Netzwerk und könnte nicht starten.',
    remedy: 'Schalten Sie sie ein.',
  },
  'windows.hyperv-drivers:late': {
    title: 'Treiber für Azure',
    message: 'Treiber für den Systemdatenträger werden beim Start von Windows nicht geladen: {names}.',
    why: 'Ein Knoten kann mit einem Bluescreen stehen bleiben, weil er seinen Datenträger nicht findet.',
    remedy: 'Lassen Sie sie beim Start laden.',
  },
  'windows.rdp': {
    title: 'Remotedesktop ist aus',
    message: 'Verbindungen mit Remotedesktop werden abgelehnt.',
    why: 'Niemand könnte einen Knoten ansehen, der nicht funktioniert.',
    remedy: 'Erlauben Sie sie, in den Einstellungen und in der Firewall.',
  },
  'windows.rdp:service': {
    title: 'Remotedesktop ist aus',
    message: 'Der Dienst für Remotedesktop (TermService) ist ausgeschaltet.',
    why: 'Niemand könnte einen Knoten ansehen, der nicht funktioniert.',
    remedy: 'Lassen Sie ihn bei Bedarf starten.',
  },
  'windows.rdp:port': {
    title: 'Remotedesktop an einem anderen Port',
    message: 'Remotedesktop lauscht an Port {port}.',
    why: 'Azure leitet Verbindungen zu einem Knoten an Port 3389.',
    remedy: 'Stellen Sie ihn auf 3389.',
  },
  'windows.dvd': {
    title: 'DVD-Laufwerk ist aus',
    message: 'Der Treiber des DVD-Laufwerks (cdrom) ist ausgeschaltet.',
    why: 'Azure übergibt die Einstellungen eines Knotens auf einer DVD; ohne sie bleibt der Knoten in seiner Einrichtung.',
    remedy: 'Schalten Sie ihn ein.',
  },
  'windows.unattend': {
    title: 'Eigene Antwortdatei',
    message: 'Es gibt eine Antwortdatei für die Einrichtung: {path}.',
    why: 'Azure bringt eine eigene mit; eine andere kann die Einrichtung eines Knotens aufhalten.',
    remedy: 'Löschen Sie sie, vor Sysprep.',
  },
  'windows.users': {
    title: 'Konten im Image',
    message: 'Lokale Konten können sich anmelden: {names}.',
    why: 'Jeder Knoten hätte sie, mit denselben Kennwörtern.',
    remedy: 'Löschen Sie die Konten, die Knoten nicht brauchen, oder schalten Sie sie aus.',
  },
}
