import type { sessionErrors as english } from '../en/session-errors'

export const sessionErrors: { [Code in keyof typeof english]: { what: string; todo: string } } = {
  'session.closed': {
    what: 'Hier ist keine Sitzung offen.',
    todo: 'Öffnen Sie eine Sitzung zur VM.',
  },
  'machine.gone': {
    what: 'Die VM „{name}“ gibt es nicht mehr.',
    todo: 'Lesen Sie die Liste der VMs neu ein und wählen Sie eine andere.',
  },
  'machine.stopped': {
    what: 'Die VM „{name}“ läuft nicht; ihr Zustand: {state}.',
    todo: 'Wählen Sie sie unter „Sitzung öffnen“ in der Liste und starten Sie sie dort.',
  },
  'door.no-room': {
    what: 'In der Netzwerksicherheitsgruppe {group} ist vor der Regel, die Sie ausschließt, keine Nummer mehr frei.',
    todo: 'Bitten Sie, wer dieses Netzwerk betreibt, Ihre Adresse einzulassen, oder verbinden Sie sich von innen.',
  },
  'session.no-vm': {
    what: 'Dieser Durchlauf hat im Moment keine Build-VM.',
    todo: 'Führen Sie zuerst den Schritt „Build-VM erstellen“ aus.',
  },
  'session.port-closed': {
    what: '{host} antwortet, aber auf Port {port} hört nichts.',
    todo: 'Vielleicht startet der SSH-Server dort noch: Warten Sie eine Minute und versuchen Sie es noch einmal. Bleibt es dabei, prüfen Sie, ob er läuft und auf welchem Port er hört.',
  },
  'session.no-answer': {
    what: '{host} hat auf Port {port} innerhalb von {seconds} s nicht geantwortet.',
    todo: 'Vielleicht hat sich Ihre öffentliche Adresse geändert, sodass die Netzwerksicherheitsgruppe Sie aussperrt: Öffnen Sie die Sitzung neu, dabei wird sie noch einmal geprüft. Oder eine Firewall Ihres Büros lässt auf Port {port} nichts hinaus: Erstellen Sie die VM dann mit dem SSH-Server auf Port 443. Oder die VM läuft nicht.',
  },
  'session.unknown-host': {
    what: 'Kein Nameserver kennt {host}.',
    todo: 'Prüfen Sie, wie der Name geschrieben wird und ob er nur in einem Netzwerk bekannt ist, in dem Sie gerade nicht sind.',
  },
  'session.proxy-refused': {
    what: 'Der Proxy {proxy} lässt Sie nicht zu Port {port} von {host} durch.',
    todo: 'Proxys in Büros erlauben meist nur Port 443: Erstellen Sie die VM mit dem SSH-Server auf Port 443, lassen Sie Port {port} von Ihrer Administration freigeben oder verwenden Sie ein anderes Netzwerk.',
  },
  'session.not-ssh': {
    what: 'Was auf Port {port} von {host} antwortet, spricht kein SSH.',
    todo: 'Prüfen Sie den Port. Gleich nach einem Start kann es auch sein, dass der Server noch alle abweist: Versuchen Sie es dann noch einmal.',
  },
  'session.no-algorithm': {
    what: '{host} und diese App haben kein Verschlüsselungsverfahren gemeinsam.',
    todo: 'Der SSH-Server dort ist sehr alt oder sehr streng eingestellt. Erlauben Sie dort die üblichen Verfahren, etwa curve25519-sha256 und aes128-gcm.',
  },
  'session.host-key-changed': {
    what: '{host} zeigt einen anderen Hostschlüssel als bisher. Bekannt: {known}. Gefunden: {found}. Es wurde nichts dorthin gesendet.',
    todo: 'Wurde die VM neu erstellt, generalisiert oder aus einem älteren Datenträger wiederhergestellt, ist das zu erwarten: Vergleichen Sie den neuen Fingerabdruck mit dem seriellen Protokoll der VM, vergessen Sie den alten Schlüssel und verbinden Sie sich noch einmal. Sonst sitzt vielleicht jemand dazwischen: Verbinden Sie sich nicht.',
  },
  'session.host-key-refused': {
    what: 'Sie haben dem Hostschlüssel von {host} nicht vertraut, deshalb wurde nichts dorthin gesendet. Es war {fingerprint}.',
    todo: 'Vergleichen Sie ihn mit dem seriellen Protokoll der VM oder mit dem, was ihre Administration sagt. Verbinden Sie sich dann noch einmal.',
  },
  'session.wrong-password': {
    what: '{host} nimmt dieses Kennwort für {user} nicht an.',
    todo: 'Prüfen Sie Benutzername und Kennwort, Tastaturbelegung und Feststelltaste und versuchen Sie es noch einmal.',
  },
  'session.wrong-key': {
    what: '{host} nimmt den Schlüssel {key} für {user} nicht an.',
    todo: 'Prüfen Sie den Benutzernamen und ob die öffentliche Hälfte dieses Schlüssels in authorized_keys der VM steht. Oder wählen Sie einen anderen Schlüssel.',
  },
  'session.agent-refused': {
    what: 'Kein Schlüssel Ihres SSH-Agents öffnet {host} für {user}.',
    todo: 'Sehen Sie mit „ssh-add -l“ nach, ob der Agent läuft und den Schlüssel hat; fügen Sie ihn mit „ssh-add“ hinzu oder wählen Sie die Schlüsseldatei.',
  },
  'session.no-agent': {
    what: 'Auf diesem Computer läuft kein SSH-Agent.',
    todo: 'Starten Sie einen oder wählen Sie stattdessen eine Schlüsseldatei oder ein Kennwort.',
  },
  'session.no-way-in': {
    what: '{host} lässt {user} nur auf anderen Wegen ein[?: {methods}].',
    todo: 'Wählen Sie den Weg, den dieser Server annimmt: Schlüssel, Kennwort oder Agent.',
  },
  'session.too-many-failures': {
    what: '{host} hat die Verbindung nach zu vielen Fehlversuchen beendet.',
    todo: 'Ein Agent mit vielen Schlüsseln verbraucht die Versuche, bevor der richtige an der Reihe ist: Wählen Sie die Schlüsseldatei selbst. Oder warten Sie kurz und versuchen Sie es noch einmal.',
  },
  'session.key-unreadable': {
    what: '{file} ist kein privater Schlüssel, der sich hier lesen lässt.',
    todo: 'Wählen Sie die private Hälfte des Schlüsselpaars, ohne „.pub“, im Format von OpenSSH, PuTTY oder PEM.',
  },
  'session.wrong-passphrase': {
    what: 'Diese Passphrase öffnet den Schlüssel {file} nicht.',
    todo: 'Verbinden Sie sich noch einmal und geben Sie die ein, mit der der Schlüssel erstellt wurde.',
  },
  'session.key-locked': {
    what: 'Womit sich die Build-VM öffnen lässt, liegt auf diesem Computer, ist für dieses Programm aber nicht lesbar.',
    todo: 'Das Fenster bewahrt es im Schlüsselbund des Systems auf: Entsperren Sie den Schlüsselbund oder machen Sie im Fenster statt auf der Befehlszeile weiter.',
  },
  'session.no-key': {
    what: 'Die App hat für die VM dieses Durchlaufs keinen Schlüssel erstellt.',
    todo: 'Verwenden Sie Ihren eigenen Schlüssel, mit dem diese VM erstellt wurde.',
  },
  'session.no-password': {
    what: 'Die App hat für die VM dieses Durchlaufs kein Kennwort erstellt.',
    todo: 'Melden Sie sich stattdessen mit dem Schlüssel an.',
  },
  'session.question': {
    what: 'Was die VM[? ({host})] fragt, kann nur ein Mensch beantworten, etwa nach einem Kennwort oder ob der Hostschlüssel der richtige ist.',
    todo: 'Öffnen Sie die Sitzung dorthin im Fenster und antworten Sie dort.',
  },
  'session.too-slow': {
    what: '{host} hat nicht auf Ihre Antwort gewartet und die Verbindung geschlossen.',
    todo: 'Verbinden Sie sich noch einmal; SSH-Server warten etwa zwei Minuten.',
  },
  'session.lost': {
    what: 'Die Verbindung[? zu {host}] ist abgebrochen.',
    todo: 'Prüfen Sie das Netzwerk. Es wird von selbst wieder versucht; was dort lief, kann weitergelaufen oder beendet sein.',
  },
  'session.no-return': {
    what: 'Die VM ist innerhalb von {minutes} Minuten nicht zurückgekommen.',
    todo: 'Sehen Sie in der Startdiagnose im Azure-Portal nach, worauf sie wartet. Verbinden Sie sich dann noch einmal.',
  },
  'session.restart-refused': {
    what: 'Die VM lässt sich nicht neu starten.',
    todo: 'Lesen Sie in den Details, was sie meldet. Ihr Benutzer braucht sudo ohne Kennwort oder muss Administrator sein.',
  },
  'session.no-sudo': {
    what: '{user} darf nicht ohne Kennwort root werden, deshalb lief das Skript nicht.',
    todo: 'Erlauben Sie {user} sudo ohne Kennwort, wie Azure es einrichtet, oder verbinden Sie sich als root.',
  },
  'session.time-limit': {
    what: 'Der Befehl hat länger gedauert als die erlaubten {minutes} Minuten und wurde beendet.',
    todo: 'Sehen Sie sich an, was er zuletzt ausgegeben hat. Versuchen Sie es dann noch einmal, wo nötig mit einer höheren Grenze.',
  },
  'session.no-channel': {
    what: 'Die VM öffnet in dieser Sitzung keinen weiteren Kanal.',
    todo: 'Schließen Sie einige ihrer Terminals oder versuchen Sie es noch einmal. Vielleicht erlaubt ihr SSH-Server nur wenige zugleich (MaxSessions).',
  },
  'session.no-sftp': {
    what: 'Der SSH-Server der VM kopiert keine Dateien.',
    todo: 'Schalten Sie dort das Subsystem SFTP ein und versuchen Sie es noch einmal.',
  },
}
