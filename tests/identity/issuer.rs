//! An issuer of tokens: it signs with keys of its own, and publishes them as a test tells it to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use crate::support::world::behind;

/// What every token of these tests says of its issuer.
pub const ISSUER: &str = "https://id.test";

/// A key that tokens are signed with.
pub struct Signer {
    pub id: String,
    pub algorithm: Algorithm,
    key: EncodingKey,
    /// The private key, for tests that misuse it.
    pub pem: String,
}

/// RSA keys take long to make, so all tests share a few.
pub static RSA: LazyLock<[Signer; 2]> = LazyLock::new(|| [Signer::rsa("rsa-1"), Signer::rsa("rsa-2")]);

impl Signer {
    fn rsa(id: &str) -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        let pem = pair.serialize_pem();
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key");
        Self { id: id.to_owned(), algorithm: Algorithm::RS256, key, pem }
    }

    /// A key on the curve P-256.
    pub fn ec(id: &str) -> Self {
        let pem = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key").serialize_pem();
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).expect("a key");
        Self { id: id.to_owned(), algorithm: Algorithm::ES256, key, pem }
    }

    /// The public key as it is published.
    pub fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a public key");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = self.id.clone().into();
        jwk
    }

    pub fn header(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "kid": self.id, "typ": "JWT"})
    }

    /// A token as it should be.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_texts(&self.header().to_string(), &claims.to_string())
    }

    /// Signs whatever stands in header and claims.
    pub fn sign_texts(&self, header: &str, claims: &str) -> String {
        let message = message(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signature.expect("a signature"))
    }
}

/// Header and claims as they are signed.
pub fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()))
}

/// Where keys are published.
pub struct Issuer {
    pub address: SocketAddr,
    published: Arc<Published>,
}

struct Published {
    answer: Mutex<Answer>,
    fetches: AtomicUsize,
}

/// What is answered instead of the keys, or the keys.
#[derive(Clone)]
pub enum Answer {
    Keys(Vec<Value>),
    Text(&'static str, String),
    Redirect(String),
    Error,
}

impl Issuer {
    pub async fn start(signers: &[&Signer]) -> Self {
        let keys = Answer::Keys(signers.iter().map(|signer| signer.jwk()).collect());
        let published = Arc::new(Published { answer: Mutex::new(keys), fetches: AtomicUsize::new(0) });
        let router = Router::new().route("/jwks", get(answer)).with_state(Arc::clone(&published));
        Self { address: behind(router).await, published }
    }

    pub fn url(&self) -> String {
        format!("http://{}/jwks", self.address)
    }

    pub fn publish(&self, answer: Answer) {
        *self.published.answer.lock().unwrap() = answer;
    }

    pub fn publish_keys(&self, signers: &[&Signer]) {
        self.publish(Answer::Keys(signers.iter().map(|signer| signer.jwk()).collect()));
    }

    /// How often anybody asked for the keys.
    pub fn fetches(&self) -> usize {
        self.published.fetches.load(Ordering::SeqCst)
    }
}

async fn answer(State(published): State<Arc<Published>>, headers: HeaderMap) -> Response {
    published.fetches.fetch_add(1, Ordering::SeqCst);
    assert!(!headers.contains_key("cookie") && !headers.contains_key("authorization"), "{headers:?}");
    let answer = published.answer.lock().unwrap().clone();
    match answer {
        Answer::Keys(keys) => {
            ([(header::CONTENT_TYPE, "application/json")], json!({ "keys": keys }).to_string())
                .into_response()
        }
        Answer::Text(kind, text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Answer::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Answer::Error => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
