import type { signIn as english } from '../en/sign-in'

export const signIn: typeof english = {
  pickProfile: {
    title: 'Cloudprofil auswählen',
    button: 'Auswählen',
    profiles: 'Cloudprofile (JSON)',
    all: 'Alle Dateien',
  },
  accounts: {
    legend: 'Welches Konto?',
    another: { label: 'Anderes Konto', hint: 'Sie melden sich neu an; bisherige Konten bleiben angemeldet.' },
    signOut: 'Abmelden',
    signOutOf: '{user} abmelden',
    none: 'Niemand ist angemeldet.',
  },
  tenant: 'Mandant',
  tenantHint: 'Ihr Konto ist in einem Mandanten zu Hause und in anderen Gast. Abonnements gehören zu einem davon.',
  inTenant: 'im Mandanten {tenant}',
  kept: {
    keyring:
      'Die Anmeldung liegt auf diesem Computer, verschlüsselt vom Schlüsselbund Ihres Systems. Sie gilt, bis Sie sich abmelden.',
    memory:
      'Dieser Computer hat keinen Schlüsselbund, den wir nutzen können. Die Anmeldung bleibt nur im Arbeitsspeicher und endet, wenn Sie die App schließen.',
  },
  browserStays: 'Wer sich hier abmeldet, bleibt im Browser angemeldet; das beenden Sie auf der Seite Ihres Kontos.',
  waiting: {
    browserTitle: 'Weiter in Ihrem Browser',
    browserText:
      'Dort hat sich die Anmeldeseite von {host} geöffnet. Wenn sie sagt, dass Sie fertig sind, kommen Sie zurück: Dieses Fenster macht von selbst weiter.',
    browserLost:
      'Keine Seite, der falsche Browser oder versehentlich geschlossen? Öffnen Sie sie noch einmal oder kopieren Sie die Adresse in den gewünschten Browser.',
    windowText:
      'Ein Fenster dieser App zeigt die Anmeldeseite. Sobald Sie dort gewählt haben, wer Sie sind, geht es hier weiter.',
    codeTitle: 'Öffnen Sie diese Seite auf irgendeinem Gerät und geben Sie den Code ein',
    codeText: 'Wenn Sie dort fertig sind, geht es hier nach wenigen Sekunden von selbst weiter.',
    page: 'Seite',
    code: 'Code',
    copyPage: 'Adresse kopieren',
    copyCode: 'Code kopieren',
    reopen: 'Seite noch einmal öffnen',
    copyAddress: 'Adresse kopieren',
    copied: 'Adresse kopiert',
    until: 'Wartet bis {at}, noch {minutes} {minutes:plural:Minute:Minuten}. Sie können es jederzeit beenden.',
  },
  consent: {
    title: 'Was Ihr Administrator tun muss',
    lead: 'Ein Administrator öffnet einmal diese Seite, meldet sich an und stimmt zu. Danach können sich alle im Mandanten anmelden.',
    url: 'Seite für den Administrator',
    copyUrl: 'Adresse der Seite kopieren',
    text: 'Text zum Verschicken',
    copyText: 'Text kopieren',
    mail: 'Guten Tag,\n\num Images für Azure Batch zu bauen, verwende ich die Desktop-App „Batch Image Studio“. Sie meldet sich in meinem Namen an (nur delegierte Berechtigungen) und braucht user_impersonation für Azure Service Management, Azure Batch und Azure Storage. Sie bekommt keine Rechte, die mein Konto nicht hat.\n\nBitte erteilen Sie ihr einmal die Administratorzustimmung in unserem Mandanten {tenant}. Anwendungs-ID (Client): {clientId}\n\nDie Seite dafür:\n{url}\n\nVielen Dank',
  },
  help: {
    open: 'So registrieren Sie die App',
    title: 'Die App in Ihrem Mandanten registrieren',
    lead: 'Azure lässt nur registrierte Apps jemanden anmelden. Eine Registrierung genügt für die ganze Organisation und kostet nichts; sie dauert etwa fünf Minuten.',
    needs: 'Was die Registrierung braucht',
    facts: [
      'Typ: öffentlicher Client (Mobilgerät- und Desktopanwendungen), denn die App auf Ihrem Computer kann kein Geheimnis wahren.',
      'Umleitungs-URI: http://localhost',
      '„Öffentliche Clientflows zulassen“: ja, für die Anmeldung mit einem Code.',
      'Delegierte Berechtigungen user_impersonation für Azure Service Management, Azure Batch und Azure Storage. Delegiert heißt: Die App darf nie mehr als Sie selbst.',
      'Administratorzustimmung, wenn in Ihrer Organisation nicht jeder selbst zustimmen darf.',
    ],
    cloud: 'Cloud',
    shell: 'Befehle für',
    bash: 'Bash',
    powershell: 'PowerShell',
    script: 'Befehle der Azure CLI',
    scriptHint:
      'Ausführen muss sie jemand, der Anwendungen registrieren darf. Am Ende stehen Mandant und Anwendungs-ID; für die Administratorzustimmung braucht es einen Administrator.',
    portal: 'Oder im Portal: {portal}, Microsoft Entra ID, App-Registrierungen, Neue Registrierung.',
    codes: 'Wenn die Anmeldeseite einen Fehler zeigt',
    codeList: {
      AADSTS65001: 'Die Zustimmung fehlt. Geben Sie die Anwendungs-ID Ihrem Administrator.',
      AADSTS90094: 'Die Zustimmung fehlt. Geben Sie die Anwendungs-ID Ihrem Administrator.',
      AADSTS700016: 'Der Mandant kennt diese Anwendungs-ID nicht. Prüfen Sie ID und Mandant.',
      AADSTS50020:
        'Ihr Konto gehört nicht zu diesem Mandanten. Nehmen Sie ein anderes Konto oder einen anderen Mandanten.',
      AADSTS50011: 'In der Registrierung fehlt die Umleitungs-URI http://localhost.',
      AADSTS53003: 'Bedingter Zugriff verbietet es von diesem Computer oder Netzwerk aus.',
      AADSTS7000218: '„Öffentliche Clientflows zulassen“ ist ausgeschaltet.',
    },
    close: 'Schließen',
  },
  cloud: {
    saved: 'Für diese Cloud gespeichert: {value}',
    savedHint: 'Gilt für jeden Durchlauf dieser Cloud, der nichts anderes sagt.',
  },
  settings: {
    lead: 'Welche App-Registrierung jede Cloud benutzt und wer angemeldet ist. Was ein Durchlauf selbst sagt, geht vor.',
    clientId: 'Anwendungs-ID (Client)',
    tenant: 'Mandant',
    save: 'Speichern',
    saved: 'Gespeichert',
    practice: 'Die Übungs-Cloud bringt ihre Registrierung selbst mit.',
    accounts: 'Angemeldet',
    home: 'zu Hause in {tenant}',
  },
}
