//! Reading a product's answer: who the person is by its pointers, or by the patterns of a page.
//!
//! Whatever is not plainly a person, or plainly nobody, is a failure; a page above all, as its readers may have written it.

use serde_json::Value;

use crate::config::session::{Expected, Pattern, Patterns, Pointers};
use crate::domain::email::EmailAddress;

use super::answer::{Address, Answer, MAX_NAME_BYTES, Person, may_name};

/// An answer in JSON.
pub(super) fn json(pointers: &Pointers, body: &[u8]) -> Answer {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => person(pointers, &value),
        Err(_) => Answer::Failed("broken JSON"),
    }
}

/// A key and a login name are needed; an address that is no address is treated as a failure, not as none, because the
/// person would otherwise be judged by half an identity.
fn person(pointers: &Pointers, value: &Value) -> Answer {
    let is = |expected: &Option<Expected>| expected.as_ref().is_some_and(|expected| holds(value, expected));
    if is(&pointers.anonymous) {
        return Answer::Anonymous;
    }
    let (Some(key), Some(username)) = (text(value, &pointers.key), text(value, &pointers.username)) else {
        return Answer::Failed("no user key or name in the answer");
    };
    let address = match pointers.email.as_deref().map(|pointer| value.pointer(pointer)) {
        None => Address::Unreported,
        Some(None | Some(Value::Null)) => absent(pointers),
        Some(Some(Value::String(text))) if text.is_empty() => absent(pointers),
        Some(Some(Value::String(text))) => match EmailAddress::parse(text) {
            Ok(email) if is_verified(pointers, value) => Address::Reported(email),
            Ok(email) => Address::Unchecked(Some(email)),
            Err(_) => return Answer::Failed("an address that is none"),
        },
        Some(Some(_)) => return Answer::Failed("an address that is no text"),
    };
    // Where it does not say so, that it reveals an address is no word on whose it is.
    let is_vouched = pointers.email_verified.is_some() && matches!(address, Address::Reported(_));
    Answer::Person(Person {
        realm: None,
        key,
        username,
        address,
        is_vouched,
        is_customer: is(&pointers.customer),
        session: None,
        sign_in: None,
    })
}

/// Where a product checks addresses, one who has none is no better than one whose address was not checked.
fn absent(pointers: &Pointers) -> Address {
    if pointers.email_verified.is_some() { Address::Unchecked(None) } else { Address::Unreported }
}

/// A text that may name somebody, or a whole number as its text.
fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if may_name(text) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn holds(value: &Value, expected: &Expected) -> bool {
    match value.pointer(&expected.pointer) {
        Some(Value::String(text)) => *text == expected.value,
        Some(Value::Number(number)) => !number.is_f64() && number.to_string() == expected.value,
        Some(Value::Bool(switch)) => switch.to_string() == expected.value,
        _ => false,
    }
}

/// `true`, or the time at which the address was checked: a text that does not deny it, or a number above zero.
fn is_verified(pointers: &Pointers, value: &Value) -> bool {
    let Some(pointer) = &pointers.email_verified else { return true };
    match value.pointer(pointer) {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => {
            let denials = ["", "0", "false", "no", "none", "null", "never"];
            !denials.iter().any(|denial| text.trim().eq_ignore_ascii_case(denial))
        }
        Some(Value::Number(number)) => number.as_u64().is_some_and(|number| number > 0),
        _ => false,
    }
}

/// A page. Who reads as nobody and as somebody at once is neither: the text that says "nobody" may be a visitor's comment.
pub(super) fn page(patterns: &Patterns, body: &[u8]) -> Answer {
    let Ok(text) = std::str::from_utf8(body) else { return Answer::Failed("a page that is not UTF-8") };
    let optional = |pattern: &Option<Pattern>| match pattern {
        Some(pattern) => pattern.find(text),
        None => Ok(None),
    };
    let found = [
        patterns.key.find(text),
        patterns.username.find(text),
        optional(&patterns.email),
        optional(&patterns.anonymous),
    ];
    let (key, username, email) = match found {
        [Ok(None), Ok(None), Ok(None), Ok(Some(_))] => return Answer::Anonymous,
        [Ok(Some(key)), Ok(Some(username)), Ok(email), Ok(None)] => (key, username, email),
        _ if found.iter().any(Result::is_err) => return Answer::Failed("a page that matches twice"),
        _ => return Answer::Failed("a page that names neither a person nor nobody"),
    };
    let (Some(key), Some(username)) = (plain(key), plain(username)) else {
        return Answer::Failed("a page with a user key or name that cannot be read");
    };
    let address = match email.map(|email| plain(email).and_then(|email| EmailAddress::parse(&email).ok())) {
        None => Address::Unreported,
        Some(Some(email)) => Address::Reported(email),
        Some(None) => return Answer::Failed("an address that is none"),
    };
    Answer::Person(Person {
        realm: None,
        key,
        username,
        address,
        is_vouched: false,
        is_customer: false,
        session: None,
        sign_in: None,
    })
}

