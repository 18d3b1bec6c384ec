//! `postern admin create-directory`, as an operator types it: the key goes to standard output alone, and opens one directory.

use postern::demo::demo_people;

use crate::support::process::Installation;

#[tokio::test]
async fn a_directory_is_made_with_a_key_and_a_lost_key_is_made_again() {
    let installation = Installation::with(demo_people(), "").await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let ended = installation.command(&["admin", "create-directory", "Okta"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let (key, place) = (ended.stdout.trim().to_owned(), ended.stderr.clone());
        assert!(key.starts_with("postern_") && !key.contains(char::is_whitespace), "{ended:?}");
        assert!(!place.contains(&key) && place.contains("/scim/directory/"), "{ended:?}");
        let id =
            place.split("/scim/directory/").nth(1).and_then(|rest| rest.get(..36)).expect("an id").to_owned();
        made.push((key, id));
    }
    assert_eq!(made[0].1, made[1].1, "the same directory");
    assert_ne!(made[0].0, made[1].0);
    let listed = installation.command(&["admin", "list-keys"]).await;
    assert_eq!(listed.stdout.matches("Okta").count(), 2, "{listed:?}");
    let long = "x".repeat(101);
    for name in ["", "a\tb", &long] {
        let ended = installation.command(&["admin", "create-directory", name]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    }
}
