# What people read, in Fluent (https://projectfluent.org). English is the original: every other file has the same messages with the
# same variables. Plain words, short sentences, polite; no <, > or & anywhere. A sentence begins with a word of the language, never
# with a variable, so that a page that is read from the right stays so.
# $organization is the name of the company, $host of its site, $mailbox a masked address, $sender the address that mails come from.
# $tag marks one mail, such as K7QF. $digits is how long a code is: 6 or 8.

## The page that asks for a code

heading-check = Check your mailbox
heading-failed = The mail did not arrive
heading-over = You need a new code
heading-used = That code was used already
# $heading is one of the four above: the title of a page on which something did not work.
title-error = Error: { $heading }
lead-queued = A { $digits ->
        [8] eight
       *[other] six
    }-digit code is on its way to { $mailbox }.
lead-sent = We sent a { $digits ->
        [8] eight
       *[other] six
    }-digit code to { $mailbox }.
lead-failed = The mail to { $mailbox } could not be delivered.
lead-over = A new code goes to { $mailbox }.
look-for = Look for the mail marked { $tag }.
why-days = { $count ->
        [one] For people from outside, { $organization } asks for this every day.
       *[other] For people from outside, { $organization } asks for this every { $count } days.
    }
why-hours = { $count ->
        [one] For people from outside, { $organization } asks for this every hour.
       *[other] For people from outside, { $organization } asks for this every { $count } hours.
    }
why-minutes = { $count ->
        [one] For people from outside, { $organization } asks for this every minute.
       *[other] For people from outside, { $organization } asks for this every { $count } minutes.
    }
why-always = For people from outside, { $organization } asks for this each time.
code-label = { $digits ->
        [8] Eight
       *[other] Six
    }-digit code
code-life = { $count ->
        [one] It works for another minute.
       *[other] It works for another { $count } minutes.
    }
code-tries = { $count ->
        [one] You have 1 try.
       *[other] You have { $count } tries.
    }
continue = Continue
send-again = Send again
send-new = Send a new code
go-on = Go on to { $host }

## How the mail stands. $time is a time of day.

delivery-queued = The mail is waiting for the mail server.
delivery-waiting = { $count ->
        [one] The mail server has not taken the mail yet. We tried once, and keep trying.
       *[other] The mail server has not taken the mail yet. We tried { $count } times, and keep trying.
    }
delivery-sent = { $count ->
        [0] Handed over to the mail server just now ({ $time } UTC).
        [one] Handed over to the mail server 1 minute ago ({ $time } UTC).
       *[other] Handed over to the mail server { $count } minutes ago ({ $time } UTC).
    }
delivery-again = See how it stands now
refused-mailbox = The mail server says that there is no such mailbox. Please ask your contact at { $organization } to correct your address.
refused-full = The mailbox is full. Please make room in it, then send the mail again.
refused-blocked = The mail server rejects our mail. Please ask whoever runs your mailbox to let mail from { $sender } in, then send it again.
refused-other = The mail server does not take the mail. Please send it again, or ask your contact at { $organization }.
refused-late = The mail server did not take the mail in time. Please send it again, or ask your contact at { $organization }.

## What came of the last button

wrong-code = { $count ->
        [one] That code is not right. Compare it with the newest mail: you have 1 try left.
       *[other] That code is not right. Compare it with the newest mail: you have { $count } tries left.
    }
wrong-code-last = That code is not right, and the one we sent no longer works. Please send a new code.
not-a-code = That is not a code. Type the { $digits ->
        [8] eight
       *[other] six
    } digits from the newest mail.
code-expired = That code is too old. Please send a new code.
code-used = A code works once, and that one was used. Please go on to the site; if it still asks for a code, send a new one.
too-many-tries = That code was tried too often and no longer works. Please send a new code.
too-often = { $count ->
        [one] There were too many wrong codes for your account. Please come back in 1 minute.
       *[other] There were too many wrong codes for your account. Please come back in { $count } minutes.
    }
network-too-often = { $count ->
        [one] There were too many attempts from your network. Please come back in 1 minute.
       *[other] There were too many attempts from your network. Please come back in { $count } minutes.
    }
mail-sent = Another mail is on its way. The code in the newest mail counts.
mail-too-often = { $count ->
        [one] A mail went out a moment ago. Please look for it, or ask again in 1 second.
       *[other] A mail went out a moment ago. Please look for it, or ask again in { $count } seconds.
    }
