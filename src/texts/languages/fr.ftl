## La page qui demande un code

heading-check = Consultez votre messagerie
heading-failed = Le message n’est pas arrivé
heading-over = Il vous faut un nouveau code
heading-used = Ce code a déjà été utilisé
title-error = Erreur : { $heading }
lead-queued = Un code à { $digits } chiffres est en route vers { $mailbox }.
lead-sent = Nous avons envoyé un code à { $digits } chiffres à { $mailbox }.
lead-failed = Le message à { $mailbox } n’a pas pu être remis.
lead-over = Un nouveau code sera envoyé à { $mailbox }.
look-for = Cherchez le message marqué { $tag }.
why-days = { $count ->
        [one] Aux personnes externes, { $organization } le demande chaque jour.
       *[other] Aux personnes externes, { $organization } le demande tous les { $count } jours.
    }
why-hours = { $count ->
        [one] Aux personnes externes, { $organization } le demande chaque heure.
       *[other] Aux personnes externes, { $organization } le demande toutes les { $count } heures.
    }
why-minutes = { $count ->
        [one] Aux personnes externes, { $organization } le demande chaque minute.
       *[other] Aux personnes externes, { $organization } le demande toutes les { $count } minutes.
    }
why-always = Aux personnes externes, { $organization } le demande chaque fois.
code-label = Code à { $digits } chiffres
code-life = { $count ->
        [one] Il est valable encore { $count } minute.
       *[other] Il est valable encore { $count } minutes.
    }
code-tries = { $count ->
        [one] Vous avez { $count } essai.
       *[other] Vous avez { $count } essais.
    }
continue = Continuer
send-again = Renvoyer
send-new = Envoyer un nouveau code
go-on = Continuer vers { $host }

## Où en est le message

delivery-queued = Le message attend le serveur de messagerie.
delivery-waiting = { $count ->
        [one] Le serveur de messagerie n’a pas encore accepté le message. Nous avons essayé { $count } fois et nous continuons.
       *[other] Le serveur de messagerie n’a pas encore accepté le message. Nous avons essayé { $count } fois et nous continuons.
    }
delivery-sent = { $count ->
        [0] Remis au serveur de messagerie à l’instant ({ $time } UTC).
        [one] Remis au serveur de messagerie il y a { $count } minute ({ $time } UTC).
       *[other] Remis au serveur de messagerie il y a { $count } minutes ({ $time } UTC).
    }
delivery-again = Voir où il en est maintenant
refused-mailbox = Le serveur de messagerie indique que cette boîte n’existe pas. Veuillez demander à votre contact chez { $organization } de corriger votre adresse.
refused-full = La boîte est pleine. Veuillez y faire de la place, puis renvoyer le message.
refused-blocked = Le serveur de messagerie rejette notre message. Veuillez demander à qui gère votre boîte d’autoriser les messages de { $sender }, puis renvoyez-le.
refused-other = Le serveur de messagerie n’accepte pas le message. Veuillez le renvoyer ou vous adresser à votre contact chez { $organization }.
refused-late = Le serveur de messagerie n’a pas accepté le message à temps. Veuillez le renvoyer ou vous adresser à votre contact chez { $organization }.

## Ce qu’a donné la dernière action

wrong-code = { $count ->
        [one] Ce code n’est pas le bon. Comparez-le avec le message le plus récent : il vous reste { $count } essai.
       *[other] Ce code n’est pas le bon. Comparez-le avec le message le plus récent : il vous reste { $count } essais.
    }
wrong-code-last = Ce code n’est pas le bon, et celui que nous avons envoyé n’est plus valable. Veuillez envoyer un nouveau code.
not-a-code = Ce n’est pas un code. Saisissez les { $digits } chiffres du message le plus récent.
code-expired = Ce code est trop ancien. Veuillez envoyer un nouveau code.
code-used = Un code ne sert qu’une fois, et celui-ci a été utilisé. Veuillez continuer vers le site ; s’il demande encore un code, envoyez-en un nouveau.
too-many-tries = Ce code a été essayé trop souvent et n’est plus valable. Veuillez envoyer un nouveau code.
too-often = { $count ->
        [one] Il y a eu trop de codes erronés pour votre compte. Veuillez revenir dans { $count } minute.
       *[other] Il y a eu trop de codes erronés pour votre compte. Veuillez revenir dans { $count } minutes.
    }
