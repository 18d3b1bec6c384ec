## Die Seite, die nach einem Code fragt

heading-check = Sehen Sie in Ihr Postfach
heading-failed = Die Mail ist nicht angekommen
heading-over = Sie brauchen einen neuen Code
heading-used = Dieser Code wurde schon benutzt
title-error = Fehler: { $heading }
lead-queued = Ein { $digits }-stelliger Code ist unterwegs an { $mailbox }.
lead-sent = Wir haben einen { $digits }-stelligen Code an { $mailbox } gesendet.
lead-failed = Die Mail an { $mailbox } konnte nicht zugestellt werden.
lead-over = Ein neuer Code geht an { $mailbox }.
look-for = Suchen Sie die Mail mit dem Kennzeichen { $tag }.
why-days = { $count ->
        [one] Wer von außen kommt, wird von { $organization } jeden Tag darum gebeten.
       *[other] Wer von außen kommt, wird von { $organization } alle { $count } Tage darum gebeten.
    }
why-hours = { $count ->
        [one] Wer von außen kommt, wird von { $organization } jede Stunde darum gebeten.
       *[other] Wer von außen kommt, wird von { $organization } alle { $count } Stunden darum gebeten.
    }
why-minutes = { $count ->
        [one] Wer von außen kommt, wird von { $organization } jede Minute darum gebeten.
       *[other] Wer von außen kommt, wird von { $organization } alle { $count } Minuten darum gebeten.
    }
why-always = Wer von außen kommt, wird von { $organization } jedes Mal darum gebeten.
code-label = { $digits }-stelliger Code
code-life = { $count ->
        [one] Er gilt noch eine Minute.
       *[other] Er gilt noch { $count } Minuten.
    }
code-tries = { $count ->
        [one] Sie haben einen Versuch.
       *[other] Sie haben { $count } Versuche.
    }
continue = Weiter
send-again = Noch einmal senden
send-new = Neuen Code senden
go-on = Weiter zu { $host }

## Wie es um die Mail steht

delivery-queued = Die Mail wartet auf den Mailserver.
delivery-waiting = { $count ->
        [one] Der Mailserver hat die Mail noch nicht angenommen. Wir haben es einmal versucht und versuchen es weiter.
       *[other] Der Mailserver hat die Mail noch nicht angenommen. Wir haben es { $count }-mal versucht und versuchen es weiter.
    }
delivery-sent = { $count ->
        [0] Soeben an den Mailserver übergeben ({ $time } UTC).
        [one] Vor 1 Minute an den Mailserver übergeben ({ $time } UTC).
       *[other] Vor { $count } Minuten an den Mailserver übergeben ({ $time } UTC).
    }
delivery-again = Nachsehen, wie es jetzt steht
refused-mailbox = Der Mailserver sagt, dass es dieses Postfach nicht gibt. Bitte lassen Sie Ihre Adresse von Ihrer Kontaktperson bei { $organization } berichtigen.
refused-full = Das Postfach ist voll. Bitte schaffen Sie darin Platz und senden Sie die Mail dann noch einmal.
refused-blocked = Der Mailserver weist unsere Mail ab. Bitte lassen Sie Mails von { $sender } dort zulassen, wo Ihr Postfach betreut wird, und senden Sie sie dann noch einmal.
refused-other = Der Mailserver nimmt die Mail nicht an. Bitte senden Sie sie noch einmal, oder fragen Sie Ihre Kontaktperson bei { $organization }.
refused-late = Der Mailserver hat die Mail nicht rechtzeitig angenommen. Bitte senden Sie sie noch einmal, oder fragen Sie Ihre Kontaktperson bei { $organization }.

## Was der letzte Knopfdruck ergab

wrong-code = { $count ->
        [one] Dieser Code stimmt nicht. Vergleichen Sie ihn mit der neuesten Mail: Sie haben noch einen Versuch.
       *[other] Dieser Code stimmt nicht. Vergleichen Sie ihn mit der neuesten Mail: Sie haben noch { $count } Versuche.
    }
wrong-code-last = Dieser Code stimmt nicht, und der gesendete gilt nicht mehr. Bitte senden Sie einen neuen Code.
not-a-code = Das ist kein Code. Geben Sie die { $digits } Ziffern aus der neuesten Mail ein.
code-expired = Dieser Code ist zu alt. Bitte senden Sie einen neuen Code.
code-used = Ein Code gilt nur einmal, und dieser wurde benutzt. Bitte gehen Sie weiter zur Seite; fragt sie immer noch nach einem Code, senden Sie einen neuen.
too-many-tries = Dieser Code wurde zu oft versucht und gilt nicht mehr. Bitte senden Sie einen neuen Code.
too-often = { $count ->
        [one] Für Ihr Konto gab es zu viele falsche Codes. Bitte kommen Sie in einer Minute wieder.
       *[other] Für Ihr Konto gab es zu viele falsche Codes. Bitte kommen Sie in { $count } Minuten wieder.
    }
