## Strona, która prosi o kod

heading-check = Sprawdź swoją skrzynkę
heading-failed = Wiadomość nie dotarła
heading-over = Potrzebny jest nowy kod
heading-used = Ten kod został już użyty
title-error = Błąd: { $heading }
lead-queued = Kod złożony z { $digits } cyfr jest w drodze do { $mailbox }.
lead-sent = Kod złożony z { $digits } cyfr został wysłany do { $mailbox }.
lead-failed = Nie udało się dostarczyć wiadomości do { $mailbox }.
lead-over = Nowy kod zostanie wysłany do { $mailbox }.
look-for = Poszukaj wiadomości oznaczonej { $tag }.
why-days = { $count ->
        [one] Osoby z zewnątrz { $organization } prosi o to codziennie.
        [few] Osoby z zewnątrz { $organization } prosi o to co { $count } dni.
        [many] Osoby z zewnątrz { $organization } prosi o to co { $count } dni.
       *[other] Osoby z zewnątrz { $organization } prosi o to co { $count } dnia.
    }
why-hours = { $count ->
        [one] Osoby z zewnątrz { $organization } prosi o to co godzinę.
        [few] Osoby z zewnątrz { $organization } prosi o to co { $count } godziny.
        [many] Osoby z zewnątrz { $organization } prosi o to co { $count } godzin.
       *[other] Osoby z zewnątrz { $organization } prosi o to co { $count } godziny.
    }
why-minutes = { $count ->
        [one] Osoby z zewnątrz { $organization } prosi o to co minutę.
        [few] Osoby z zewnątrz { $organization } prosi o to co { $count } minuty.
        [many] Osoby z zewnątrz { $organization } prosi o to co { $count } minut.
       *[other] Osoby z zewnątrz { $organization } prosi o to co { $count } minuty.
    }
why-always = Osoby z zewnątrz { $organization } prosi o to za każdym razem.
code-label = Kod złożony z { $digits } cyfr
code-life = { $count ->
        [one] Działa jeszcze przez 1 minutę.
        [few] Działa jeszcze przez { $count } minuty.
        [many] Działa jeszcze przez { $count } minut.
       *[other] Działa jeszcze przez { $count } minuty.
    }
code-tries = { $count ->
        [one] Masz 1 próbę.
        [few] Masz { $count } próby.
        [many] Masz { $count } prób.
       *[other] Masz { $count } próby.
    }
continue = Dalej
send-again = Wyślij ponownie
send-new = Wyślij nowy kod
go-on = Przejdź do { $host }

## Co się dzieje z wiadomością

delivery-queued = Wiadomość czeka na serwer poczty.
delivery-waiting = { $count ->
        [one] Serwer poczty jeszcze nie przyjął wiadomości. Próbowaliśmy 1 raz i próbujemy dalej.
        [few] Serwer poczty jeszcze nie przyjął wiadomości. Próbowaliśmy { $count } razy i próbujemy dalej.
        [many] Serwer poczty jeszcze nie przyjął wiadomości. Próbowaliśmy { $count } razy i próbujemy dalej.
       *[other] Serwer poczty jeszcze nie przyjął wiadomości. Próbowaliśmy { $count } raza i próbujemy dalej.
    }
delivery-sent = { $count ->
        [0] Przekazano serwerowi poczty przed chwilą ({ $time } UTC).
        [one] Przekazano serwerowi poczty 1 minutę temu ({ $time } UTC).
        [few] Przekazano serwerowi poczty { $count } minuty temu ({ $time } UTC).
        [many] Przekazano serwerowi poczty { $count } minut temu ({ $time } UTC).
       *[other] Przekazano serwerowi poczty { $count } minuty temu ({ $time } UTC).
    }
