//! What the fuzzers call for what a request's head says: each answer of a reader is held against a second opinion.
//!
//! Compiled for fuzzing and for tests alone. Paths are in `domain/fuzz.rs`, tokens in `identity/fuzz.rs`; the programs and
//! what they begin with are in `tests/fuzz`. What a fuzzer finds becomes a line of its seeds there, which every test run tries.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;

use http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request};
use ipnet::IpNet;
use jiff::Timestamp;

use crate::config;
use crate::config::profile::Profile;
use crate::config::settings::{Scheme, Settings};
use crate::domain::decision::Reason;
use crate::domain::fuzz::{decode, hosts as hold_host};
use crate::domain::host::Authority;
use crate::identity::SessionKey;
use crate::identity::fuzz::user_name;
use crate::telemetry::metrics::Metrics;

use super::client::client_address;
use super::cookies::{self, Cookies, OwnNames};
use super::headers::scrub_response;
use super::jar::Jar;
use super::plan::Plan;
use super::{lane, query, target, token};

/// The header that carries a session at the site of the fuzzers.
const SESSION_HEADER: HeaderName = HeaderName::from_static("x-session-token");

struct World {
    profile: Profile,
    plan: Plan,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let text = include_str!("../../config/examples/minimal.toml");
        let settings: Settings =
            config::parse("fuzz", text, std::path::Path::new(""), &|_| None).expect("a test reads this file");
        let metrics = Metrics::new(&[]).expect("the names of metrics are constants");
        let mut profile = settings.sites[0].profile.clone();
        profile.credential_headers = vec![SESSION_HEADER];
        profile.affinity_cookies = vec!["ROUTEID".into()];
        World { profile, plan: Plan::new(&settings, &metrics) }
    })
}

/// The `Cookie` lines of a request; a line after `@` is its session header, and one after `!` is a `Set-Cookie` of the answer.
pub fn cookies(bytes: &[u8]) {
    let profile = &world().profile;
    let (mut request, mut answer) = (HeaderMap::new(), HeaderMap::new());
    for line in bytes.split(|&byte| byte == b'\n').take(64) {
        let (headers, name, value) = match line {
            [b'@', value @ ..] => (&mut request, SESSION_HEADER, value),
            [b'!', value @ ..] => (&mut answer, SET_COOKIE, value),
            value => (&mut request, COOKIE, value),
        };
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        headers.append(name, value);
    }
    let read = Cookies::read(&request, "fuzz", profile, OwnNames::of(Scheme::Http));
    let lines = request.get_all(COOKIE).iter();
    let sent: Vec<&[u8]> = lines.flat_map(|line| pieces(line.as_bytes())).collect();
    let twice = |name: &String| sent.iter().filter(|cookie| name_of(cookie) == name.as_bytes()).count() > 1;
    let is_doubtful = profile.credential_cookies.iter().any(twice)
        || request.get_all(&SESSION_HEADER).iter().nth(1).is_some();
    assert_eq!(read.is_err(), is_doubtful, "a credential that is there twice is refused, and nothing else");
    let Ok(read) = read else { return };
    let theirs: Vec<&[u8]> = sent.into_iter().filter(|cookie| !is_ours(cookie)).collect();
    let line = (!theirs.is_empty()).then(|| theirs.join(&b"; "[..]));
    assert_eq!(read.forward.as_ref().map(|line| line.as_bytes().to_vec()), line, "all but ours goes on");
    let has_session = request.contains_key(SESSION_HEADER) || theirs.iter().any(|cookie| !harmless(cookie));
    assert_eq!(read.session.is_some(), has_session, "what is not known to be harmless is judged");
    hold_forwarded(&read, &request);
    hold_affinity(&read);
    hold_answer(&read, answer);
}

/// What goes on is judged as the same session when it is read again, and has nothing for us in it.
fn hold_forwarded(read: &Cookies, request: &HeaderMap) {
    let mut headers = request.clone();
    headers.remove(COOKIE);
    headers.extend(read.forward.iter().map(|line| (COOKIE, line.clone())));
    let again = Cookies::read(&headers, "fuzz", &world().profile, OwnNames::of(Scheme::Http));
    let again = again.expect("what goes on is read again");
    assert!(again.device.is_none() && again.proof.is_none(), "nothing of ours goes on");
    assert_eq!((again.session, &again.forward), (read.session, &read.forward), "a session has one reading");
}

