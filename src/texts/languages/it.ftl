## La pagina che chiede un codice

heading-check = Controlli la Sua casella di posta
heading-failed = Il messaggio non è arrivato
heading-over = Serve un nuovo codice
heading-used = Questo codice è già stato usato
title-error = Errore: { $heading }
lead-queued = Un codice di { $digits } cifre è in viaggio verso { $mailbox }.
lead-sent = Abbiamo inviato un codice di { $digits } cifre a { $mailbox }.
lead-failed = Non è stato possibile recapitare il messaggio a { $mailbox }.
lead-over = Un nuovo codice sarà inviato a { $mailbox }.
look-for = Cerchi il messaggio contrassegnato { $tag }.
why-days = { $count ->
        [one] Alle persone esterne, { $organization } lo chiede ogni giorno.
       *[other] Alle persone esterne, { $organization } lo chiede ogni { $count } giorni.
    }
why-hours = { $count ->
        [one] Alle persone esterne, { $organization } lo chiede ogni ora.
       *[other] Alle persone esterne, { $organization } lo chiede ogni { $count } ore.
    }
why-minutes = { $count ->
        [one] Alle persone esterne, { $organization } lo chiede ogni minuto.
       *[other] Alle persone esterne, { $organization } lo chiede ogni { $count } minuti.
    }
why-always = Alle persone esterne, { $organization } lo chiede ogni volta.
code-label = Codice di { $digits } cifre
code-life = { $count ->
        [one] Vale ancora per 1 minuto.
       *[other] Vale ancora per { $count } minuti.
    }
code-tries = { $count ->
        [one] Ha a disposizione 1 tentativo.
       *[other] Ha a disposizione { $count } tentativi.
    }
continue = Continua
send-again = Invia di nuovo
send-new = Invia un nuovo codice
go-on = Prosegui verso { $host }

## A che punto è il messaggio

delivery-queued = Il messaggio è in attesa del server di posta.
delivery-waiting = { $count ->
        [one] Il server di posta non ha ancora accettato il messaggio. Abbiamo provato 1 volta e continuiamo a provare.
       *[other] Il server di posta non ha ancora accettato il messaggio. Abbiamo provato { $count } volte e continuiamo a provare.
    }
delivery-sent = { $count ->
        [0] Consegnato al server di posta proprio ora ({ $time } UTC).
        [one] Consegnato al server di posta 1 minuto fa ({ $time } UTC).
       *[other] Consegnato al server di posta { $count } minuti fa ({ $time } UTC).
    }
delivery-again = Vedi a che punto è ora
refused-mailbox = Il server di posta dice che questa casella non esiste. Chieda al Suo contatto presso { $organization } di correggere il Suo indirizzo.
refused-full = La casella è piena. Faccia spazio e poi invii di nuovo il messaggio.
refused-blocked = Il server di posta respinge il nostro messaggio. Chieda a chi gestisce la Sua casella di ammettere i messaggi di { $sender }, poi lo invii di nuovo.
refused-other = Il server di posta non accetta il messaggio. Lo invii di nuovo o si rivolga al Suo contatto presso { $organization }.
refused-late = Il server di posta non ha accettato il messaggio in tempo. Lo invii di nuovo o si rivolga al Suo contatto presso { $organization }.

## L’esito dell’ultimo pulsante

wrong-code = { $count ->
        [one] Questo codice non è giusto. Lo confronti con il messaggio più recente: resta 1 tentativo.
       *[other] Questo codice non è giusto. Lo confronti con il messaggio più recente: restano { $count } tentativi.
    }
wrong-code-last = Questo codice non è giusto, e quello inviato non vale più. Invii un nuovo codice.
not-a-code = Questo non è un codice. Scriva le { $digits } cifre del messaggio più recente.
code-expired = Questo codice è troppo vecchio. Invii un nuovo codice.
code-used = Un codice vale una volta sola, e questo è già stato usato. Prosegua verso il sito; se chiede ancora un codice, ne invii uno nuovo.
too-many-tries = Questo codice è stato provato troppe volte e non vale più. Invii un nuovo codice.
too-often = { $count ->
        [one] Ci sono stati troppi codici sbagliati per il Suo account. Torni tra 1 minuto.
       *[other] Ci sono stati troppi codici sbagliati per il Suo account. Torni tra { $count } minuti.
    }
