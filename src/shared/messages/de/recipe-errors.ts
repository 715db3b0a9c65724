import type { recipeErrors as english } from '../en/recipe-errors'

export const recipeErrors: typeof english = {
  'recipe.part-failed': {
    what: 'Der Teil „{part}“ hat mit dem Code {code} aufgehört.',
    todo: 'Lesen Sie seine letzten Zeilen, ändern Sie den Teil oder beheben Sie die Ursache, und führen Sie das Rezept erneut aus: Es geht mit diesem Teil weiter.',
  },
  'recipe.check-failed': {
    what: 'Der Teil „{part}“ lief, aber seine Prüfung endete mit dem Code {code}: Was er bringen soll, ist nicht da.',
    todo: 'Ändern Sie den Teil oder seine Prüfung, und führen Sie das Rezept erneut aus: Es geht mit diesem Teil weiter.',
  },
  'recipe.broken-off': {
    what: 'Die Verbindung zur VM ging verloren, während der Teil „{part}“ lief; er wurde abgebrochen.',
    todo: 'Führen Sie das Rezept erneut aus: Was von dem Teil in der VM noch läuft, wird zuerst beendet, dann beginnt er neu.',
  },
  'recipe.file-missing': {
    what: 'Der Teil „{part}“ kopiert {file}, das auf diesem Computer nicht gelesen werden kann.',
    todo: 'Wählen Sie die Datei in diesem Teil neu aus.',
  },
  'recipe.no-channel': {
    what: 'Die App kann in {vm} nichts ausführen: Diese Windows-VM hat noch keinen Steuerkanal.',
    todo: 'Fügen Sie das Skript des Kanals auf ihrem Desktop in PowerShell ein, oder installieren Sie von Hand und haken Sie ab, dass alles fertig ist.',
  },
  'recipe.empty': {
    what: 'Das Rezept hat keinen Teil, der laufen könnte.',
    todo: 'Fügen Sie einen Teil hinzu, oder installieren Sie von Hand und haken Sie ab, dass alles fertig ist.',
  },
  'recipe.busy': {
    what: 'In der VM läuft bereits etwas.',
    todo: 'Warten Sie, bis es geendet hat, oder halten Sie es an.',
  },
  'recipe.unreadable': {
    what: '{file} ist kein lesbares Installationsrezept.',
    todo: 'Wählen Sie eine Rezeptdatei in YAML oder JSON, die diese App geschrieben hat.',
  },
  'recipe.invalid': {
    what: 'Das Rezept passt nicht: {fields}.',
    todo: 'Berichtigen Sie es in der Datei, und öffnen Sie sie erneut. Nichts davon wurde übernommen.',
  },
  'recipe.too-large': {
    what: 'Das Rezept ist zu groß geworden, um aufbewahrt zu werden.',
    todo: 'Legen Sie lange Skripte in Dateien ab, und lassen Sie die Teile diese kopieren.',
  },
  'recipe.secret': {
    what: 'In diesen Teilen steht etwas, das wie ein Kennwort oder Schlüssel aussieht: {parts}.',
    todo: 'Nehmen Sie es heraus, und lassen Sie das Skript es beim Ausführen holen. Speichern Sie das Rezept dann.',
  },
  'generalize.blocked': {
    what: 'Das Generalisieren würde scheitern oder ein schlechtes Image ergeben: {checks}.',
    todo: 'Jede Prüfung sagt, was zu tun ist. Sehen Sie dann erneut nach, oder nehmen Sie ihr Risiko in Kauf.',
  },
  'generalize.unconfirmed': {
    what: 'Noch hat niemand bestätigt, dass {vm} generalisiert werden darf; danach kann sich niemand mehr dort anmelden.',
    todo: 'Halten Sie die Schaltfläche gedrückt, oder tippen Sie den Namen der VM.',
  },
  'generalize.no-agent': {
    what: 'Der Azure-Agent (waagent) ist nicht in {vm}; das System kann so nicht generalisiert werden, und sein Image würde nicht starten.',
    todo: 'Installieren Sie ihn im Terminal (Debian und Ubuntu: sudo apt-get install walinuxagent; Red Hat: sudo dnf install WALinuxAgent), und versuchen Sie es erneut.',
  },
  'generalize.deprovision-failed': {
    what: 'Der Azure-Agent konnte {vm} nicht generalisieren; er endete mit dem Code {code}.',
    todo: 'Lesen Sie unten seine letzten Zeilen, beheben Sie die Ursache im Terminal, und versuchen Sie es erneut.',
  },
  'generalize.no-evidence': {
    what: 'Der Agent lief, aber {vm} ist noch von anderen Computern zu unterscheiden: {checks}.',
    todo: 'Versuchen Sie es erneut. Bleibt es dabei, kehren Sie zur Momentaufnahme zurück, und sehen Sie im Terminal nach, was ihn hindert.',
  },
  'generalize.unknown': {
    what: 'Das Generalisieren von {vm} wurde abgebrochen, und niemand kann sich mehr anmelden, um zu sehen, wie weit es kam.',
    todo: 'Kehren Sie zur Momentaufnahme zurück, und generalisieren Sie erneut.',
  },
  'generalize.appx': {
    what: 'Sysprep hat in {vm} aufgehört: Die App {app} ist für einen Benutzer installiert, aber nicht für alle.',
    todo: 'Entfernen Sie sie in PowerShell (Get-AppxPackage -AllUsers {app} | Remove-AppxPackage -AllUsers), und versuchen Sie es erneut.',
  },
  'generalize.sysprep-failed': {
    what: 'Sysprep hat in {vm} aufgehört: {cause}.',
    todo: 'Beheben Sie das auf dem Desktop oder im Terminal, und versuchen Sie es erneut. Sein Protokoll steht in den Details.',
  },
  'generalize.timeout': {
    what: 'Sysprep ist in {vm} nach {minutes} Minuten nicht fertig.',
    todo: 'Sehen Sie sich den Desktop oder das Startbild an. Versuchen Sie es erneut: Was inzwischen geendet hat, wird erkannt.',
  },
  'generalize.not-by-hand': {
    what: 'Sysprep von Hand endet mit einer heruntergefahrenen VM, aber der Energiezustand von {vm} ist „{power}“.',
    todo: 'Führen Sie auf ihrem Desktop aus: %WINDIR%\\System32\\Sysprep\\Sysprep.exe /generalize /oobe /mode:vm /shutdown. Versuchen Sie es dann erneut.',
  },
}
