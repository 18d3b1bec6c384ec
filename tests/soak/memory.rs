//! An hour of what a day brings, errors and all, and the gateway takes no more of the machine than after its first ten minutes.
//!
//! Half of the users keep their session, the others and every guest begin new ones. Whose it is, is let go within seconds after it
//! is no longer believed, and since when it lasts within ten minutes, so a cache's way to its bound does not look like a leak;
//! people are few, as each is remembered for good. `POSTERN_SOAK_MINUTES` says how long; less than three quarters of an hour tell nothing of memory.

use std::sync::Arc;
use std::time::Duration;

use postern::clock;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::beside::{Beside, raise_limits};
use super::draw::Draw;
use super::guest::{Visit, visit};
use super::mischief;
use super::samples::{Sample, Samples, file, look, per_hour};
use super::user::{Tally, Tongue, User};
use super::{Stage, name};
use crate::support::client::Protocol;

const USERS: usize = 50;
/// Requests a user asks at once, or one after the other, and then a pause of this.
const PAUSE: Duration = Duration::from_millis(500);
/// After so many of those pauses, half of the users begin a new session.
const SESSION: u64 = 40;
/// How often a person comes and goes.
const VISIT: Duration = Duration::from_secs(2);
/// How often there is mischief.
const MISCHIEF: Duration = Duration::from_millis(200);
/// How often the upstream is gone, and for how long.
const OUTAGE: (Duration, Duration) = (Duration::from_secs(97), Duration::from_millis(1500));
/// Growth that is still flat, over as long as that can be told: a line through ten minutes of noise climbs 10 MiB an hour
/// either way.
const FLAT_KIB_PER_HOUR: f64 = 1024.0;
const TELLING: Duration = Duration::from_secs(45 * 60);
/// Descriptors that may be left of those that were opened once: connections to the database.
const KEPT: usize = 8;
/// How long what is left of the load may stay: upstream connections are kept for 15 s.
const SETTLING: Duration = Duration::from_secs(60);

/// What happened in the meantime.
#[derive(Debug, Default)]
struct Deeds {
    tally: Tally,
    visits: u64,
    given_up: u64,
    mischief: u64,
}

async fn stays_flat(name: &str, idle: usize, sockets: usize) {
    raise_limits();
    let minutes = std::env::var("POSTERN_SOAK_MINUTES").map_or(60.0, |text| text.parse().expect("a number"));
    let time = Duration::from_secs_f64(minutes * 60.0);
    let stage = Arc::new(Stage::start().await);
    let process = stage.running.process.id();
    visit(&stage, "x199", 0).await;
    let before = look(process, 0.0);
    let beside = Beside::open(&stage.door, idle, sockets).await;
    let samples = Samples::of(process, name);
    let deeds = load(&stage, time).await;
    let samples = samples.end();
    let alive = beside.close().await;
    let settled = settle(process, before.descriptors + KEPT).await;
    report(name, &samples, &deeds, before, settled);
    assert_eq!(alive, (idle, sockets), "all connections are alive at the end");
    assert!(settled.descriptors <= before.descriptors + KEPT, "{before:?} {settled:?}");
    let warm = warm(&samples);
    let growth = per_hour(warm, |sample| sample.rss_kib);
    assert!(growth < FLAT_KIB_PER_HOUR || time < TELLING, "{growth:.0} KiB in an hour");
    let threads = |sample: &Sample| sample.threads;
    let (least, most) = (warm.iter().map(threads).min(), warm.iter().map(threads).max());
    println!("threads: {least:?} to {most:?}");
}

/// All but the first sixth.
fn warm(samples: &[Sample]) -> &[Sample] {
    &samples[samples.len() / 6..]
}