/// Where no session goes on, nothing goes on that may be one.
fn hold_affinity(read: &Cookies) {
    let kept = read.forward.as_ref().and_then(|line| cookies::affinity(line, &world().profile));
    for cookie in kept.iter().flat_map(|line| pieces(line.as_bytes())) {
        assert!(harmless(cookie) && name_of(cookie) == b"ROUTEID");
    }
}

/// What a browser has after an answer: nothing of ours that an upstream set, and else what the answer says.
fn hold_answer(read: &Cookies, mut answer: HeaderMap) {
    let profile = &world().profile;
    scrub_response(&mut answer);
    let mut jar = Jar::of(read.forward.as_ref(), profile, Timestamp::UNIX_EPOCH);
    let key = |jar: &Jar<'_>| {
        let some = jar.credentials().next().is_some();
        some.then(|| SessionKey::of("fuzz", jar.credentials()))
    };
    if read.headers.is_empty() {
        assert_eq!(key(&jar), read.session, "the cookies of a request are one session in both readings");
    }
    for line in answer.get_all(SET_COOKIE) {
        assert!(!is_ours(sent_back(line.as_bytes())), "no upstream sets a cookie of ours: {line:?}");
        let before = key(&jar);
        jar.hear(line);
        if !line.as_bytes().contains(&b'=') {
            assert_eq!(key(&jar), before, "a line without a value changes nothing");
        }
    }
    let line = jar.line_of_new().expect("cookies of header lines make one");
    assert!(!pieces(line.as_bytes()).any(is_ours));
    let new: Vec<&[u8]> = pieces(line.as_bytes()).filter(|cookie| !harmless(cookie)).collect();
    assert_eq!(!new.is_empty(), jar.has_new_credentials(), "only what an answer set stays");
    assert!(new.iter().all(|cookie| jar.credentials().any(|known| known == *cookie)));
    assert!(jar.lasting_credentials().all(|cookie| new.contains(&cookie)));
}

/// The text of a `Host`, and on a second line the authority of the target, as in HTTP/2 and in absolute targets.
pub fn hosts(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let (host, authority) = (lines.next().unwrap_or_default(), lines.next());
    hold_host(host.as_bytes());
    let uri = authority.map_or_else(|| "/x".to_owned(), |authority| format!("http://{authority}/x"));
    let Ok(request) = Request::builder().uri(uri).header(HOST, host).body(()) else { return };
    let (mut parts, ()) = request.into_parts();
    let Ok(named) = target::host(&parts) else { return };
    assert_eq!(named, host, "what the client wrote is what is routed");
    if let Some(authority) = parts.uri.authority() {
        let both = [authority.as_str(), host].map(Authority::parse);
        assert!(both[0].is_ok() && both[0] == both[1], "both name one host: {text:?}");
    }
    if let Ok(served) = world().plan.routes.find(named, "/x") {
        let read = Authority::parse(named).map(|read| read.host);
        assert_eq!(read.as_ref(), Ok(&served.site.host), "a site is found by its own name alone: {named:?}");
    }
    target::name_host(&mut parts);
    assert_eq!(parts.headers.get_all(HOST).iter().count(), 1);
}

