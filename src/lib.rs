//! Postern, an enforcement gateway for Jira- and Confluence-like servers: a reverse proxy that asks people from outside for
//! a code sent to their mailbox, and lets managed people and API clients pass. This header is the map.
//!
//! # The layers, in reading order
//!
//! 1. [`domain`]: the rules and nothing else. Begin with [`domain::decide`], the ordered list of ifs that everything serves,
//!    then `facts.rs` (what it is told), `decision.rs` (what it answers) and `reason.rs` (why).
//! 2. [`clock`], [`entropy`], [`telemetry`]: the time, randomness, what is logged and counted. [`texts`]: what people read, in
//!    their languages. [`demo`] stands aside: small Jira and Confluence look-alikes for `postern demo` and the tests.
//! 3. [`store`], [`config`], [`keys`]: what lasts (SQLite or PostgreSQL), what the operator wrote, what codes and proofs are made with.
//! 4. [`directory`], [`mail`]: the tables in memory, kept current by the store's change log; the outbox and its delivery.
//!    [`connect`]: the way to a product server, verified where it is TLS; its connections, used again (`pool.rs`).
//!    [`dns`], [`website`]: what a domain publishes about itself, and the way there that leads nowhere inside.
//! 5. [`identity`], [`actions`]: whose session it is, by the word of the product or of an issuer; what is done through the
//!    store, one file per deed and one transaction each, and as a task where it takes longer than a request.
//! 6. [`proxy`], [`admin`]: the data plane; and the listener for the API (`admin/api/`), metrics and health.
//! 7. [`app`], [`cli`], `main.rs`: the parts put together, the process and its signals, the commands.
//!
//! # The house
//!
//! Arrows run one way. `tests/house/` reads this table and holds the sources to it; tests may import what they like.
//!
//! | room | may import |
//! |---|---|
//! | `main`, `cli`, `app` | everything |
//! | `proxy` | `actions`, `identity`, `connect`, `directory`, `config`, `texts`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `admin` | `actions`, `directory`, `store`, `config`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `actions` | `mail`, `store`, `dns`, `website`, `keys`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `identity` | `connect`, `directory`, `config`, `keys`, `domain`, `telemetry`, `clock` |
//! | `mail` | `store`, `config`, `texts`, `domain`, `telemetry`, `clock` |
//! | `directory` | `store`, `config`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `connect` | `config` |
//! | `website` | `dns`, `config`, `domain` |
//! | `dns` | `config`, `domain` |
//! | `store` | `config`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `config` | `texts`, `domain`, `telemetry`, `clock`, `entropy` |
//! | `keys` | `domain`, `telemetry`, `clock`, `entropy` |
//! | `telemetry`, `texts` | `domain` |
//! | `domain`, `clock`, `entropy`, `demo` | nothing of ours |
//!
//! The planes never import each other. Only [`clock`] reads the clock and only [`entropy`] draws random values; elsewhere
//! both are arguments.
//!
//! # The life of a request
//!
//! `proxy/mod.rs` calls the phases in this order; each is a file beside it.
//!
//! | phase | file | what happens |
//! |---|---|---|
//! | accept | `wire/`, `client.rs` | a connection: TLS, where it comes from, how much of it and for how long; then its requests |
//! | limit, canonicalise | `target.rs` | one host, one plain path; what can be read in two ways gets 400 |
//! | route | `route.rs` | host and prefix → site |
//! | classify | `cookies/`, `cookies.rs`, `lane.rs` | what the connection did not bring just before is read; credentials → lane; a credential twice gets 400; what is public goes on without, a sign-in with one kind |
//! | identify | `judge.rs`, `token.rs`, `identity/` | session or token → identity: a cache hit, or one question to each source |
//! | know | `lasting.rs`, `directory/{sessions, lasting}.rs` | since when a managed person's session lasts, and what was asked when it began |
//! | decide | `judge.rs`, `domain/decide.rs` | facts → decision: pure, and the only maker of a `Permit` |
//! | respond | `respond.rs`, `own.rs`, `challenge.rs`, `pages.rs` | a refusal by one table; our own pages |
//! | confirm | `authenticators/` | apps and passkeys: shown at the challenge, and set up on a page of their own |
//! | hand over | `handover/`, `homes.rs` | instead of a challenge: what another host of the organization knows |
//! | hold | `held.rs` | a form that a challenge interrupts, until its sender says what becomes of it |
//! | look back | `loops.rs`, `browsers.rs` | whether a verification arrived; in which browsers somebody has one |
//! | forward | `pass.rs`, `forward.rs`, `query.rs`, `headers.rs`, `told.rs`, `upload.rs`, `upstream.rs` | only what the permit names, and who was judged; `websocket.rs` for upgrades |
//! | watch | `watch.rs`, `mobile.rs`, `jar.rs` | sign-in, sign-out and changes of user that the answer shows |
//! | outlive | `stream.rs`, `body.rs`, `relay.rs`, `frames.rs` | open answers and sockets are judged again, and cut or closed |
//! | keep | `decisions.rs`, `actions/decisions.rs` | refusals, and now and then what passed, to be explained and tried on policies |
//! | note | `sign_ins.rs` | who signed in, and who was refused: for the audit log, told through `directory/notices.rs` |
//! | record | `record.rs`, `body.rs` | one line and one count, when the last byte is sent |
//!
//! # To add a thing
//!
//! - A rule: a line in `domain/decide.rs`, a `Reason` in `domain/reason.rs`, its status in `proxy/respond.rs`, a row in the
//!   table test of `decide.rs`; where it is about a person, a question in `domain/explain.rs` for the admin who wonders.
//! - A fact that decisions depend on: a field of `Facts` or of what is in force, and the same in `domain/recorded.rs`; a property test
//!   holds that what is kept decides the same again.
//! - A configuration key: copy one in `config/verification.rs`, describe it in `config/postern.toml`; if it cannot change
//!   without a restart, name it in `hold_back` of `app/mod.rs`.
//! - A public path: a pattern in `config/profiles/`, tried in `tests/gateway/exempt.rs`; it goes on without any credential.
//! - A source of sessions: a variant of `SessionSource` in `config/session.rs`, its keys as in `config/jwt.rs`, a file in
//!   `identity/` that answers as `identity/jwt.rs` does, and a line in `identity/mod.rs`.
//! - What one host tells another: a variant of `Word` in `domain/handover.rs`, its arm in `proxy/handover/mod.rs`; a key of its
//!   own in `keys.rs` where it is sealed by itself.
//! - A product: copy `config/profiles/confluence.toml`, and name it in `config/profile.rs` and `config/profiles.rs`.
//! - A source of sessions: copy `config/crowd.rs` and `identity/crowd.rs`; name it in `config/session.rs` and `sessions.rs`,
//!   and ask it in `identity/mod.rs`.
//! - A deed through the store: copy `actions/sign_out.rs`, with its statement in `store/` and its audit event in the same
//!   transaction.
//! - A table or column: a new file of one number in both folders of `store/migrations/`, and its name in the list of `mod.rs`
//!   there; the old ones never change. A statement that reads it is one text for both databases, and is tried in
//!   `store/tests/story.rs`.
//! - A fact of a connection: `proxy/wire/connection.rs`, found out in `opening.rs` beside it.
//! - A way to confirm that it is somebody: a variant of `Method` in `domain/method.rs`, which policies list by its label; what is
//!   done through the store as in `actions/authenticators/app.rs`, and its forms in `proxy/authenticators/`.
//! - A page of ours: copy `SignedOutPage` in `proxy/pages.rs` and its template, and route it in `proxy/own.rs`.
//! - A page of ours that people go on to after the code: name it in `domain/return_target.rs` too, where every other is refused.
//! - A browser's name: a row in `domain/browser.rs`.
//! - A sentence that people read: a message in every file of `texts/languages/`. The reason of a refusal has one too.
//! - A language: a variant in `domain/language.rs` and its file in `texts/languages/`; the tests there say what it lacks.
//! - A metric: declare it in `telemetry/families.rs`; labels are enums in `telemetry/labels.rs`, never what a client sent.
//! - A domain at which anybody can have a mailbox: a line in `domain/public_mail_domains.txt`.
//! - A deed about accounts: copy `actions/accounts/suspend.rs`; `domain/lifecycle.rs` says what may become of one. Whatever of a
//!   single account the gate judges by is told with `Change::log_accounts`, and read again by `directory/changes.rs`.
//! - A deed about domains: copy `actions/domains/remove.rs`; `domain/ownership.rs` says what proves a domain, and
//!   `domain/owned_domain.rs` what follows from a look for it. Then a line in `cli/domain.rs`.
//! - A setting of authentication policies: a member of `AuthPolicySettings` in `domain/auth_policy.rs`, with its default; what is
//!   stored without it keeps meaning the default. What it does at the gate: a line in `domain/member.rs`, which is also asked by
//!   `domain/explain.rs`.
//! - A deed about policies or members: copy `actions/policies/delete.rs`.
//! - Work that takes longer than a request: a kind in `domain/task.rs`, its arm in `actions/tasks.rs`; it is asked for as in
//!   `actions/policies/submit.rs` and done as in `apply.rs`, all of it in the transaction that ends the task.
//! - A file of people: rows as in `actions/exports/external_users.rs`, its kind in `domain/task.rs`, its arms in `exports/write.rs`
//!   and `tasks.rs`. It is fetched with its key or by a mailed link without a line more.
//! - A mail to an organization's admins: `Letterhead::tell_admins`, in the transaction of what it tells, as `domains/tell.rs` does.
//! - A setting of an organization: a field of `Office` in `domain/organization.rs`, read in `config/organizations.rs`; where pages
//!   say it, a field of `Organization`.
//! - A deed about people from outside: copy `actions/external_policies/reset.rs` or `actions/groups/members.rs`; what requests are
//!   judged by is loaded into `directory/` and told by a `ChangeKind`.
//! - An event of the audit log: a variant of `AuditAction` in `store/audit.rs`, and what people read of it in `audit_names.rs`;
//!   one that the gate makes goes through `directory/notices.rs`, which bounds it.
//! - A set of people that lists are narrowed to: a field of `AccountFilter`, a variant of `AccountSet` in `store/account_sets.rs`.
//! - A filter of the audit log: a column with an index, a field of `EventFilter` in `store/events.rs`, a parameter in
//!   `admin/api/events/query.rs`.
//! - An operation of the API: copy one of `admin/api/domains/mod.rs`, with its scopes in its documentation, and write the document
//!   anew (`POSTERN_OPENAPI=accept ./dev test the_committed_document`). What holds for every
//!   operation is tried on it by `tests/admin/every_operation.rs`; its own promises go beside `tests/admin/domains.rs`.
//! - An attribute of SCIM: a row in `domain/scim/schema.rs`, which declares and enforces it; in `domain/scim/person.rs` where
//!   the account follows it.
//! - A command: copy `cli/init.rs`, describe it in `cli/arguments.rs`, and call it in `main.rs`.
//! - A reader of what anybody may send: a function in `fuzz.rs` of its room with a second opinion, and its program, seeds and
//!   words in `tests/fuzz`; `./dev fuzz` runs it, and every test run tries its seeds.
//! - A request whose cost is held: a case in `bench/warm/mod.rs`, then `./dev counts --accept`.
//! - A promise: a file in the folder of `tests/` that it belongs to; `tests/challenge/walk.rs` is the one to copy.

// What a request must not meet. Text is cut at borders of characters only, or the request panics.
#![warn(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::string_slice,
    clippy::unchecked_time_subtraction
)]
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod actions;
pub mod admin;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connect;
pub mod demo;
pub mod directory;
pub mod dns;
pub mod domain;
pub mod entropy;
pub mod identity;
pub mod keys;
pub mod mail;
pub mod proxy;
pub mod store;
pub mod telemetry;
pub mod texts;
pub mod website;
