## De pagina die om een code vraagt

heading-check = Kijk in uw mailbox
heading-failed = De mail is niet aangekomen
heading-over = U hebt een nieuwe code nodig
heading-used = Die code is al gebruikt
title-error = Fout: { $heading }
lead-queued = Een code van { $digits } cijfers is onderweg naar { $mailbox }.
lead-sent = Wij hebben een code van { $digits } cijfers naar { $mailbox } gestuurd.
lead-failed = De mail aan { $mailbox } kon niet worden bezorgd.
lead-over = Een nieuwe code gaat naar { $mailbox }.
look-for = Zoek de mail met het kenmerk { $tag }.
why-days = { $count ->
        [one] Aan mensen van buiten vraagt { $organization } dit elke dag.
       *[other] Aan mensen van buiten vraagt { $organization } dit elke { $count } dagen.
    }
why-hours = { $count ->
        [one] Aan mensen van buiten vraagt { $organization } dit elk uur.
       *[other] Aan mensen van buiten vraagt { $organization } dit elke { $count } uur.
    }
why-minutes = { $count ->
        [one] Aan mensen van buiten vraagt { $organization } dit elke minuut.
       *[other] Aan mensen van buiten vraagt { $organization } dit elke { $count } minuten.
    }
why-always = Aan mensen van buiten vraagt { $organization } dit elke keer.
code-label = Code van { $digits } cijfers
code-life = { $count ->
        [one] De code werkt nog 1 minuut.
       *[other] De code werkt nog { $count } minuten.
    }
code-tries = { $count ->
        [one] U hebt 1 poging.
       *[other] U hebt { $count } pogingen.
    }
continue = Verder
send-again = Opnieuw sturen
send-new = Een nieuwe code sturen
go-on = Verder naar { $host }

## Hoe het met de mail staat

delivery-queued = De mail wacht op de mailserver.
delivery-waiting = { $count ->
        [one] De mailserver heeft de mail nog niet aangenomen. Wij hebben het 1 keer geprobeerd en blijven het proberen.
       *[other] De mailserver heeft de mail nog niet aangenomen. Wij hebben het { $count } keer geprobeerd en blijven het proberen.
    }
delivery-sent = { $count ->
        [0] Zojuist aan de mailserver gegeven ({ $time } UTC).
        [one] 1 minuut geleden aan de mailserver gegeven ({ $time } UTC).
       *[other] { $count } minuten geleden aan de mailserver gegeven ({ $time } UTC).
    }
delivery-again = Kijk hoe het er nu mee staat
refused-mailbox = De mailserver zegt dat deze mailbox niet bestaat. Vraag uw contactpersoon bij { $organization } uw adres te verbeteren.
refused-full = De mailbox is vol. Maak er ruimte in en stuur de mail dan opnieuw.
refused-blocked = De mailserver weigert onze mail. Vraag wie uw mailbox beheert mail van { $sender } toe te laten en stuur hem dan opnieuw.
refused-other = De mailserver neemt de mail niet aan. Stuur hem opnieuw of vraag uw contactpersoon bij { $organization }.
refused-late = De mailserver heeft de mail niet op tijd aangenomen. Stuur hem opnieuw of vraag uw contactpersoon bij { $organization }.

## Wat de laatste knop opleverde

wrong-code = { $count ->
        [one] Die code klopt niet. Vergelijk hem met de nieuwste mail: u hebt nog 1 poging.
       *[other] Die code klopt niet. Vergelijk hem met de nieuwste mail: u hebt nog { $count } pogingen.
    }
wrong-code-last = Die code klopt niet, en de gestuurde werkt niet meer. Stuur een nieuwe code.
not-a-code = Dat is geen code. Typ de { $digits } cijfers uit de nieuwste mail.
code-expired = Die code is te oud. Stuur een nieuwe code.
code-used = Een code werkt één keer, en deze is gebruikt. Ga verder naar de site; vraagt die nog steeds om een code, stuur dan een nieuwe.
too-many-tries = Die code is te vaak geprobeerd en werkt niet meer. Stuur een nieuwe code.
too-often = { $count ->
        [one] Er waren te veel verkeerde codes voor uw account. Kom over 1 minuut terug.
       *[other] Er waren te veel verkeerde codes voor uw account. Kom over { $count } minuten terug.
    }