/// A letter for whom we trust and who connects, then lines of `X-Forwarded-For`.
pub fn forwarded(bytes: &[u8]) {
    const TRUSTED: [&str; 4] = ["127.0.0.0/8", "10.0.0.0/8", "::1/128", "2001:db8::/32"];
    const PEERS: [&str; 5] = ["127.0.0.1", "192.0.2.7", "::ffff:10.0.0.1", "2001:db8::7", "fe80::1"];
    let Some((choice, rest)) = bytes.split_first() else { return };
    let choice = usize::from(*choice);
    let trusted: Vec<IpNet> =
        TRUSTED[..choice / PEERS.len() % 5].iter().filter_map(|network| network.parse().ok()).collect();
    let Ok(peer) = PEERS[choice % PEERS.len()].parse::<IpAddr>() else { return };
    let mut headers = HeaderMap::new();
    let mut chain = Vec::new();
    for line in rest.split(|&byte| byte == b'\n').take(64) {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append("x-forwarded-for", value);
        if line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
            chain.extend(line.split(|&byte| byte == b',').map(address));
        } else {
            chain.push(None);
        }
    }
    chain.push(Some(peer.to_canonical()));
    let is_trusted =
        |hop: &Option<IpAddr>| hop.is_some_and(|hop| trusted.iter().any(|network| network.contains(&hop)));
    // Everybody to the right is trusted and can be read, or there is no reason to believe what stands here.
    let vouched = |at: &usize| chain[*at].is_some() && chain[at + 1..].iter().all(is_trusted);
    let expected = (0..chain.len()).find(vouched).and_then(|at| chain[at]);
    let client = client_address(SocketAddr::new(peer, 1), &headers, &trusted);
    assert_eq!(Some(client), expected, "no address counts left of one that nobody vouches for: {chain:?}");
}

fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    text.parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// A query, then lines of `Authorization`.
pub fn authorization(bytes: &[u8]) {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    hold_query(lines.next().unwrap_or_default());
    let mut request = Request::new(());
    for line in lines.take(64) {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        request.headers_mut().append(AUTHORIZATION, value);
    }
    let (parts, ()) = request.into_parts();
    let lines: Vec<&[u8]> = parts.headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes).collect();
    let expected = match lines.as_slice() {
        [] => Ok(false),
        [line] => Ok(is_credentials(line)),
        _ => Err(Reason::DuplicateAuthorization),
    };
    assert_eq!(lane::authorization(&parts.headers), expected, "only the strict grammar is an API call");
    let [line] = lines.as_slice() else { return };
    let text = std::str::from_utf8(line).unwrap_or_default();
    if let Some(token) = text.strip_prefix("Bearer ") {
        assert!(token::client(token).is_none() || token.matches('.').count() == 2);
    }
    if let Some(credentials) = text.strip_prefix("Basic ") {
        assert_eq!(user_name(credentials), plain_user_name(credentials), "a name ends at the first colon");
    }
}

/// The grammar of case T048, byte by byte: a known scheme, one space, and then what a token or OAuth's list is made of.
fn is_credentials(line: &[u8]) -> bool {
    if line.len() > 4096 || !line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return false;
    }
    let token = ["Bearer ", "Basic ", "JWT "].iter().find_map(|scheme| line.strip_prefix(scheme.as_bytes()));
    if let Some(token) = token {
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte);
        let body = token.iter().take_while(|byte| letters(byte)).count();
        return body > 0 && token[body..].iter().all(|&byte| byte == b'=');
    }
    let list = line.strip_prefix(b"OAuth ");
    list.is_some_and(|list| list.first().is_some_and(u8::is_ascii_alphabetic) && list.contains(&b'='))
}

/// RFC 4648 section 4 bit by bit, where padding may be missing and bits that say nothing are zero.
fn plain_user_name(credentials: &str) -> Option<String> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0_u32);
    for letter in credentials.trim_end_matches('=').bytes() {
        let value = LETTERS.iter().position(|&known| known == letter)?;
        (bits, count) = ((bits << 6) | u32::try_from(value).ok()?, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    let is_whole = bits == 0 && count < 6;
    let colon = bytes.iter().position(|&byte| byte == b':').filter(|_| is_whole)?;
    bytes.truncate(colon);
    String::from_utf8(bytes).ok()
}

/// A sign-in in the query is seen in any spelling, and `os_authType` is taken out of it alone.
fn hold_query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let name = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default();
        decode(name.replace('+', " ").as_bytes())
    };
    let has = |name_sought: &[u8]| text.split('&').any(|parameter| name(parameter) == name_sought);
    let signs_in = [&b"os_username"[..], b"os_password", b"os_cookie"].into_iter().any(has);
    assert_eq!(target::has_query_credentials(Some(text)), signs_in, "{text:?}");
    let kept: Vec<&str> = text.split('&').filter(|parameter| name(parameter) != b"os_authType").collect();
    let expected = has(b"os_authType").then(|| kept.join("&"));
    assert_eq!(query::strip(text), expected, "{text:?}");
}

