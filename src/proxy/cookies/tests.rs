//! What cookies are read as, and what goes on.

use super::*;
use crate::config::profile::Profile;
use proptest::prelude::*;

fn profile() -> Profile {
    Profile {
        login: Vec::new(),
        logout: Vec::new(),
        public: Vec::new(),
        hooks: Vec::new(),
        feeds: Vec::new(),
        polling: Vec::new(),
        credential_cookies: vec!["JSESSIONID".into(), "seraph.rememberme.cookie".into()],
        harmless_cookies: vec!["atlassian.xsrf.token".into(), "_ga*".into()],
        affinity_cookies: vec!["ROUTEID".into(), "AWSALB*".into()],
        credential_headers: vec![HeaderName::from_static("x-session-token")],
    }
}

fn read(lines: &[&str]) -> Result<Cookies, Reason> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    Cookies::read(&headers, "jira.test", &profile(), OwnNames::of(Scheme::Https))
}

fn forwarded(lines: &[&str]) -> Option<String> {
    read(lines).unwrap().forward.map(|value| String::from_utf8(value.as_bytes().to_vec()).unwrap())
}

#[test]
fn t040_our_cookies_never_go_upstream() {
    let line = "a=1; __Host-postern-proof=x; JSESSIONID=2; postern-device=y; __HOST-Postern-other=z";
    assert_eq!(forwarded(&[line]).as_deref(), Some("a=1; JSESSIONID=2"));
    assert_eq!(forwarded(&["__Host-postern-proof=x"]), None);
    assert_eq!(forwarded(&["a=1; b=\"2\"; c"]).as_deref(), Some("a=1; b=\"2\"; c"));
    assert_eq!(forwarded(&["a=1", "b=2"]).as_deref(), Some("a=1; b=2"));
}

#[test]
fn only_the_name_of_the_scheme_is_believed() {
    let device = device_text(DeviceId([5; 16]));
    let read = read(&[&format!("postern-device={device}; __Host-postern-device={device}")]).unwrap();
    assert_eq!(read.device, Some(DeviceId([5; 16])));
    assert_eq!(self::read(&[&format!("postern-device={device}")]).unwrap().device, None);
}

#[test]
fn any_cookie_not_known_to_be_harmless_is_a_credential() {
    let session = |line: &str| read(&[line]).unwrap().session;
    assert_eq!(session("atlassian.xsrf.token=x; _ga_1=2"), None);
    assert_eq!(session("__Host-postern-proof=x"), None);
    assert!(session("unknown=1").is_some());
    assert!(session("jsessionid=1").is_some());
    assert_eq!(session("JSESSIONID=1; _ga=2"), session("_ga=3; JSESSIONID=1"));
    assert_ne!(session("JSESSIONID=1"), session("JSESSIONID=2"));
    assert_ne!(session("a=b; c=d"), session("a=b=c; d="));
}

#[test]
fn what_servers_read_differently_is_another_session() {
    let session = |line: &str| read(&[line]).unwrap().session;
    for odd in [
        "JSESSIONID =1",
        "JSESSIONID= 1",
        "JSESSIONID=\"1\"",
        "_ga=\"; JSESSIONID=1",
        "_ga=1,2; JSESSIONID=1",
    ] {
        assert_ne!(session(odd), session("JSESSIONID=1"), "{odd}");
    }
    assert!(session("_ga=1,JSESSIONID=1").is_some());
    assert_eq!(session("_ga=GS1.1.17$o1-2|3; JSESSIONID=1"), session("JSESSIONID=1"));
    for spaced in ["a=1;\tJSESSIONID=1", "a=1 ;JSESSIONID=1", " a=1;; JSESSIONID=1;", "a=1;JSESSIONID=1"] {
        assert_eq!(forwarded(&[spaced]).as_deref(), Some("a=1; JSESSIONID=1"), "{spaced:?}");
    }
}

#[test]
fn t067_a_credential_cookie_twice_is_refused() {
    assert_eq!(read(&["JSESSIONID=1; JSESSIONID=2"]).err(), Some(Reason::DuplicateCookie));
    assert_eq!(read(&["JSESSIONID=1", "x=1;JSESSIONID=1"]).err(), Some(Reason::DuplicateCookie));
    assert!(read(&["JSESSIONID=1; x=1; x=2"]).is_ok());
}

fn with_headers(lines: &[(&'static str, &'static str)]) -> Result<Cookies, Reason> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_static(value));
    }
    Cookies::read(&headers, "jira.test", &profile(), OwnNames::of(Scheme::Https))
}

#[test]
fn a_session_header_is_part_of_what_is_judged() {
    let session = |lines: &[(&'static str, &'static str)]| with_headers(lines).unwrap().session;
    let (token, cookie) = (("x-session-token", "a.b.c"), ("cookie", "JSESSIONID=1"));
    assert!(session(&[token]).is_some());
    assert_ne!(session(&[token]), session(&[("x-session-token", "a.b.d")]));
    assert_ne!(session(&[token, cookie]), session(&[cookie]));
    assert_ne!(
        session(&[token]),
        session(&[("cookie", "x-session-token; a.b.c")]),
        "nor does a cookie pass for it"
    );
    assert_eq!(session(&[("x-other-token", "a.b.c")]), None);
    assert_eq!(session(&[("x_session_token", "a.b.c")]), None, "this spelling never goes on");
}

#[test]
fn t067_a_session_header_twice_is_refused() {
    for other in ["x-session-token", "x_session-token", "x_session_token"] {
        let read = with_headers(&[("x-session-token", "a"), (other, "b")]);
        assert_eq!(read.err(), Some(Reason::DuplicateCookie), "{other}");
    }
}

#[test]
fn session_headers_go_on_as_they_were_read_or_not_at_all() {
    for (keep_read, left) in [(true, 2), (false, 1)] {
        let mut headers = HeaderMap::new();
        for name in ["x-session-token", "x_session_token", "x-other"] {
            headers.insert(name, HeaderValue::from_static("a"));
        }
        remove_session_headers(&mut headers, &profile(), keep_read);
        assert_eq!((headers.len(), headers.contains_key("x-session-token")), (left, keep_read));
    }
}

proptest! {
    #[test]
    fn reading_never_panics_and_never_leaks_ours(line in "[a-zA-Z_;=\\- \"]{0,60}(postern-proof=x)?[;= ]{0,3}") {
        if let Ok(cookies) = read(&[&line]) {
            let text = cookies.forward.map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
            prop_assert!(!text.unwrap_or_default().split(';').any(|part| is_own(part.trim().as_bytes())));
        }
    }
}
