import type { vmErrors as english } from '../en/vm-errors'

export const vmErrors: typeof english = {
  'vm.image-unsupported': {
    what: 'Für das Image „{image}“ hat Batch keinen Knoten-Agent; kein Pool könnte verwenden, was daraus entsteht.',
    todo: 'Wählen Sie eines aus der Liste: Darin steht, was Batch geprüft hat.',
  },
  'vm.image-gone': {
    what: 'Der Marketplace bietet das Image „{image}“[? in {region}] nicht an.',
    todo: 'Wählen Sie ein anderes Image oder eine andere Version; „latest“ nimmt die neueste.',
  },
  'vm.image-plan': {
    what: 'Das Image „{image}“ wird mit einem Plan verkauft: Jedes Image daraus trüge den Plan, und Batch verlangt, dass dessen Bedingungen akzeptiert sind.',
    todo: 'Wählen Sie ein Image ohne Plan, etwa eines von Ubuntu, Debian oder Windows Server.',
  },
  'vm.size-unavailable': {
    what: 'Die Größe [?{size} ]ist mit diesem Abonnement[? in {region}] nicht verfügbar.',
    todo: 'Wählen Sie eine andere Größe oder eine andere Region.',
  },
  'vm.size-generation': {
    what: 'Die Größe {size} startet Generation {found}, das Image hat aber Generation {wanted}.',
    todo: 'Wählen Sie eine Größe, die Generation {wanted} startet.',
  },
  'vm.size-architecture': {
    what: 'Die Größe {size} hat {found}-Prozessoren, das Image ist aber für {wanted} gemacht.',
    todo: 'Wählen Sie eine Größe mit {wanted}-Prozessoren.',
  },
  'vm.trusted-launch': {
    what: 'Mit „{what}“ ist „Vertrauenswürdiger Start“ nicht möglich: Dafür müssen ein Image der Generation 2 und die Größe es unterstützen.',
    todo: 'Wählen Sie den Sicherheitstyp „Standard“ oder ein anderes Image oder eine andere Größe.',
  },
  'vm.trusted-launch-only': {
    what: 'Das Image „{image}“ startet nur mit „Vertrauenswürdiger Start“.',
    todo: 'Wählen Sie diesen Sicherheitstyp. Der Pool startet seine Knoten dann ebenso.',
  },
  'vm.no-capacity': {
    what: 'Azure hat[? in {region}] gerade keinen freien Computer[? der Größe {size}].',
    todo: 'Versuchen Sie es später noch einmal, oder wählen Sie eine andere Größe. Was schon erstellt wurde, wird weiterverwendet.',
  },
  'vm.password-refused': {
    what: 'Azure nimmt Benutzername oder Kennwort der VM nicht an[?: {reason}].',
    todo: 'Wählen Sie einen anderen Benutzernamen und versuchen Sie es noch einmal; die App erzeugt ein neues Kennwort.',
  },
  'vm.failed': {
    what: 'Die VM „{name}“ ist nicht hochgefahren[?: {reason}].',
    todo: 'Versuchen Sie es noch einmal: Die fehlgeschlagene VM wird entfernt und neu erstellt.',
  },
  'vm.stopped': {
    what: 'Jemand hat die VM „{name}“ angehalten; ihr Zustand ist jetzt {state}.',
    todo: 'Lassen Sie die App sie starten: Was darin getan wurde, bleibt.',
  },
  'vm.agent-silent': {
    what: 'Die VM „{name}“ läuft, doch nach {minutes} Minuten antwortet der Azure-Agent darin noch nicht.',
    todo: 'Sehen Sie sich im Azure-Portal ihr serielles Protokoll oder ihr Bild an (Startdiagnose). Versuchen Sie es dann noch einmal.',
  },
  'vm.started': {
    what: 'Die VM „{name}“ ist im Zustand {state}: Jemand hat sie wieder gestartet. Was generalisiert war, ist es nicht mehr.',
    todo: 'Generalisieren Sie sie noch einmal und führen Sie dann den Schritt „Zuordnung aufheben“ wieder aus.',
  },
  'vm.gone': {
    what: 'Die Build-VM „{name}“ ist nicht mehr da.',
    todo: 'Finden Sie heraus, wer dort aufräumt. Erstellen Sie sie dann neu, oder gehen Sie zur Momentaufnahme zurück, wenn es eine gibt.',
  },
  'vm.extension-present': {
    what: 'Die VM hat Erweiterungen, die ein Image für Batch nicht haben darf: {names}. Oft installiert eine Richtlinie der Organisation sie von selbst.',
    todo: 'Lassen Sie sie von der App entfernen, oder bitten Sie einen Administrator, diese VM auszunehmen.',
  },
  'vm.extension-stuck': {
    what: 'Die VM hat Erweiterungen ({names}), die Azure nicht entfernen kann, weil die VM nicht mehr läuft.',
    todo: 'Gehen Sie zur Momentaufnahme zurück, entfernen Sie sie dort und generalisieren Sie noch einmal.',
  },
  'vm.not-generalized': {
    what: 'Die VM „{name}“ ist nicht als generalisiert markiert; aus ihr lässt sich kein Image erstellen.',
    todo: 'Führen Sie den Schritt „Markieren“ noch einmal aus.',
  },
  'vm.generalized': {
    what: 'Die VM „{name}“ ist als generalisiert markiert und kann nie wieder starten.',
    todo: 'Gehen Sie zur Momentaufnahme zurück: Die VM wird daraus neu erstellt.',
  },
  'vm.no-snapshot': {
    what: 'Es gibt kein Zurück: Eine Momentaufnahme der VM war nicht gewünscht.',
    todo: 'Erstellen Sie die Build-VM neu. Was im Installationsrezept steht, wird von selbst wieder installiert.',
  },
  'vm.snapshot-gone': {
    what: 'Die Momentaufnahme „{name}“ ist nicht mehr da; es gibt also kein Zurück.',
    todo: 'Erstellen Sie die Build-VM neu. Was im Installationsrezept steht, wird von selbst wieder installiert.',
  },
  'vm.address-unknown': {
    what: 'Wir konnten die öffentliche Adresse dieses Computers nicht ermitteln: {url} nennt sie nicht.',
    todo: 'Geben Sie ein, wer sich verbinden darf, als Adressbereich wie 203.0.113.7/32; Ihr Administrator kennt ihn.',
  },
  'vm.open-to-all': {
    what: 'Der Bereich {range} lässt Fremde ein: Die VM würde binnen Minuten angegriffen.',
    todo: 'Geben Sie einen kleineren Bereich ein, oder lassen Sie das Feld für die Adresse dieses Computers leer. Wenn Sie es wirklich so meinen, sagen Sie es unter dem Feld.',
  },
  'vm.channel-failed': {
    what: 'Azure hat das Skript ausgeführt, das den Steuerkanal von „{vm}“ öffnet, aber der Kanal ging nicht auf.',
    todo: 'Was es ausgegeben hat, steht unten. Wo Windows Update gesperrt ist, lässt sich OpenSSH Server so nicht hinzufügen: Fügen Sie das Skript dann selbst ein; es sagt, was stattdessen zu installieren ist.',
  },
}
