//! The gateway's own work for a warm request: from a parsed head to the head that goes upstream, and its dearest pieces.

mod warm;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

use warm::{CASES, Pieces, Warm};

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("warm request");
    for case in &CASES {
        let (warm, parts) = Warm::of(case);
        group.bench_function(case.name, |bencher| {
            bencher.iter_batched(|| parts.clone(), |parts| warm.rehearse(parts), BatchSize::SmallInput);
        });
        warm.end();
    }
    group.finish();
}

fn pieces(criterion: &mut Criterion) {
    let pieces = Pieces::start();
    let mut group = criterion.benchmark_group("piece");
    for (step, name) in Pieces::NAMES.into_iter().enumerate() {
        group.bench_function(name, |bencher| bencher.iter(|| pieces.run(step)));
    }
    group.finish();
    pieces.end();
}

criterion_group!(benches, requests, pieces);
criterion_main!(benches);