delivery-again = Zobacz, co się z nią dzieje teraz
refused-mailbox = Serwer poczty informuje, że takiej skrzynki nie ma. Poproś osobę kontaktową w { $organization } o poprawienie Twojego adresu.
refused-full = Skrzynka jest pełna. Zrób w niej miejsce, a potem wyślij wiadomość ponownie.
refused-blocked = Serwer poczty odrzuca naszą wiadomość. Poproś opiekuna swojej skrzynki o dopuszczenie poczty od { $sender }, a potem wyślij ją ponownie.
refused-other = Serwer poczty nie przyjmuje wiadomości. Wyślij ją ponownie lub zapytaj osobę kontaktową w { $organization }.
refused-late = Serwer poczty nie przyjął wiadomości na czas. Wyślij ją ponownie lub zapytaj osobę kontaktową w { $organization }.

## Co dał ostatni przycisk

wrong-code = { $count ->
        [one] Ten kod jest niepoprawny. Porównaj go z najnowszą wiadomością: pozostała 1 próba.
        [few] Ten kod jest niepoprawny. Porównaj go z najnowszą wiadomością: pozostały { $count } próby.
        [many] Ten kod jest niepoprawny. Porównaj go z najnowszą wiadomością: pozostało { $count } prób.
       *[other] Ten kod jest niepoprawny. Porównaj go z najnowszą wiadomością: pozostało { $count } próby.
    }
wrong-code-last = Ten kod jest niepoprawny, a wysłany już nie działa. Wyślij nowy kod.
not-a-code = To nie jest kod. Wpisz { $digits } cyfr z najnowszej wiadomości.
code-expired = Ten kod jest zbyt stary. Wyślij nowy kod.
code-used = Kod działa tylko raz, a ten został użyty. Przejdź do strony; jeśli nadal prosi o kod, wyślij nowy.
too-many-tries = Ten kod wypróbowano zbyt wiele razy i już nie działa. Wyślij nowy kod.
too-often = { $count ->
        [one] Było zbyt wiele błędnych kodów dla Twojego konta. Wróć za 1 minutę.
        [few] Było zbyt wiele błędnych kodów dla Twojego konta. Wróć za { $count } minuty.
        [many] Było zbyt wiele błędnych kodów dla Twojego konta. Wróć za { $count } minut.
       *[other] Było zbyt wiele błędnych kodów dla Twojego konta. Wróć za { $count } minuty.
    }
network-too-often = { $count ->
        [one] Było zbyt wiele prób z Twojej sieci. Wróć za 1 minutę.
        [few] Było zbyt wiele prób z Twojej sieci. Wróć za { $count } minuty.
        [many] Było zbyt wiele prób z Twojej sieci. Wróć za { $count } minut.
       *[other] Było zbyt wiele prób z Twojej sieci. Wróć za { $count } minuty.
    }
mail-sent = Kolejna wiadomość jest w drodze. Liczy się kod z najnowszej wiadomości.
mail-too-often = { $count ->
        [one] Wiadomość wyszła przed chwilą. Poszukaj jej lub poproś ponownie za 1 sekundę.
        [few] Wiadomość wyszła przed chwilą. Poszukaj jej lub poproś ponownie za { $count } sekundy.
        [many] Wiadomość wyszła przed chwilą. Poszukaj jej lub poproś ponownie za { $count } sekund.
       *[other] Wiadomość wyszła przed chwilą. Poszukaj jej lub poproś ponownie za { $count } sekundy.
    }
mail-too-often-over = { $count ->
        [one] Wiadomość wyszła przed chwilą. Poproś o nowy kod za 1 sekundę.
        [few] Wiadomość wyszła przed chwilą. Poproś o nowy kod za { $count } sekundy.
        [many] Wiadomość wyszła przed chwilą. Poproś o nowy kod za { $count } sekund.
       *[other] Wiadomość wyszła przed chwilą. Poproś o nowy kod za { $count } sekundy.
    }

## Pod formularzem

