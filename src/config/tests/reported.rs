//! How mistakes are reported: all at once, drawn with their line, and never with a secret.

use std::path::Path;

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::super::database::Database;
use super::super::settings::Settings;
use super::super::{load, parse};
use super::{GOOD, REFERENCE, changed, read, smtp};

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    let text = GOOD
        .replace("\"Acme\"", "\"\"")
        .replace("127.0.0.1:8080", "nowhere")
        .replace("upstream =", "upstraem =")
        .replace("smtp://", "ftp://")
        .replace("sqlite:", "oracle:");
    let errors = read(&text).unwrap_err();
    let lines: Vec<usize> = errors.errors().iter().map(|error| error.line).collect();
    assert_eq!(lines, [2, 5, 7, 10, 14, 17], "{errors}");
    assert_eq!(read("").unwrap_err().errors().len(), 5, "organization, listen, site, mail and store");
}

#[test]
fn an_error_is_drawn_with_file_line_and_caret() {
    let drawn = read(&changed("name = \"Acme\"", "name = \"Acme\"\nnmae = 1")).unwrap_err().to_string();
    let expected = "error: unknown key `nmae` in [organization]\n --> postern.toml:3:1\n  |\n3 | nmae = 1\n  | ^^^^ did you mean `name`?";
    assert_eq!(drawn, expected, "\n{drawn}");
}

#[test]
fn a_line_that_may_hold_a_secret_is_never_drawn() {
    for text in [
        changed("[store]", "password = \"hunter2\"\n[store]"),
        changed("smtp://mail.acme.com:587", "smtp://joe:hunter2@mail.acme.com"),
        changed("smtp://mail.acme.com:587", "smtp://joe:hunter2@mail.acme.com\"\"\""),
        changed("sqlite:///var/lib", "postgres://joe:hunter2@db"),
        changed("[store]", "password = \"\"\"\nhunter2\\q\n\"\"\"\n[store]"),
        changed("[store]", "inline = { password = \"hunter2\" }\n[store]"),
    ] {
        let errors = read(&text).unwrap_err();
        assert!(!errors.errors().is_empty());
        for shown in [errors.to_string(), errors.coloured(), format!("{errors:?}")] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert!(
            errors.to_string().contains("--> postern.toml:"),
            "the place is named all the same: {errors}"
        );
    }
}

#[test]
fn a_missing_file_is_named_with_the_reason() {
    let errors = load(Path::new("/nonexistent/postern.toml"), &|_| None).unwrap_err();
    let drawn = errors.to_string();
    assert!(drawn.contains("/nonexistent/postern.toml cannot be read: No such file"), "{drawn}");
}

#[test]
fn a_password_comes_from_one_place_and_never_appears() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "hunter2\r\n").unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let signed_in = |key: &str, variable: Option<&str>| {
        let text = changed("smtp =", &format!("username = \"joe\"\n{key}\nsmtp ="));
        parse("postern.toml", &text, folder.path(), &|name| {
            variable.filter(|_| name == "POSTERN_SMTP_PASSWORD").map(str::to_owned)
        })
    };
    for settings in
        [signed_in("password_file = \"password\"", None).unwrap(), signed_in("", Some("hunter2")).unwrap()]
    {
        let credentials = smtp(&settings).credentials.clone().unwrap();
        assert_eq!(credentials.password.expose_secret(), "hunter2");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
    for (key, variable, message) in [
        ("password_file = \"password\"", Some("hunter3"), "`password_file` is not the only password"),
        ("password_file = \"empty\"", None, "`password_file` is an empty file"),
        ("password_file = \"missing\"", None, "`password_file` cannot be read"),
        ("password_file = \"password\"\ntls = \"none\"", None, "`tls` would send the password in the clear"),
        ("", None, "`username` has no password beside it"),
    ] {
        let errors = signed_in(key, variable).unwrap_err();
        assert_eq!(errors.errors()[0].message, message);
        assert!(!errors.to_string().contains("hunter"), "{errors}");
    }
}

#[test]
fn a_database_password_comes_from_one_place_and_never_appears() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "hunter2\n").unwrap();
    let read = |key: &str, variable: Option<&str>| {
        let text =
            changed("sqlite:///var/lib/postern/postern.db\"", &format!("postgres://u@db/x\"\n{key}\n"));
        parse("postern.toml", &format!("{text}[keys]\nfile = \"keys\"\n"), folder.path(), &|name| {
            variable.filter(|_| name == "POSTERN_STORE_PASSWORD").map(str::to_owned)
        })
    };
    let password_of = |settings: Settings| {
        assert!(!format!("{settings:?} {}", settings.database).contains("hunter2"));
        let Database::Postgres(server) = settings.database else { panic!("{}", settings.database) };
        server.password.map(|password| password.expose_secret().to_owned())
    };
    for (key, variable, expected) in [
        ("password_file = \"password\"", None, Some("hunter2")),
        ("", Some("hunter2"), Some("hunter2")),
        ("", Some(""), None),
        ("", None, None),
    ] {
        assert_eq!(password_of(read(key, variable).unwrap()).as_deref(), expected);
    }
    let errors = read("password_file = \"password\"", Some("hunter3")).unwrap_err();
    assert_eq!(errors.errors()[0].message, "`password_file` is not the only password");
    assert!(!errors.to_string().contains("hunter"), "{errors}");
}

proptest! {
    /// Whatever is cut out of or put into a good file, it loads or is refused with at least one mistake inside the file.
    #[test]
    fn a_damaged_file_never_panics_and_is_never_refused_without_a_reason(
        at in 0_usize..6000, cut in 0_usize..60, put in "[a-z=\\[\\]\"'{}.\n\r\t\u{e9}\u{1f600}\\\\-]{0,6}", whole: bool,
    ) {
        let text = if whole { REFERENCE } else { GOOD };
        let start = text.floor_char_boundary(at % text.len());
        let end = text.floor_char_boundary((start + cut).min(text.len())).max(start);
        let damaged = format!("{}{put}{}", text.get(..start).unwrap(), text.get(end..).unwrap());
        if let Err(errors) = read(&damaged) {
            prop_assert!(!errors.errors().is_empty());
            prop_assert!(!errors.to_string().is_empty() && !errors.coloured().is_empty());
            for error in errors.errors() {
                prop_assert!(error.line >= 1 && error.line <= damaged.matches('\n').count() + 1);
            }
        }
    }
}