network-too-often = { $count ->
        [one] Ci sono stati troppi tentativi dalla Sua rete. Torni tra 1 minuto.
       *[other] Ci sono stati troppi tentativi dalla Sua rete. Torni tra { $count } minuti.
    }
mail-sent = Un altro messaggio è in viaggio. Vale il codice del messaggio più recente.
mail-too-often = { $count ->
        [one] Un messaggio è partito poco fa. Lo cerchi, oppure riprovi tra 1 secondo.
       *[other] Un messaggio è partito poco fa. Lo cerchi, oppure riprovi tra { $count } secondi.
    }
mail-too-often-over = { $count ->
        [one] Un messaggio è partito poco fa. Chieda un nuovo codice tra 1 secondo.
       *[other] Un messaggio è partito poco fa. Chieda un nuovo codice tra { $count } secondi.
    }

## Sotto il modulo

no-mail = Nessun messaggio?
no-mail-spam = Cerchi nella cartella dello spam un messaggio di { $sender }.
no-mail-newest = Se sono arrivati più messaggi, vale il codice del più recente.
no-mail-address = L’indirizzo appartiene al Suo account su { $host }. Se non lo legge più, chieda al Suo contatto presso { $organization } di cambiarlo.
not-you = Non è Lei?
sign-out = Esci da { $host }
what-it-is = Il codice mostra che Lei può ancora leggere questa casella, e nient’altro.
no-password = Questa pagina non chiede mai una password.

## Authenticator apps and passkeys

heading-confirm = Confermi la Sua identità
app-label = Codice della Sua app di autenticazione
app-hint = Sei cifre, che cambiano ogni 30 secondi.
app-wrong = Questo codice non è corretto o è già stato usato. Digiti il codice che l’app mostra adesso.
mail-instead = Inviare invece un codice via e-mail
other-way = Confermare in un altro modo
methods-link = Configurare un’app di autenticazione o una passkey invece di attendere le e-mail
methods-heading = Come conferma la Sua identità
methods-lead = Invece di attendere un’e-mail, può usare ciò che configura qui.
methods-mail = Codice via e-mail a { $mailbox }
methods-first = Per cambiare il modo in cui conferma la Sua identità, la confermi prima ancora una volta.
methods-what = Un codice via e-mail mostra soltanto che può ancora leggere la casella. Un’app di autenticazione o una passkey è più sicura.
methods-done = È configurato e da ora può usarlo.
methods-removed = È stato rimosso.
methods-over = È passato troppo tempo, oppure è stato iniziato altrove. Ricominci.
methods-full = Per ora non si può configurare altro.
method-app = App di autenticazione
method-passkey = Chiave di accesso (passkey)
method-added = configurato il { $date }
method-remove = Rimuovere { $name }
method-name = Nome, per riconoscerlo in seguito
app-begin = Configurare un’app di autenticazione
app-scan = Inquadri questa immagine con l’app, o digiti nell’app la chiave qui sotto. Poi digiti il codice che l’app mostra.
app-picture = Codice QR con la chiave
app-open = Aprire l’app su questo dispositivo
passkey-use = Usare una passkey
passkey-begin = Configurare una passkey
passkey-wrong = La passkey qui non ha funzionato. Riprovi, o confermi in un altro modo.
passkey-script = Una passkey richiede JavaScript in questo browser.

## Dopo l’uscita

signed-out-heading = È uscito dal sito
signed-out-lead = La Sua verifica in questo browser è terminata.
signed-out-next = Al prossimo accesso, un nuovo codice sarà inviato alla Sua casella.
sign-in-again = Accedi di nuovo
signed-out-shared = Su un computer condiviso, chiuda anche la finestra del browser.

## Un modulo che è stato conservato

