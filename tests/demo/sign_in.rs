//! Who a request belongs to, as Seraph decides it: sessions, remember-me, Basic, tokens, the query.

use data_encoding::BASE64;
use http::{Method, StatusCode};

use super::site::{LIAM, MYSELF, jira, wiki};

fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{username}:{password}").as_bytes()))
}

#[tokio::test]
async fn a_sign_in_gives_a_new_session_and_ends_the_old_one() {
    let (_, site) = jira().await;
    let form = site.get("/login.jsp", &[]).await;
    let visitor = form.cookies().join("; ");
    assert!(visitor.starts_with("JSESSIONID="), "a page opens a session for a visitor: {visitor}");
    assert_eq!(form.header("x-ausername"), Some("anonymous"));

    let login = "os_username=liam&os_password=demo&os_destination=%2Fbrowse%2FDEMO-2";
    let answer = site.form("/login.jsp", &visitor, login).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, Some("/browse/DEMO-2")));
    assert_eq!(answer.reasons(), ["OK"]);
    let session = answer.cookies().join("; ");
    assert_ne!(session, visitor);
    assert_eq!(site.get(MYSELF, &[("cookie", &session)]).await.json()["name"], "liam");
    assert_eq!(site.get(MYSELF, &[("cookie", &visitor)]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let (_, site) = wiki().await;
    let answer = site.form("/dologin.action", "", "os_username=liam&os_password=wrong").await;
    assert_eq!((answer.status, answer.reasons()), (StatusCode::OK, vec!["AUTHENTICATED_FAILED"]));
    assert!(answer.text().contains("incorrect"));
    assert_eq!(answer.header("x-ausername"), None);
}

#[tokio::test]
async fn a_session_of_a_visitor_id_made_up_by_the_client_is_never_adopted() {
    let (_, site) = jira().await;
    let answer = site.form("/login.jsp", "JSESSIONID=0123456789ABCDEF0123456789ABCDEF", LIAM).await;
    assert!(!answer.cookies().join("").contains("0123456789ABCDEF0123456789ABCDEF"));
}

#[tokio::test]
async fn a_remember_me_cookie_alone_signs_in_and_gets_a_session() {
    let (_, jira) = jira().await;
    let (_, wiki) = wiki().await;
    for (site, login, who, name) in [
        (&jira, "/login.jsp", MYSELF, "seraph.rememberme.cookie="),
        (&wiki, "/dologin.action", "/rest/api/user/current", "seraph.confluence="),
    ] {
        let cookies = site.sign_in(login, "os_username=liam&os_password=demo&os_cookie=true").await;
        let remember =
            cookies.split("; ").find(|cookie| cookie.starts_with(name)).expect("remembered").to_owned();
        let answer = site.get(who, &[("cookie", &remember)]).await;
        assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, Some("liam")));
        let minted = answer.cookies().join("; ");
        assert!(minted.starts_with("JSESSIONID="), "{minted}");
        assert_eq!(site.get(who, &[("cookie", &minted)]).await.header("x-ausername"), Some("liam"));
    }
}