no-mail = Nie ma wiadomości?
no-mail-spam = Poszukaj w folderze ze spamem wiadomości od { $sender }.
no-mail-newest = Jeśli przyszło kilka wiadomości, liczy się kod z najnowszej.
no-mail-address = Ten adres należy do Twojego konta na { $host }. Jeśli już go nie czytasz, poproś osobę kontaktową w { $organization } o jego zmianę.
not-you = To nie Ty?
sign-out = Wyloguj się z { $host }
what-it-is = Kod pokazuje, że nadal możesz czytać tę skrzynkę, i nic więcej.
no-password = Ta strona nigdy nie prosi o hasło.

## Authenticator apps and passkeys

heading-confirm = Potwierdź swoją tożsamość
app-label = Kod z aplikacji uwierzytelniającej
app-hint = Sześć cyfr, które zmieniają się co 30 sekund.
app-wrong = Ten kod jest nieprawidłowy albo był już użyty. Wpisz kod, który aplikacja pokazuje teraz.
mail-instead = Wyślij mi raczej kod pocztą
other-way = Potwierdź w inny sposób
methods-link = Skonfiguruj aplikację uwierzytelniającą lub klucz dostępu zamiast czekać na pocztę
methods-heading = Jak potwierdzasz swoją tożsamość
methods-lead = Zamiast czekać na pocztę, możesz użyć tego, co tu skonfigurujesz.
methods-mail = Kod pocztą na { $mailbox }
methods-first = Aby zmienić sposób potwierdzania tożsamości, najpierw potwierdź ją jeszcze raz.
methods-what = Kod z poczty pokazuje tylko, że nadal możesz czytać skrzynkę. Aplikacja uwierzytelniająca lub klucz dostępu jest silniejszy.
methods-done = Gotowe: od teraz możesz z tego korzystać.
methods-removed = Usunięto.
methods-over = Trwało to zbyt długo albo zaczęto gdzie indziej. Zacznij od nowa.
methods-full = Teraz nie można skonfigurować niczego więcej.
method-app = Aplikacja uwierzytelniająca
method-passkey = Klucz dostępu
method-added = skonfigurowano { $date }
method-remove = Usuń { $name }
method-name = Nazwa, po której ją rozpoznasz
app-begin = Skonfiguruj aplikację uwierzytelniającą
app-scan = Zeskanuj ten obraz aplikacją albo wpisz w niej klucz podany niżej. Potem wpisz kod, który pokazuje aplikacja.
app-picture = Kod QR z kluczem
app-open = Otwórz aplikację na tym urządzeniu
passkey-use = Użyj klucza dostępu
passkey-begin = Skonfiguruj klucz dostępu
passkey-wrong = Klucz dostępu tu nie zadziałał. Spróbuj ponownie albo potwierdź w inny sposób.
passkey-script = Klucz dostępu wymaga JavaScriptu w tej przeglądarce.

## Po wylogowaniu

signed-out-heading = Wylogowano
signed-out-lead = Twoje potwierdzenie w tej przeglądarce wygasło.
signed-out-next = Przy następnym logowaniu nowy kod zostanie wysłany do Twojej skrzynki.
sign-in-again = Zaloguj się ponownie
signed-out-shared = Na wspólnym komputerze zamknij też okno przeglądarki.

## Formularz, który zachowano

held-note = To, co zostało wysłane, jest zachowane. Po podaniu kodu można to wysłać.
held-heading = Wysłane dane zostały zachowane
held-lead = Potwierdzenie się udało, więc można to teraz wysłać do { $target }. Dane są przechowywane przez kilka minut.
held-send = Wyślij teraz
held-drop = Odrzuć
held-gone-heading = Nic tu nie jest zachowane
held-gone = Zostało już wysłane lub odrzucone, minął czas albo nastąpiło nowe logowanie.
unsent-heading = Wysłane dane nie zostały przekazane
unsent-lead = Najpierw trzeba potwierdzić, a tych danych nie można w tym czasie zachować. Potwierdź w nowej karcie, potem cofnij się tutaj o jedną stronę i wyślij ponownie.
unsent-verify = Potwierdź w nowej karcie
in-place-heading = Potwierdź swoją skrzynkę
in-place-lead = Do tego czasu ta strona nie może zapisywać. Potwierdź w nowej karcie i wróć tutaj: nic z wpisanego tekstu nie przepadnie.
in-place-later = Nie teraz

