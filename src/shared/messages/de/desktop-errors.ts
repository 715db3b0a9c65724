import type { desktopErrors as english } from '../en/desktop-errors'

export const desktopErrors: typeof english = {
  'desktop.unreachable': {
    what: '{host} antwortet nicht an Port {port}.',
    todo: 'Prüfen Sie, ob die VM läuft und ihre Netzwerksicherheitsgruppe Ihre jetzige Adresse einlässt. Manche Firewalls in Büros sperren Port {port}; dann hilft ein anderes Netz. Versuchen Sie es danach erneut.',
  },
  'desktop.port-closed': {
    what: '{host} antwortet, aber an Port {port} nimmt dort niemand an.',
    todo: 'Warten Sie, bis Windows gestartet ist, oder schalten Sie dort Remotedesktop ein. Versuchen Sie es danach erneut.',
  },
  'desktop.unknown-host': {
    what: 'Der Name „{host}“ ist unbekannt.',
    todo: 'Prüfen Sie die Schreibweise, oder geben Sie die Adresse in Zahlen an.',
  },
  'desktop.silent': {
    what: '{host} hat die Verbindung angenommen und dann {seconds} Sekunden lang nichts gesagt.',
    todo: 'Vielleicht startet die VM noch oder ist stark ausgelastet. Warten Sie eine Minute und versuchen Sie es erneut.',
  },
  'desktop.not-rdp': {
    what: 'Was an Port {port} von {host} antwortet, spricht kein RDP.',
    todo: 'Prüfen Sie den Port: Remotedesktop benutzt gewöhnlich 3389, SSH 22.',
  },
  'desktop.old-security': {
    what: '{host} bietet nur die alte RDP-Verschlüsselung an, die weder Kennwort noch Bild schützt.',
    todo: 'Stellen Sie den Server auf TLS um (Sicherheitsstufe „SSL“ oder „Verhandeln“), oder benutzen Sie SSH.',
  },
  'desktop.old-tls': {
    what: '{host} spricht TLS 1.1 oder älter; das ist gebrochen und wird nicht mehr angenommen.',
    todo: 'Schalten Sie auf dem Server TLS 1.2 ein (ab Windows Server 2012 R2 vorhanden), oder benutzen Sie SSH.',
  },
  'desktop.tls': {
    what: 'Es kam keine verschlüsselte Verbindung zu {host} zustande.',
    todo: 'Versuchen Sie es erneut. Bleibt es dabei, steht in den Details, was TLS nicht gefiel.',
  },
  'desktop.nla-required': {
    what: '{host} verlangt das Kennwort, bevor es ein Bild zeigt (NLA), und das war ausgeschaltet.',
    todo: 'Verbinden Sie sich erneut mit Authentifizierung auf Netzwerkebene.',
  },
  'desktop.no-certificate': {
    what: '{host} hat kein Zertifikat und kann die Verbindung nicht verschlüsseln.',
    todo: 'Starten Sie dort den Remotedesktopdienst neu: Er erstellt sich ein neues Zertifikat.',
  },
  'desktop.refused': {
    what: '{host} lehnt die Verbindung ab (Grund {code}).',
    todo: 'Prüfen Sie dort die Einstellungen für Remotedesktop und versuchen Sie es erneut.',
  },
  'desktop.certificate-changed': {
    what: '{host} zeigt ein anderes Zertifikat als zuvor. Es wurde nichts dorthin gesendet.',
    todo: 'Wurde die VM neu erstellt, vergleichen Sie beide Fingerabdrücke und vertrauen Sie dem neuen. Sonst kann jemand dazwischen sitzen: Verbinden Sie sich nicht.',
  },
  'desktop.password': {
    what: '{host} nimmt Benutzername oder Kennwort nicht an.',
    todo: 'Geben Sie beides neu ein. Für ein Konto der VM selbst genügt der bloße Benutzername.',
  },
  'desktop.account': {
    what: 'Das Konto „{user}“ darf sich an {host} nicht anmelden.',
    todo: 'Vielleicht ist es gesperrt, abgelaufen oder kein Mitglied der „Remotedesktopbenutzer“. Benutzen Sie ein anderes Konto, oder lassen Sie es zu.',
  },
  'desktop.hung-up': {
    what: '{host} hat aufgelegt, sobald der Nachweis von Benutzername und Kennwort da war.',
    todo: 'Manche Server tun das wortlos, wenn eines davon falsch ist: Melden Sie sich anders an. Stimmt beides, hat der Server eine Störung: Starten Sie ihn neu oder versuchen Sie es noch einmal.',
  },
  'desktop.ended': {
    what: 'Die Verbindung zu {host} ist beendet.',
    todo: 'Vielleicht startet die VM neu, oder das Netz war unterbrochen. Programme laufen dort weiter: Verbinden Sie sich wieder.',
  },
  'desktop.crashed': {
    what: 'Die Seite mit dem Remotedesktop ist abgestürzt.',
    todo: 'Programme auf der VM laufen weiter: Verbinden Sie sich wieder.',
  },
  'desktop.none-here': {
    what: 'Die VMs dieser Cloud zeigen keinen Remotedesktop.',
    todo: 'Benutzen Sie das Terminal; oder öffnen Sie den Desktop eines anderen Computers, den Sie erreichen.',
  },
  'desktop.no-client': {
    what: 'Auf diesem Computer ist kein Programm für Remotedesktop, das die App kennt.',
    todo: 'Speichern Sie die Datei und öffnen Sie sie mit einem Programm Ihrer Wahl, oder installieren Sie FreeRDP.',
  },
  'desktop.client-failed': {
    what: '{program} hat sich sofort beendet[? mit Code {status}].',
    todo: 'Was es selbst dazu sagt, steht in den Details. Die Verbindung in der App funktioniert weiterhin.',
  },
}
