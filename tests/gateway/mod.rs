//! What passes, what is refused, and that what is forwarded is what was judged.

mod api;
mod warm;
