//! The rules, and nothing else: who is managed, what a request may do, what a code and a proof are.
//!
//! Pure: no I/O, no clock, no framework; time and keys are arguments. Start with [`decide`](decide::decide).

pub mod account;
pub mod code;
pub mod decide;
pub mod decision;
pub mod domain_name;
pub mod email;
pub mod facts;
pub mod host;
pub mod key_set;
pub mod lane;
pub mod path;
pub mod policy;
pub mod proof;
pub mod quota;
pub mod return_target;
