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

## The page after signing out

signed-out-heading = You are signed out
signed-out-lead = Your verification on this browser has ended.
signed-out-next = When you sign in again, a new code will be sent to your mailbox.
sign-in-again = Sign in again
signed-out-shared = On a shared computer, close the browser window too.

## The page of a refusal. $contact is a person or a place in the organization's own words, $status a number.

title-no-access = No access
title-not-found = Not found
title-try-again = Please try again
title-not-served = This request cannot be served
ask-contact = You can ask { $contact }.
help-number = If you ask for help, give this number:
status = Status { $status }

reason-address-unknown = No mailbox is known for your account, so no code can be sent. Please ask your organization's admin.
reason-token-blocked = API tokens of external users are blocked here by the organization. Please ask your organization's admin.
reason-not-invited = This site is only for people from outside who were invited to it. Please ask whoever you work with here, or your organization's admin.
reason-policy-unreadable = What the organization asks of people from outside cannot be read right now. Please try again in a moment.
reason-account-suspended = The organization suspended your access. Please ask your organization's admin, who can restore it.
reason-account-deactivated = Your account was deactivated. Please ask your organization's admin, who can reactivate it.
reason-account-closed = Your account was deleted. Please ask your organization's admin whether you should have another one.
reason-access-ended = Your access ended on the day that was agreed. Please ask your contact in the organization, who can extend it.
reason-second-step = Your organization asks for a code from your mailbox each time you sign in.
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
