//! What an organization makes of its pages: its logo, which can run nothing, its colours, and sentences of its own.

use http::Method;

use super::{JANE, challenged};
use crate::support::world::World;

#[tokio::test]
async fn a_logo_colours_and_a_sentence_come_by_configuration() {
    let world = World::with("[organization.help]\nen = \"Ask the <desk>.\"\nfr = \"Demandez.\"").await;
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><path d=\"M0 0h4v4z\"/></svg>";
    std::fs::write(world.folder.path().join("acme.svg"), logo).expect("a logo");
    let before = world.browser().open("/.postern/assets/logo.svg").await;
    assert_eq!(before.status, 404);
    let keys = "name = \"Acme\"\nlogo = \"acme.svg\"\naccent = \"#7a1f5c\"";
    world.reload("name = \"Acme\"", keys).expect("the looks are taken at once");

    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    assert!(page.body.contains("src=\"/.postern/assets/logo.svg\""), "{}", page.body);
    assert!(
        page.body.contains("<span lang=\"en\" dir=\"ltr\">Ask the &#60;desk&#62;.</span>"),
        "{}",
        page.body
    );
    let served = jane.open("/.postern/assets/logo.svg").await;
    assert_eq!((served.header("content-type"), served.body.as_str()), ("image/svg+xml", logo));
    let policy = served.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';") && policy.ends_with("sandbox"), "{policy}");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert!(jane.open("/.postern/assets/postern.css").await.body.contains("--accent: #7a1f5c;"));
    let refused = jane.open("/.postern/nothing").await;
    assert!(refused.body.contains("Ask the &#60;desk&#62;."), "a refusal says it too");

    let bad = world.reload("#7a1f5c", "#7fd1b6").unwrap_err();
    assert!(bad.contains("1.57 to 1") && bad.contains("4.50"), "{bad}");
    assert!(
        jane.open("/.postern/assets/postern.css").await.body.contains("--accent: #7a1f5c;"),
        "the old ones stay"
    );
}

#[tokio::test]
async fn words_of_ones_own_stand_on_pages_and_in_mails_in_their_language_alone() {
    let world = World::start().await;
    let file = world.folder.path().join("acme.ftl");
    let own = "heading-check = Your Acme code\nlead-sent = It went to { $mailbox }.\nmail-subject = Acme { $tag }\n";
    std::fs::write(&file, own).expect("a file");
    world.reload("[store]", "[organization.texts]\nen = \"acme.ftl\"\n[store]").expect("it is taken at once");
    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    assert!(
        page.body.contains("<h1>Your Acme code</h1>") && page.body.contains("It went to <strong>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("j•••e@acme.com"), "{}", page.body);
    assert!(world.newest_mail(JANE).subject.starts_with("Acme "));
    let german = [("accept-language", "de")];
    let page = jane.send(Method::GET, "/.postern/challenge?return=%2F", &german, "").await;
    assert!(!page.body.contains("Acme code"), "{}", page.body);

    std::fs::write(&file, "heading-check = Your code\nlead-sent = <b>Look</b>\n").expect("a file");
    let refused = world.reload("name = \"Acme\"", "name = \"Acme\" ").unwrap_err();
    assert!(refused.contains("acme.ftl, line 2: `lead-sent` holds '<'"), "{refused}");
}
