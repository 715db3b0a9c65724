import type { waits as english } from '../en/waits'

export const waits: typeof english = {
  making: 'Wir warten, bis Azure fertig ist: {kind:kind} „{name}“. Meist unter zwei Minuten.',
  removing:
    'Wir warten, bis Azure das Löschen abgeschlossen hat: {kind:kind} „{name}“. Meist unter zwei Minuten, bei einer ganzen Gruppe länger.',
  provider:
    'Azure schaltet den Dienst {name} für dieses Abonnement frei. Das ist einmal nötig und dauert meist eine bis drei Minuten.',
  signIn: 'Wir warten auf Sie: Schließen Sie die Anmeldung dort ab, dann geht es hier von selbst weiter.',
  deviceCode: 'Wir warten auf Sie: Öffnen Sie {url} und geben Sie den Code {code} ein.',
  preflight: 'Wir fragen Azure nach Diensten, Rechten, Kontingenten und Regionen. Meist wenige Sekunden.',
  practice: 'Die Übungs-Cloud startet auf diesem Computer. Meist wenige Sekunden.',
  reading: 'Wir lesen das Datenträgerimage. Meist wenige Sekunden.',
  upload: 'Das Datenträgerimage ist unterwegs. Wie lange es dauert, hängt von Ihrer Verbindung ab.',
  checking: 'Wir vergleichen das Angekommene mit der Datei. Meist wenige Sekunden.',
  version:
    'Azure legt Version {name} an und kopiert sie in ihre Regionen. Meist 5 bis 30 Minuten, bei großen Images bis zu einer Stunde.',
  replication: 'Azure kopiert Version {name} nach {region}. Meist 5 bis 30 Minuten.',
  pool: 'Batch richtet den Pool „{name}“ ein. Meist unter einer Minute.',
  allocation: 'Batch besorgt einen Computer für den Pool „{name}“. Meist 2 bis 5 Minuten.',
  node: 'Der erste Knoten startet mit Ihrem Image. Meist 3 bis 10 Minuten, unter Windows länger.',
  startTask: 'Die Startaufgabe läuft auf dem ersten Knoten. Wie lange sie dauert, hängt von Ihrem Befehl ab.',
  resize: 'Batch bringt den Pool „{name}“ auf die gewünschte Anzahl Knoten. Meist 5 bis 10 Minuten.',
  throttled: 'Azure bittet uns, langsamer zu machen. Es geht gleich von selbst weiter.',
  offline: 'Es gibt keine Verbindung. Wir versuchen es weiter und machen weiter, sobald sie wieder da ist.',
  paused: 'Der Upload ist angehalten. Er macht weiter, sobald Sie ihn fortsetzen; was gesendet ist, bleibt erhalten.',
  part: 'Der Teil „{name}“ läuft in der VM. Wie lange, liegt an seinem Skript.',
  partFiles: 'Dateien des Teils „{name}“ werden in die VM kopiert.',
  partRestart: 'Die VM startet für den Teil „{name}“ neu. Meist ein bis zwei Minuten.',
  partCheck: 'Wir prüfen, ob der Teil „{name}“ getan hat, was er soll. Meist wenige Sekunden.',
  generalizeLook: 'Wir suchen, woran das Generalisieren scheitern würde. Meist unter einer halben Minute.',
  flush: 'Die VM „{name}“ schreibt auf ihren Datenträger, was sie noch im Speicher hält. Meist wenige Sekunden.',
  deprovision: 'Der Azure-Agent nimmt aus „{name}“ heraus, was sie einmalig macht. Meist unter einer Minute.',
  sysprep: 'Wir warten auf Sysprep in „{name}“: Es ist bei {state}. Meist 5 bis 15 Minuten.',
  sysprepOff: 'Wir warten, bis Windows „{name}“ nach Sysprep heruntergefahren hat. Meist 5 bis 15 Minuten.',
  vmStart: 'Die Build-VM „{name}“ startet. Meist eine bis drei Minuten, Windows länger.',
  vmAgent:
    'Die Build-VM „{name}“ läuft; wir warten noch, weil der Azure-Agent darin noch nicht antwortet. Meist unter zwei Minuten, unter Windows bis zu zehn.',
  vmPower: 'Wir warten, bis Azure den neuen Betriebszustand der VM „{name}“ meldet. Meist unter drei Minuten.',
  hostKeys:
    'Wir lesen die Schlüssel der VM „{name}“ aus ihrem seriellen Protokoll, damit sich niemand als sie ausgeben kann. Das Protokoll kommt eine bis drei Minuten später.',
  channel:
    'Azure führt das Skript aus, das den Steuerkanal von „{name}“ öffnet. Meist unter drei Minuten, länger, solange Windows OpenSSH Server holt.',
  extension: 'Wir warten noch, weil Azure die Erweiterung {name} entfernt. Meist unter zwei Minuten.',
}