held-note = Quello che ha inviato è conservato. Potrà inviarlo dopo il codice.
held-heading = Quello che ha inviato è stato conservato
held-lead = Lei ha verificato, perciò ora può andare a { $target }. Viene conservato per alcuni minuti.
held-send = Invia ora
held-drop = Scarta
held-gone-heading = Qui non è conservato nulla
held-gone = È già stato inviato o scartato, il tempo è scaduto, oppure ha effettuato un nuovo accesso.
unsent-heading = Quello che ha inviato non è stato inoltrato
unsent-lead = Prima deve verificare, e nel frattempo questo non può essere conservato. Verifichi in una nuova scheda, poi torni qui indietro di una pagina e invii di nuovo.
unsent-verify = Verifica in una nuova scheda
in-place-heading = Verifichi la Sua casella
in-place-lead = Fino ad allora questa pagina non può salvare. Verifichi in una nuova scheda, poi torni qui: nulla di ciò che ha scritto va perso.
in-place-later = Non ora

## I browser di una persona, e il messaggio per uno nuovo

browsers-heading = I Suoi browser verificati
browsers-lead = In questi browser ha verificato la Sua casella per { $organization }. Se non ne riconosce uno, lo termini, cambi la password e avvisi l’amministrazione.
browsers-none = Non ha verificato in nessun browser, oppure nessuno vale più.
browser-name = { $program } su { $system }
browser-unknown = Un browser sconosciuto
browser-here = questo browser
browser-when = Verificato la prima volta il { $first } e l’ultima il { $last } su { $host } dalla rete { $network }.
browser-end = Termina
browsers-end-others = Termina tutti gli altri
new-browser-subject = Un nuovo browser è stato verificato presso { $organization }
new-browser-what = Il { $time } qualcuno ha verificato a Suo nome su { $host }. Il browser: { $browser }. La rete: { $network }.
new-browser-next = Se è stato Lei, non c’è nulla da fare. Altrimenti apra i Suoi browser verificati, termini quello e cambi la password:

## Un rifiuto

title-no-access = Accesso negato
title-not-found = Non trovato
title-try-again = Riprovi, per favore
title-loop = Le verrebbe chiesto all’infinito
title-not-served = Questa richiesta non può essere servita
try-again = Riprova
ask-contact = Può chiedere qui: { $contact }.
help-number = Se chiede aiuto, indichi questo numero:
status = Stato { $status }

