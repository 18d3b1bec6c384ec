//! The commands, one file each: they speak to the operator and leave the doing to `actions`.

pub mod import;
