//! The commands, one file each; every one returns an exit code and never ends the process itself.

pub mod check;