/// A value of a page as text: without markup, and with the five references that every template writes. Another one could
/// be a second spelling of the same name, so it is refused.
fn plain(value: &str) -> Option<String> {
    const REFERENCES: [(&str, char); 8] = [
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("#34;", '"'),
        ("#39;", '\''),
        ("#x27;", '\''),
        ("apos;", '\''),
    ];
    let value = value.trim();
    let unfit = |char: char| char.is_control() || matches!(char, '<' | '>');
    if value.is_empty() || value.len() > MAX_NAME_BYTES || value.contains(unfit) {
        return None;
    }
    let mut pieces = value.split('&');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (rest, char) =
            REFERENCES.iter().find_map(|(name, char)| Some((piece.strip_prefix(name)?, *char)))?;
        text.push(char);
        text.push_str(rest);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::{AnswerForm, SessionSource};

    /// As an operator writes it: the keys of `[site.introspect]`.
    fn form(keys: &str) -> AnswerForm {
        let minimal = include_str!("../../config/examples/minimal.toml");
        let site = format!(r#"product = "generic", introspect = {{ {keys} }}"#);
        let text = minimal.replace(r#"product = "jira-software""#, &site);
        let settings = crate::config::parse("test", &text, std::path::Path::new(""), &|_| None).unwrap();
        let [SessionSource::Introspect(introspect)] = settings.sites[0].sessions.as_slice() else { panic!() };
        introspect.form.clone()
    }

    fn read(keys: &str, body: &str) -> Answer {
        match form(keys) {
            AnswerForm::Json(pointers) => json(&pointers, body.as_bytes()),
            AnswerForm::Page(patterns) => page(&patterns, body.as_bytes()),
        }
    }

    #[track_caller]
    fn someone(answer: Answer) -> Person {
        match answer {
            Answer::Person(person) => person,
            Answer::Anonymous => panic!("nobody"),
            Answer::Unknown => panic!("unknown"),
            Answer::Failed(why) => panic!("{why}"),
        }
    }

    const JSON: &str = r#"path = "/me", key = "/key", username = "/name", email = "/emailAddress", anonymous_pointer = "/type", anonymous_value = "anonymous""#;

    #[test]
    fn a_person_has_a_key_a_name_and_perhaps_an_address() {
        let person = someone(read(JSON, r#"{"key":"K1","name":"jane","emailAddress":"Jane@Acme.com"}"#));
        assert_eq!((person.key.as_str(), person.username.as_str()), ("K1", "jane"));
        assert!(matches!(person.address, Address::Reported(email) if email.as_str() == "jane@acme.com"));
        let person = someone(read(JSON, r#"{"key":"K1","name":"jane"}"#));
        assert!(matches!(person.address, Address::Unreported));
        assert!(matches!(read(JSON, r#"{"type":"anonymous"}"#), Answer::Anonymous));
        assert_eq!(
            someone(read(JSON, r#"{"key":18446744073709551615,"name":7}"#)).key,
            "18446744073709551615"
        );
    }

    #[test]
    fn t080_what_is_not_plainly_a_person_is_a_failure() {
        for json in [
            r#"{}"#,
            r#"[]"#,
            r#"{"key":"K1"}"#,
            r#"{"key":1.0,"name":"jane"}"#,
            r#"{"key":1e3,"name":"jane"}"#,
            r#"{"key":99999999999999999999,"name":"jane"}"#,
            r#"{"key":true,"name":"jane"}"#,
            r#"{"key":{"id":1},"name":"jane"}"#,
            r#"{"key":"","name":"jane"}"#,
            r#"{"key":"K\u0000","name":"jane"}"#,
            r#"{"key":"K1","name":"ja\u0000ne"}"#,
            &format!(r#"{{"key":"K1","name":"{}"}}"#, "j".repeat(256)),
            r#"{"key":"K1","name":"jane","emailAddress":["a@acme.com"]}"#,
            r#"{"key":"K1","name":"jane","emailAddress":7}"#,
            r#"{"key":"K1","name":"jane","emailAddress":"a@managed.test@evil.test"}"#,
            "<html>",
        ] {
            assert!(matches!(read(JSON, json), Answer::Failed(_)), "{json}");
        }
    }

    #[test]
    fn nobody_may_be_a_number_and_a_customer_one_without_a_licence() {
        let keys = r#"path = "/api.php?action=query&meta=userinfo&format=json", key = "/user/id", username = "/user/name", anonymous_pointer = "/user/id", anonymous_value = 0, customer_pointer = "/roles/size", customer_value = 0"#;
        assert!(matches!(read(keys, r#"{"user":{"id":0,"name":"192.0.2.1"}}"#), Answer::Anonymous));
        for (roles, customer) in [
            (r#","roles":{"size":0}"#, true),
            (r#","roles":{"size":1}"#, false),
            (r#","roles":{"size":0.0}"#, false),
            (r#","roles":[]"#, false),
            ("", false),
        ] {
            let person = someone(read(keys, &format!(r#"{{"user":{{"id":7,"name":"jane"}}{roles}}}"#)));
            assert_eq!((person.key.as_str(), person.is_customer), ("7", customer), "{roles}");
        }
    }

    #[test]
    fn an_address_is_believed_only_where_the_product_says_that_it_checked_it() {
        let keys =
            r#"path = "/me", key = "/id", username = "/id", email = "/mail", email_verified = "/checked""#;
        let read = |checked: &str| {
            someone(read(keys, &format!(r#"{{"id":7,"mail":"jane@acme.com"{checked}}}"#))).address
        };
        for yes in ["true", "\"2026-01-02T03:04:05Z\"", "\"20260102030405\"", "1767323045"] {
            assert!(matches!(read(&format!(",\"checked\":{yes}")), Address::Reported(_)), "{yes}");
        }
        for no in
            ["false", "null", "\"\"", "\" \"", "\"False\"", "\"0\"", "0", "-1", "0.5", "[]", "{\"at\":1}"]
        {
            assert!(matches!(read(&format!(",\"checked\":{no}")), Address::Unchecked(Some(_))), "{no}");
        }
        assert!(matches!(read(""), Address::Unchecked(Some(_))));
        let without = someone(self::read(keys, r#"{"id":7,"checked":true}"#)).address;
        assert!(matches!(without, Address::Unchecked(None)));
    }

    const PAGE: &str = r#"path = "/about", key_pattern = 'logged in as ([^<]+)</li>', username_pattern = 'logged in as ([^<]+)</li>', email_pattern = 'mail="([^"]*)"', anonymous_pattern = '<a href="/(login)">'"#;

    #[test]
    fn a_page_names_a_person_or_nobody() {
        let person = someone(read(PAGE, "<ul><li>logged in as O&#39;Hara &amp; Co</li></ul>"));
        assert_eq!((person.key.as_str(), person.username.as_str()), ("O'Hara & Co", "O'Hara & Co"));
        assert!(matches!(person.address, Address::Unreported));
        let person = someone(read(PAGE, "<li>logged in as jane</li><input mail=\"Jane@acme.com\">"));
        assert!(matches!(person.address, Address::Reported(email) if email.as_str() == "jane@acme.com"));
        assert!(matches!(read(PAGE, "<a href=\"/login\">Login</a>"), Answer::Anonymous));
    }

    #[test]
    fn a_page_that_can_be_read_in_two_ways_is_a_failure() {
        let long = format!("logged in as {}</li>", "x".repeat(256));
        for page in [
            "",
            "<p>maintenance</p>",
            "logged in as jane</li> logged in as liam</li>",
            "logged in as jane</li> logged in as jane</li>",
            "logged in as logged in as liam</li>",
            "logged in as jane</li><a href=\"/login\">",
            "logged in as &eacute;</li>",
            "logged in as &#106;ane</li>",
            "logged in as jane&</li>",
            "logged in as \u{7}jane</li>",
            "logged in as  </li>",
            "logged in as jane</li> mail=\"\"",
            "logged in as jane</li> mail=\"a@b@c.test\"",
            "<a href=\"/login\"> <a href=\"/login\">",
            "<a href=\"/login\"> mail=\"a@acme.com\"",
            long.as_str(),
        ] {
            assert!(matches!(read(PAGE, page), Answer::Failed(_)), "{page}");
        }
        let AnswerForm::Page(patterns) = form(PAGE) else { panic!() };
        assert!(matches!(super::page(&patterns, b"logged in as j\xe9</li>"), Answer::Failed(_)));
    }

    /// T188: a page and a pattern that make a backtracking engine work for years.
    #[test]
    fn t188_no_pattern_is_slow() {
        let keys = r#"path = "/me", key_pattern = '((?:a|aa)+)$', username_pattern = '(x)'"#;
        assert!(matches!(
            read(keys, &"a".repeat(60_000).replace("aaaaaaaaaa", "aaaaaaaaab")),
            Answer::Failed(_)
        ));
    }
}
