//! What the gateway says about itself: [`metrics`], the [`log`], the [`access_log`], and [`receipt`]s.
//!
//! Never reads the clock (times are arguments) and never carries a code, a cookie, a token or a query string. To add a
//! metric, add a line to the list in [`families`] and a field in [`metrics`]; to add a label value, add it in [`labels`].

pub mod access_line;
pub mod access_log;
pub mod families;
pub mod labels;
pub mod log;
pub mod metrics;
pub mod receipt;
pub mod site_metrics;
