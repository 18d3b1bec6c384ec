//! How many instructions, atomic operations and locks a warm request and its dearest steps take, counted by valgrind.
//!
//! The program runs itself below callgrind, which writes a file each time that `counted` ends. It never asks for the time
//! that something took: the same code gives the same figures on a busy machine. `callgrind.rs` reads what was counted.

mod callgrind;
mod codes;
mod figures;
mod outcomes;
mod warm;

use std::collections::BTreeMap;
use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use callgrind::Counted;
use codes::Codes;
use figures::{Figures, hold};
use outcomes::Outcomes;
use warm::{CASES, Pieces, Warm};

/// How often each thing is done; the figures are of one. Random numbers are drawn for 32 requests at once.
const TIMES: usize = 64;
/// How many policies are decided by. How many steps a look-up among a thousand domains takes depends on a random seed.
const POLICIES: usize = 32;
/// Said by this program to the one that it starts.
const BELOW: &str = "--below-callgrind";

fn main() -> ExitCode {
    if env::args().any(|argument| argument == BELOW) {
        run_all();
        return ExitCode::SUCCESS;
    }
    match callgrind::run(BELOW, "instructions::collected", "instructions::counted")
        .map(|counted| report(&counted))
    {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(complaint)) | Err(complaint) => {
            eprintln!("\n{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn report(counted: &[Counted]) -> Result<(), String> {
    println!("{:>12} {:>8} {:>6}", "instructions", "atomics", "locks");
    for one in counted {
        println!("{:>12} {:>8} {:>6}  {}", one.instructions, one.atomics, one.locks(), one.name);
    }
    println!("\nThe locks of \"{}\":", counted[0].name);
    for (site, count) in &counted[0].lock_sites {
        println!("{count:>4}  {site}");
    }
    let figures: Figures = counted.iter().map(|one| (one.name.clone(), figures_of(one))).collect();
    codes::expect_same(&figures)?;
    hold(&figures, &["atomics", "locks"])
}

fn figures_of(one: &Counted) -> BTreeMap<String, u64> {
    let figures = [("instructions", one.instructions), ("atomics", one.atomics), ("locks", one.locks())];
    figures.map(|(kind, count)| (kind.to_owned(), count)).into()
}

/// Does everything that is counted, and says the name of each on a line, with how often it was done.
fn run_all() {
    for case in &CASES {
        let (warm, parts) = Warm::of(case);
        let requests = vec![parts; TIMES];
        println!("warm request: {}\t{TIMES}", case.name);
        counted(|| requests.into_iter().for_each(|parts| drop(black_box(warm.rehearse(parts)))));
        warm.end();
    }
    let pieces = Pieces::start();
    for (step, name) in Pieces::NAMES.into_iter().enumerate() {
        println!("piece: {name}\t{TIMES}");
        counted(|| (0..TIMES).for_each(|_| pieces.run(step)));
    }
    pieces.end();
    let codes = Codes::new();
    for (name, typed) in codes.typed() {
        println!("{name}\t{TIMES}");
        counted(|| (0..TIMES).for_each(|_| _ = black_box(codes.matches(black_box(typed)))));
    }
    let policies: Vec<_> = (0..POLICIES).map(|_| Outcomes::new()).collect();
    let rows: Vec<_> = policies.iter().map(|policy| (policy, policy.rows())).collect();
    for (row, (name, _)) in rows[0].1.iter().enumerate() {
        println!("decide: {name}\t{}", TIMES * POLICIES);
        counted(|| {
            for (policy, rows) in &rows {
                (0..TIMES).for_each(|_| _ = black_box(policy.decide(&rows[row].1)));
            }
        });
    }
}

/// What happens in here is counted, and written to a file at the end. Callgrind does one thing at the border of a function, so
/// there are two.
#[inline(never)]
fn counted(work: impl FnOnce()) {
    collected(work);
    black_box(());
}

#[inline(never)]
fn collected(work: impl FnOnce()) {
    work();
    black_box(());
}
