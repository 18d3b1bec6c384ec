//! What a decision costs, for each outcome: the ordered ifs of `domain::decide` alone, on facts that are there already.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;

use postern::domain::decide::decide;
use postern::domain::domain_name::DomainName;
use postern::domain::email::EmailAddress;
use postern::domain::facts::{Facts, Person, ProofFact, Session};
use postern::domain::lane::Lane;
use postern::domain::policy::Snapshot;

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time of this century")
}

/// An organization with more verified domains than most have.
fn snapshot() -> Snapshot {
    let domain = |number: usize| DomainName::parse(&format!("d{number}.acme.com")).expect("a domain");
    Snapshot { verified_domains: (0..1000).map(domain).collect(), ..Snapshot::default() }
}

fn outcomes(criterion: &mut Criterion) {
    let snapshot = snapshot();
    let managed = EmailAddress::parse("liam@d500.acme.com").expect("an address");
    let external = EmailAddress::parse("jane@partner.example").expect("an address");
    let person = |email, claimed| {
        Session::Person(Person { email, claimed, is_customer: false, address_changed: false })
    };
    let facts = |session, proof| Facts {
        enforced: true,
        customers_exempt: false,
        lane: Lane::Browser,
        session,
        proof,
        revoked_at: None,
    };
    let stranger = person(Some(&external), false);
    let verified = |days: i64| ProofFact::VerifiedAt(at(NOW - days * DAY));
    let rows = [
        ("pass, managed", facts(person(Some(&managed), true), ProofFact::Absent)),
        ("pass, fresh proof", facts(stranger, verified(1))),
        ("pass, anonymous", facts(Session::Anonymous, ProofFact::Absent)),
        ("pass, API token", Facts { lane: Lane::Api, ..facts(Session::NotAsked, ProofFact::Absent) }),
        ("pass, enforcement off", Facts { enforced: false, ..facts(Session::NotAsked, ProofFact::Absent) }),
        ("challenge, no proof", facts(stranger, ProofFact::Absent)),
        ("challenge, proof expired", facts(stranger, verified(8))),
        ("challenge, proof revoked", Facts { revoked_at: Some(at(NOW)), ..facts(stranger, verified(1)) }),
        ("deny, address unknown", facts(person(None, false), ProofFact::Absent)),
        ("unavailable, identity unknown", facts(Session::Unavailable, verified(1))),
    ];
    let mut group = criterion.benchmark_group("decide");
    for (name, facts) in rows {
        let outcome = format!("{:?}", decide(&snapshot, &facts, at(NOW))).to_lowercase();
        assert!(name.starts_with(outcome.split('(').next().unwrap_or_default()), "{name}: {outcome}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| decide(black_box(&snapshot), black_box(&facts), black_box(at(NOW))));
        });
    }
    group.finish();
}

criterion_group!(benches, outcomes);
criterion_main!(benches);
