import type { recipe as english } from '../en/recipe'

export const recipe: typeof english = {
  pick: {
    title: 'Installationsrezept öffnen',
    button: 'Rezept zeigen',
    files: 'Installationsrezepte',
    save: 'Installationsrezept speichern',
    file: 'Datei, die in die VM kopiert wird',
    folder: 'Ordner, der in die VM kopiert wird',
    take: 'Auswählen',
  },
  kept: {
    kept: 'Als Teil aufgenommen: „Rezept ausführen“ lässt ihn noch einmal laufen und zeigt, dass er von selbst geht.',
    secret:
      'Nicht aufgenommen: Die Zeile enthält ein Kennwort oder einen Schlüssel oder fragt danach. Lassen Sie es stattdessen ein Skript holen.',
    failed: 'Nicht aufgenommen, weil der Befehl scheiterte.',
  },
  repeatable: [
    'Ein Teil kann mehrmals laufen: nach einer verlorenen Verbindung, nach einer Änderung, beim nächsten Durchlauf. Schreiben Sie ihn so, dass das nicht schadet.',
    'Prüfen Sie, bevor Sie hinzufügen: „mkdir -p“, „grep -q … ||“ vor „>>“, Installationsprogramme still und reparierend.',
    'Unter Linux läuft ein Teil als root in bash und hält beim ersten Befehl an, der scheitert; unter Windows in PowerShell als Administrator.',
  ],
  /** What is looked at before a VM is generalized; `what` and `todo` are said where it is not fine. */
  checks: {
    'vm.agent': {
      name: 'Azure-Agent',
      what: 'Der Azure-Agent fehlt oder läuft nicht („{state}“).',
      todo: 'Installieren oder starten Sie ihn: Er generalisiert Linux, und jeder Knoten braucht ihn. Unter Windows müssen beide Dienste laufen, RdAgent und WindowsAzureGuestAgent.',
    },
    'vm.extensions': {
      name: 'Erweiterungen',
      what: 'In der VM sind Azure-Erweiterungen: {names}. Batch will Images ohne solche.',
      todo: 'Entfernen Sie sie im Portal unter „Erweiterungen und Anwendungen“, und was von ihren Ordnern in der VM bleibt.',
    },
    'vm.restart': {
      name: 'Ausstehender Neustart',
      what: 'Ein Neustart steht aus[?: {names}].',
      todo: 'Starten Sie die VM neu, und sehen Sie erneut nach.',
    },
    'vm.cloudInit': {
      name: 'Zustand von cloud-init',
      what: 'cloud-init meldet: {state}.',
      todo: 'Warten Sie, bis es geendet hat, oder sehen Sie in /var/log/cloud-init.log nach.',
    },
    'vm.freeDisk': {
      name: 'Platz auf dem Datenträger',
      what: 'Auf dem Datenträger mit dem System sind nur {bytes:size} frei.',
      todo: 'Entfernen Sie, was nicht gebraucht wird; der fertige Teil „Caches leeren“ hilft.',
    },
    'vm.temporary': {
      name: 'Temporäres Laufwerk',
      what: 'Auf dem temporären Laufwerk liegen Dateien, die nicht ins Image kommen: {names}.',
      todo: 'Verschieben Sie auf den Datenträger des Systems, was das Image braucht.',
    },
    'vm.fstab': {
      name: 'Einhängepunkte',
      what: '/etc/fstab hängt ein, was ein Knoten vielleicht nicht hat: {names}. Dann startet er nicht.',
      todo: 'Fügen Sie diesen Zeilen „nofail“ hinzu, oder nehmen Sie sie heraus.',
    },
    'vm.swap': {
      name: 'Auslagerungsspeicher',
      what: 'Auslagerungsspeicher liegt auf dem temporären Laufwerk und steht in /etc/fstab: {names}.',
      todo: 'Nehmen Sie die Zeile heraus; der Azure-Agent kann ihn selbst anlegen (ResourceDisk.EnableSwap).',
    },
    'vm.signedIn': {
      name: 'Angemeldet',
      what: 'Andere sind angemeldet: {names}. Was sie jetzt tun, kann verloren gehen oder ins Image geraten.',
      todo: 'Bitten Sie sie, sich abzumelden.',
    },
    'vm.users': {
      name: 'Weitere Benutzer',
      what: 'Benutzer bleiben mit ihren Dateien und Schlüsseln im Image: {names}.',
      todo: 'Entfernen Sie, wen die Knoten nicht brauchen: sudo userdel -r NAME.',
    },
    'vm.keys': {
      name: 'Private Schlüssel',
      what: 'Private Schlüssel geraten ins Image: {names}.',
      todo: 'Entfernen Sie sie.',
    },
    'vm.packages': {
      name: 'Pakete',
      what: 'Eine Installation wurde nicht beendet: {names}.',
      todo: 'Führen Sie aus: sudo dpkg --configure -a.',
    },
    'vm.appx': {
      name: 'Apps',
      what: 'Apps sind für einen Benutzer und nicht für alle installiert; daran hält Sysprep an: {names}.',
      todo: 'Entfernen Sie sie in PowerShell: Get-AppxPackage -AllUsers NAME | Remove-AppxPackage -AllUsers.',
    },
    'vm.dsc': {
      name: 'Konfiguration (DSC)',
      what: 'Eine Desired State Configuration steht aus ({names}); Sysprep scheitert in DscCore.dll.',
      todo: 'Entfernen Sie sie in PowerShell: Remove-DscConfigurationDocument -Stage Pending, und starten Sie neu.',
    },
    'vm.cdrom': {
      name: 'CD-Laufwerk',
      what: 'Das CD-Laufwerk ist abgeschaltet (Startwert „{state}“): Knoten blieben beim ersten Start hängen.',
      todo: 'Führen Sie aus: sc.exe config cdrom start= system, und starten Sie neu.',
    },
    'vm.bitLocker': {
      name: 'BitLocker',
      what: 'BitLocker verschlüsselt {names}; das lehnt Sysprep ab.',
      todo: 'Führen Sie aus: Disable-BitLocker -MountPoint C:, und warten Sie, bis das Laufwerk entschlüsselt ist.',
    },
    'vm.answers': {
      name: 'Antwortdateien',
      what: 'Antwortdateien einer früheren Installation sind da: {names}. Die App entfernt sie vor Sysprep.',
      todo: 'Kopieren Sie sie, wenn Sie sie brauchen.',
    },
  },
  /** What proves that a system was generalized. */
  evidence: {
    code: 'Beendigungscode des Agents',
    user: 'Der Benutzer',
    home: 'Sein Basisordner',
    hostKeys: 'Verbliebene Hostschlüssel',
    machineId: 'Computer-ID',
    cloudInit: 'Gedächtnis von cloud-init',
    refused: 'Erneutes Anmelden',
    console: 'Gelesen aus',
    imageState: 'Zustand des Images',
    channel: 'Steuerkanal',
    marked: 'Markierung in Azure',
    power: 'Energiezustand',
  },
  /** Why Sysprep stopped. */
  causes: {
    notStarted: 'es ließ sich nicht starten',
    dsc: 'eine Desired State Configuration steht im Weg (DscCore.dll)',
    bitLocker: 'BitLocker verschlüsselt das Laufwerk des Systems',
    restart: 'ein Neustart oder Update steht aus',
    rearm: 'Windows kann nicht noch öfter generalisiert werden (Rearm-Zähler)',
    upgrade: 'dieses Windows wurde von einem älteren aktualisiert',
    domain: 'die VM gehört zu einer Domäne',
    other: 'sein Protokoll nennt keine bekannte Ursache',
  },
  /** Ready-made parts and what they bring. */
  ready: {
    update: {
      name: 'Pakete aktualisieren',
      what: 'Bringt das System auf den neuesten Stand und startet es neu.',
    },
    compilers: {
      name: 'Compiler und Buildtools',
      what: 'Compiler für C und C++, CMake und Git; unter Windows die Visual Studio Build Tools.',
    },
    python: { name: 'Python', what: 'Python 3 mit pip.' },
    dotnet: { name: '.NET', what: 'Das .NET SDK, Version 8.' },
    java: { name: 'Java', what: 'Eine Java-Laufzeit.' },
    node: { name: 'Node.js', what: 'Node.js mit npm.' },
    ffmpeg: { name: 'FFmpeg', what: 'Wandelt Video und Ton um.' },
    blender: { name: 'Blender', what: 'Rendert Szenen ohne Bildschirm.' },
    docker: {
      name: 'Container (Docker)',
      what: 'Eine Containerlaufzeit, die Batch für Aufgaben in Containern braucht.',
    },
    containers: {
      name: 'Windows-Feature Container',
      what: 'Das Feature von Windows, das Container brauchen, und der Neustart, der es fertig macht.',
    },
    nvidia: {
      name: 'NVIDIA-Treiber',
      what: 'Der Treiber für NVIDIAs GPUs, auf dem Weg, den Microsoft beschreibt, und ein Neustart. nvidia-smi beweist ihn.',
    },
    azcopy: { name: 'AzCopy', what: 'Kopiert von und nach Azure Storage.' },
    mount: {
      name: 'Daten beim Knotenstart einhängen',
      what: 'Jeder Knoten findet einen Blobcontainer in einem Ordner: unter Linux eingehängt, unter Windows kopiert (dafür muss der Teil AzCopy vorher stehen).',
    },
    clean: {
      name: 'Caches leeren',
      what: 'Nimmt aus dem Image, was nur beim Installieren Platz brauchte. Am besten als letzter Teil.',
    },
  },
  /** What a person has to do about some of them. */
  readyNotes: {
    containers: 'Setzen Sie ihn vor den Teil Container (Docker).',
    nvidia:
      'Die Build-VM braucht eine Größe der N-Serie, wie die Knoten des Pools. Unter Windows gibt es ihn für T4 und A10.',
    docker: 'Wählen Sie dann für den Pool eine Containerkonfiguration.',
    mount:
      'Setzen Sie Konto und Container ein. Der Pool braucht eine verwaltete Identität, die dort lesen darf (Storage-Blobdatenleser).',
  },
}
