//! What a warm request asks of the heap, with the reading of cookies, the choice of the lane and the decision for themselves.
//!
//! A test binary of its own, because its allocator counts. Only what the measuring thread asks for is counted.

mod figures;
mod outcomes;
mod warm;

use std::collections::BTreeMap;
use std::hint::black_box;

use allocation_counter::AllocationInfo;

use figures::{Figures, hold};
use outcomes::Outcomes;
use warm::{CASES, Pieces, Warm};

#[test]
fn a_warm_request_asks_no_more_of_the_heap_than_is_written() {
    let mut counted = Figures::new();
    for case in &CASES {
        let (warm, parts) = Warm::of(case);
        let copy = parts.clone();
        // The first one on this thread makes what is the thread's own.
        drop(warm.rehearse(parts));
        let info = allocation_counter::measure(|| drop(black_box(warm.rehearse(copy))));
        counted.insert(format!("warm request: {}", case.name), figures(info));
        warm.end();
    }
    let pieces = Pieces::start();
    for (step, name) in Pieces::NAMES.into_iter().enumerate() {
        pieces.run(step);
        counted.insert(format!("piece: {name}"), figures(allocation_counter::measure(|| pieces.run(step))));
    }
    pieces.end();
    if let Err(complaints) = hold(&counted, &["allocations"]) {
        panic!("{complaints}");
    }
}

#[test]
fn a_decision_asks_nothing_of_the_heap() {
    let outcomes = Outcomes::new();
    for (name, facts) in outcomes.rows() {
        let info = allocation_counter::measure(|| _ = black_box(outcomes.decide(&facts)));
        assert_eq!(info, AllocationInfo::default(), "{name}");
    }
}

fn figures(info: AllocationInfo) -> BTreeMap<String, u64> {
    BTreeMap::from([
        ("allocations".to_owned(), info.count_total),
        ("allocated_bytes".to_owned(), info.bytes_total),
    ])
}