## Przeglądarki danej osoby i wiadomość o nowej

browsers-heading = Twoje potwierdzone przeglądarki
browsers-lead = W tych przeglądarkach Twoja skrzynka została potwierdzona dla { $organization }. Jeśli którejś nie znasz, zakończ ją, zmień hasło i powiadom administratora.
browsers-none = Nie potwierdzono w żadnej przeglądarce albo żadna się już nie liczy.
browser-name = { $program } w systemie { $system }
browser-unknown = Nieznana przeglądarka
browser-here = ta przeglądarka
browser-when = Pierwsze potwierdzenie { $first }, ostatnie { $last } na { $host } z sieci { $network }.
browser-end = Zakończ
browsers-end-others = Zakończ wszystkie inne
new-browser-subject = Nowa przeglądarka została potwierdzona w { $organization }
new-browser-what = W dniu { $time } ktoś potwierdził się jako Ty na { $host }. Przeglądarka: { $browser }. Sieć: { $network }.
new-browser-next = Jeśli to Ty, nie trzeba nic robić. Jeśli nie, otwórz swoje potwierdzone przeglądarki, zakończ tę jedną i zmień hasło:

## Odmowa

title-no-access = Brak dostępu
title-not-found = Nie znaleziono
title-try-again = Spróbuj ponownie
title-loop = Pytanie wracałoby bez końca
title-not-served = Tego żądania nie można obsłużyć
try-again = Spróbuj jeszcze raz
ask-contact = Możesz zapytać tutaj: { $contact }.
help-number = Prosząc o pomoc, podaj ten numer:
status = Kod stanu { $status }