async fn load(stage: &Arc<Stage>, time: Duration) -> Deeds {
    let (end, over) = watch::channel(false);
    let mut users = JoinSet::new();
    for number in 0..USERS {
        let proof = match number % 5 {
            1 => {
                let mut browser = stage.verified(&name(number), Protocol::Http1).await;
                browser.cookies.remove("JSESSIONID");
                browser.cookie_header()
            }
            _ => String::new(),
        };
        users.spawn(work(Arc::clone(stage), number, proof, over.clone()));
    }
    let guests = tokio::spawn(guests(Arc::clone(stage), over.clone()));
    let mischief = tokio::spawn(do_mischief(Arc::clone(stage), over.clone()));
    let outages = async {
        loop {
            tokio::time::sleep(OUTAGE.0).await;
            stage.echo.is_gone_for(OUTAGE.1).await;
        }
    };
    let _ = tokio::time::timeout(time, outages).await;
    end.send_replace(true);
    let mut deeds = Deeds::default();
    while let Some(user) = users.join_next().await {
        deeds.tally = deeds.tally.with(user.expect("no user is answered wrongly"));
    }
    (deeds.visits, deeds.given_up) = guests.await.expect("no guest is");
    deeds.mischief = mischief.await.expect("nothing makes it fail");
    deeds
}

async fn work(stage: Arc<Stage>, number: usize, proof: String, over: watch::Receiver<bool>) -> Tally {
    let tongue = Tongue::ALL[number / 5 % Tongue::ALL.len()];
    let mut user = User::new(&stage.door, Stage::asker(number, 0, &proof), tongue, number, 1);
    let mut turn = 0;
    while !*over.borrow() {
        user.ask().await;
        tokio::time::sleep(PAUSE).await;
        turn += 1;
        if turn % SESSION == 0 && number % 2 == 1 {
            user.asker = Stage::asker(number, turn, &proof);
        }
    }
    user.tally
}

async fn guests(stage: Arc<Stage>, over: watch::Receiver<bool>) -> (u64, u64) {
    let (mut visits, mut given_up) = (0, 0);
    for serial in 1_u64.. {
        if *over.borrow() {
            break;
        }
        let since = clock::stopwatch();
        match visit(&stage, &format!("x{}", 100 + serial % 50), serial).await {
            Visit::Done => visits += 1,
            Visit::GivenUp => given_up += 1,
        }
        tokio::time::sleep(VISIT.saturating_sub(clock::stopwatch() - since)).await;
    }
    (visits, given_up)
}

async fn do_mischief(stage: Arc<Stage>, over: watch::Receiver<bool>) -> u64 {
    let mut draw = Draw::new(7);
    let mut done = 0;
    while !*over.borrow() {
        mischief::act(&stage.door, &mut draw, done).await;
        done += 1;
        tokio::time::sleep(MISCHIEF).await;
    }
    done
}

/// Waits until the descriptors are back to this, or for long enough.
async fn settle(process: u32, descriptors: usize) -> Sample {
    let since = clock::stopwatch();
    loop {
        let sample = look(process, 0.0);
        if sample.descriptors <= descriptors || clock::stopwatch() - since > SETTLING {
            return sample;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn report(name: &str, samples: &[Sample], deeds: &Deeds, before: Sample, settled: Sample) {
    println!("{name}: {deeds:?}");
    println!("samples: {}", file(name).display());
    for sample in samples.iter().step_by(30) {
        let Sample { seconds, rss_kib, anonymous_kib, descriptors, threads } = sample;
        println!(
            "{:5.1} min  {rss_kib:7} KiB resident  {anonymous_kib:7} KiB anonymous  {descriptors:6} descriptors  {threads} threads",
            seconds / 60.0
        );
    }
    println!("before: {before:?}\nafter:  {settled:?}");
    let (warm, hour) = (warm(samples), |figure: fn(&Sample) -> f64| per_hour(warm(samples), figure));
    println!(
        "in an hour, by {} samples after the first sixth: {:+.0} KiB resident, {:+.0} KiB anonymous, {:+.1} descriptors",
        warm.len(),
        hour(|sample| sample.rss_kib),
        hour(|sample| sample.anonymous_kib),
        hour(|sample| sample.descriptors as f64),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "an hour, or POSTERN_SOAK_MINUTES"]
async fn an_hour_of_mixed_load_leaves_memory_and_descriptors_as_they_were() {
    stays_flat("soak-alone", 0, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "an hour, or POSTERN_SOAK_MINUTES"]
async fn an_hour_beside_ten_thousand_idle_connections_and_a_thousand_sockets_does_too() {
    stays_flat("soak-beside", 10_000, 1_000).await;
}