mail-too-often-over = { $count ->
        [one] A mail went out a moment ago. Please ask for a new code in 1 second.
       *[other] A mail went out a moment ago. Please ask for a new code in { $count } seconds.
    }

## Below the form

no-mail = No mail?
no-mail-spam = Look in your spam or junk folder for a mail from { $sender }.
no-mail-newest = If several mails came, the code in the newest one counts.
no-mail-address = The address belongs to your account at { $host }. If you no longer read it, ask your contact at { $organization } to change it.
not-you = Not you?
sign-out = Sign out of { $host }
what-it-is = The code shows that you can still read this mailbox, and nothing more.
no-password = This page never asks for a password.

## Authenticator apps and passkeys: asked for instead of a mailed code, and the page on which people set them up. $name is what somebody
## calls one of theirs, $date a day such as 2027-05-31.

heading-confirm = Confirm that it is you
app-label = Code from your authenticator app
app-hint = Six digits, which change every 30 seconds.
app-wrong = That code is not right, or it was used already. Please type the code that the app shows now.
mail-instead = Send me a code by mail instead
other-way = Confirm in another way
methods-link = Set up an authenticator app or a passkey instead of waiting for mail
methods-heading = How you confirm that it is you
methods-lead = Instead of waiting for a mail, you can use what you set up here.
methods-mail = Code by mail to { $mailbox }
methods-first = To change how you confirm that it is you, please confirm it once more first.
methods-what = A code by mail shows only that you can still read the mailbox. An authenticator app or a passkey is stronger.
methods-done = It is set up, and you can use it from now on.
methods-removed = It is removed.
methods-over = That took too long, or was begun elsewhere. Please begin again.
methods-full = No more can be set up now.
method-app = Authenticator app
method-passkey = Passkey
method-added = set up on { $date }
method-remove = Remove { $name }
method-name = Name, so that you know it again
app-begin = Set up an authenticator app
app-scan = Scan this picture with the app, or type the key below it into the app. Then type the code that the app shows.
app-picture = QR code with the key
app-open = Open the app on this device
passkey-use = Use a passkey
passkey-begin = Set up a passkey
passkey-wrong = The passkey did not work here. Please try again, or confirm in another way.
passkey-script = A passkey needs JavaScript in this browser.

## The page after signing out

signed-out-heading = You are signed out
signed-out-lead = Your verification on this browser has ended.
signed-out-next = When you sign in again, a new code will be sent to your mailbox.
sign-in-again = Sign in again
signed-out-shared = On a shared computer, close the browser window too.

## Held

held-note = What you sent is kept. You can send it on after the code.
held-heading = What you sent was kept
held-lead = You verified, so it can go on to { $target } now. It is kept for some minutes.
held-send = Send it now
held-drop = Throw it away
held-gone-heading = Nothing is kept here
held-gone = It was sent or thrown away already, its time is over, or you signed in anew.
unsent-heading = What you sent was not sent on
unsent-lead = You have to verify first, and this cannot be kept meanwhile. Please verify in a new tab, then go back one page here and send it again.
unsent-verify = Verify in a new tab
in-place-heading = Please verify your mailbox
in-place-lead = This page cannot save until you do. Verify in a new tab, then come back here: nothing that you typed is lost.
in-place-later = Not now

## B

browsers-heading = Your verified browsers
browsers-lead = In these browsers you verified your mailbox for { $organization }. If you do not know one of them, end it, change your password, and tell the administrator.
browsers-none = You have verified in no browser, or none of them counts any more.
browser-name = { $program } on { $system }
browser-unknown = An unknown browser
browser-here = this browser
browser-when = First verified { $first }, last verified { $last } at { $host } from the network { $network }.
browser-end = End it
browsers-end-others = End all others
new-browser-subject = A new browser was verified at { $organization }
new-browser-what = On { $time } somebody verified at { $host } as you. The browser: { $browser }. The network: { $network }.
new-browser-next = If it was you, there is nothing to do. If it was not, open your verified browsers, end that one, and change your password:

## The page of a refusal. $contact is a person or a place in the organization's own words, $status a number.