reason-address-unknown = Non si conosce alcuna casella del Suo account, quindi non si può inviare un codice. Si rivolga all’amministrazione della Sua organizzazione.
reason-token-blocked = I token API sono bloccati qui dall’organizzazione. Si rivolga all’amministrazione della Sua organizzazione.
reason-not-invited = Questo sito è riservato alle persone esterne che vi sono state invitate. Si rivolga a chi lavora qui con Lei o all’amministrazione della Sua organizzazione.
reason-policy-unreadable = Al momento non si può leggere che cosa chiede l’organizzazione. Riprovi tra un momento.
reason-account-suspended = L’organizzazione ha sospeso il Suo accesso. Si rivolga all’amministrazione della Sua organizzazione, che può ripristinarlo.
reason-account-deactivated = Il Suo account è stato disattivato. Si rivolga all’amministrazione della Sua organizzazione, che può riattivarlo.
reason-account-closed = Il Suo account è stato eliminato. Chieda all’amministrazione della Sua organizzazione se deve averne un altro.
reason-access-ended = Il Suo accesso è terminato nel giorno concordato. Si rivolga al Suo contatto nell’organizzazione, che può prolungarlo.
reason-second-step = La Sua organizzazione Le chiede di confermare la Sua identità a ogni accesso.
reason-second-step-setup = Alla Sua organizzazione non basta un codice via e-mail: configuri un altro modo di confermare la Sua identità.
reason-second-step-impossible = La Sua organizzazione chiede un secondo passaggio che qui nessuno può configurare. Si rivolga all’amministrazione della Sua organizzazione.
reason-single-sign-on = La Sua organizzazione vuole che acceda con il suo single sign-on. Acceda di nuovo.
reason-session-reset = La Sua organizzazione ha chiuso tutti gli accessi precedenti. Acceda di nuovo.
reason-session-expired = Il Suo accesso risale a più tempo di quanto la Sua organizzazione consenta. Acceda di nuovo.
reason-session-idle = È rimasto assente più a lungo di quanto la Sua organizzazione consenta. Acceda di nuovo.
reason-identity-unavailable = Il sito non può dire al momento chi ha effettuato l’accesso. Riprovi tra un momento.
reason-identity-mismatch = L’accesso è cambiato mentre la pagina si caricava. La ricarichi.
reason-store-unavailable = La verifica non è possibile al momento. Riprovi tra un momento.
reason-upstream-unreachable = Il sito dietro questo gateway non è raggiungibile.
reason-upstream-timeout = Il sito dietro questo gateway non ha risposto in tempo.
reason-malformed-request = La richiesta non è ben formata.
reason-ambiguous-host = La richiesta deve indicare esattamente un host.
reason-host-mismatch = La connessione è stata aperta per un altro host. Ne apra una nuova per questo.
reason-unknown-host = Qui non è servito alcun sito con questo nome.
reason-malformed-path = Il percorso della richiesta non è ben formato.
reason-session-id-in-path = Un identificativo di sessione non deve far parte del percorso.
reason-unknown-page = Questa pagina qui non esiste.
reason-hardened-path = Questo indirizzo potrebbe aprire un file interno del prodotto, perciò non viene servito.
reason-duplicate-cookie = La richiesta contiene due volte un cookie o un token di sessione.
reason-duplicate-authorization = La richiesta contiene più di un’intestazione Authorization.
reason-query-credentials = Le credenziali non devono far parte dell’indirizzo.
reason-method-not-allowed = Questo metodo qui non è consentito.
reason-upgrade-refused = Questo cambio di protocollo non è consentito.
reason-head-too-large = Le intestazioni della richiesta sono troppo grandi.
reason-target-too-long = L’indirizzo è troppo lungo.
reason-body-too-large = Il contenuto della richiesta è troppo grande.
reason-body-stalled = Il contenuto della richiesta non è arrivato per intero. La invii di nuovo.
reason-too-many-connections = Ci sono troppe connessioni aperte dal Suo indirizzo. Ne chiuda alcune e riprovi.
reason-cross-site = Il modulo non veniva da questo sito. Riapra la pagina.
reason-cookies-not-kept = Questo browser non conserva il cookie che ricorda la Sua verifica, perciò Le verrebbe chiesta all’infinito. Consenta i cookie per questo sito, poi riprovi.
reason-sign-in-out-of-reach = La pagina vede il Suo accesso e la verifica no, perciò verrebbe rimandato dall’una all’altra. Esca e acceda di nuovo; se non basta, avvisi l’amministrazione della Sua organizzazione.
reason-proof-not-counted = Lei ha verificato, ma non vale: l’organizzazione chiede ogni volta, oppure gli orologi dei suoi server differiscono. Avvisi l’amministrazione della Sua organizzazione.
reason-internal = Qui qualcosa è andato storto. Riprovi.

## Il messaggio con il codice

mail-subject = Confermi la Sua casella presso { $organization } ({ $tag })
mail-greeting = Buongiorno,
mail-ask = qualcuno sta accedendo a { $host } a Suo nome, e { $organization } Le chiede di confermare la Sua casella di posta. Se è Lei, scriva questo codice nella pagina che lo chiede:
mail-tag = Nella pagina questo messaggio si chiama { $tag }.
mail-life = { $count ->
        [one] Il codice vale una volta sola, entro 1 minuto.
       *[other] Il codice vale una volta sola, entro { $count } minuti.
    }
mail-secret = Nessuno Le chiederà mai questo codice, né per telefono, né in chat, né per posta. Non lo dia a nessuno.
mail-not-you = Se non ha appena effettuato l’accesso a { $host }, ignori questo messaggio e avvisi l’amministrazione di { $organization }: forse qualcun altro conosce la Sua password. Senza il codice non può andare oltre.