network-too-often = { $count ->
        [one] Er waren te veel pogingen vanaf uw netwerk. Kom over 1 minuut terug.
       *[other] Er waren te veel pogingen vanaf uw netwerk. Kom over { $count } minuten terug.
    }
mail-sent = Er is nog een mail onderweg. De code in de nieuwste mail telt.
mail-too-often = { $count ->
        [one] Er is net een mail verstuurd. Zoek hem, of vraag het over 1 seconde opnieuw.
       *[other] Er is net een mail verstuurd. Zoek hem, of vraag het over { $count } seconden opnieuw.
    }
mail-too-often-over = { $count ->
        [one] Er is net een mail verstuurd. Vraag over 1 seconde een nieuwe code.
       *[other] Er is net een mail verstuurd. Vraag over { $count } seconden een nieuwe code.
    }

## Onder het formulier

no-mail = Geen mail?
no-mail-spam = Zoek in uw map voor ongewenste mail naar een mail van { $sender }.
no-mail-newest = Zijn er meer mails gekomen, dan telt de code in de nieuwste.
no-mail-address = Het adres hoort bij uw account op { $host }. Leest u het niet meer, vraag dan uw contactpersoon bij { $organization } het te veranderen.
not-you = Bent u dit niet?
sign-out = Afmelden bij { $host }
what-it-is = De code laat zien dat u deze mailbox nog kunt lezen, en meer niet.
no-password = Deze pagina vraagt nooit om een wachtwoord.

## Authenticator apps and passkeys

heading-confirm = Bevestig dat u het bent
app-label = Code uit uw authenticator-app
app-hint = Zes cijfers, die elke 30 seconden veranderen.
app-wrong = Die code klopt niet of is al gebruikt. Typ de code die de app nu toont.
mail-instead = Stuur mij liever een code per mail
other-way = Op een andere manier bevestigen
methods-link = Een authenticator-app of passkey instellen in plaats van op mail te wachten
methods-heading = Hoe u bevestigt dat u het bent
methods-lead = In plaats van op een mail te wachten kunt u gebruiken wat u hier instelt.
methods-mail = Code per mail naar { $mailbox }
methods-first = Om te veranderen hoe u bevestigt dat u het bent, bevestigt u het eerst nog een keer.
methods-what = Een code per mail toont alleen dat u de mailbox nog kunt lezen. Een authenticator-app of passkey is sterker.
methods-done = Het is ingesteld, en u kunt het vanaf nu gebruiken.
methods-removed = Het is verwijderd.
methods-over = Dat duurde te lang of is ergens anders begonnen. Begin opnieuw.
methods-full = Er kan nu niets meer worden ingesteld.
method-app = Authenticator-app
method-passkey = Toegangssleutel (passkey)
method-added = ingesteld op { $date }
method-remove = Verwijderen: { $name }
method-name = Naam, zodat u het herkent
app-begin = Een authenticator-app instellen
app-scan = Scan deze afbeelding met de app, of typ de sleutel eronder in de app. Typ daarna de code die de app toont.
app-picture = QR-code met de sleutel
app-open = De app op dit apparaat openen
passkey-use = Een passkey gebruiken
passkey-begin = Een passkey instellen
passkey-wrong = De passkey werkte hier niet. Probeer het opnieuw, of bevestig op een andere manier.
passkey-script = Een passkey heeft JavaScript nodig in deze browser.

## Na het afmelden

signed-out-heading = U bent afgemeld
signed-out-lead = Uw bevestiging in deze browser is beëindigd.
signed-out-next = Als u zich weer aanmeldt, wordt een nieuwe code naar uw mailbox gestuurd.
sign-in-again = Opnieuw aanmelden
signed-out-shared = Sluit op een gedeelde computer ook het browservenster.

## Een formulier dat is bewaard