/// The cookies of a line, as any server finds them.
fn pieces(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b';').map(<[u8]>::trim_ascii).filter(|cookie| !cookie.is_empty())
}

fn pieces_of_answer(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii()
}

fn name_of(cookie: &[u8]) -> &[u8] {
    cookie.split(|&byte| byte == b'=').next().unwrap_or_default().trim_ascii()
}

/// What a browser sends once it has a cookie from an answer: one without a name comes back as its value alone (RFC 6265bis
/// section 5.8.3), which is another cookie to whoever reads it.
fn sent_back(line: &[u8]) -> Vec<u8> {
    let pair = pieces_of_answer(line);
    let Some(equals) = pair.iter().position(|&byte| byte == b'=') else { return pair.to_vec() };
    let (name, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
    if name.is_empty() { value.to_vec() } else { [name, value].join(&b'=') }
}

fn is_ours(cookie: impl AsRef<[u8]>) -> bool {
    let name = name_of(cookie.as_ref()).to_ascii_lowercase();
    name.strip_prefix(b"__host-").unwrap_or(&name).starts_with(b"postern-")
}

/// A known name, and no byte by which another server may find something else in it.
fn harmless(cookie: &[u8]) -> bool {
    let name = name_of(cookie);
    let known = ["atlassian.xsrf.token", "_ga", "_gat", "_gid", "ROUTEID"]
        .iter()
        .any(|known| name == known.as_bytes());
    let family = ["AJS.", "_ga_", "_gat_"].iter().any(|family| name.starts_with(family.as_bytes()));
    (known || family) && cookie.iter().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::prop;
    use proptest::test_runner::TestRunner;

    macro_rules! target {
        ($name:ident, $call:expr) => {
            mod $name {
                const SEEDS: &str = include_str!(concat!("../../tests/fuzz/", stringify!($name), ".seeds"));
                const WORDS: &str = include_str!(concat!("../../tests/fuzz/", stringify!($name), ".dict"));

                #[test]
                fn what_the_fuzzer_begins_with_and_what_it_found_is_read_well() {
                    assert!(SEEDS.lines().count() > 5);
                    SEEDS.lines().for_each(|seed| $call(&super::bytes(seed)));
                }

                #[test]
                fn its_words_are_read_well_in_any_order() {
                    super::try_in_any_order($call, SEEDS, WORDS);
                }
            }
        };
    }

    target!(cookies, crate::proxy::fuzz::cookies);
    target!(paths, crate::domain::fuzz::paths);
    target!(hosts, crate::proxy::fuzz::hosts);
    target!(forwarded, crate::proxy::fuzz::forwarded);
    target!(authorization, crate::proxy::fuzz::authorization);
    target!(tokens, crate::identity::fuzz::tokens);

    fn try_in_any_order(call: fn(&[u8]), seeds: &str, dictionary: &str) {
        let words = dictionary.lines().filter(|line| line.starts_with('"'));
        let mut words: Vec<Vec<u8>> = words.map(|line| bytes(line.trim_matches('"'))).collect();
        words.extend(seeds.lines().map(bytes));
        words.extend((0..8).map(|letter| vec![letter]));
        let lines = prop::collection::vec(prop::sample::select(words), 0..12);
        let mut runner = TestRunner::deterministic();
        let outcome = runner.run(&lines, |line| {
            call(&line.concat());
            Ok(())
        });
        outcome.unwrap();
    }

    /// Text with `\n`, `\t`, `\\` and `\xFF`, as the shell's `printf %b` and libFuzzer's dictionaries write bytes.
    fn bytes(text: &str) -> Vec<u8> {
        let mut text = text.bytes();
        let mut bytes = Vec::new();
        while let Some(byte) = text.next() {
            if byte != b'\\' {
                bytes.push(byte);
                continue;
            }
            bytes.push(match text.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'\\') => b'\\',
                Some(b'x') => {
                    let mut digit = || char::from(text.next().unwrap()).to_digit(16).unwrap();
                    u8::try_from(digit() * 16 + digit()).unwrap()
                }
                other => panic!("no escape: {other:?}"),
            });
        }
        bytes
    }
}
