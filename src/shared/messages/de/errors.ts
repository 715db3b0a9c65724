import type { errors as english } from '../en/errors'

export const errors: typeof english = {
  unexpected: {
    what: 'Es ist etwas geschehen, womit diese App nicht gerechnet hat.',
    todo: 'Versuchen Sie es noch einmal. Wenn es wiederkommt, öffnen Sie das Protokoll und schicken Sie es uns mit den Details unten.',
  },
  cancelled: {
    what: 'Sie haben diesen Schritt angehalten.',
    todo: 'Starten Sie ihn wieder, wann Sie möchten; was schon da ist, bleibt erhalten.',
  },
  'input.invalid': {
    what: 'Diese Felder brauchen einen anderen Wert: {fields}.',
    todo: 'Berichtigen Sie die markierten Felder und starten Sie erneut.',
  },
  'contract.refused': {
    what: 'Das Fenster hat etwas verlangt, was ihm nicht zusteht.',
    todo: 'Laden Sie das Fenster neu. Ihre Durchläufe sind davon nicht betroffen.',
  },
  'run.not-found': {
    what: 'Dieser Durchlauf ist nicht mehr auf diesem Computer.',
    todo: 'Gehen Sie zurück zur Liste und wählen Sie einen anderen Durchlauf.',
  },
  'run.busy': {
    what: 'Ein anderer Schritt dieses Durchlaufs arbeitet noch.',
    todo: 'Warten Sie, bis er fertig ist, oder halten Sie ihn an.',
  },
  'run.locked': {
    what: 'Ein anderes Programm[? (Prozess {pid} auf {host})] arbeitet an diesem Durchlauf.',
    todo: 'Lassen Sie das andere Fenster oder die Befehlszeile zu Ende arbeiten oder schließen Sie sie; versuchen Sie es dann erneut.',
  },
  'run.newer': {
    what: 'Dieser Durchlauf wurde von einer neueren Version dieser App geschrieben.',
    todo: 'Aktualisieren Sie die App, um weiterzumachen. Sie können ihn hier lesen; es wird nichts daran geändert.',
  },
  'run.not-clean': {
    what: 'Dieser Durchlauf hat {count} {count:plural:Ressource:Ressourcen} angelegt, die erst aufgeräumt werden {count:plural:sollte:sollten}.',
    todo: 'Führen Sie den Schritt „Aufräumen“ aus und nehmen Sie den Durchlauf danach von der Liste.',
  },
  'run.cancelled': {
    what: 'Dieser Durchlauf wurde abgebrochen; in ihm kann nichts mehr getan werden.',
    todo: 'Duplizieren Sie ihn, um dasselbe mit denselben Eingaben noch einmal zu tun.',
  },
  'step.changed': {
    what: 'Der abgeschlossene Schritt „{step:step}“ wurde geändert, und das betrifft, was schon erstellt ist.',
    todo: 'Öffnen Sie den Durchlauf im Fenster: Sehen Sie sich die Folgen an, dann ändern Sie den Schritt oder lassen ihn, wie er war.',
  },
  'step.needed': {
    what: 'Der Schritt „{step:step}“ kann nicht ausgelassen werden: spätere Schritte und das Image hängen von ihm ab.',
    todo: 'Führen Sie den Schritt aus, oder brechen Sie den Durchlauf ab.',
  },
  'step.not-ready': {
    what: 'Der Schritt „{step:step}“ braucht das Ergebnis eines früheren Schritts.',
    todo: 'Schließen Sie zuerst „{missing:step}“ ab.',
  },
  'journal.damaged': {
    what: 'Ein Teil der Aufzeichnung dieses Durchlaufs ist nicht lesbar.',
    todo: 'Versuchen Sie es noch einmal: Es geht beim letzten guten Eintrag weiter, und die Cloud wird gefragt, was es schon gibt. Die beschädigte Datei bleibt als {file} erhalten.',
  },
  'disk-full': {
    what: 'Auf diesem Computer ist kein Platz mehr, um festzuhalten, was geschieht.',
    todo: 'Schaffen Sie Platz und versuchen Sie es dann erneut. Was vorher geschrieben wurde, ist sicher.',
  },
  'state.unwritable': {
    what: 'Im Ordner {folder} lässt sich nichts festhalten.',
    todo: 'Prüfen Sie, ob es ein Ordner ist, in den Sie schreiben dürfen, und ob das Laufwerk schreibgeschützt ist, oder nennen Sie einen anderen.',
  },
  'settings.damaged': {
    what: 'Die Einstellungen waren nicht lesbar; es gelten die Standardwerte.',
    todo: 'Prüfen Sie die Einstellungen, vor allem Netzwerk und Darstellung. Die alte Datei ist erhalten als {file}.',
  },
  'file.not-found': {
    what: 'Die Datei {file} ist nicht da.',
    todo: 'Wählen Sie die Datei neu; vielleicht wurde sie verschoben oder das Laufwerk ist nicht verbunden.',
  },
  'file.unreadable': {
    what: 'Die Datei {file} kann nicht gelesen werden.',
    todo: 'Prüfen Sie, ob Sie sie lesen dürfen und ob kein anderes Programm sie geöffnet hält, und wählen Sie sie neu.',
  },
  'file.empty': {
    what: 'Die Datei {file} ist leer.',
    todo: 'Exportieren Sie den Datenträger noch einmal oder wählen Sie eine andere Datei.',
  },
  'file.changed': {
    what: 'Die Datei {file} wurde geändert, seit sie gewählt wurde.',
    todo: 'Sorgen Sie dafür, dass nichts mehr in sie schreibt, etwa ein laufender virtueller Computer, und wählen Sie sie neu.',
  },
  'file.exists': {
    what: 'Die Datei {file} gibt es schon.',
    todo: 'Nennen Sie eine andere Datei, oder ersetzen Sie sie absichtlich mit --force.',
  },
  'file.own-source': {
    what: 'Die Datei {file} gehört zu dem Datenträger, der gelesen wird.',
    todo: 'Nennen Sie eine andere Zieldatei: Der Datenträger selbst wird nie geändert.',
  },
  'file.unwritable': {
    what: 'Die Datei {file} lässt sich nicht schreiben.',
    todo: 'Stellen Sie sicher, dass es ihren Ordner gibt, dass Sie dort schreiben dürfen und dass kein anderes Programm die Datei geöffnet hält.',
  },
  'no-space': {
    what: 'Für {file} ist kein Platz mehr.',
    todo: 'Schaffen Sie Platz oder nennen Sie einen Ordner auf einem anderen Laufwerk. Was geschrieben war, wurde wieder entfernt.',
  },
  'disk.format': {
    what: 'Diese Datei lässt sich so nicht hochladen: {format:format}.',
    todo: 'Wählen Sie ein Datenträgerimage: VHD, VHDX, qcow2, VMDK, VDI oder einen Rohdatenträger. Ein Archiv muss zuerst entpackt werden.',
  },
  'disk.truncated': {
    what: 'Das Datenträgerimage ist kürzer, als darin steht.',
    todo: 'Kopieren oder exportieren Sie es noch einmal; wahrscheinlich brach die letzte Kopie ab.',
  },
  'disk.footer': {
    what: 'Das Ende der VHD-Datei ist beschädigt.',
    todo: 'Exportieren Sie den Datenträger erneut.',
  },
  'disk.size': {
    what: 'Die Größe, die im Datenträgerimage steht, passt nicht zur Datei.',
    todo: 'Exportieren Sie den Datenträger erneut.',
  },
  'disk.damaged': {
    what: 'Das Datenträgerimage ist beschädigt: Ein Teil davon lässt sich nicht lesen.',
    todo: 'Exportieren Sie den Datenträger noch einmal oder kopieren Sie die Datei neu von ihrer Quelle, und wählen Sie die neue.',
  },
  'disk.blocked': {
    what: 'Dieses Datenträgerimage würde in Azure nicht starten.',
    todo: 'Beheben Sie, was die Befunde nennen, exportieren Sie den Datenträger erneut und wählen Sie die neue Datei.',
  },
  'plan.unreadable': {
    what: 'Der Plan {file} kann nicht gelesen werden.',
    todo: 'Prüfen Sie, ob es die Datei gibt und ob sie gültiges YAML oder JSON enthält.',
  },
  'plan.unknown-key': {
    what: 'Der Plan enthält Einträge, die niemand kennt: {keys}.',
    todo: 'Berichtigen oder entfernen Sie sie und starten Sie erneut.',
  },
  'plan.invalid': {
    what: 'Der Plan ist nicht stimmig: {fields}.',
    todo: 'Berichtigen Sie diese Einträge und starten Sie erneut.',
  },
  'plan.secret': {
    what: 'Der Plan enthält ein Geheimnis oder verweist an einer Stelle darauf, an der keines stehen darf: {keys}.',
    todo: 'Legen Sie das Geheimnis in eine Umgebungsvariable, die mit BIS_ beginnt, und schreiben Sie env: und ihren Namen, nur in Felder für Geheimnisse.',
  },
  'profile.invalid': {
    what: 'Das Cloudprofil {file} ist nicht brauchbar.',
    todo: 'Prüfen Sie diese Einträge: {fields}. Oder wählen Sie eine mitgelieferte Cloud.',
  },
  'profile.unreadable': {
    what: 'Die Datei {file} ist kein Cloudprofil: Sie lässt sich nicht als JSON lesen.',
    todo: 'Wählen Sie die Profildatei Ihrer Administration oder eine mitgelieferte Cloud.',
  },
  'token.refused-host': {
    what: 'Eine Anfrage an {host} wurde zurückgehalten, weil dieser Host nicht zur gewählten Cloud gehört.',
    todo: 'Prüfen Sie das Cloudprofil. Wenn es nicht von Ihnen stammt, verwenden Sie es nicht.',
  },
  'token.unconfirmed-host': {
    what: 'Das Geheimnis der Anwendung wurde nicht an {host} gesendet, denn das ist kein Anmeldehost von Azure selbst.',
    todo: 'Wenn das Geheimnis dafür bestimmt ist, setzen Sie AZURE_AUTHORITY_HOST auf https://{host}. Andernfalls verwenden Sie dieses Cloudprofil nicht.',
  },
  offline: {
    what: 'Die Cloud ist gerade nicht erreichbar.',
    todo: 'Prüfen Sie die Netzwerkverbindung und versuchen Sie es dann erneut. Was fertig ist, bleibt fertig.',
  },
  'tls.untrusted': {
    what: 'Der Verbindung zu {host} wird nicht vertraut: Das Zertifikat des Servers stammt von „{issuer}“. Es wurde nichts gesendet.',
    todo: 'Wenn so Ihre Firma Verbindungen prüft, fügen Sie deren Zertifikat in den Netzwerkeinstellungen hinzu. Wenn Ihnen der Name nichts sagt, nehmen Sie ein anderes Netzwerk.',
  },
  'proxy.unreachable': {
    what: 'Der Proxy {proxy} antwortet nicht.',
    todo: 'Sind Sie im Firmennetz? Prüfen Sie die Adresse in den Netzwerkeinstellungen, oder wählen Sie dort einen anderen Weg.',
  },
  'proxy.sign-in': {
    what: 'Der Proxy {proxy} verlangt Benutzername und Kennwort, bevor er etwas zu {host} durchlässt.',
    todo: 'Geben Sie beides in den Netzwerkeinstellungen ein. Es muss für das Verfahren „Basic“ gelten; fragen Sie Ihren Administrator, wenn der Proxy nur andere anbietet.',
  },
  'proxy.refused': {
    what: 'Der Proxy {proxy} lässt diese App nicht zu {host} durch.',
    todo: 'Bitten Sie Ihren Administrator, diesen Host zu erlauben, oder wählen Sie in den Netzwerkeinstellungen einen anderen Weg.',
  },
  'proxy.unsupported': {
    what: 'Der Proxy {proxy} ist von der Art SOCKS, die diese App nicht benutzen kann.',
    todo: 'Tragen Sie in den Netzwerkeinstellungen einen HTTP-Proxy oder keinen Proxy ein.',
  },
  'proxy.invalid': {
    what: 'Das ist keine Adresse eines Proxys: „{proxy}“.',
    todo: 'Nehmen Sie in den Netzwerkeinstellungen oder in der Variablen HTTPS_PROXY die Form http://proxy.example.com:8080.',
  },
  'certificate.unreadable': {
    what: 'Die Datei {file} enthält kein Zertifikat.',
    todo: 'Wählen Sie das Stammzertifikat als PEM oder CER. Eine Datei mit Kennwort wie PFX ist die falsche.',
  },
  'certificate.private-key': {
    what: 'Die Datei {file} enthält einen privaten Schlüssel und wurde deshalb nicht übernommen.',
    todo: 'Verlangen Sie das Zertifikat allein. Ein privater Schlüssel gehört auf keinen anderen Computer; sagen Sie seinem Besitzer, dass er in fremde Hände kam.',
  },
  'certificate.expired': {
    what: 'Das Zertifikat „{subject}“ ist am {until:time} abgelaufen.',
    todo: 'Bitten Sie Ihren Administrator um das aktuelle Stammzertifikat.',
  },
  'certificate.not-authority': {
    what: 'Das Zertifikat „{subject}“ gehört einem einzelnen Server und keiner Zertifizierungsstelle.',
    todo: 'Wählen Sie das Stammzertifikat, das es signiert hat.',
  },
  'signIn.needed': {
    what: 'Die Anmeldung ist abgelaufen oder fehlt noch.',
    todo: 'Melden Sie sich an; danach geht der Schritt weiter.',
  },
  'signIn.failed': {
    what: 'Die Anmeldung hat nicht geklappt.',
    todo: 'Versuchen Sie es noch einmal und nehmen Sie das Konto, das in diesem Abonnement arbeiten darf. Die Details unten enthalten die Worte des Dienstes.',
  },
  'signIn.consent': {
    what: 'Ihre Organisation hat dieser App die Anmeldung noch nicht erlaubt.',
    todo: 'Bitten Sie einen Administrator um die Zustimmung zur App-Registrierung {clientId} und melden Sie sich dann erneut an.',
  },
  'signIn.timeout': {
    what: 'Innerhalb von {minutes} Minuten hat sich niemand angemeldet, deshalb ist das Warten beendet.',
    todo: 'Beginnen Sie die Anmeldung noch einmal, wenn Sie so weit sind; Seite oder Code kommen sofort neu.',
  },
  'signIn.client-unknown': {
    what: 'Das Verzeichnis „{tenant}“ kennt die Anwendung {clientId} nicht.',
    todo: 'Prüfen Sie Anwendungs-ID und Mandant im Schritt „Cloud“: Die ID gehört zu einem anderen Verzeichnis oder enthält einen Tippfehler.',
  },
  'signIn.client-confidential': {
    what: 'Die App-Registrierung {clientId} erlaubt keine Anmeldung aus einer App auf einem Computer.',
    todo: 'Lassen Sie dort unter „Authentifizierung“ die Option „Öffentliche Clientflows zulassen“ einschalten und melden Sie sich dann erneut an.',
  },
  'signIn.tenant-unknown': {
    what: 'Einen Mandanten „{tenant}“ gibt es in dieser Cloud nicht.',
    todo: 'Prüfen Sie den Mandanten im Schritt „Cloud“ und ob es die richtige Cloud ist.',
  },
  'signIn.account-foreign': {
    what: 'Dieses Konto ist im Mandanten „{tenant}“ weder Mitglied noch Gast.',
    todo: 'Melden Sie sich mit einem Konto dieses Mandanten an oder bitten Sie dessen Administrator um eine Einladung.',
  },
  'signIn.account-disabled': {
    what: 'Dieses Konto ist deaktiviert.',
    todo: 'Bitten Sie Ihren Administrator, es zu aktivieren, oder melden Sie sich mit einem anderen Konto an.',
  },
  'signIn.proof': {
    what: 'Ihre Organisation verlangt einen zweiten Nachweis, zum Beispiel einen Code vom Telefon.',
    todo: 'Melden Sie sich erneut im Browser an und bestätigen Sie es dort; danach geht der Schritt weiter.',
  },
  'signIn.blocked': {
    what: 'Eine Richtlinie Ihrer Organisation (bedingter Zugriff) erlaubt diese Anmeldung von hier aus nicht.',
    todo: 'Nehmen Sie einen Computer oder ein Netzwerk, das Ihre Organisation verwaltet, oder geben Sie die Details unten Ihrem Administrator.',
  },
  'clock.certificate': {
    what: 'Nach der Uhr dieses Computers gilt das Zertifikat von {host} noch nicht; wahrscheinlich geht die Uhr nach.',
    todo: 'Stellen Sie Datum, Uhrzeit und Zeitzone in den Einstellungen Ihres Systems und versuchen Sie es dann erneut.',
  },
  'signIn.client-missing': {
    what: 'Für diese Cloud braucht die App die ID einer App-Registrierung.',
    todo: 'Tragen Sie im Schritt „Cloud“ die Anwendungs-ID (Client) ein; die Hilfe dort zeigt, wie man eine anlegt.',
  },
  'cloud.forbidden': {
    what: 'Ihr Konto darf das nicht: {action}.',
    todo: 'Bitten Sie einen Administrator um eine Rolle mit dieser Aktion[? für {scope}]. Eine neue Rolle gilt erst nach einigen Minuten; versuchen Sie es dann erneut.',
  },
  'cloud.throttled': {
    what: 'Azure bittet um eine Pause[? von {seconds:duration}], weil es zu viele Anfragen gab.',
    todo: 'Warten Sie eine Minute und versuchen Sie es dann erneut.',
  },
  'cloud.unavailable': {
    what: 'Azure konnte gerade nicht antworten.',
    todo: 'Versuchen Sie es in einigen Minuten erneut.',
  },
  'cloud.not-found': {
    what: 'Das gibt es in der Cloud nicht: {kind:kind} „{name}“.',
    todo: 'Prüfen Sie den Namen und den Schritt, in dem er gewählt wurde. Falls es gelöscht wurde, wiederholen Sie diesen Schritt.',
  },
  'cloud.conflict': {
    what: 'In Azure wird zur selben Zeit etwas anderes geändert.[? Azure meldet: {reason}]',
    todo: 'Warten Sie eine Minute, bis das abgeschlossen ist, und versuchen Sie es dann erneut.',
  },
  'cloud.bad-request': {
    what: 'Azure hat die Werte dieses Schritts abgelehnt.[? Azure meldet: {reason}]',
    todo: 'Berichtigen Sie, was Azure nennt, und versuchen Sie es erneut.',
  },
  'cloud.timeout': {
    what: 'Azure hat länger gebraucht, als wir warten[? ({minutes} Minuten)].',
    todo: 'Versuchen Sie es erneut: Was schon im Gange ist, wird gefunden und abgewartet, nicht doppelt angelegt.',
  },
  'cloud.operation-failed': {
    what: 'Azure konnte das nicht abschließen: {kind:kind} „{name}“.[? Azure meldet: {reason}]',
    todo: 'Versuchen Sie es erneut. Misslingt es noch einmal, geben Sie die Details unten dem, der das Abonnement betreut.',
  },
  'cloud.name-taken': {
    what: 'Dieser Name ist schon vergeben: {kind:kind} „{name}“.',
    todo: 'Wählen Sie einen anderen Namen.',
  },
  'cloud.provider-unregistered': {
    what: 'Der Dienst {name} ist für dieses Abonnement nicht freigeschaltet.',
    todo: 'Versuchen Sie es erneut oder bitten Sie einen Besitzer des Abonnements, den Ressourcenanbieter zu registrieren.',
  },
  'preflight.blocked': {
    what: '{n:number} {n:plural:Prüfung verbietet:Prüfungen verbieten} das Weitermachen: {checks}.',
    todo: 'Beheben Sie, was die Liste nennt. Sie prüft von selbst erneut; oder nehmen Sie das Risiko mit dem Häkchen darunter bewusst in Kauf.',
  },
  'account.service-role': {
    what: 'Der Batch-Dienst darf im Abonnement {subscription} keine Knoten anlegen.',
    todo: 'Ein Besitzer muss „Microsoft Azure Batch“ (Anwendung ddbf3205-c6bd-46ae-8127-60eb93363864) die Rolle Mitwirkender für das Abonnement geben; versuchen Sie es dann erneut. Den Text dafür hat die Vorabprüfung.',
  },
  'account.vault-unfit': {
    what: 'Azure lehnt den Schlüsseltresor „{name}“ ab (invalid key vault reference).',
    todo: 'Wählen Sie einen Tresor im selben Abonnement und in derselben Region mit dem Berechtigungsmodell „Tresorzugriffsrichtlinie“, oder nehmen Sie den Modus „Batch-Dienst“.',
  },
  'cloud.region-mismatch': {
    what: 'Das liegt in der Region {region}, gebraucht wird {wanted}: {kind:kind} „{name}“.',
    todo: 'Wählen Sie eine Ressource in {wanted} oder lassen Sie die App dort eine neue anlegen.',
  },
  'cloud.foreign-resource': {
    what: 'Das gibt es schon und es stammt nicht aus diesem Durchlauf: {kind:kind} „{name}“.',
    todo: 'Wählen Sie einen anderen Namen. Was andere angelegt haben, wird nicht angerührt.',
  },
  'cloud.group-not-empty': {
    what: 'Die Ressourcengruppe „{name}“ enthält noch etwas: „{left}“.',
    todo: 'Entfernen Sie das zuerst, falls es niemand braucht. Eine Gruppe wird nur entfernt, wenn sie leer ist.',
  },
  'storage.no-page-blobs': {
    what: 'Das Speicherkonto „{name}“ kann keine Seitenblobs aufnehmen; ein Datenträgerimage braucht sie.',
    todo: 'Wählen Sie ein Konto „Allgemein v2“ ohne hierarchischen Namespace oder lassen Sie die App eines anlegen.',
  },
  'quota.cores': {
    what: 'Das Kernkontingent des Batch-Kontos reicht nicht[? für Größen der Familie {family}][?: {needed} Kerne nötig, {limit} erlaubt].',
    todo: 'Wählen Sie eine kleinere Größe oder beantragen Sie im Azure-Portal mehr Kontingent für dieses Konto und versuchen Sie es später erneut.',
  },
  'quota.accounts': {
    what: 'Dieses Abonnement darf[? in der Region {region}] kein weiteres Batch-Konto haben[?: {used} von {limit} gibt es schon].',
    todo: 'Wählen Sie ein vorhandenes Batch-Konto oder eine andere Region, oder beantragen Sie im Azure-Portal mehr Kontingent.',
  },
  'quota.pools': {
    what: 'Dieses Batch-Konto darf keinen weiteren Pool haben[?: {used} von {limit} gibt es schon].',
    todo: 'Löschen Sie einen Pool, der nicht mehr gebraucht wird, wählen Sie ein anderes Batch-Konto oder beantragen Sie mehr Kontingent.',
  },
  'upload.target-changed': {
    what: 'Der Blob im Speicherkonto wurde während des Hochladens von jemand anderem geändert.',
    todo: 'Sorgen Sie dafür, dass nur dieser Durchlauf in ihn schreibt, und starten Sie das Hochladen erneut.',
  },
  'upload.target-foreign': {
    what: 'Einen Blob dieses Namens gibt es schon, und er stammt nicht aus dieser Datei.',
    todo: 'Wählen Sie einen anderen Blobnamen. Der vorhandene Blob bleibt, wie er ist.',
  },
  'upload.checksum': {
    what: 'Ein Teil des Datenträgers kam anders an, als er gesendet wurde.',
    todo: 'Versuchen Sie es erneut: Dieser Teil wird noch einmal gesendet. Kommt es wieder vor, prüfen Sie das Netzwerk und den Arbeitsspeicher dieses Computers.',
  },
  'upload.access-expired': {
    what: 'Die Erlaubnis, in das Speicherkonto zu schreiben, ist abgelaufen.',
    todo: 'Versuchen Sie es erneut, mit einer neuen Zugriffsadresse, falls Sie eine angegeben hatten; es geht dort weiter, wo es war.',
  },
  'upload.target-missing': {
    what: 'Der Blob oder sein Container ist nicht mehr im Speicherkonto.',
    todo: 'Die Schaltfläche führt zum Schritt „Speicherkonto“: Wiederholen Sie ihn und danach das Hochladen.',
  },
  'upload.target-leased': {
    what: 'Auf dem Blob liegt eine Lease, deshalb darf niemand sonst hineinschreiben.',
    todo: 'Beenden Sie die Lease im Azure-Portal, oder warten Sie, bis der Blob frei ist, und versuchen Sie es dann erneut; der Upload macht dort weiter, wo er war.',
  },
  'upload.target-size': {
    what: 'Der Datenträger in Azure wurde für {found:number} Bytes angelegt, diese Datei braucht {expected:number} Bytes.',
    todo: 'Legen Sie einen Datenträger mit genau dieser Uploadgröße an, oder wählen Sie die Datei, für die er angelegt wurde.',
  },
  'upload.process-ended': {
    what: 'Der Teil dieser App, der hochlädt, wurde unerwartet beendet.',
    todo: 'Versuchen Sie es erneut; der Upload macht dort weiter, wo er war. Wenn es wieder vorkommt, prüfen Sie, wie viel Arbeitsspeicher frei ist.',
  },
  'image.rejected': {
    what: 'Azure hat den Datenträger nicht als Imageversion {version} angenommen: {reason}',
    todo: 'Beheben Sie, was der Grund nennt, und legen Sie die Version dann erneut an.',
  },
  'image.replication-failed': {
    what: 'Version {version} konnte nicht nach {region} kopiert werden: {reason}',
    todo: 'Versuchen Sie es erneut: Nur die fehlenden Kopien werden angelegt. Bleibt es dabei, lassen Sie die Region weg und fügen Sie sie später hinzu.',
  },
  'image.generation-mismatch': {
    what: 'Die Generationen passen nicht zusammen: gefunden {found}, gewünscht {wanted}.',
    todo: 'Wählen Sie die Generation, mit der der Datenträger wirklich startet, oder eine andere Imagedefinition.',
  },
  'image.version-taken': {
    what: 'Die Imageversion {version}, die aus dieser VM werden soll, gibt es schon; sie wurde aus etwas anderem gemacht.',
    todo: 'Nehmen Sie Version {next}. In der VM wurde noch nichts geändert.',
  },
  'image.no-replica': {
    what: 'Version {version} hat keine Kopie in der Region {region}, in der die Knoten laufen sollen.',
    todo: 'Fügen Sie diese Region der Imageversion hinzu: Die Schaltfläche tut das und zeigt den Schritt, der dann nur noch kopieren muss.',
  },
  'pool.resize-failed': {
    what: 'Batch konnte die Knoten für den Pool nicht bekommen: {reason}',
    todo: 'Lesen Sie den Grund, ändern Sie bei Bedarf die Größe oder die Anzahl der Knoten und versuchen Sie es dann erneut.',
  },
  'pool.node-unusable': {
    what: 'Der Knoten ist mit Ihrem Image gestartet, aber Batch kann ihn nicht verwenden.',
    todo: 'Prüfen Sie drei Dinge: Passt der Knoten-Agent zum Betriebssystem, ist das Image generalisiert, erreicht der Knoten Batch über das Netzwerk?',
  },
  'pool.node-timeout': {
    what: 'Der Knoten war in der Zeit, die wir warten, nicht bereit.',
    todo: 'Versuchen Sie es erneut, um weiter zu warten. Wird er nie bereit, prüfen Sie Knoten-Agent und Image.',
  },
  'pool.start-task-failed': {
    what: 'Die Startaufgabe endete auf dem Knoten mit einem Fehler[? (Exitcode {exitCode})].',
    todo: 'Berichtigen Sie den Befehl und legen Sie den Pool unter neuem Namen an.',
  },
  'verify.failed': {
    what: 'Die Schlussprüfung hat etwas gefunden, das nicht stimmt: {checks}.',
    todo: 'Sehen Sie sich diese Punkte an, wiederholen Sie den zugehörigen Schritt und prüfen Sie dann noch einmal.',
  },
  'practice.in-use': {
    what: 'Der Durchlauf „{run}“ arbeitet gerade in der Übungs-Cloud.',
    todo: 'Warten Sie, bis er fertig ist, oder halten Sie ihn dort an.',
  },
  'practice.damaged': {
    what: 'Ein Teil der Übungs-Cloud war nicht lesbar und wurde beiseitegelegt.',
    todo: 'Arbeiten Sie weiter wie gewohnt; einem Übungsdurchlauf kann fehlen, was er angelegt hatte. Die beschädigten Dateien liegen in {folder}.',
  },
  'practice.failed': {
    what: 'Die Übungs-Cloud auf diesem Computer ist nicht gestartet oder unerwartet stehen geblieben.',
    todo: 'Versuchen Sie es erneut. Was darin angelegt wurde, ist noch da.',
  },
}
