//! A mailbox for trying things out: the `.eml` files of one folder, as a page and as JSON.
//!
//! It belongs to everybody in the mails, so it must never be reachable from anywhere but the machine it runs on. It
//! shows text only: the HTML of a mail never becomes part of its page.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use askama::Template;
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, PartType};
use serde::Serialize;

use super::page;

/// How many mails are shown; older ones stay in the folder.
const NEWEST: usize = 200;
/// A larger file is not a mail of ours and is passed over.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// The page at `/` and the list at `/messages.json` over the `.eml` files in `folder`. File names are ids that sort by
/// time. A folder that does not exist yet is an empty mailbox.
pub fn router(folder: PathBuf) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/messages.json", get(list))
        .with_state(Arc::from(folder.into_boxed_path()))
}

/// One mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Mail {
    /// The addresses, with a comma and a blank between them.
    to: String,
    subject: String,
    text: String,
    /// The source of the HTML part, if there is one.
    html: Option<String>,
    /// When it was written (the `Date` header, else the file's time); RFC 3339 in UTC.
    at: Timestamp,
}

impl Mail {
    /// The first line that is nothing but six to eight digits: the code, to be read from across a room.
    fn code(&self) -> Option<String> {
        let digits = |line: &str| line.split_whitespace().collect::<String>();
        let is_code =
            |code: &String| (6..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        self.text.lines().map(digits).find(is_code)
    }

    /// To the second, for reading.
    fn time(&self) -> String {
        self.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
    }
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    mails: Vec<Mail>,
}

async fn show(State(folder): State<Arc<Path>>) -> Response {
    match newest(folder).await {
        Ok(mails) => {
            ([(header::CACHE_CONTROL, "no-store")], page::render(&MailboxPage { mails })).into_response()
        }
        Err(error) => unreadable(&error),
    }
}

async fn list(State(folder): State<Arc<Path>>) -> Response {
    match newest(folder).await {
        Ok(mails) => ([(header::CACHE_CONTROL, "no-store")], Json(mails)).into_response(),
        Err(error) => unreadable(&error),
    }
}

fn unreadable(error: &io::Error) -> Response {
    tracing::warn!(%error, "the mailbox folder cannot be read");
    (StatusCode::INTERNAL_SERVER_ERROR, "the mailbox folder cannot be read").into_response()
}

/// Reading files blocks, so it is done on a thread that may.
async fn newest(folder: Arc<Path>) -> io::Result<Vec<Mail>> {
    tokio::task::spawn_blocking(move || read_folder(&folder)).await.map_err(io::Error::other)?
}

fn read_folder(folder: &Path) -> io::Result<Vec<Mail>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    files.sort_unstable_by(|one, other| other.cmp(one));
    Ok(files.iter().take(NEWEST).filter_map(|path| read_or_skip(path)).collect())
}

fn read_or_skip(path: &Path) -> Option<Mail> {
    read_mail(path)
        .inspect_err(
            |error| tracing::warn!(file = %path.display(), %error, "a mail is left out of the mailbox"),
        )
        .ok()
}

fn read_mail(path: &Path) -> io::Result<Mail> {
    let mut file = fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > LARGEST_BYTES {
        return Err(io::Error::other("the file is too large to be a mail"));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(LARGEST_BYTES).read_to_end(&mut bytes)?;
    let message = MessageParser::default().parse(&bytes).filter(|message| !message.headers().is_empty());
    let message = message.ok_or_else(|| io::Error::other("the file is not a mail"))?;
    let written = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let written = i64::try_from(written.as_secs()).unwrap_or(i64::MAX);
    Ok(Mail {
        to: addresses(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html: html(&message),
        at: message
            .date()
            .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok())
            .or_else(|| Timestamp::from_second(written).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

fn addresses(to: Option<&Address<'_>>) -> String {
    let all = to.into_iter().flat_map(Address::iter).filter_map(|address| address.address());
    all.collect::<Vec<_>>().join(", ")
}

/// The library would also make HTML out of a mail that has text only.
fn html(message: &Message<'_>) -> Option<String> {
    message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })
}
