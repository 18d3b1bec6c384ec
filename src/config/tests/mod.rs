//! The promises of the configuration file; here the files that they are tried on, and how.

mod accepted;
mod domains;
mod profiles;
mod refused;
mod reported;
mod sessions;
mod tls;

use std::path::Path;

use super::settings::{MailTransport, Settings, Smtp};
use super::{ConfigErrors, parse};

const REFERENCE: &str = include_str!("../../../config/postern.toml");

/// A file that loads; the tables below spoil one line of it.
const GOOD: &str = r#"[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:8080"

[[site]]
host = "jira.acme.com"
product = "jira-software"
upstream = "http://10.0.0.5:8080"

[mail]
from = "Acme access <access@acme.com>"
smtp = "smtp://mail.acme.com:587"

[store]
url = "sqlite:///var/lib/postern/postern.db"
"#;

const GENERIC: &str = r#"product = "generic"
[site.introspect]
path = "/whoami"
key = "/id"
username = "/user/login"
"#;

fn read(text: &str) -> Result<Settings, ConfigErrors> {
    parse("postern.toml", text, Path::new("/etc/postern"), &|_| None)
}

fn settings(text: &str) -> Settings {
    read(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The good file with one piece replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    GOOD.replace(from, to)
}

fn smtp(settings: &Settings) -> &Smtp {
    match &settings.mail.transport {
        MailTransport::Smtp { first, .. } => first,
        MailTransport::File(folder) => panic!("mail goes into {folder:?}"),
    }
}