held-note = Wat u hebt verzonden, wordt bewaard. Na de code kunt u het alsnog verzenden.
held-heading = Wat u hebt verzonden, is bewaard
held-lead = U hebt bevestigd, dus het kan nu naar { $target }. Het wordt enkele minuten bewaard.
held-send = Nu verzenden
held-drop = Weggooien
held-gone-heading = Hier wordt niets bewaard
held-gone = Het is al verzonden of weggegooid, de tijd is om, of u hebt zich opnieuw aangemeld.
unsent-heading = Wat u hebt verzonden, is niet doorgestuurd
unsent-lead = U moet eerst bevestigen, en dit kan intussen niet worden bewaard. Bevestig in een nieuw tabblad, ga hier dan een pagina terug en verzend het opnieuw.
unsent-verify = Bevestigen in een nieuw tabblad
in-place-heading = Bevestig uw mailbox
in-place-lead = Tot dan kan deze pagina niets opslaan. Bevestig in een nieuw tabblad en kom dan hier terug: niets van wat u hebt getypt gaat verloren.
in-place-later = Niet nu

## De browsers van iemand, en de mail over een nieuwe

browsers-heading = Uw bevestigde browsers
browsers-lead = In deze browsers hebt u uw mailbox bevestigd voor { $organization }. Kent u er een niet, beëindig die dan, verander uw wachtwoord en waarschuw de beheerder.
browsers-none = U hebt in geen enkele browser bevestigd, of geen ervan telt nog.
browser-name = { $program } op { $system }
browser-unknown = Een onbekende browser
browser-here = deze browser
browser-when = Voor het eerst bevestigd { $first }, het laatst { $last } op { $host } vanuit het netwerk { $network }.
browser-end = Beëindigen
browsers-end-others = Alle andere beëindigen
new-browser-subject = Een nieuwe browser is bevestigd bij { $organization }
new-browser-what = Op { $time } heeft iemand zich bij { $host } als u bevestigd. De browser: { $browser }. Het netwerk: { $network }.
new-browser-next = Was u het, dan hoeft u niets te doen. Zo niet, open dan uw bevestigde browsers, beëindig die ene en verander uw wachtwoord:

## Een weigering

title-no-access = Geen toegang
title-not-found = Niet gevonden
title-try-again = Probeer het opnieuw
title-loop = U zou steeds opnieuw worden gevraagd
title-not-served = Dit verzoek kan niet worden behandeld
try-again = Opnieuw proberen
ask-contact = U kunt het hier vragen: { $contact }.
help-number = Als u om hulp vraagt, noem dan dit nummer:
status = Statuscode { $status }

