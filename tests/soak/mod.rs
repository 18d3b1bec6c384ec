//! The real binary in a process of its own under load for long: nothing is mixed up, and nothing grows.
//!
//! `upstream.rs` answers, `user.rs` asks (`ask.rs` says what), `guest.rs` and `mischief.rs` do what else happens in a day,
//! `beside.rs` holds connections open, `samples.rs` watches the process. The users and their answers are the same in all
//! tests here. Only figures of an optimised build mean anything: `./dev long soak`.

mod ask;
mod beside;
mod confusion;
mod draw;
mod guest;
mod line;
mod memory;
mod mischief;
mod request;
mod samples;
mod upstream;
mod user;

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use postern::clock::{self, Clock};

use crate::support::client::{Browser, Protocol};
use crate::support::process::{Installation, PATIENCE, Running, WIDE_LIMITS};
use crate::support::tls::Authority;
use crate::support::world::{JIRA, mails_in};
use ask::Asker;
use line::Door;
use upstream::Echo;

/// The host whose sessions are tokens of an issuer.
const APP: &str = "app.test";
const ISSUER: &str = "https://id.test";
const SECRET: &[u8; 32] = b"a secret for nothing but testing";
/// How many people of the organization there are.
const PEOPLE: usize = 100;

/// A gateway in a process of its own before an echo.
struct Stage {
    installation: Installation,
    authority: Authority,
    running: Running,
    echo: Echo,
    door: Door,
}

impl Stage {
    /// At [`JIRA`] sessions and bearer tokens are asked about, at [`APP`] they are tokens of an issuer.
    async fn start() -> Self {
        let echo = Echo::start().await;
        let site = format!(
            "[[site]]\nhost = \"{APP}\"\nproduct = \"generic\"\nupstream = \"http://{}\"\nassertion = true\n\
             [[site.session]]\nsource = \"jwt\"\ncookie = \"up_jwt\"\nissuer = \"{ISSUER}\"\naudience = \"app\"\n\
             algorithms = [\"HS256\"]\nsecret_file = \"token-secret\"\n\
             [[listen.certificate]]\ncert_file = \"both.pem\"\nkey_file = \"both.key\"\n{WIDE_LIMITS}",
            echo.address
        );
        let installation = Installation::before(echo.address, &site);
        let text = installation.configuration();
        let text = text.replace("workers = 2", "workers = 2\nmax_connections_per_address = 2000");
        installation.configure(&text.replace(
            "[mail]",
            "api_identity = \"introspect\"\napi_tokens_for_external = \"block\"\n\n[mail]",
        ));
        let authority = Authority::new(installation.folder.path());
        authority.issue(installation.folder.path(), "both", &[JIRA, APP]);
        let secret = installation.path("token-secret");
        std::fs::write(&secret, SECRET).expect("a file");
        std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o600)).expect("its mode");
        std::fs::write(installation.path("people.csv"), people()).expect("a file");
        for command in [&["init"][..], &["import", "people.csv"]] {
            let ended = installation.command(command).await;
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        let running = installation.start_for_long().await;
        let door = Door::new(running.address, &authority);
        Self { installation, authority, running, echo, door }
    }

    fn browser(&self, protocol: Protocol) -> Browser {
        Browser::over_tls(protocol, self.running.address, JIRA, &self.authority)
    }

    /// Somebody from outside who has verified their mailbox, with a session.
    async fn verified(&self, name: &str, protocol: Protocol) -> Browser {
        let mut browser = self.browser(protocol);
        browser.cookies.insert("JSESSIONID".to_owned(), format!("{name}.0"));
        let page = browser.challenge("/browse/page").await;
        let code = self.code(&request::email(name)).await;
        let answer = browser.submit(&page, &code).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    /// The code that was sent to somebody. All their mails are removed.
    async fn code(&self, email: &str) -> String {
        let since = clock::stopwatch();
        loop {
            let folder = self.installation.path("mail");
            if let Some(mail) = mails_in(&folder).into_iter().rfind(|mail| mail.to == email) {
                remove_mails(&folder, email);
                return mail.code();
            }
            assert!(clock::stopwatch() - since < PATIENCE, "no mail to {email}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// User `number` as one of five sorts, with their session of this serial number. `proof` are the cookies of
    /// [`verified`](Self::verified) for those who need them.
    fn asker(number: usize, serial: u64, proof: &str) -> Asker {
        let name = name(number);
        let domain = request::email(&name);
        let session = format!("{name}.{serial}");
        let told = |class: &str, credential: &str| format!("K-{name} {domain} {class} {credential}");
        match number % 5 {
            0 => Asker {
                host: JIRA,
                saw: told("managed", &session),
                credential: Some(("cookie", format!("JSESSIONID={session}"))),
            },
            1 => Asker {
                host: JIRA,
                saw: told("external", &session),
                credential: Some(("cookie", format!("JSESSIONID={session}; {proof}"))),
            },
            2 => {
                let token = token(&name, serial);
                let saw = format!("{name} {domain} managed {}", &token[token.len() - 40..]);
                Asker { host: APP, saw, credential: Some(("cookie", format!("up_jwt={token}"))) }
            }
            3 => Asker {
                host: JIRA,
                saw: format!("- - token {session}"),
                credential: Some(("authorization", format!("Bearer {session}"))),
            },
            _ => Asker { host: JIRA, saw: "- - anonymous -".to_owned(), credential: None },
        }
    }
}

/// Whoever needs a code is from outside, all others are of the organization.
fn name(number: usize) -> String {
    if number % 5 == 1 { format!("x{number}") } else { format!("m{number}") }
}

/// A token for an hour and a half, the same for the same serial number at any time of the test.
fn token(name: &str, serial: u64) -> String {
    let now = Clock::system().now().as_second();
    let claims = serde_json::json!({
        "iss": ISSUER, "aud": "app", "sub": name, "email": request::email(name), "jti": serial,
        "iat": now, "exp": now + 5400,
    });
    let key = EncodingKey::from_secret(SECRET);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).expect("a token")
}

fn people() -> String {
    let mut people = "type,domain,email,name,username,claimed\ndomain,acme.com,,,,\n".to_owned();
    for number in 0..PEOPLE {
        writeln!(people, "account,,m{number}@acme.com,Person {number},m{number},yes").expect("memory");
    }
    people
}

fn remove_mails(folder: &std::path::Path, email: &str) {
    let paths = std::fs::read_dir(folder).expect("the mails").filter_map(|entry| Some(entry.ok()?.path()));
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "eml")) {
        let is_theirs = std::fs::read_to_string(&path).is_ok_and(|mail| mail.contains(email));
        if is_theirs {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Twenty addresses of this machine, so that ten thousand connections are not one address's.
fn address(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1, u8::try_from(1 + number % 20).expect("a small number"))
}
