//! The attack corpus: hostile requests as rows of data, sent over HTTP/1.1 and HTTP/2 to a gateway before an upstream that
//! writes down raw bytes, and a generator that makes more of them.
//!
//! The oracle of all: no byte of a stale session's request reaches the upstream, but on the pages that sign in and out.
//!
//! - `case.rs` is what a row is, `sending.rs` writes it in either version, `run.rs` sends and judges it.
//! - `routing.rs` (T001-T026), `headers.rs` (T027-T035, T038, T040), `lanes.rs` (T042-T051, T054, T055), `sessions.rs` (T067-T069)
//!   and `framing.rs` (T161-T169, T174) are the rows.
//! - `vocabulary.rs` draws requests, `oracle.rs` says what may have come of any of them, `generator.rs` sends them.
//!
//! What is no single request, or needs another upstream, is proved elsewhere:
//!
//! | cases | where |
//! |---|---|
//! | T015 | `wire/http2.rs` |
//! | T034, T036, T037, T041 | `gateway/spoofing.rs`, `src/config/tests/refused.rs`, `src/proxy/client.rs`, `gateway/cookies.rs` |
//! | T039, T040 | `gateway/watch.rs`, `gateway/cookies.rs`; each forwarded row here looks for our cookies too |
//! | T052, T053 | `streams/sockets.rs`, `streams/answers.rs` |
//! | T056-T066 | `identity/forged.rs` |
//! | T080-T082 | `identity/claims.rs`, `sources/answers.rs`, `sources/crowd.rs` |
//! | T070-T072 | `identity/keys.rs` |
//! | T073-T079 | `gateway/identity.rs`, `challenge/binding.rs`, `identity/claims.rs` |
//! | T164, T167, T168 | `gateway/framing.rs`, `upstream/framing.rs`: with pauses and half bodies |
//! | T170, T173, T175 | `wire/misframed.rs`, `wire/http2.rs`, `wire/tls.rs`, by frames that no library would send |
//! | T171, T172 | `upstream/answers.rs`, `upstream/confusion.rs` |

mod case;
mod framing;
mod generator;
mod headers;
mod lanes;
mod oracle;
mod routing;
mod run;
mod sending;
mod sessions;
mod vocabulary;
