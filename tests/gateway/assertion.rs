//! What the upstream is told of who asks: in headers that nobody else can speak, and in a statement that can be checked.

use std::time::Duration;

use data_encoding::BASE64;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use postern::actions::import_directory::import_directory;
use postern::demo::Received;
use serde::Deserialize;
use serde_json::Value;

use super::{forwarded, fresh_jane, head, liam, load};
use crate::support::raw::ask;
use crate::support::world::{JIRA, World};

const ACCOUNT: &str = "x-postern-account";
const EMAIL: &str = "x-postern-email";
const CLASS: &str = "x-postern-class";
const RECEIPT: &str = "x-postern-receipt";
const ASSERTION: &str = "x-postern-assertion";

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    email: String,
    class: String,
    verified_at: Option<i64>,
    iat: i64,
    exp: i64,
    jti: String,
}

/// The Jira of the world with more keys, in its place behind another host.
fn site(world: &World, keys: &str) -> String {
    let upstream = &world.app.settings.sites[0].upstream;
    format!("[[site]]\nhost = \"{JIRA}\"\nproduct = \"jira-software\"\nupstream = \"{upstream}\"\n{keys}\n")
}

/// A world whose Jira has these keys besides, and this much more configuration.
async fn world(keys: &str, more: &str) -> World {
    let world = World::start().await;
    let path = world.folder.path().join("postern.toml");
    let text = std::fs::read_to_string(&path).expect("the configuration");
    let plain = site(&world, "");
    assert!(text.contains(plain.trim_end()), "{text}");
    let changed = text.replacen(plain.trim_end(), site(&world, keys).trim_end(), 1);
    std::fs::write(&path, format!("{changed}\n{more}\n")).expect("the configuration");
    world.restart().await
}

/// The one request that was forwarded.
fn only(world: &World) -> Received {
    let mut reached = forwarded(&world.jira);
    assert_eq!(reached.len(), 1, "{reached:?}");
    reached.remove(0)
}

async fn keys(world: &World) -> JwkSet {
    let answer = world.browser().fetch("/.postern/jwks.json").await;
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    serde_json::from_value(answer.json()).expect("a key set")
}

/// What an upstream does that checks: with the published keys, for one name, from one issuer.
fn read(token: &str, keys: &JwkSet, audience: &str, issuer: &str) -> Result<Claims, ErrorKind> {
    let header = decode_header(token).map_err(|error| error.kind().clone())?;
    let key = keys.find(&header.kid.expect("a key id")).expect("a published key");
    let algorithm =
        Algorithm::try_from(key.common.key_algorithm.expect("an algorithm")).expect("one for signing");
    let mut validation = Validation::new(algorithm);
    // The clock of the world stands still.
    validation.validate_exp = false;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let key = DecodingKey::from_jwk(key).expect("a key");
    decode(token, &key, &validation).map(|token| token.claims).map_err(|error| error.kind().clone())
}

fn check(token: &str, keys: &JwkSet) -> Claims {
    read(token, keys, JIRA, "Acme").expect("a genuine assertion")
}

#[tokio::test]
async fn t027_t028_t029_the_upstream_sees_our_word_once_whatever_a_client_says() {
    let world = world("assertion = true", "").await;
    let jane = fresh_jane(&world).await;
    let names = [
        "X-Postern-Account",
        "x_postern_account",
        "X-Postern-Email",
        "X-Postern_Email",
        "X-Postern-Class",
        "X_POSTERN_CLASS",
        "X-Postern-Receipt",
        "X-Postern-Assertion",
        "X_Postern_Assertion",
        "X-Postern-User",
    ];
    let lines: String = names.iter().map(|name| format!("{name}: managed\r\n{name}: admin\r\n")).collect();
    assert_eq!(load(&world, &jane, "/browse/DEMO-1", &lines).await.status, 200);
    let reached = only(&world);
    for (name, value) in [(ACCOUNT, "JIRAUSER10101"), (EMAIL, "jane@acme.com"), (CLASS, "external")] {
        assert_eq!(reached.header(name), [value], "{name}");
    }
    assert_eq!((reached.header(RECEIPT).len(), reached.header(ASSERTION).len()), (1, 1));
    let ours: Vec<_> =
        reached.headers.iter().filter(|(name, _)| name.replace('_', "-").contains("postern")).collect();
    assert_eq!(ours.len(), 5, "{ours:?}");
    assert!(!ours.iter().any(|(_, value)| value == "admin"), "{ours:?}");
}

