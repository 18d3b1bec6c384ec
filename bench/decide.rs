//! What a decision costs, for each outcome: the ordered ifs of `domain::decide` alone, on facts that are there already.

mod outcomes;

use criterion::{Criterion, criterion_group, criterion_main};

use outcomes::Outcomes;

fn decisions(criterion: &mut Criterion) {
    let outcomes = Outcomes::new();
    let mut group = criterion.benchmark_group("decide");
    for (name, facts) in outcomes.rows() {
        group.bench_function(name, |bencher| bencher.iter(|| outcomes.decide(&facts)));
    }
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
