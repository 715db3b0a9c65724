import type { cli as english } from '../en/cli'

export const cli: typeof english = {
  help: {
    main: `Batch Image Studio {version}: vom Datenträgerimage zum Azure-Batch-Pool

Aufruf: batch-image-studio BEFEHL [OPTIONEN]

Befehle:
  inspect DATEI         liest und beurteilt ein Datenträgerimage, ohne Netz
  convert DATEI AUS.vhd schreibt die VHD mit fester Größe, die ein Upload senden würde
  upload DATEI ZIEL     lädt ein Datenträgerimage in einen Blob oder verwalteten Datenträger; erneuter Aufruf setzt fort
  run PLAN              führt alles aus, was ein Plan sagt; erneuter Aufruf setzt fort
  practice              startet nur die Übungs-Cloud
  pools                 listet Pools und das Image, das jeder verwendet

BEFEHL --help erklärt einen Befehl. Rückgabewerte: 0 erledigt, 1 fehlgeschlagen, 2 von einer Prüfung abgelehnt oder
falsche Eingabe, 3 Anmeldung nötig, 130 abgebrochen.
`,
    inspect: `Aufruf: batch-image-studio inspect DATEI [--json]

Liest ein Datenträgerimage, ohne Einbinden und ohne Netz, und sagt, was es auf Batch-Knoten aufhielte, warum, und
womit man es behebt. Rückgabewert 2, wenn etwas behoben werden muss.
`,
    convert: `Aufruf: batch-image-studio convert DATEI AUS.vhd [--force] [--json]

Schreibt ein Datenträgerimage jedes Formats als die VHD mit fester Größe, die ein Upload senden würde. DATEI wird nur
gelesen; Teile, die nichts enthalten, brauchen keinen Platz, wo das Dateisystem sie auslassen kann.

  --force           ersetzt AUS.vhd, wenn es sie gibt
  --json            ein Objekt am Ende: bytes, sha256OfData (der Datenträger ohne Footer), ms
`,
    upload: `Aufruf: batch-image-studio upload DATEI ZIEL [OPTIONEN]

ZIEL ist die Adresse eines Blobs oder Datenträgers mit SAS, env:NAME (die Adresse steht in dieser Variablen) oder -
(erste Zeile der Standardeingabe). Eine Adresse in der Befehlszeile können andere Benutzer dieses Computers lesen.

  --disk            ZIEL ist die Adresse eines verwalteten Datenträgers, der auf seinen Upload wartet
  --blob-type TYP   page, für Images und Datenträger, oder block, ein Archiv (Standard page)
  --connections N   gleichzeitige Anfragen (Standard 8)
  --limit MBIT      höchstens so viele Megabit pro Sekunde
  --checksum ART    none, md5 oder crc64, mit jeder Anfrage (Standard crc64)
  --state ORDNER    wo die App ihren Stand aufbewahrt
  --json            am Ende ein Objekt
`,
    run: `Aufruf: batch-image-studio run PLAN [OPTIONEN]

Führt aus, was ein Plan (JSON oder YAML) sagt, bis zum Bericht. Erneuter Aufruf mit demselben Ordner setzt fort.

  --cloud NAME|DATEI      public, usgov, china, practice oder eine Profildatei; anstelle der Angabe im Plan
  --state ORDNER          wo Durchläufe und Übungs-Cloud aufbewahrt werden
  --set schritt.feld=wert überschreibt ein Feld des Plans; der Wert ist JSON oder Text; mehrfach möglich
  --stop-after SCHRITT    hält an, wenn dieser Schritt erledigt ist
  --wait MINUTEN          wartet so lange auf eine Cloud, die nicht antwortet, statt gleich zu scheitern
  --speed X               Uhr der Übungs-Cloud: jump (Standard) oder ein Faktor von 1 bis 60
  --trust-plan            fragt nicht nach Dateien, Cloudprofil und Starttask, die der Plan selbst nennt
  --json                  eine Zeile je Protokolleintrag und eine letzte mit dem Ergebnis (ohne Terminal immer)

Meldet sich an mit AZURE_TENANT_ID und AZURE_CLIENT_ID sowie einem von AZURE_CLIENT_SECRET,
AZURE_CLIENT_CERTIFICATE_PATH oder AZURE_FEDERATED_TOKEN_FILE; sonst mit einem Code, der im Browser einzugeben ist.
Ein Profil aus einer Datei, dessen Anmeldehost weder zu Azure gehört noch auf diesem Computer liegt, erhält ein solches
Geheimnis nur, wenn AZURE_AUTHORITY_HOST diesen Host nennt (https://HOST).
`,
    practice: `Aufruf: batch-image-studio practice --state ORDNER [--port N] [--speed X]

Betreibt die Übungs-Cloud, bis sie unterbrochen wird. Die erste Zeile ist ihr Cloudprofil.
`,
    pools: `Aufruf: batch-image-studio pools [--cloud NAME|DATEI] [--state ORDNER] [--json]

Listet alle Batch-Pools, die das Konto sieht, mit dem Image, das jeder verwendet.
Meldet sich an wie run (siehe run --help).
`,
  },
  error: 'Fehler',
  todo: 'Was zu tun ist',
  deviceCode: 'Zum Anmelden {url} öffnen und den Code {code} eingeben.',
  step: { started: '{step:step}: begonnen', done: '{step:step}: erledigt', failed: '{step:step}: fehlgeschlagen' },
  queued: '{step:step}: wartet, bis {host} antwortet',
  skipped: '{step:step}: übersprungen ({reason})',
  making: '  angelegt wird: {kind:kind} {id}',
  gone: '  entfernt: {id}',
  result: {
    finished: 'Fertig in {seconds:duration}.',
    stopped: 'Wie gewünscht angehalten; erneuter Aufruf setzt fort.',
    failed: 'Nicht fertig; erneuter Aufruf setzt fort.',
    blocked: 'Von einer Prüfung abgelehnt; bitte beheben und erneut aufrufen.',
    signIn: 'Wartet auf eine Anmeldung; mit einer Identität erneut aufrufen.',
    cancelled: 'Abgebrochen; erneuter Aufruf setzt fort.',
  },
  plan: {
    concerns: 'Dieser Plan liest oder führt aus:',
    file: 'Datei dieses Computers',
    profile: 'Cloudprofil',
    script: 'Befehl, der mit Administratorrechten läuft',
    access: 'Wer in die Build-VM eingelassen wird',
    question: 'Weitermachen? [j/N]',
  },
  noPools: 'Keine Pools.',
}
