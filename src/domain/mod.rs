//! The rules, and nothing else: who is managed, what a request may do, what a code and a proof are.
//!
//! Pure: no I/O, no clock, no framework; time and keys are arguments. Start with [`decide`](decide::decide).

pub mod account;
pub mod actor;
pub mod api_key;
pub mod auth_policy;
pub mod client_address;
pub mod code;
pub mod colour;
pub mod csv_cell;
pub mod decide;
pub mod decision;
pub mod domain_name;
pub mod email;
pub mod enrolment;
pub mod explain;
pub mod export_link;
pub mod external_policy;
pub mod external_terms;
pub mod facts;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod group;
pub mod handover;
pub mod hardening;
pub mod host;
pub mod in_words;
pub mod key_set;
pub mod lane;
pub mod language;
pub mod lifecycle;
pub mod look;
pub mod mail_tag;
pub mod mail_trouble;
pub mod member;
pub mod membership;
pub mod mistake;
pub mod mode;
pub mod organization;
pub mod ownable;
pub mod owned_domain;
pub mod ownership;
pub mod path;
pub mod path_pattern;
pub mod policy;
pub mod profile;
pub mod proof;
pub mod public_address;
pub mod quota;
pub mod reason;
pub mod return_target;
pub mod scim;
pub mod sealed;
pub mod task;
pub mod verification;
