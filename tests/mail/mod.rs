//! Mail against a real server: what is delivered, what is refused, and what survives a failure.

mod crowd;
mod delivery;
mod outbox;
mod routes;
mod world;
