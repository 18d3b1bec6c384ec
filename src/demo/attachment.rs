//! Attachments: uploads that stream, downloads with ranges, and one bundled style sheet.
//!
//! An upload of any size is counted and hashed while it arrives; only small ones are kept, and never on disk.

use std::{collections::VecDeque, sync::LazyLock};

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Multipart, Path, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    lock, page,
    product::{Product, ProductKind},
    range,
    seraph::Visit,
};

/// The largest upload whose bytes are kept.
const KEPT_BYTES: usize = 1024 * 1024;
/// How many uploads are remembered; the oldest is forgotten first.
const KEPT_UPLOADS: usize = 64;
/// The id of the first upload; 10000 is the sample.
const FIRST_UPLOAD: u32 = 10_001;
const SAMPLE_BYTES: usize = 1024 * 1024;

pub fn routes(kind: ProductKind) -> Router<Product> {
    let upload = match kind {
        ProductKind::Jira => "/rest/api/2/issue/{id}/attachments",
        ProductKind::Wiki => "/rest/api/content/{id}/child/attachment",
    };
    let (sample, download) = match kind {
        ProductKind::Jira => ("/secure/attachment/10000/sample.bin", "/secure/attachment/{id}/{name}"),
        ProductKind::Wiki => ("/download/attachments/1/sample.bin", "/download/attachments/{id}/{name}"),
    };
    Router::new()
        .route(upload, post(receive).get(list).layer(DefaultBodyLimit::disable()))
        .route(sample, get(send_sample))
        .route(download, get(send_upload))
        .route("/s/{hash}/_/download/batch/{file}", get(style_sheet))
}

/// One part of an upload with its file.
#[derive(Clone, Debug)]
struct Attachment {
    id: u32,
    /// The issue or the page that it was sent to, as the upload named it.
    owner: String,
    name: String,
    media_type: String,
    size_bytes: u64,
    sha256: String,
    /// The whole file, or `None` when it was too large to keep.
    content: Option<Bytes>,
}

/// The newest uploads.
#[derive(Debug, Default)]
pub struct Attachments {
    list: VecDeque<Attachment>,
    /// How many there have been, for the next id.
    received: u32,
}

impl Attachments {
    fn add(&mut self, mut attachment: Attachment) -> Attachment {
        attachment.id = FIRST_UPLOAD.saturating_add(self.received);
        self.received = self.received.saturating_add(1);
        if self.list.len() == KEPT_UPLOADS {
            self.list.pop_front();
        }
        self.list.push_back(attachment.clone());
        attachment
    }

    fn of(&self, owner: &str) -> Vec<Attachment> {
        self.list.iter().filter(|attachment| attachment.owner == owner).cloned().collect()
    }

    fn find(&self, id: u32, name: &str) -> Option<Attachment> {
        self.list.iter().find(|attachment| attachment.id == id && attachment.name == name).cloned()
    }
}

async fn receive(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Path(owner): Path<String>,
    headers: HeaderMap,
    mut multipart: Multipart,
) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    // The products' protection of forms against other sites: a page there cannot set this header.
    let no_check =
        headers.get("x-atlassian-token").is_some_and(|value| value == "no-check" || value == "nocheck");
    if !no_check {
        return (StatusCode::FORBIDDEN, "XSRF check failed").into_response();
    }
    let mut stored = Vec::new();
    loop {
        match multipart.next_field().await {
            Ok(Some(field)) if field.file_name().is_some() => match read(&owner, field).await {
                Ok(attachment) => stored.push(lock(&product.inner.attachments).add(attachment)),
                Err(error) => return error.into_response(),
            },
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => return error.into_response(),
        }
    }
    Json(all_as_json(&stored, product.kind(), &page::base_url(&headers))).into_response()
}

/// What was sent to one issue or page; client libraries of the wiki look here before they send more.
async fn list(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Path(owner): Path<String>,
    headers: HeaderMap,
) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    let found = lock(&product.inner.attachments).of(&owner);
    Json(all_as_json(&found, product.kind(), &page::base_url(&headers))).into_response()
}

/// Reads one file to its end without holding more than [`KEPT_BYTES`].
async fn read(owner: &str, mut field: Field<'_>) -> Result<Attachment, MultipartError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let mut hash = Sha256::new();
    let mut size_bytes: u64 = 0;
    let mut kept = Some(Vec::new());
    while let Some(chunk) = field.chunk().await? {
        hash.update(&chunk);
        size_bytes += chunk.len() as u64;
        kept = kept.filter(|content| content.len() + chunk.len() <= KEPT_BYTES);
        if let Some(content) = &mut kept {
            content.extend_from_slice(&chunk);
        }
    }
    let sha256 = HEXLOWER.encode(&hash.finalize());
    let (owner, content) = (owner.to_owned(), kept.map(Bytes::from));
    Ok(Attachment { id: 0, owner, name, media_type, size_bytes, sha256, content })
}

fn all_as_json(list: &[Attachment], kind: ProductKind, base: &str) -> Value {
    let all: Vec<Value> = list.iter().map(|attachment| as_json(attachment, kind, base)).collect();
    match kind {
        ProductKind::Jira => json!(all),
        ProductKind::Wiki => json!({ "results": all, "size": all.len() }),
    }
}

fn as_json(attachment: &Attachment, kind: ProductKind, base: &str) -> Value {
    let name = percent_encoding::utf8_percent_encode(&attachment.name, percent_encoding::NON_ALPHANUMERIC);
    let folder = match kind {
        ProductKind::Jira => "/secure/attachment",
        ProductKind::Wiki => "/download/attachments",
    };
    json!({
        "id": attachment.id.to_string(),
        "filename": attachment.name,
        "title": attachment.name,
        "size": attachment.size_bytes,
        "mimeType": attachment.media_type,
        "sha256": attachment.sha256,
        "content": format!("{base}{folder}/{}/{name}", attachment.id),
    })
}

/// The sample: 1 MiB that is the same in every process, with its entity tag.
static SAMPLE: LazyLock<(Bytes, String)> = LazyLock::new(|| {
    // The high byte of a linear congruential generator: cheap, the same everywhere, and without a short period.
    let mut state: u32 = 1;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let bytes: Vec<u8> = std::iter::repeat_with(next).take(SAMPLE_BYTES).collect();
    let etag = entity_tag(&HEXLOWER.encode(&Sha256::digest(&bytes)));
    (Bytes::from(bytes), etag)
});

fn entity_tag(sha256: &str) -> String {
    format!("\"{}\"", sha256.get(..32).unwrap_or(sha256))
}

async fn send_sample(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if visit.person().is_none() {
        return page::sign_in_first(&product, &visit, &uri);
    }
    as_download(range::answer(&headers, SAMPLE.0.clone(), &SAMPLE.1))
}

async fn send_upload(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
    Path((id, name)): Path<(u32, String)>,
    headers: HeaderMap,
) -> Response {
    if visit.person().is_none() {
        return page::sign_in_first(&product, &visit, &uri);
    }
    let found = lock(&product.inner.attachments).find(id, &name);
    match found.and_then(|attachment| Some((attachment.content?, attachment.sha256))) {
        Some((content, sha256)) => as_download(range::answer(&headers, content, &entity_tag(&sha256))),
        None => page::missing(&product, &visit, &uri),
    }
}

/// Uploads come from strangers: they are saved, never shown.
fn as_download(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0, must-revalidate"));
    response
}

async fn style_sheet(Path((_, file)): Path<(String, String)>) -> Response {
    if !file.ends_with(".css") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "public, max-age=31536000")];
    (headers, "body{color:#172b4d}\n").into_response()
}
