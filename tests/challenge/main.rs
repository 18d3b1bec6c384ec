//! The challenge, from the first page to the proof, on a real gateway before real look-alikes.

#[path = "../support/client.rs"]
mod client;
#[path = "../support/world.rs"]
mod world;

mod walk;
