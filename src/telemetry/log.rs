//! The program's own log, on stderr: what is said, by whom, and in which form.
//!
//! A line must never carry a code, a cookie, a token or a body, at any level: see `OURS`. One line per request is the
//! business of the [`access_log`](super::access_log).

use std::io::{self, Write};

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, FilterExt, ParseError, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{fmt, registry};

/// The only crate whose DEBUG and TRACE lines can be turned on.
///
/// At those levels hyper, h2 and rustls print the bytes and headers they carry, lettre the mail with its code, sqlx its
/// statements. Everybody else therefore stops at INFO, and no setting can raise that: it is a second filter beside the
/// operator's, and it names the one crate that may rather than the many that may not, so a new dependency is quiet too.
const OURS: &str = "postern";

/// What holds until the operator's filter says otherwise.
/// Pingora narrates its own start and stop, and calls every end a SIGINT. Why a certificate is refused is said where the
/// connection was wanted, with the name of who wanted it.
const DEFAULTS: &str = "info,sqlx=warn,pingora_core=warn,rustls_platform_verifier=off";

/// The log cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter makes no sense.
    #[error("`{filter}` is no log filter: {source}")]
    Filter {
        /// As the operator wrote it.
        filter: String,
        /// What is wrong with it.
        source: ParseError,
    },
    /// A log is already running in this process.
    #[error("the log is already started")]
    AlreadyStarted(#[from] TryInitError),
}

/// Starts the log of this process, on stderr, for `tracing` and for crates that use `log`.
///
/// `level` is a `tracing` filter on top of the defaults: `warn`, `postern=debug`, or `postern::mail=trace,sqlx=info`.
/// Other crates than ours never say more than INFO.
pub fn init(level: &str, json: bool) -> Result<(), LogError> {
    Ok(subscriber(level, json, io::stderr)?.try_init()?)
}

/// Checks a filter without starting anything, so that a wrong one is reported with the rest of the configuration.
pub fn check_level(level: &str) -> Result<(), LogError> {
    operators_filter(level).map(drop)
}

fn subscriber<W: Write + 'static>(
    level: &str,
    json: bool,
    writer: impl Fn() -> W + Send + Sync + 'static,
) -> Result<impl Subscriber + Send + Sync, LogError> {
    let filter = operators_filter(level)?.and(ceiling());
    // A broken stderr must not end a request: the default is to complain about it on stderr, which panics.
    let lines =
        fmt::layer().with_ansi(false).log_internal_errors(false).with_writer(move || OneLine(writer()));
    let lines = if json { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    Ok(registry().with(lines.with_filter(filter)))
}

fn operators_filter(level: &str) -> Result<EnvFilter, LogError> {
    // A later directive replaces an earlier one for the same target.
    let directives = format!("{DEFAULTS},{level}");
    EnvFilter::builder()
        .parse(directives)
        .map_err(|source| LogError::Filter { filter: level.to_owned(), source })
}

/// See [`OURS`].
fn ceiling() -> Targets {
    Targets::new().with_default(LevelFilter::INFO).with_target(OURS, LevelFilter::TRACE)
}

/// Keeps each record on one line and free of control characters. Values of clients are part of records: a line break in
/// one would forge a record, an escape sequence would drive the terminal that shows it (CWE-117). The escapes are valid
/// in JSON strings too.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record.strip_suffix(b"\n").unwrap_or(record));
        let mut line = String::with_capacity(text.len() + 1);
        for character in text.chars() {
            if character.is_control() {
                line.push_str(&format!("\\u{:04x}", u32::from(character)));
            } else {
                line.push(character);
            }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing::{debug, error, info, trace, warn};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: &str, json: bool, say: impl FnOnce()) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = subscriber(level, json, move || sink.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, say);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    fn chatter() {
        trace!(target: "postern::mail", "ours at trace");
        trace!(target: "hyper", "Cookie: carried by hyper at trace");
        debug!(target: "hyper::proto::h1::io", "carried by hyper at debug");
        trace!(target: "hyper_util::client", "carried by hyper_util");
        debug!(target: "sqlx::query", "carried by sqlx");
        debug!(target: "lettre::transport", "carried by lettre");
        trace!(target: "h2::codec", "carried by h2");
        trace!(target: "rustls::conn", "carried by rustls");
        trace!(target: "pingora_core::server", "carried by pingora");
        debug!(target: "any_new_dependency", "carried by another");
        info!(target: "sqlx::pool", "sqlx at info");
        warn!(target: "hyper", "hyper at warn");
    }

    #[test]
    fn no_setting_makes_another_crate_print_what_it_carries() {
        for level in [
            "trace",
            "trace,hyper=trace,sqlx=trace,lettre=debug",
            "hyper=trace,any_new_dependency=trace,rustls::conn=trace",
        ] {
            for json in [true, false] {
                let log = logged(level, json, chatter);
                assert!(!log.contains("carried"), "{level}: {log}");
                assert!(log.contains("hyper at warn"), "{level}: {log}");
            }
        }
    }

    #[test]
    fn our_own_lines_follow_the_level() {
        assert!(logged("trace", false, chatter).contains("ours at trace"));
        assert!(logged("postern::mail=trace", false, chatter).contains("ours at trace"));
        assert!(!logged("debug", false, chatter).contains("ours at trace"));
        assert!(!logged("error", false, chatter).contains("hyper at warn"));
    }

    #[test]
    fn sqlx_speaks_at_warn_unless_it_is_asked() {
        assert!(!logged("info", false, chatter).contains("sqlx at info"));
        assert!(logged("info,sqlx=info", false, chatter).contains("sqlx at info"));
    }

    #[test]
    fn t138_a_value_cannot_forge_a_record_or_drive_a_terminal() {
        let agent = "x\n2024-01-01 ERROR forged\r\u{1b}[31m\u{9b}2J\u{7f}\"";
        let say = || error!(target: "postern", agent, %agent, "refused {agent}");
        for json in [true, false] {
            let log = logged("info", json, say);
            assert_eq!(log.matches('\n').count(), 1, "{log:?}");
            assert!(!log.trim_end_matches('\n').contains(char::is_control), "{log:?}");
        }
        let record: serde_json::Value = serde_json::from_str(&logged("info", true, say)).unwrap();
        assert_eq!(record["message"], format!("refused {agent}"));
    }

    #[test]
    fn a_filter_that_makes_no_sense_is_named() {
        let error = check_level("postern=loud").unwrap_err();
        assert!(error.to_string().contains("`postern=loud`"), "{error}");
        assert!(check_level("").is_ok());
    }
}