network-too-often = { $count ->
        [one] Il y a eu trop d’essais depuis votre réseau. Veuillez revenir dans { $count } minute.
       *[other] Il y a eu trop d’essais depuis votre réseau. Veuillez revenir dans { $count } minutes.
    }
mail-sent = Un autre message est en route. C’est le code du message le plus récent qui compte.
mail-too-often = { $count ->
        [one] Un message vient de partir. Veuillez le chercher, ou redemandez dans { $count } seconde.
       *[other] Un message vient de partir. Veuillez le chercher, ou redemandez dans { $count } secondes.
    }
mail-too-often-over = { $count ->
        [one] Un message vient de partir. Veuillez demander un nouveau code dans { $count } seconde.
       *[other] Un message vient de partir. Veuillez demander un nouveau code dans { $count } secondes.
    }

## Sous le formulaire

no-mail = Pas de message ?
no-mail-spam = Cherchez dans les courriers indésirables un message de { $sender }.
no-mail-newest = Si plusieurs messages sont arrivés, c’est le code du plus récent qui compte.
no-mail-address = Cette adresse appartient à votre compte sur { $host }. Si vous ne la lisez plus, demandez à votre contact chez { $organization } de la changer.
not-you = Ce n’est pas vous ?
sign-out = Se déconnecter de { $host }
what-it-is = Le code montre que vous pouvez encore lire cette boîte, et rien de plus.
no-password = Cette page ne demande jamais de mot de passe.

## Authenticator apps and passkeys

heading-confirm = Confirmez votre identité
app-label = Code de votre application d’authentification
app-hint = Six chiffres, qui changent toutes les 30 secondes.
app-wrong = Ce code n’est pas correct, ou il a déjà été utilisé. Veuillez saisir le code que l’application affiche maintenant.
mail-instead = Recevoir plutôt un code par e-mail
other-way = Confirmer d’une autre manière
methods-link = Configurer une application d’authentification ou une clé d’accès plutôt que d’attendre un e-mail
methods-heading = Comment vous confirmez votre identité
methods-lead = Plutôt que d’attendre un e-mail, vous pouvez utiliser ce que vous configurez ici.
methods-mail = Code par e-mail à { $mailbox }
methods-first = Pour changer la façon dont vous confirmez votre identité, veuillez d’abord la confirmer encore une fois.
methods-what = Un code par e-mail montre seulement que vous pouvez encore lire cette boîte. Une application d’authentification ou une clé d’accès est plus sûre.
methods-done = C’est configuré, et vous pouvez l’utiliser dès maintenant.
methods-removed = C’est supprimé.
methods-over = Cela a pris trop de temps ou a été commencé ailleurs. Veuillez recommencer.
methods-full = Rien de plus ne peut être configuré pour le moment.
method-app = Application d’authentification
method-passkey = Clé d’accès
method-added = configuré le { $date }
method-remove = Supprimer { $name }
method-name = Nom, pour le reconnaître plus tard
app-begin = Configurer une application d’authentification
app-scan = Scannez cette image avec l’application, ou saisissez-y la clé qui est dessous. Saisissez ensuite le code que l’application affiche.
app-picture = Code QR contenant la clé
app-open = Ouvrir l’application sur cet appareil
passkey-use = Utiliser une clé d’accès
passkey-begin = Configurer une clé d’accès
passkey-wrong = La clé d’accès n’a pas fonctionné ici. Veuillez réessayer, ou confirmer d’une autre manière.
passkey-script = Une clé d’accès a besoin de JavaScript dans ce navigateur.

## Après la déconnexion

signed-out-heading = Vous êtes déconnecté
signed-out-lead = Votre vérification dans ce navigateur a pris fin.
signed-out-next = À votre prochaine connexion, un nouveau code sera envoyé à votre boîte.
sign-in-again = Se reconnecter
signed-out-shared = Sur un ordinateur partagé, fermez aussi la fenêtre du navigateur.

## Un formulaire qui a été gardé