network-too-often = { $count ->
        [one] Aus Ihrem Netz gab es zu viele Versuche. Bitte kommen Sie in einer Minute wieder.
       *[other] Aus Ihrem Netz gab es zu viele Versuche. Bitte kommen Sie in { $count } Minuten wieder.
    }
mail-sent = Noch eine Mail ist unterwegs. Es gilt der Code in der neuesten Mail.
mail-too-often = { $count ->
        [one] Eben erst ging eine Mail hinaus. Bitte sehen Sie nach ihr, oder fragen Sie in einer Sekunde noch einmal.
       *[other] Eben erst ging eine Mail hinaus. Bitte sehen Sie nach ihr, oder fragen Sie in { $count } Sekunden noch einmal.
    }
mail-too-often-over = { $count ->
        [one] Eben erst ging eine Mail hinaus. Bitte fordern Sie in einer Sekunde einen neuen Code an.
       *[other] Eben erst ging eine Mail hinaus. Bitte fordern Sie in { $count } Sekunden einen neuen Code an.
    }

## Unter dem Formular

no-mail = Keine Mail?
no-mail-spam = Sehen Sie im Spam-Ordner nach einer Mail von { $sender }.
no-mail-newest = Wenn mehrere Mails kamen, gilt der Code in der neuesten.
no-mail-address = Die Adresse gehört zu Ihrem Konto bei { $host }. Wenn Sie sie nicht mehr lesen, lassen Sie sie von Ihrer Kontaktperson bei { $organization } ändern.
not-you = Nicht Sie?
sign-out = Von { $host } abmelden
what-it-is = Der Code zeigt, dass Sie dieses Postfach noch lesen können, und sonst nichts.
no-password = Diese Seite fragt nie nach einem Passwort.

## Authenticator apps and passkeys

heading-confirm = Bestätigen Sie, dass Sie es sind
app-label = Code aus Ihrer Authenticator-App
app-hint = Sechs Ziffern, die alle 30 Sekunden wechseln.
app-wrong = Dieser Code stimmt nicht oder wurde schon verwendet. Bitte geben Sie den Code ein, den die App jetzt zeigt.
mail-instead = Stattdessen einen Code per Mail senden
other-way = Auf andere Weise bestätigen
methods-link = Statt auf Mails zu warten, eine Authenticator-App oder einen Passkey einrichten
methods-heading = Wie Sie bestätigen, dass Sie es sind
methods-lead = Statt auf eine Mail zu warten, können Sie verwenden, was Sie hier einrichten.
methods-mail = Code per Mail an { $mailbox }
methods-first = Um hier etwas zu ändern, bestätigen Sie bitte zuerst noch einmal, dass Sie es sind.
methods-what = Ein Code per Mail zeigt nur, dass Sie das Postfach noch lesen können. Eine Authenticator-App oder ein Passkey ist stärker.
methods-done = Es ist eingerichtet, und Sie können es ab jetzt verwenden.
methods-removed = Es ist entfernt.
methods-over = Das hat zu lange gedauert oder wurde anderswo begonnen. Bitte beginnen Sie noch einmal.
methods-full = Im Moment kann nichts weiter eingerichtet werden.
method-app = Authenticator-App
method-passkey = Zugangsschlüssel (Passkey)
method-added = eingerichtet am { $date }
method-remove = Entfernen: { $name }
method-name = Name, an dem Sie es wiedererkennen
app-begin = Authenticator-App einrichten
app-scan = Lesen Sie dieses Bild mit der App ein, oder tippen Sie den Schlüssel darunter in die App. Geben Sie dann den Code ein, den die App zeigt.
app-picture = QR-Code mit dem Schlüssel
app-open = App auf diesem Gerät öffnen
passkey-use = Passkey verwenden
passkey-begin = Passkey einrichten
passkey-wrong = Der Passkey hat hier nicht funktioniert. Bitte versuchen Sie es noch einmal, oder bestätigen Sie auf andere Weise.
passkey-script = Ein Passkey braucht JavaScript in diesem Browser.

## Nach dem Abmelden

signed-out-heading = Sie sind abgemeldet
signed-out-lead = Ihre Bestätigung in diesem Browser ist beendet.
signed-out-next = Wenn Sie sich wieder anmelden, wird ein neuer Code an Ihr Postfach gesendet.
sign-in-again = Wieder anmelden
signed-out-shared = Schließen Sie an einem gemeinsam genutzten Computer auch das Browserfenster.

## Ein Formular, das aufgehoben wurde