reason-address-unknown = Nie jest znana skrzynka Twojego konta, więc nie można wysłać kodu. Zapytaj administratora swojej organizacji.
reason-token-blocked = Tokeny API są tu zablokowane przez organizację. Zapytaj administratora swojej organizacji.
reason-not-invited = Ta strona jest tylko dla osób z zewnątrz, które do niej zaproszono. Zapytaj tych, z którymi tu współpracujesz, lub administratora swojej organizacji.
reason-policy-unreadable = Nie można teraz odczytać, czego wymaga organizacja. Spróbuj ponownie za chwilę.
reason-account-suspended = Organizacja zawiesiła Twój dostęp. Zapytaj administratora swojej organizacji, który może go przywrócić.
reason-account-deactivated = Twoje konto zostało wyłączone. Zapytaj administratora swojej organizacji, który może je włączyć ponownie.
reason-account-closed = Twoje konto zostało usunięte. Zapytaj administratora swojej organizacji, czy należy Ci się inne.
reason-access-ended = Twój dostęp zakończył się w uzgodnionym dniu. Zapytaj osobę kontaktową w organizacji, która może go przedłużyć.
reason-second-step = Twoja organizacja prosi o potwierdzenie tożsamości przy każdym logowaniu.
reason-second-step-setup = Twojej organizacji nie wystarcza kod z poczty: skonfiguruj inny sposób potwierdzania tożsamości.
reason-second-step-impossible = Twoja organizacja wymaga drugiego kroku, którego nikt nie może tu skonfigurować. Zapytaj administratora swojej organizacji.
reason-single-sign-on = Twoja organizacja wymaga logowania jednokrotnego (SSO). Zaloguj się ponownie.
reason-session-reset = Twoja organizacja zakończyła wszystkie wcześniejsze sesje. Zaloguj się ponownie.
reason-session-expired = Od Twojego logowania minęło więcej czasu, niż pozwala organizacja. Zaloguj się ponownie.
reason-session-idle = Twoja nieobecność trwała dłużej, niż pozwala organizacja. Zaloguj się ponownie.
reason-identity-unavailable = Strona nie może teraz powiedzieć, kto jest zalogowany. Spróbuj ponownie za chwilę.
reason-identity-mismatch = Logowanie zmieniło się podczas ładowania strony. Załaduj ją ponownie.
reason-store-unavailable = Potwierdzenie nie jest teraz możliwe. Spróbuj ponownie za chwilę.
reason-upstream-unreachable = Strona za tą bramą jest nieosiągalna.
reason-upstream-timeout = Strona za tą bramą nie odpowiedziała na czas.
reason-malformed-request = Żądanie jest źle zbudowane.
reason-ambiguous-host = Żądanie musi wskazywać dokładnie jeden host.
reason-host-mismatch = Połączenie otwarto dla innego hosta. Otwórz nowe dla tego.
reason-unknown-host = Nie ma tu strony o tej nazwie.
reason-malformed-path = Ścieżka żądania jest źle zbudowana.
reason-session-id-in-path = Identyfikator sesji nie może być częścią ścieżki.
reason-unknown-page = Nie ma tu takiej strony.
reason-hardened-path = Ten adres mógłby otworzyć wewnętrzny plik produktu, dlatego nie jest obsługiwany.
reason-duplicate-cookie = Żądanie zawiera dwa razy plik cookie lub token sesji.
reason-duplicate-authorization = Żądanie zawiera więcej niż jeden nagłówek Authorization.
reason-query-credentials = Dane logowania nie mogą być częścią adresu.
reason-method-not-allowed = Ta metoda nie jest tu dozwolona.
reason-upgrade-refused = Ta zmiana protokołu nie jest dozwolona.
reason-head-too-large = Nagłówki żądania są za duże.
reason-target-too-long = Adres jest za długi.
reason-body-too-large = Treść żądania jest za duża.
reason-body-stalled = Treść żądania przestała napływać. Wyślij je ponownie.
reason-too-many-connections = Z Twojego adresu otwarto zbyt wiele połączeń. Zamknij niektóre i spróbuj ponownie.
reason-cross-site = Formularz nie pochodził z tej strony. Otwórz ją ponownie.
reason-cookies-not-kept = Ta przeglądarka nie zachowuje pliku cookie z Twoim potwierdzeniem, więc prośba wracałaby bez końca. Zezwól na pliki cookie dla tej strony i spróbuj ponownie.
reason-sign-in-out-of-reach = Strona widzi Twoje zalogowanie, a potwierdzenie nie, więc trwałoby odsyłanie tam i z powrotem. Wyloguj się i zaloguj ponownie; jeśli to nie pomoże, powiadom administratora swojej organizacji.
reason-proof-not-counted = Potwierdzenie się udało, ale się nie liczy: organizacja pyta za każdym razem albo zegary jej serwerów się różnią. Powiadom administratora swojej organizacji.
reason-internal = Coś tu poszło nie tak. Spróbuj ponownie.

## Wiadomość z kodem

mail-subject = Potwierdź swoją skrzynkę dla { $organization } ({ $tag })
mail-greeting = Dzień dobry,
mail-ask = ktoś loguje się do { $host } w Twoim imieniu, a { $organization } prosi o potwierdzenie skrzynki. Jeśli to Ty, wpisz ten kod na stronie, która o niego prosi:
mail-tag = Na stronie ta wiadomość nosi oznaczenie { $tag }.
mail-life = { $count ->
        [one] Kod działa raz, w ciągu 1 minuty.
        [few] Kod działa raz, w ciągu { $count } minut.
        [many] Kod działa raz, w ciągu { $count } minut.
       *[other] Kod działa raz, w ciągu { $count } minuty.
    }
mail-secret = Nikt nigdy nie poprosi Cię o ten kod, ani przez telefon, ani na czacie, ani w wiadomości. Nie podawaj go nikomu.
mail-not-you = Jeśli to nie Ty właśnie logujesz się do { $host }, zignoruj tę wiadomość i powiadom administratora w { $organization }: być może ktoś inny zna Twoje hasło. Bez kodu nie pójdzie dalej.
