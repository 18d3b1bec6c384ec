//! The data plane: what a request meets between its socket and the product behind it.

pub mod pages;