held-note = Was Sie gesendet haben, ist aufgehoben. Nach dem Code können Sie es absenden.
held-heading = Was Sie gesendet haben, ist noch da
held-lead = Sie haben bestätigt, daher kann es jetzt an { $target } gehen. Es wird einige Minuten aufgehoben.
held-send = Jetzt absenden
held-drop = Verwerfen
held-gone-heading = Hier ist nichts aufgehoben
held-gone = Es wurde schon abgesendet oder verworfen, seine Zeit ist um, oder Sie haben sich neu angemeldet.
unsent-heading = Was Sie gesendet haben, wurde nicht weitergegeben
unsent-lead = Sie müssen zuerst bestätigen, und so lange kann dies nicht aufgehoben werden. Bitte bestätigen Sie in einem neuen Tab, gehen Sie dann hier eine Seite zurück, und senden Sie es noch einmal.
unsent-verify = In einem neuen Tab bestätigen
in-place-heading = Bitte bestätigen Sie Ihr Postfach
in-place-lead = Bis dahin kann diese Seite nichts speichern. Bestätigen Sie in einem neuen Tab, und kommen Sie dann hierher zurück: Nichts, was Sie geschrieben haben, geht verloren.
in-place-later = Nicht jetzt

## Die Browser einer Person, und die Mail über einen neuen

browsers-heading = Ihre bestätigten Browser
browsers-lead = In diesen Browsern haben Sie Ihr Postfach für { $organization } bestätigt. Wenn Sie einen davon nicht kennen, beenden Sie ihn, ändern Sie Ihr Passwort, und sagen Sie der Administration Bescheid.
browsers-none = Sie haben in keinem Browser bestätigt, oder keiner davon zählt noch.
browser-name = { $program } unter { $system }
browser-unknown = Ein unbekannter Browser
browser-here = dieser Browser
browser-when = Zuerst bestätigt { $first }, zuletzt { $last } bei { $host } aus dem Netz { $network }.
browser-end = Beenden
browsers-end-others = Alle anderen beenden
new-browser-subject = Ein neuer Browser wurde bei { $organization } bestätigt
new-browser-what = Am { $time } hat jemand bei { $host } als Sie bestätigt. Der Browser: { $browser }. Das Netz: { $network }.
new-browser-next = Wenn Sie es waren, ist nichts zu tun. Wenn nicht, öffnen Sie Ihre bestätigten Browser, beenden Sie diesen, und ändern Sie Ihr Passwort:

## Eine Ablehnung

title-no-access = Kein Zugang
title-not-found = Nicht gefunden
title-try-again = Bitte versuchen Sie es noch einmal
title-loop = Sie würden immer wieder gefragt
title-not-served = Diese Anfrage kann nicht bedient werden
try-again = Noch einmal versuchen
ask-contact = Fragen können Sie hier: { $contact }.
help-number = Wenn Sie um Hilfe bitten, nennen Sie diese Nummer:
status = Statuscode { $status }

