//! Nothing acknowledged is lost: the process is killed at fifty moments around the check of a code, and started again.

use std::time::Duration;

use http::StatusCode;
use nix::sys::signal::Signal;
use postern::clock;
use postern::demo::Person;
use postern::store::Store;
use sqlx::{Connection, SqliteConnection};

use crate::support::client::{Answer, Browser};
use crate::support::process::{Installation, PATIENCE, Running, WIDE_LIMITS, send_signal};

/// How often the process is killed.
const KILLS: u32 = 50;
/// How many checks are measured before.
const UNDISTURBED: u32 = 3;
/// How many browsers' windows send the right code at once.
const AT_ONCE: usize = 4;

/// A person on the challenge page, with the code at hand and one wrong try behind them.
struct Challenged {
    email: String,
    browser: Browser,
    page: Answer,
    code: String,
}

/// What the clients were told before the end.
#[derive(Default)]
struct Told {
    /// The browsers that were given a proof.
    verified: Vec<Browser>,
    /// How many got no answer.
    unanswered: usize,
}

#[tokio::test]
async fn t088_a_kill_while_a_code_is_checked_loses_no_answer_and_revives_no_code() {
    let people = (0..KILLS + UNDISTURBED).map(|number| {
        let name = format!("guest{number}");
        Person::new(number, &name, &name, &email(number))
    });
    let installation = Installation::with(people.collect(), WIDE_LIMITS).await;
    let mut running = installation.start().await;
    let undisturbed = undisturbed_check(&installation, &running).await;
    let (mut untouched, mut unheard, mut answered) = (0, 0, 0);
    for number in 0..KILLS {
        let challenged = challenged(&installation, &running, number).await;
        // The last one comes after every answer, however much slower the machine has become.
        let moment = (number + 1 < KILLS).then(|| undisturbed * number * 3 / (KILLS * 2));
        let told = killed_while_checking(running, &challenged, moment).await;
        running = installation.start().await;
        match &told.verified[..] {
            [] => {
                let live = used_or_live(&running, &challenged).await;
                *if live { &mut untouched } else { &mut unheard } += 1;
            }
            [browser] => {
                answered += 1;
                let mut browser = running.again(browser);
                let page = browser.open("/browse/DEMO-1").await;
                assert_eq!(page.status, StatusCode::OK, "{}: the proof holds", challenged.email);
                refused_as_used(&running, &challenged).await;
            }
            several => panic!("{}: one code gave {} proofs", challenged.email, several.len()),
        }
    }
    running.process.signal(Signal::SIGTERM);
    assert_eq!(running.process.finish().await.code, Some(0));
    println!(
        "a check takes {undisturbed:?}; killed before it {untouched}, unheard {unheard}, answered {answered}"
    );
    assert!(
        untouched > 0 && answered > 0,
        "the moments lie on both sides: {untouched} before, {answered} after"
    );
    each_person_verified_once(&installation).await;
}

/// How long a check takes when nobody kills the process: the best of a few, as a busy machine only adds to it.
async fn undisturbed_check(installation: &Installation, running: &Running) -> Duration {
    let mut best = Duration::MAX;
    for number in KILLS..KILLS + UNDISTURBED {
        let challenged = challenged(installation, running, number).await;
        let since = clock::stopwatch();
        let told = submit_at_once(&challenged).await;
        best = best.min(clock::stopwatch() - since);
        assert_eq!((told.verified.len(), told.unanswered), (1, 0));
    }
    best
}

async fn challenged(installation: &Installation, running: &Running, number: u32) -> Challenged {
    let email = email(number);
    let mut browser = running.browser();
    browser.sign_in(&format!("guest{number}")).await;
    let mut page = browser.challenge("/browse/DEMO-1").await;
    // The page waits for the mail, but not for ever; asked again it waits again.
    let since = clock::stopwatch();
    let mail = loop {
        if let Some(mail) = installation.newest_mail(&email) {
            break mail;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "no mail to {email}");
        page = browser.challenge("/browse/DEMO-1").await;
    };
    let code = mail.code();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let refusal = browser.submit(&page, wrong).await;
    assert!(refusal.body.contains("4 tries left"), "{}", refusal.body);
    Challenged { email, browser, page, code }
}

