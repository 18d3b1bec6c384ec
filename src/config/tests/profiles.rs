//! What a product's profile says, and what a site makes of it.

use std::time::Duration;

use http::Method;

use super::super::profile::{Endpoint, Product};
use super::super::session::{AnswerForm, Expected, Introspect, Pointers, SessionSource};
use super::super::settings::Site;
use super::{GENERIC, GOOD, changed, settings};

fn introspect(site: &Site) -> &Introspect {
    let [SessionSource::Introspect(introspect)] = site.sessions.as_slice() else {
        panic!("{:?}", site.sessions)
    };
    introspect
}

fn pointers(introspect: &Introspect) -> &Pointers {
    match &introspect.form {
        AnswerForm::Json(pointers) => pointers,
        AnswerForm::Page(patterns) => panic!("{patterns:?}"),
    }
}

fn expected(pointer: &str, value: &str) -> Expected {
    Expected { pointer: pointer.to_owned(), value: value.to_owned() }
}

#[test]
fn every_product_has_its_profile() {
    let site = |product: Product| {
        let text = match product {
            Product::Generic => changed(
                "product = \"jira-software\"\nupstream = \"http://10.0.0.5:8080\"\n",
                &format!("upstream = \"http://10.0.0.5:8080\"\n{GENERIC}"),
            ),
            _ => changed("jira-software", product.as_str()),
        };
        std::sync::Arc::clone(&settings(&text).sites[0])
    };
    for product in Product::ALL {
        assert_eq!(site(product).product, product);
    }
    let jira = site(Product::JiraServiceManagement);
    let jira = introspect(&jira);
    assert_eq!(jira.path, "/rest/api/2/myself?expand=applicationRoles");
    assert_eq!(pointers(jira).email.as_deref(), Some("/emailAddress"));
    assert_eq!(pointers(jira).customer, Some(expected("/applicationRoles/size", "0")));
    assert_eq!((jira.cache, jira.timeout), (Duration::from_secs(30), Duration::from_secs(2)));
    let confluence = site(Product::Confluence);
    let confluence = introspect(&confluence);
    let confluence = pointers(confluence);
    assert_eq!((confluence.key.as_str(), &confluence.email), ("/userKey", &None));
    assert_eq!(confluence.anonymous, Some(expected("/type", "anonymous")));
    let generic = site(Product::Generic);
    assert_eq!(
        (pointers(introspect(&generic)).username.as_str(), generic.profile.login.len()),
        ("/user/login", 0)
    );
}

#[test]
fn sign_in_pages_are_exempt_by_method_and_session_cookies_are_never_harmless() {
    let profile = &settings(GOOD).sites[0].profile;
    let login =
        |method: Method, path: &str| profile.login.contains(&Endpoint { method, path: path.to_owned() });
    assert!(
        login(Method::GET, "/login.jsp")
            && login(Method::HEAD, "/login.jsp")
            && login(Method::POST, "/login.jsp")
    );
    assert!(login(Method::POST, "/rest/auth/1/session"));
    assert!(!login(Method::GET, "/rest/auth/1/session"), "it says who is signed in");
    assert!(!login(Method::GET, "/rest/tsv/1.0/authenticate"));
    for cookie in
        ["JSESSIONID", "JSESSIONID2", "seraph.rememberme.cookie", "crowd.token_key", "_gateway", "anything"]
    {
        assert!(!profile.is_harmless(cookie), "{cookie}");
    }
    for cookie in ["atlassian.xsrf.token", "AJS.x", "_ga", "_ga_B2XN4", "_gid"] {
        assert!(profile.is_harmless(cookie), "{cookie}");
    }
}

#[test]
fn what_is_public_is_static_and_what_people_attached_is_not() {
    let wiki = settings(&changed("jira-software", "confluence"));
    for profile in [&settings(GOOD).sites[0].profile, &wiki.sites[0].profile] {
        let is_public = |method: Method, path: &str| profile.is_for_strangers(&method, path);
        for path in [
            "/status",
            "/favicon.ico",
            "/s/1f-CDN/-vhs/820001/1x/2.4.0/_/download/batch/com.x:y/com.x:y.css",
            "/s/1f/_/download/contextbatch/js/_super,-com.x:y/batch.js",
            "/download/resources/com.x:y/images/logo.png",
        ] {
            assert!(is_public(Method::GET, path) && is_public(Method::HEAD, path), "{path}");
            assert!(!is_public(Method::POST, path) && !is_public(Method::OPTIONS, path), "{path}");
        }
        for path in [
            "/",
            "/s/1f",
            "/download/attachments/1/x.css",
            "/secure/attachment/1/x.css",
            "/rest/webResources/1.0/resources",
            "/plugins/servlet/oauth/authorize",
        ] {
            assert!(!is_public(Method::GET, path) && !is_public(Method::POST, path), "{path}");
        }
        assert!(is_public(Method::POST, "/rest/cb-automation/latest/hooks/8f14"));
        assert!(!is_public(Method::GET, "/rest/cb-automation/latest/hooks/8f14"));
        assert!(profile.is_feed(&Method::GET, "/plugins/servlet/streams"));
        assert!(!profile.is_feed(&Method::POST, "/plugins/servlet/streams"));
    }
    let jira = &settings(GOOD).sites[0].profile;
    assert!(jira.is_feed(&Method::GET, "/sr/jira.issueviews:searchrequest-xml/temp/SearchRequest.xml"));
}

#[test]
fn a_site_is_hardened_and_trusts_no_machine_unless_it_says_so() {
    let site = |text: &str| std::sync::Arc::clone(&settings(text).sites[0]);
    let default = site(GOOD);
    assert!(default.hardening && default.trusted_sources.is_empty());
    let changed =
        site(&changed("[mail]", "hardening = false\ntrusted_sources = [\"10.0.0.5\", \"fd00::/8\"]\n[mail]"));
    assert!(!changed.hardening);
    assert_eq!(
        changed.trusted_sources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["10.0.0.5/32", "fd00::/8"]
    );
}

#[test]
fn a_site_replaces_a_list_or_adds_to_it() {
    let text = changed(
        "[mail]",
        "login = [\"GET /x\"]\nextra_logout = [\"POST /y\", \"GET /logout\"]\nintrospect = { email = \"/mail\", cache = \"5s\" }\n[mail]",
    );
    let site = std::sync::Arc::clone(&settings(&text).sites[0]);
    let page = |method, path: &str| Endpoint { method, path: path.to_owned() };
    assert_eq!(site.profile.login, [page(Method::GET, "/x"), page(Method::HEAD, "/x")]);
    assert!(site.profile.logout.contains(&page(Method::POST, "/y")));
    assert_eq!(site.profile.logout.iter().filter(|known| known.path == "/logout").count(), 1);
    assert_eq!(pointers(introspect(&site)).email.as_deref(), Some("/mail"));
    assert_eq!(pointers(introspect(&site)).key, "/key");
    assert_eq!(introspect(&site).cache, Duration::from_secs(5));
}