reason-address-unknown = Zu Ihrem Konto ist kein Postfach bekannt, daher kann kein Code gesendet werden. Bitte fragen Sie die Administration Ihrer Organisation.
reason-token-blocked = API-Tokens sind hier von der Organisation gesperrt. Bitte fragen Sie die Administration Ihrer Organisation.
reason-not-invited = Diese Seite ist nur für Personen von außen, die zu ihr eingeladen wurden. Bitte fragen Sie, mit wem Sie hier zusammenarbeiten, oder die Administration Ihrer Organisation.
reason-policy-unreadable = Was die Organisation verlangt, lässt sich gerade nicht lesen. Bitte versuchen Sie es gleich noch einmal.
reason-account-suspended = Die Organisation hat Ihren Zugang ausgesetzt. Bitte fragen Sie die Administration Ihrer Organisation; sie kann ihn wieder öffnen.
reason-account-deactivated = Ihr Konto wurde deaktiviert. Bitte fragen Sie die Administration Ihrer Organisation; sie kann es wieder aktivieren.
reason-account-closed = Ihr Konto wurde gelöscht. Bitte fragen Sie die Administration Ihrer Organisation, ob Sie ein anderes haben sollten.
reason-access-ended = Ihr Zugang endete am vereinbarten Tag. Bitte fragen Sie Ihre Kontaktperson in der Organisation; sie kann ihn verlängern.
reason-second-step = Ihre Organisation bittet Sie bei jeder Anmeldung zu bestätigen, dass Sie es sind.
reason-second-step-setup = Ihrer Organisation genügt ein Code per Mail nicht: Bitte richten Sie einen weiteren Weg ein, um zu bestätigen, dass Sie es sind.
reason-second-step-impossible = Ihre Organisation verlangt einen zweiten Schritt, den hier niemand einrichten kann. Bitte fragen Sie die Administration Ihrer Organisation.
reason-single-sign-on = Ihre Organisation möchte, dass Sie sich über ihr Single Sign-on anmelden. Bitte melden Sie sich noch einmal an.
reason-session-reset = Ihre Organisation hat alle früheren Anmeldungen beendet. Bitte melden Sie sich noch einmal an.
reason-session-expired = Ihre Anmeldung ist länger her, als Ihre Organisation erlaubt. Bitte melden Sie sich noch einmal an.
reason-session-idle = Sie waren länger abwesend, als Ihre Organisation erlaubt. Bitte melden Sie sich noch einmal an.
reason-identity-unavailable = Die Seite kann gerade nicht sagen, wer angemeldet ist. Bitte versuchen Sie es gleich noch einmal.
reason-identity-mismatch = Die Anmeldung änderte sich, während die Seite lud. Bitte laden Sie sie noch einmal.
reason-store-unavailable = Eine Bestätigung ist gerade nicht möglich. Bitte versuchen Sie es gleich noch einmal.
reason-upstream-unreachable = Die Seite hinter diesem Gateway ist nicht erreichbar.
reason-upstream-timeout = Die Seite hinter diesem Gateway hat nicht rechtzeitig geantwortet.
reason-malformed-request = Die Anfrage ist fehlerhaft aufgebaut.
reason-ambiguous-host = Die Anfrage muss genau einen Host nennen.
reason-host-mismatch = Die Verbindung wurde für einen anderen Host geöffnet. Bitte öffnen Sie für diesen eine neue.
reason-unknown-host = Eine Seite dieses Namens gibt es hier nicht.
reason-malformed-path = Der Pfad der Anfrage ist fehlerhaft aufgebaut.
reason-session-id-in-path = Eine Sitzungskennung darf kein Teil des Pfades sein.
reason-unknown-page = Diese Seite gibt es hier nicht.
reason-hardened-path = Diese Adresse könnte eine interne Datei des Produkts öffnen und wird daher nicht bedient.
reason-duplicate-cookie = Die Anfrage enthält ein Sitzungs-Cookie oder Token zweimal.
reason-duplicate-authorization = Die Anfrage enthält mehr als einen Authorization-Header.
reason-query-credentials = Zugangsdaten dürfen kein Teil der Adresse sein.
reason-method-not-allowed = Diese Methode ist hier nicht erlaubt.
reason-upgrade-refused = Dieser Protokollwechsel ist nicht erlaubt.
reason-head-too-large = Die Header der Anfrage sind zu groß.
reason-target-too-long = Die Adresse ist zu lang.
reason-body-too-large = Der Inhalt der Anfrage ist zu groß.
reason-body-stalled = Der Inhalt der Anfrage kam nicht vollständig an. Bitte senden Sie sie noch einmal.
reason-too-many-connections = Von Ihrer Adresse sind zu viele Verbindungen offen. Bitte schließen Sie einige und versuchen Sie es noch einmal.
reason-cross-site = Das Formular kam nicht von dieser Seite. Bitte öffnen Sie die Seite noch einmal.
reason-cookies-not-kept = Dieser Browser behält das Cookie nicht, das Ihre Bestätigung festhält, daher würden Sie immer wieder gefragt. Bitte erlauben Sie Cookies für diese Seite, und versuchen Sie es dann noch einmal.
reason-sign-in-out-of-reach = Die Seite sieht Ihre Anmeldung, die Bestätigung aber nicht, daher würden Sie hin und her geschickt. Bitte melden Sie sich ab und wieder an; hilft das nicht, sagen Sie es der Administration Ihrer Organisation.
reason-proof-not-counted = Sie haben bestätigt, und es zählt nicht: Die Organisation fragt jedes Mal neu, oder die Uhren ihrer Server gehen verschieden. Bitte sagen Sie es der Administration Ihrer Organisation.
reason-internal = Hier ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.

## Die Mail mit dem Code

mail-subject = Bestätigen Sie Ihr Postfach bei { $organization } ({ $tag })
mail-greeting = Guten Tag,
mail-ask = gerade meldet sich jemand in Ihrem Namen bei { $host } an, und { $organization } bittet Sie, Ihr Postfach zu bestätigen. Wenn Sie es sind, geben Sie diesen Code auf der Seite ein, die danach fragt:
mail-tag = Auf der Seite heißt diese Mail { $tag }.
mail-life = { $count ->
        [one] Der Code gilt einmal und noch 1 Minute.
       *[other] Der Code gilt einmal und noch { $count } Minuten.
    }
mail-secret = Niemand wird Sie je nach diesem Code fragen, weder am Telefon noch im Chat oder per Mail. Geben Sie ihn niemandem.
mail-not-you = Wenn Sie sich nicht eben bei { $host } angemeldet haben, beachten Sie diese Nachricht nicht und sagen Sie der Administration bei { $organization } Bescheid: Jemand kennt vielleicht Ihr Passwort. Ohne den Code geht es für diese Person nicht weiter.