reason-address-unknown = Bij uw account is geen mailbox bekend, dus er kan geen code worden gestuurd. Vraag de beheerder van uw organisatie.
reason-token-blocked = API-tokens zijn hier door de organisatie geblokkeerd. Vraag de beheerder van uw organisatie.
reason-not-invited = Deze site is alleen voor mensen van buiten die ervoor zijn uitgenodigd. Vraag met wie u hier samenwerkt, of de beheerder van uw organisatie.
reason-policy-unreadable = Wat de organisatie vraagt, kan nu niet worden gelezen. Probeer het zo meteen opnieuw.
reason-account-suspended = De organisatie heeft uw toegang opgeschort. Vraag de beheerder van uw organisatie, die hem kan herstellen.
reason-account-deactivated = Uw account is uitgeschakeld. Vraag de beheerder van uw organisatie, die het weer kan inschakelen.
reason-account-closed = Uw account is verwijderd. Vraag de beheerder van uw organisatie of u een ander moet krijgen.
reason-access-ended = Uw toegang eindigde op de afgesproken dag. Vraag uw contactpersoon in de organisatie, die hem kan verlengen.
reason-second-step = Uw organisatie vraagt u bij elke aanmelding te bevestigen dat u het bent.
reason-second-step-setup = Voor uw organisatie is een code per mail niet genoeg: stel een andere manier in om te bevestigen dat u het bent.
reason-second-step-impossible = Uw organisatie vraagt om een tweede stap die hier niemand kan instellen. Vraag de beheerder van uw organisatie.
reason-single-sign-on = Uw organisatie wil dat u zich met haar single sign-on aanmeldt. Meld u opnieuw aan.
reason-session-reset = Uw organisatie heeft alle eerdere aanmeldingen beëindigd. Meld u opnieuw aan.
reason-session-expired = U hebt zich langer geleden aangemeld dan uw organisatie toestaat. Meld u opnieuw aan.
reason-session-idle = U was langer afwezig dan uw organisatie toestaat. Meld u opnieuw aan.
reason-identity-unavailable = De site kan nu niet zeggen wie er is aangemeld. Probeer het zo meteen opnieuw.
reason-identity-mismatch = De aanmelding veranderde terwijl de pagina werd geladen. Laad de pagina opnieuw.
reason-store-unavailable = Bevestigen is nu niet mogelijk. Probeer het zo meteen opnieuw.
reason-upstream-unreachable = De site achter deze gateway is niet bereikbaar.
reason-upstream-timeout = De site achter deze gateway heeft niet op tijd geantwoord.
reason-malformed-request = Het verzoek is verkeerd opgebouwd.
reason-ambiguous-host = Het verzoek moet precies één host noemen.
reason-host-mismatch = De verbinding is voor een andere host geopend. Open voor deze een nieuwe.
reason-unknown-host = Een site met deze naam is hier niet.
reason-malformed-path = Het pad van het verzoek is verkeerd opgebouwd.
reason-session-id-in-path = Een sessiekenmerk mag geen deel van het pad zijn.
reason-unknown-page = Die pagina bestaat hier niet.
reason-hardened-path = Dit adres zou een intern bestand van het product kunnen openen en wordt daarom niet geleverd.
reason-duplicate-cookie = Het verzoek bevat twee keer een sessiecookie of token.
reason-duplicate-authorization = Het verzoek bevat meer dan één Authorization-header.
reason-query-credentials = Inloggegevens mogen geen deel van het adres zijn.
reason-method-not-allowed = Deze methode is hier niet toegestaan.
reason-upgrade-refused = Deze protocolwissel is niet toegestaan.
reason-head-too-large = De headers van het verzoek zijn te groot.
reason-target-too-long = Het adres is te lang.
reason-body-too-large = De inhoud van het verzoek is te groot.
reason-body-stalled = De inhoud van het verzoek kwam niet helemaal aan. Stuur het opnieuw.
reason-too-many-connections = Vanaf uw adres staan te veel verbindingen open. Sluit er een paar en probeer het opnieuw.
reason-cross-site = Het formulier kwam niet van deze site. Open de pagina opnieuw.
reason-cookies-not-kept = Deze browser bewaart de cookie met uw bevestiging niet, dus u zou er steeds opnieuw om worden gevraagd. Sta cookies voor deze site toe en probeer het dan opnieuw.
reason-sign-in-out-of-reach = De pagina ziet uw aanmelding en de bevestiging niet, dus u zou heen en weer worden gestuurd. Meld u af en weer aan; helpt dat niet, waarschuw dan de beheerder van uw organisatie.
reason-proof-not-counted = U hebt bevestigd, en het telt niet: de organisatie vraagt het elke keer opnieuw, of de klokken van haar servers lopen uiteen. Waarschuw de beheerder van uw organisatie.
reason-internal = Hier ging iets mis. Probeer het opnieuw.

## De mail met de code

mail-subject = Bevestig uw mailbox bij { $organization } ({ $tag })
mail-greeting = Goedendag,
mail-ask = Iemand meldt zich als u aan bij { $host }, en { $organization } vraagt u uw mailbox te bevestigen. Bent u het zelf, typ dan deze code op de pagina die erom vraagt:
mail-tag = Op de pagina heet deze mail { $tag }.
mail-life = { $count ->
        [one] De code werkt één keer, binnen 1 minuut.
       *[other] De code werkt één keer, binnen { $count } minuten.
    }
mail-secret = Niemand zal u ooit om deze code vragen, niet per telefoon, chat of mail. Geef hem aan niemand.
mail-not-you = Hebt u zich niet zojuist bij { $host } aangemeld, negeer dit bericht dan en waarschuw de beheerder bij { $organization }: misschien kent iemand anders uw wachtwoord. Zonder de code komt die niet verder.
