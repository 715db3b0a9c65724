import type { phases as englishPhases, steps as englishSteps } from '../en/steps'

export const phases: typeof englishPhases = {
  decide: 'Entscheiden',
  connect: 'Verbinden',
  prepare: 'Vorbereiten',
  disk: 'Datenträgerimage',
  image: 'Image',
  pool: 'Pool',
  finish: 'Abschließen',
}

const quick = 'Das dauert Sekunden. Wird die App geschlossen, führen Sie den Schritt einfach noch einmal aus.'
const azureGoesOn = 'Sie dürfen die App schließen; Azure macht weiter, und wir sehen nach, wenn Sie wiederkommen.'

export const steps: typeof englishSteps = {
  'decide.image': {
    title: 'Brauchen Sie ein eigenes Image?',
    short: 'Image oder Startaufgabe',
    why: 'Ein eigenes Image lohnt sich, wenn das Einrichten jedes Knotens lange dauert oder einen Neustart braucht.',
    how: [
      'Jeder Pool startet seine Knoten mit einem Image, das das Betriebssystem mitbringt.',
      'Am wenigsten Arbeit macht ein fertiges Marketplace-Image: Eine Startaufgabe installiert auf jedem neuen Knoten, was fehlt.',
      'In Ihrem eigenen Image ist schon alles enthalten; Knoten sind früher bereit und alle gleich.',
      'Kreuzen Sie an, was auf Sie zutrifft; wir schlagen einen Weg vor, und Sie entscheiden.',
    ],
    makes: '',
    mayClose: 'Sie dürfen die App jederzeit schließen; Ihre Antworten bleiben erhalten.',
  },
  'connect.cloud': {
    title: 'Wählen, wo gearbeitet wird',
    short: 'Cloud',
    why: 'Üben Sie erst auf diesem Computer oder arbeiten Sie in Ihrem echten Azure-Abonnement.',
    how: [
      'Die Übungs-Cloud läuft auf diesem Computer, kostet nichts und antwortet wie Azure.',
      'Ein Durchlauf, der dort gelungen ist, lässt sich mit denselben Angaben im Ernst wiederholen.',
      'Für das echte Azure braucht die App die ID einer App-Registrierung Ihrer Organisation; eine eigene bringt sie nicht mit.',
    ],
    makes: '',
    mayClose: 'Sie dürfen die App jederzeit schließen; die Wahl bleibt erhalten.',
  },
  'connect.signIn': {
    title: 'Anmelden',
    short: 'Anmeldung',
    why: 'Azure muss wissen, wer Sie sind; eine Anmeldung genügt für alle Schritte.',
    how: [
      'Sie melden sich im Browser auf der Seite von Microsoft an; die App sieht Ihr Kennwort nie.',
      'Lässt sich hier kein Browser öffnen, nehmen Sie einen Code und melden sich auf einem anderen Gerät an.',
      'Kontoschlüssel werden nie verwendet: Pools mit eigenem Image nehmen nur eine solche Anmeldung an.',
    ],
    makes: '',
    mayClose: 'Wird die App währenddessen geschlossen, melden Sie sich danach noch einmal an.',
  },
  'connect.scope': {
    title: 'Abonnement, Region und Ressourcengruppe',
    short: 'Abonnement und Region',
    why: 'Alles, was dieser Durchlauf anlegt, liegt zusammen in einer Region und einer Ressourcengruppe.',
    how: [
      'Image und Knoten müssen in derselben Region sein, deshalb wird die Region hier einmal gewählt.',
      'In einer eigenen Ressourcengruppe sieht und löscht man leicht, was zusammengehört.',
      'Jeder Azure-Dienst muss für ein Abonnement einmal freigeschaltet sein; fehlt einer, erledigen wir das hier.',
    ],
    makes: 'Eine Ressourcengruppe, falls Sie keine vorhandene nennen.',
    mayClose: azureGoesOn,
  },
  'prepare.account': {
    title: 'Batch-Konto',
    short: 'Batch-Konto',
    why: 'Pools und ihre Knoten gehören zu einem Batch-Konto.',
    how: [
      'Wählen Sie ein Konto in dieser Region oder lassen Sie uns eines anlegen.',
      'Der Poolzuordnungsmodus steht fest, sobald das Konto angelegt ist. Bei „Batch-Dienst“ zählt das Kontingent des Kontos, bei „Benutzerabonnement“ das Ihres Abonnements.',
      'Images aus einer Gallery gehen mit beiden; vor Jahren brauchte ein eigenes Image den zweiten.',
      'Wir zeigen das Kernkontingent schon jetzt, denn ein Kontingent von 0 hält später jeden Knoten auf.',
    ],
    makes: 'Ein Batch-Konto, falls Sie kein vorhandenes wählen.',
    mayClose: azureGoesOn,
  },
  'prepare.storage': {
    title: 'Speicherkonto für das Hochladen',
    short: 'Speicherkonto',
    why: 'Der Datenträger braucht einen Platz in Azure, bevor er zum Image werden kann.',
    how: [
      'Nötig ist ein Konto für allgemeine Zwecke, denn eine VHD wird als Seitenblob gespeichert.',
      'Es muss in der Region liegen, in der das Image entsteht; das prüfen wir.',
      'Ihre Rolle muss das Schreiben von Blobs erlauben; Besitzer des Kontos zu sein, genügt allein nicht.',
    ],
    makes: 'Ein Speicherkonto, falls Sie keines wählen, und darin einen Container.',
    mayClose: azureGoesOn,
  },
  'disk.choose': {
    title: 'Datenträgerimage wählen',
    short: 'Datei wählen',
    why: 'Diese Datei wird zum Systemdatenträger jedes Knotens.',
    how: [
      'Wählen Sie die Datei des Datenträgers mit dem Betriebssystem, eine VHD mit fester Größe.',
      'Der virtuelle Computer, von dem sie stammt, muss heruntergefahren sein und darf nicht wieder starten.',
      'Wir merken uns Größe und Zeit der Datei und bemerken spätere Änderungen. Sie wird immer nur gelesen.',
    ],
    makes: '',
    mayClose: quick,
  },
  'disk.inspect': {
    title: 'In das Datenträgerimage hineinsehen',
    short: 'Prüfen',
    why: 'Was einen Knoten aufhalten würde, findet man besser hier als nach Stunden des Hochladens.',
    how: [
      'Wir lesen die Datei selbst: Format, Größe, Partitionen und wie sie startet.',
      'Daraus ergibt sich die Generation; sie muss zur Imagedefinition und zur Knotengröße passen.',
      'Das System muss generalisiert sein, also frei von allem, was zu einem einzelnen Computer gehört. Prüfen Sie das selbst, wo wir nicht hineinsehen können.',
      'Es wird nichts gesendet und nichts an der Datei geändert.',
    ],
    makes: '',
    mayClose: quick,
  },
  'disk.upload': {
    title: 'Datenträger hochladen',
    short: 'Hochladen',
    why: 'Der Datenträger reist nur einmal; alles Weitere geschieht innerhalb von Azure.',
    how: [
      'Bereiche, die nur Nullen enthalten, bleiben hier; meist wird viel weniger gesendet, als der Datenträger groß ist.',
      'Jedes Stück trägt eine Prüfsumme, die Azure bei der Ankunft nachrechnet.',
      'Nach einer Unterbrechung fragen wir Azure, welche Stücke schon da sind, und senden nur den Rest.',
      'Das Ende der VHD wird zuletzt geschrieben: So kann ein unfertiger Stand nie für einen fertigen gehalten werden.',
    ],
    makes: 'Einen Seitenblob mit dem Datenträger. Er wird beim Aufräumen gelöscht.',
    mayClose:
      'Wird die App geschlossen, pausiert das Hochladen und geht an dieser Stelle weiter, wenn Sie wiederkommen.',
  },
  'image.gallery': {
    title: 'Gallery',
    short: 'Gallery',
    why: 'Eigene Images nimmt Batch nur aus einer Azure Compute Gallery.',
    how: [
      'Eine Gallery ist das Regal, in dem Ihre Images mit allen Versionen stehen.',
      'Pools direkt aus einer VHD oder einem verwalteten Image gibt es seit dem 31. März 2026 nicht mehr; die Gallery ersetzt beides.',
      'Nehmen Sie eine vorhandene oder lassen Sie uns eine anlegen; sie selbst kostet nichts.',
    ],
    makes: 'Eine Gallery, falls Sie keine vorhandene wählen.',
    mayClose: azureGoesOn,
  },
  'image.definition': {
    title: 'Imagedefinition',
    short: 'Imagedefinition',
    why: 'Sie legt einmal für alle Versionen fest, um was für ein System es sich handelt.',
    how: [
      'Betriebssystem, Generation und Prozessortyp werden hier festgelegt und lassen sich später nicht ändern.',
      'Wir tragen ein, was der Datenträger selbst verraten hat.',
      'Herausgeber, Angebot und SKU benennen Sie frei; zusammen kommen sie in einer Gallery nur einmal vor.',
    ],
    makes: 'Eine Imagedefinition in der Gallery.',
    mayClose: azureGoesOn,
  },
  'image.version': {
    title: 'Imageversion und ihre Regionen',
    short: 'Version und Replikate',
    why: 'Aus dem hochgeladenen Datenträger wird eine nummerierte Version, mit der Knoten starten können.',
    how: [
      'Azure kopiert den Datenträger in die Gallery und dann in jede Region, die Sie nennen.',
      'Die Region des Batch-Kontos muss dabei sein: Knoten starten nur von einer Kopie in ihrer Nähe.',
      'Eine Kopie reicht für etwa 300 Knoten; mehr Knoten brauchen mehr Kopien.',
      'Eine Version wird nie überschrieben. Beim nächsten Mal legen Sie 1.0.1 an und können jederzeit zurück.',
    ],
    makes: 'Eine Imageversion mit ihren Kopien. Kopien kosten Speicherplatz, solange es sie gibt.',
    mayClose: azureGoesOn,
  },
  'pool.create': {
    title: 'Pool anlegen',
    short: 'Pool anlegen',
    why: 'Der Pool verbindet Image, Knotengröße und Knoten-Agent.',
    how: [
      'Der Pool beginnt mit einem einzigen Knoten: Ein Fehler im Image kostet dann einen Knoten, nicht hundert.',
      'Der Knoten-Agent muss zum Betriebssystem im Image passen; wir schlagen den passenden vor.',
      'Sinnvoll sind nur Größen, die zu Generation und Kontingent passen; andere würde Azure später ablehnen.',
    ],
    makes: 'Einen Pool mit einem Knoten. Der Knoten kostet Geld, bis er entfernt oder der Pool auf 0 skaliert wird.',
    mayClose: azureGoesOn,
  },
  'pool.canary': {
    title: 'Der erste Knoten',
    short: 'Erster Knoten',
    why: 'Ein Knoten im Leerlauf beweist, dass Ihr Image funktioniert; erst dann werden es mehr.',
    how: [
      'Wir begleiten den Knoten vom ersten Start, bis er auf Arbeit wartet.',
      'Wird er unbrauchbar, zeigen wir, was Batch meldet und woran es meistens liegt.',
      'Ist er im Leerlauf, wird der Pool auf die gewünschte Anzahl gebracht. Spot-Knoten kosten weniger und können jederzeit wegfallen.',
    ],
    makes: 'So viele Knoten, wie Sie möchten. Sie kosten Geld, bis der Pool auf 0 skaliert wird.',
    mayClose: 'Sie dürfen die App schließen; der Knoten startet weiter, und wir sehen nach, wenn Sie wiederkommen.',
  },
  'finish.verify': {
    title: 'Ergebnis prüfen',
    short: 'Ergebnis prüfen',
    why: 'Wir fragen Azure noch einmal, ob alles so ist, wie es sein soll.',
    how: [
      'Der Pool muss genau die Version nennen, die in diesem Durchlauf entstanden ist.',
      'Die Version muss in der Region des Pools vollständig und der Knoten im Leerlauf sein.',
      'Die Liste der Pools zeigt, welches Image jeder von ihnen verwendet.',
    ],
    makes: '',
    mayClose: quick,
  },
  'finish.cleanup': {
    title: 'Aufräumen',
    short: 'Aufräumen',
    why: 'Was nur unterwegs gebraucht wurde, soll kein Geld mehr kosten.',
    how: [
      'Wir löschen nur, was dieser Durchlauf angelegt hat, das Neueste zuerst, und nur, wenn es in Azure unsere Markierung trägt.',
      'Image und Pool bleiben, sofern Sie nicht auch diese löschen lassen.',
      'Verweigert Azure eine Löschung, wird der Rest trotzdem gelöscht; Sie sehen, was übrig ist und warum.',
    ],
    makes: '',
    mayClose: 'Wird die App geschlossen, führen Sie den Schritt noch einmal aus: Was schon weg ist, gilt als erledigt.',
  },
  'finish.report': {
    title: 'Bericht',
    short: 'Bericht',
    why: 'Eine Seite zeigt, was wann getan wurde und womit es belegt ist.',
    how: [
      'Sie nennt jeden Schritt mit seinen Zeiten, die Ressourcen und die Anforderungs-IDs von Azure.',
      'Sie enthält keine Kennwörter, Schlüssel oder Zugriffsadressen; Sie können sie weitergeben.',
      'Sie ist eine Datei auf diesem Computer und öffnet sich in jedem Browser auch ohne Netzwerk.',
    ],
    makes: 'Eine Seite (HTML) auf diesem Computer.',
    mayClose: quick,
  },
}