#[tokio::test]
async fn who_is_told_of_is_who_was_judged_and_nobody_else() {
    let world = world("assertion = true", "").await;
    let mut liam = liam(&world).await;
    liam.open("/browse/DEMO-1").await;
    let reached = only(&world);
    assert_eq!((reached.header(CLASS), reached.header(EMAIL)), (vec!["managed"], vec!["liam@acme.com"]));
    assert_eq!(reached.header(ASSERTION).len(), 1);
    world.jira.clear_received();
    world.browser().open("/browse/DEMO-1").await;
    let reached = only(&world);
    assert_eq!((reached.header(CLASS), reached.header(RECEIPT).len()), (vec!["anonymous"], 1));
    assert!(reached.header(ACCOUNT).is_empty() && reached.header(ASSERTION).is_empty(), "{reached:?}");
    world.jira.clear_received();
    // With a proof the session of a sign-in page is known too, for the case that it is a sign-out.
    let jane = fresh_jane(&world).await;
    load(&world, &jane, "/login.jsp", "").await;
    assert!(only(&world).header(ACCOUNT).is_empty(), "a sign-in page is for whoever asks");
}

#[tokio::test]
async fn t046_a_token_goes_on_without_an_identity() {
    let world = world("assertion = true", "").await;
    let token = "Authorization: Bearer demo-pat-omar\r\n";
    let visitor = world.browser();
    assert_eq!(ask(world.address, head("GET", &visitor, "/rest/api/2/myself", token)).await.status, 200);
    let reached = only(&world);
    assert_eq!(reached.header(CLASS), ["token"]);
    for name in [ACCOUNT, EMAIL, ASSERTION] {
        assert!(reached.header(name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_site_that_wants_to_know_nothing_gets_the_receipt_alone() {
    for (keys, more) in [("identity_headers = false", ""), ("assertion = true\nmode = \"off\"", "")] {
        let world = world(keys, more).await;
        let mut liam = liam(&world).await;
        liam.open("/browse/DEMO-1").await;
        let reached = only(&world);
        assert_eq!(reached.header(RECEIPT).len(), 1);
        for name in [ACCOUNT, EMAIL, CLASS, ASSERTION] {
            assert!(reached.header(name).is_empty(), "{keys}: {name}");
        }
    }
}

#[tokio::test]
async fn an_assertion_can_be_checked_with_the_published_keys_and_lives_for_a_minute() {
    let other = "[assertion]\nalgorithm = \"EdDSA\"\nissuer = \"https://access.acme.com\"";
    for (more, algorithm, issuer) in
        [("", Algorithm::ES256, "Acme"), (other, Algorithm::EdDSA, "https://access.acme.com")]
    {
        let world = world("assertion = true", more).await;
        let mut jane = fresh_jane(&world).await;
        let verified_at = world.clock.now().as_second();
        world.advance(Duration::from_secs(10));
        jane.open("/browse/DEMO-1").await;
        let reached = only(&world);
        let (token, keys) = (reached.header(ASSERTION)[0], keys(&world).await);
        assert_eq!(decode_header(token).expect("a header").alg, algorithm);
        let claims = read(token, &keys, JIRA, issuer).expect("a genuine assertion");
        assert_eq!(Some(claims.sub.as_str()), reached.header(ACCOUNT).first().copied());
        assert_eq!((claims.email.as_str(), claims.class.as_str()), ("jane@acme.com", "external"));
        assert_eq!(claims.verified_at, Some(verified_at));
        let now = world.clock.now().as_second();
        assert_eq!(
            (claims.iat, claims.exp, claims.jti.as_str()),
            (now, now + 60, reached.header(RECEIPT)[0])
        );
        assert!(token.len() < 700, "{}", token.len());
        assert_eq!(read(token, &keys, "wiki.test", issuer).unwrap_err(), ErrorKind::InvalidAudience);
        assert_eq!(read(token, &keys, JIRA, "Somebody").unwrap_err(), ErrorKind::InvalidIssuer);
        let (claims, signature) = token.rsplit_once('.').expect("a signature");
        let middle = signature.len() / 2;
        let other = if signature.as_bytes()[middle] == b'A' { "B" } else { "A" };
        let forged = format!("{claims}.{}{other}{}", &signature[..middle], &signature[middle + 1..]);
        assert_eq!(read(&forged, &keys, JIRA, issuer).unwrap_err(), ErrorKind::InvalidSignature);
    }
}

#[tokio::test]
async fn an_assertion_is_signed_anew_after_half_its_life_and_when_the_person_verifies_again() {
    let world = world("assertion = true", "").await;
    let mut jane = fresh_jane(&world).await;
    let mut told = Vec::new();
    for seconds in [0, 29, 1, 0] {
        world.advance(Duration::from_secs(seconds));
        world.jira.clear_received();
        jane.open("/browse/DEMO-1").await;
        told.push(only(&world).header(ASSERTION)[0].to_owned());
    }
    assert_eq!(told[0], told[1], "the same for 30 seconds");
    assert_ne!(told[1], told[2]);
    assert_eq!(told[2], told[3]);
    let mut again = world.browser();
    world.advance(Duration::from_secs(60));
    again.verify(&world, "jane", "jane@acme.com").await;
    world.jira.clear_received();
    again.open("/browse/DEMO-1").await;
    let claims = check(only(&world).header(ASSERTION)[0], &keys(&world).await);
    assert_eq!(
        claims.verified_at,
        Some(world.clock.now().as_second()),
        "the time of this browser's verification"
    );
}

#[tokio::test]
async fn a_verification_is_told_only_where_it_is_why_somebody_passes() {
    let world = world("assertion = true", "").await;
    let mut jane = fresh_jane(&world).await;
    let people = "type,domain,email,name,username,claimed\naccount,,jane@acme.com,Jane,jane,yes\n";
    import_directory(&world.app.store, &world.clock, &world.owner(), people.as_bytes(), "people.csv", |_| ())
        .await
        .expect("an import");
    world.app.directory.reload(&world.app.store).await.expect("the tables load");
    world.jira.clear_received();
    jane.open("/browse/DEMO-1").await;
    let claims = check(only(&world).header(ASSERTION)[0], &keys(&world).await);
    assert_eq!((claims.class.as_str(), claims.verified_at), ("managed", None));
}

#[tokio::test]
async fn t192_an_added_key_signs_and_the_old_one_stays_published() {
    let world = world("assertion = true", "").await;
    let mut liam = liam(&world).await;
    liam.open("/browse/DEMO-1").await;
    let before = only(&world).header(ASSERTION)[0].to_owned();
    let old = keys(&world).await;
    assert_eq!(old.keys.len(), 1);
    let path = world.app.settings.keys.clone();
    let text = std::fs::read_to_string(&path).expect("the key file");
    std::fs::write(&path, format!("{text}2 {}\n", BASE64.encode(&[9; 32]))).expect("the key file");
    let world = world.restart().await;
    liam.follow_to(&world);
    world.jira.clear_received();
    liam.open("/browse/DEMO-1").await;
    let after = only(&world).header(ASSERTION)[0].to_owned();
    let both = keys(&world).await;
    assert_eq!(both.keys.len(), 2);
    for token in [&before, &after] {
        check(token, &both);
    }
    let kid = |token: &str| decode_header(token).expect("a header").kid.expect("a key id");
    assert!(old.find(&kid(&before)).is_some() && old.find(&kid(&after)).is_none());
}

#[tokio::test]
async fn the_published_keys_hold_nothing_secret_and_anybody_may_read_them() {
    let world = World::start().await;
    let answer = world.browser().fetch("/.postern/jwks.json").await;
    let key = &answer.json()["keys"][0];
    let mut names: Vec<&str> = key.as_object().expect("a key").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!((&key["alg"], &key["use"]), (&Value::from("ES256"), &Value::from("sig")));
    let post = world.browser().send(http::Method::POST, "/.postern/jwks.json", &[], "").await;
    assert_eq!(post.status, http::StatusCode::METHOD_NOT_ALLOWED);
}