held-note = Ce que vous avez envoyé est gardé. Vous pourrez l’envoyer après le code.
held-heading = Ce que vous avez envoyé a été gardé
held-lead = Vous avez vérifié ; cela peut donc partir maintenant vers { $target }. C’est gardé quelques minutes.
held-send = Envoyer maintenant
held-drop = Supprimer
held-gone-heading = Rien n’est gardé ici
held-gone = Cela a déjà été envoyé ou supprimé, le délai est passé, ou vous vous êtes reconnecté.
unsent-heading = Ce que vous avez envoyé n’a pas été transmis
unsent-lead = Vous devez d’abord vérifier, et ceci ne peut pas être gardé entre-temps. Veuillez vérifier dans un nouvel onglet, puis revenir ici d’une page en arrière et renvoyer.
unsent-verify = Vérifier dans un nouvel onglet
in-place-heading = Veuillez vérifier votre boîte
in-place-lead = D’ici là, cette page ne peut rien enregistrer. Vérifiez dans un nouvel onglet, puis revenez ici : rien de ce que vous avez saisi n’est perdu.
in-place-later = Pas maintenant

## Les navigateurs d’une personne, et le message pour un nouveau

browsers-heading = Vos navigateurs vérifiés
browsers-lead = Dans ces navigateurs, vous avez vérifié votre boîte pour { $organization }. Si vous n’en reconnaissez pas un, mettez-y fin, changez votre mot de passe et prévenez l’administration.
browsers-none = Vous n’avez vérifié dans aucun navigateur, ou plus aucun ne compte.
browser-name = { $program } sous { $system }
browser-unknown = Un navigateur inconnu
browser-here = ce navigateur
browser-when = Vérifié d’abord le { $first }, et en dernier le { $last } sur { $host } depuis le réseau { $network }.
browser-end = Y mettre fin
browsers-end-others = Mettre fin à tous les autres
new-browser-subject = Un nouveau navigateur a été vérifié chez { $organization }
new-browser-what = Le { $time }, quelqu’un a vérifié en votre nom sur { $host }. Le navigateur : { $browser }. Le réseau : { $network }.
new-browser-next = Si c’était vous, il n’y a rien à faire. Sinon, ouvrez vos navigateurs vérifiés, mettez fin à celui-là et changez votre mot de passe :

## Un refus

title-no-access = Accès refusé
title-not-found = Introuvable
title-try-again = Veuillez réessayer
title-loop = La demande reviendrait sans fin
title-not-served = Cette requête ne peut pas être traitée
try-again = Réessayer
ask-contact = Vous pouvez vous adresser ici : { $contact }.
help-number = Si vous demandez de l’aide, donnez ce numéro :
status = Code d’état { $status }

