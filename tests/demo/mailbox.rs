//! The mailbox shows what is in its folder, and renders none of it.

use std::fs;

use postern::demo::mailbox;
use serde_json::Value;

use super::site::Site;

#[tokio::test]
async fn the_mailbox_lists_the_newest_mail_first_and_never_renders_its_html() {
    let folder = tempfile::tempdir().expect("a folder for the mails");
    let site = Site::start(mailbox::router(folder.path().to_owned())).await;
    assert_eq!(site.get("/messages.json", &[]).await.text(), "[]");

    let one = "To: Omar <omar@partner.example>\r\nSubject: Your code\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\r\n\
               Your code is\r\n\r\n  123 456\r\n\r\n<script>alert(1)</script>\r\n";
    let other = "To: jane@gmail.com, b@c.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
                 Date: Mon, 2 Mar 2026 11:00:00 +0000\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/alternative; boundary=B\r\n\r\n\
                 --B\r\nContent-Type: text/plain\r\n\r\nplain\r\n--B\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--B--\r\n";
    fs::write(folder.path().join("0195-a.eml"), one).expect("the folder is writable");
    fs::write(folder.path().join("0195-b.eml"), other).expect("the folder is writable");
    fs::write(folder.path().join("0195-c.eml"), "").expect("the folder is writable");
    fs::write(folder.path().join("0195-d.tmp"), one).expect("the folder is writable");

    let mails = site.get("/messages.json", &[]).await.json();
    assert_eq!(mails.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&mails[0]["subject"], &mails[0]["to"]),
        (&"Grüße".into(), &"jane@gmail.com, b@c.example".into())
    );
    assert_eq!(mails[0]["html"].as_str().map(str::trim), Some("<b>rich</b>"));
    assert_eq!((&mails[1]["at"], &mails[1]["html"]), (&"2026-03-02T09:00:00Z".into(), &Value::Null));

    let page = site.get("/", &[]).await.text();
    assert!(page.contains("<p class=\"code\">123456</p>"), "{page}");
    assert!(!page.contains("<script>") && !page.contains("<b>rich"));
}