title-no-access = No access
title-not-found = Not found
title-try-again = Please try again
title-loop = You would be asked again and again
title-not-served = This request cannot be served
try-again = Try again
ask-contact = You can ask { $contact }.
help-number = If you ask for help, give this number:
status = Status { $status }

reason-address-unknown = No mailbox is known for your account, so no code can be sent. Please ask your organization's admin.
reason-token-blocked = API tokens are blocked here by the organization. Please ask your organization's admin.
reason-not-invited = This site is only for people from outside who were invited to it. Please ask whoever you work with here, or your organization's admin.
reason-policy-unreadable = What the organization asks for cannot be read right now. Please try again in a moment.
reason-account-suspended = The organization suspended your access. Please ask your organization's admin, who can restore it.
reason-account-deactivated = Your account was deactivated. Please ask your organization's admin, who can reactivate it.
reason-account-closed = Your account was deleted. Please ask your organization's admin whether you should have another one.
reason-access-ended = Your access ended on the day that was agreed. Please ask your contact in the organization, who can extend it.
reason-second-step = Your organization asks you to confirm that it is you each time you sign in.
reason-second-step-setup = Your organization asks for more than a code by mail: please set up another way to confirm that it is you.
reason-second-step-impossible = Your organization asks for a second step that nobody can set up here. Please ask your organization's admin.
reason-single-sign-on = Your organization wants you to sign in with its single sign-on. Please sign in again.
reason-session-reset = Your organization ended all earlier sign-ins. Please sign in again.
reason-session-expired = You signed in longer ago than your organization allows. Please sign in again.
reason-session-idle = You were away for longer than your organization allows. Please sign in again.
reason-identity-unavailable = The site cannot say who is signed in right now. Please try again in a moment.
reason-identity-mismatch = The sign-in changed while the page was loading. Please load it again.
reason-store-unavailable = Verification is not possible right now. Please try again in a moment.
reason-upstream-unreachable = The site behind this gateway cannot be reached.
reason-upstream-timeout = The site behind this gateway did not answer in time.
reason-malformed-request = The request is malformed.
reason-ambiguous-host = The request must name exactly one host.
reason-host-mismatch = The connection was opened for another host. Please open a new one for this host.
reason-unknown-host = No site of this name is served here.
reason-malformed-path = The path of the request is malformed.
reason-session-id-in-path = A session id must not be part of the path.
reason-unknown-page = There is no such page here.
reason-hardened-path = This address could open a file of the product's own, so it is not served.
reason-duplicate-cookie = The request carries a session cookie or token twice.
reason-duplicate-authorization = The request carries more than one Authorization header.
reason-query-credentials = Credentials must not be part of the address.
reason-method-not-allowed = This method is not allowed here.
reason-upgrade-refused = This protocol upgrade is not allowed.
reason-head-too-large = The request headers are too large.
reason-target-too-long = The address is too long.
reason-body-too-large = The request body is too large.
reason-body-stalled = The request body stopped arriving. Please send it again.
reason-too-many-connections = Too many connections are open from your address. Please close some and try again.
reason-cross-site = The form did not come from this site. Please open the page again.
reason-cookies-not-kept = This browser does not keep the cookie that says that you verified, so you would be asked again and again. Please allow cookies for this site, then try again.
reason-sign-in-out-of-reach = The page sees your sign-in and the verification does not, so you would be sent to and fro. Please sign out and in again; if that does not help, tell your organization's admin.
reason-proof-not-counted = You verified, and it does not count: the organization asks anew each time, or the clocks of its servers differ. Please tell your organization's admin.
reason-internal = Something went wrong here. Please try again.

## The mail with the code. Nobody must be led to think that anything in it is to be clicked.

mail-subject = Confirm your mailbox at { $organization } ({ $tag })
mail-greeting = Hello,
mail-ask = Somebody is signing in to { $host } as you, and { $organization } asks you to confirm your mailbox. If it is you, type this code on the page that asks for it:
mail-tag = The page calls this mail { $tag }.
mail-life = { $count ->
        [one] The code works once, within 1 minute.
       *[other] The code works once, within { $count } minutes.
    }
mail-secret = Nobody will ever ask you for this code, by phone, chat or mail. Give it to no one.
mail-not-you = If you did not just sign in to { $host }, ignore this message, and tell the administrator at { $organization }: somebody else may know your password. Without the code they get no further.