reason-address-unknown = Aucune boîte n’est connue pour votre compte : aucun code ne peut être envoyé. Veuillez vous adresser à l’administration de votre organisation.
reason-token-blocked = L’organisation bloque ici les jetons d’API. Veuillez vous adresser à l’administration de votre organisation.
reason-not-invited = Ce site est réservé aux personnes externes qui y ont été invitées. Veuillez vous adresser à la personne avec qui vous travaillez ici ou à l’administration de votre organisation.
reason-policy-unreadable = Ce que l’organisation demande ne peut pas être lu pour l’instant. Veuillez réessayer dans un moment.
reason-account-suspended = L’organisation a suspendu votre accès. Veuillez vous adresser à l’administration de votre organisation, qui peut le rétablir.
reason-account-deactivated = Votre compte a été désactivé. Veuillez vous adresser à l’administration de votre organisation, qui peut le réactiver.
reason-account-closed = Votre compte a été supprimé. Veuillez demander à l’administration de votre organisation si vous devez en avoir un autre.
reason-access-ended = Votre accès a pris fin à la date convenue. Veuillez vous adresser à votre contact dans l’organisation, qui peut le prolonger.
reason-second-step = Votre organisation vous demande de confirmer votre identité à chaque connexion.
reason-second-step-setup = Un code par e-mail ne suffit pas à votre organisation : veuillez configurer un autre moyen de confirmer votre identité.
reason-second-step-impossible = Votre organisation demande une deuxième étape que personne ne peut configurer ici. Veuillez vous adresser à l’administration de votre organisation.
reason-single-sign-on = Votre organisation souhaite que vous passiez par son authentification unique. Veuillez vous reconnecter.
reason-session-reset = Votre organisation a mis fin à toutes les connexions précédentes. Veuillez vous reconnecter.
reason-session-expired = Votre connexion est plus ancienne que ce que votre organisation permet. Veuillez vous reconnecter.
reason-session-idle = Votre absence a duré plus longtemps que ce que votre organisation permet. Veuillez vous reconnecter.
reason-identity-unavailable = Le site ne peut pas dire pour l’instant qui est connecté. Veuillez réessayer dans un moment.
reason-identity-mismatch = La connexion a changé pendant le chargement de la page. Veuillez la recharger.
reason-store-unavailable = La vérification n’est pas possible pour l’instant. Veuillez réessayer dans un moment.
reason-upstream-unreachable = Le site derrière cette passerelle est injoignable.
reason-upstream-timeout = Le site derrière cette passerelle n’a pas répondu à temps.
reason-malformed-request = La requête est mal formée.
reason-ambiguous-host = La requête doit nommer un seul hôte.
reason-host-mismatch = La connexion a été ouverte pour un autre hôte. Veuillez en ouvrir une nouvelle pour celui-ci.
reason-unknown-host = Aucun site de ce nom n’est servi ici.
reason-malformed-path = Le chemin de la requête est mal formé.
reason-session-id-in-path = Un identifiant de session ne doit pas faire partie du chemin.
reason-unknown-page = Cette page n’existe pas ici.
reason-hardened-path = Cette adresse pourrait ouvrir un fichier interne du produit ; elle n’est donc pas servie.
reason-duplicate-cookie = La requête contient deux fois un cookie ou un jeton de session.
reason-duplicate-authorization = La requête contient plus d’un en-tête Authorization.
reason-query-credentials = Des identifiants ne doivent pas faire partie de l’adresse.
reason-method-not-allowed = Cette méthode n’est pas autorisée ici.
reason-upgrade-refused = Ce changement de protocole n’est pas autorisé.
reason-head-too-large = Les en-têtes de la requête sont trop volumineux.
reason-target-too-long = L’adresse est trop longue.
reason-body-too-large = Le contenu de la requête est trop volumineux.
reason-body-stalled = Le contenu de la requête n’est pas arrivé en entier. Veuillez la renvoyer.
reason-too-many-connections = Trop de connexions sont ouvertes depuis votre adresse. Veuillez en fermer et réessayer.
reason-cross-site = Le formulaire ne venait pas de ce site. Veuillez rouvrir la page.
reason-cookies-not-kept = Ce navigateur ne garde pas le cookie qui note votre vérification ; elle vous serait donc demandée sans fin. Veuillez autoriser les cookies pour ce site, puis réessayer.
reason-sign-in-out-of-reach = La page voit votre connexion et la vérification ne la voit pas ; vous seriez donc renvoyé de l’une à l’autre. Veuillez vous déconnecter puis vous reconnecter ; si cela ne suffit pas, prévenez l’administration de votre organisation.
reason-proof-not-counted = Vous avez vérifié, et cela ne compte pas : l’organisation redemande à chaque fois, ou les horloges de ses serveurs diffèrent. Veuillez prévenir l’administration de votre organisation.
reason-internal = Une erreur s’est produite ici. Veuillez réessayer.

## Le message avec le code

mail-subject = Confirmez votre boîte auprès de { $organization } ({ $tag })
mail-greeting = Bonjour,
mail-ask = Quelqu’un se connecte à { $host } en votre nom, et { $organization } vous demande de confirmer votre boîte. Si c’est vous, saisissez ce code sur la page qui le demande :
mail-tag = La page appelle ce message { $tag }.
mail-life = { $count ->
        [one] Le code sert une seule fois, dans un délai de { $count } minute.
       *[other] Le code sert une seule fois, dans un délai de { $count } minutes.
    }
mail-secret = Personne ne vous demandera jamais ce code, ni par téléphone, ni par messagerie, ni par courriel. Ne le donnez à personne.
mail-not-you = Si vous ne venez pas de vous connecter à { $host }, ignorez ce message et prévenez l’administration chez { $organization } : quelqu’un d’autre connaît peut-être votre mot de passe. Sans le code, cette personne n’ira pas plus loin.