#[tokio::test]
async fn json_sign_ins_open_sessions_at_both_products() {
    let (_, jira) = jira().await;
    let (_, wiki) = wiki().await;
    let json = [("content-type", "application/json")];
    for (site, cookie) in [(&jira, "seraph.rememberme.cookie="), (&wiki, "seraph.confluence=")] {
        let target = "/rest/tsv/1.0/authenticate?os_authType=none";
        let body = r#"{"username":"mia","password":"demo","rememberMe":"True","targetUrl":""}"#;
        let answer = site.send(Method::POST, target, &json, body).await;
        assert_eq!((answer.status, answer.reasons()), (StatusCode::OK, vec!["OK"]));
        assert!(answer.cookies().iter().any(|line| line.starts_with(cookie)));
        let wrong = r#"{"username":"mia","password":"no"}"#;
        let answer = site.send(Method::POST, target, &json, wrong).await;
        assert_eq!(
            (answer.status, answer.reasons()),
            (StatusCode::UNAUTHORIZED, vec!["AUTHENTICATED_FAILED"])
        );
    }
    let body = r#"{"username":"mia","password":"demo"}"#;
    let answer = jira.send(Method::POST, "/rest/auth/1/session", &json, body).await;
    let value = answer.json()["session"]["value"].as_str().expect("an id").to_owned();
    let cookie = format!("JSESSIONID={value}");
    let session = jira.get("/rest/auth/1/session", &[("cookie", &cookie)]).await.json();
    assert_eq!((&session["name"], &session["loginInfo"]["loginCount"]), (&"mia".into(), &2.into()));
    let ended = jira.send(Method::DELETE, "/rest/auth/1/session", &[("cookie", &cookie)], "").await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(
        jira.get("/rest/auth/1/session", &[("cookie", &cookie)]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_bad_credential_beside_a_good_session_is_passed_over() {
    let (_, site) = jira().await;
    let session = site.sign_in("/login.jsp", LIAM).await;
    for junk in
        ["Bearer wrong", "Bearer  demo-pat-mia", "bearer demo-pat-mia", "Mystery x", &basic("mia", "wrong")]
    {
        let beside = site.get(MYSELF, &[("cookie", &session), ("authorization", junk)]).await;
        assert_eq!((beside.status, beside.header("x-ausername")), (StatusCode::OK, Some("liam")), "{junk}");
        let alone = site.get(MYSELF, &[("authorization", junk)]).await;
        assert_eq!(
            (alone.status, alone.header("x-ausername")),
            (StatusCode::UNAUTHORIZED, Some("anonymous"))
        );
    }
}

#[tokio::test]
async fn a_basic_call_leaves_a_session_and_a_token_call_does_not() {
    let (_, site) = jira().await;
    let answer = site.get(MYSELF, &[("authorization", &basic("jane.personal", "demo"))]).await;
    let laundered = answer.cookies().join("; ");
    let later = site.get(MYSELF, &[("cookie", &laundered)]).await;
    assert_eq!(later.json()["emailAddress"], "jane@gmail.com");

    let token = [("authorization", "Bearer demo-pat-mia")];
    let answer = site.get(MYSELF, &token).await;
    assert_eq!((answer.header("x-ausername"), answer.cookies().len()), (Some("mia"), 0));
    let both = site.get(MYSELF, &[token[0], ("cookie", &laundered)]).await;
    assert_eq!(both.json()["name"], "mia", "the token wins for its request");
    let after = site.get(MYSELF, &[("cookie", &laundered)]).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "and ends the session that it came with");
}

#[tokio::test]
async fn a_name_and_password_in_the_query_sign_in_anywhere() {
    let (_, site) = jira().await;
    let answer = site.get("/browse/DEMO-1?os_username=omar&os_password=demo", &[]).await;
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, Some("omar")));
    let cookie = answer.cookies().join("; ");
    assert_eq!(site.get(MYSELF, &[("cookie", &cookie)]).await.json()["name"], "omar");
    // Jira then does not look at the Basic header.
    let target = format!("{MYSELF}?os_authType=any");
    let answer = site.get(&target, &[("authorization", &basic("omar", "demo"))]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_path_parameter_carries_a_session_and_does_not_change_the_route() {
    let (_, site) = jira().await;
    let session = site.sign_in("/login.jsp", LIAM).await;
    let id = session.strip_prefix("JSESSIONID=").expect("one cookie");
    let answer = site.get(&format!("/browse/DEMO-1;jsessionid={id}?a=b"), &[]).await;
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, Some("liam")));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_remember_me_cookie() {
    let (_, jira) = jira().await;
    let (_, wiki) = wiki().await;
    for (site, login, logout, anonymous) in [
        (&jira, "/login.jsp", "/secure/Logout!default.jspa", Some("anonymous")),
        (&jira, "/login.jsp", "/logout", Some("anonymous")),
        (&wiki, "/dologin.action", "/logout.action", None),
    ] {
        let cookies = site.sign_in(login, "os_username=liam&os_password=demo&os_cookie=true").await;
        let answer = site.get(logout, &[("cookie", &cookies)]).await;
        assert_eq!((answer.reasons(), answer.header("x-ausername")), (vec!["OUT"], anonymous));
        let cleared = answer.headers.get_all("set-cookie").iter();
        assert!(cleared.filter_map(|line| line.to_str().ok()).any(|line| line.contains("Max-Age=0")));
        assert_eq!(site.get("/", &[("cookie", &cookies)]).await.header("x-ausername"), anonymous);
    }
}

#[tokio::test]
async fn rest_refuses_the_cookie_of_an_ended_session_instead_of_being_anonymous() {
    let (product, site) = wiki().await;
    let session = site.sign_in("/dologin.action", LIAM).await;
    product.forget_sessions();
    assert_eq!(
        site.get("/rest/api/user/current", &[("cookie", &session)]).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(site.get("/rest/api/user/current", &[]).await.json()["type"], "anonymous");
    assert_eq!(site.get("/", &[("cookie", &session)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_wiki_hides_the_address_and_jira_tells_it() {
    let (_, jira) = jira().await;
    let (_, wiki) = wiki().await;
    let token = [("authorization", "Bearer demo-pat-liam")];
    let person = jira.get(MYSELF, &token).await.json();
    assert_eq!((&person["key"], &person["emailAddress"]), (&"JIRAUSER10100".into(), &"liam@acme.com".into()));
    let answer = wiki.get("/rest/api/user/current", &token).await;
    assert!(!answer.text().contains('@'));
    assert_eq!(answer.json()["userKey"].as_str().map(str::len), Some(32));
    assert_eq!(answer.header("x-ausername"), Some("liam"));
}

#[tokio::test]
async fn a_person_changes_their_own_address_with_nothing_but_the_password() {
    let (_, site) = jira().await;
    let headers = [("authorization", "Bearer demo-pat-omar"), ("content-type", "application/json")];
    let change = r#"{"emailAddress":"omar@acme.com","password":"demo"}"#;
    assert_eq!(site.send(Method::PUT, MYSELF, &headers, change).await.status, StatusCode::OK);
    assert_eq!(site.get(MYSELF, &headers[..1]).await.json()["emailAddress"], "omar@acme.com");
    let wrong = r#"{"emailAddress":"boss@acme.com","password":"x"}"#;
    assert_eq!(site.send(Method::PUT, MYSELF, &headers, wrong).await.status, StatusCode::BAD_REQUEST);
}