/// Sends the right code from several windows, and kills the process this long after the first was sent, or when all were
/// answered.
async fn killed_while_checking(running: Running, challenged: &Challenged, moment: Option<Duration>) -> Told {
    let id = running.process.id();
    // A thread of its own: the timers of the runtime are no finer than a millisecond.
    let killer = moment.map(|moment| {
        std::thread::spawn(move || {
            std::thread::sleep(moment);
            send_signal(id, Signal::SIGKILL);
        })
    });
    let told = submit_at_once(challenged).await;
    match killer {
        Some(killer) => killer.join().expect("it was killed"),
        None => send_signal(id, Signal::SIGKILL),
    }
    assert_eq!(running.process.finish().await.code, None, "a signal ended it");
    told
}

async fn submit_at_once(challenged: &Challenged) -> Told {
    let mut windows = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let mut window = challenged.browser.clone();
        let (token, return_to) = (challenged.page.field("token"), challenged.page.field("return"));
        let code = challenged.code.clone();
        windows.spawn(async move {
            let fields = [("token", token.as_str()), ("return", &return_to), ("code", &code)];
            let answer = window.try_post("/.postern/verify", &fields).await;
            (window, answer)
        });
    }
    let mut told = Told::default();
    while let Some(window) = windows.join_next().await {
        match window.expect("no window panics") {
            (window, Some(answer)) if answer.status == StatusCode::SEE_OTHER => {
                assert!(answer.headers.get_all("set-cookie").iter().count() >= 2, "{answer:?}");
                told.verified.push(window);
            }
            (_, Some(answer)) => assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body),
            (_, None) => told.unanswered += 1,
        }
    }
    told
}

/// Nobody was told: either nothing happened but the wrong try, and the code works once, or it was used unheard.
/// Says whether it was the former.
async fn used_or_live(running: &Running, challenged: &Challenged) -> bool {
    let mut browser = running.again(&challenged.browser);
    let page = browser.challenge("/browse/DEMO-1").await;
    let live = page.body.contains("You have 4 tries");
    // Where the code was used, the page has opened another challenge.
    assert!(live || page.body.contains("You have 5 tries"), "{}", page.body);
    if live {
        let answer = browser.submit(&challenged.page, &challenged.code).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: the code still works", challenged.email);
        assert_eq!(browser.open("/browse/DEMO-1").await.status, StatusCode::OK);
    }
    refused_as_used(running, challenged).await;
    live
}

/// Whoever has the code and the page from before the kill gains nothing.
async fn refused_as_used(running: &Running, challenged: &Challenged) {
    let mut browser = running.again(&challenged.browser);
    let answer = browser.submit(&challenged.page, &challenged.code).await;
    assert_ne!(answer.status, StatusCode::SEE_OTHER, "{}: the code worked twice", challenged.email);
    assert!(browser.open("/browse/DEMO-1").await.is_challenge(), "{}: no proof, no pass", challenged.email);
}

/// The store agrees with what was seen from outside, and is whole.
async fn each_person_verified_once(installation: &Installation) {
    let path = installation.path("postern.db");
    let store = Store::open(&path).await.expect("the store opens");
    store.verify_audit_chain().await.expect("the chain holds");
    let events = store.audit_tail(100_000).await.expect("the events");
    store.close().await;
    for number in 0..KILLS + UNDISTURBED {
        let email = email(number);
        let verified =
            events.iter().filter(|event| event.action == "external_user_verified" && event.subject == email);
        assert_eq!(verified.count(), 1, "{email} verified once");
    }
    let mut connection =
        SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.expect("SQLite");
    let verdict: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.expect("a verdict");
    assert_eq!(verdict, "ok");
}

fn email(number: u32) -> String {
    format!("guest{number}@partner.example")
}
