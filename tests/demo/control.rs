//! What a test can do to a look-alike: choose its people, read what arrived, break the introspection, stop it.

use std::time::Duration;

use http::StatusCode;
use postern::demo::{Fault, Person, Product, ProductKind, serve};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::site::{LIAM, MYSELF, Site, jira, wiki};

#[tokio::test]
async fn a_test_brings_its_own_people_and_changes_them_while_it_runs() {
    let product = Product::new(ProductKind::Jira, vec![Person::new(0, "zoë", "Zoë", "zoe@old.example")]);
    let site = Site::start(product.router()).await;
    let session = site.sign_in("/login.jsp", "os_username=zo%C3%AB&os_password=demo").await;
    let cookie = [("cookie", session.as_str())];
    assert!(product.set_email("zoë", "zoe@new.example"));
    let answer = site.get(MYSELF, &cookie).await;
    assert_eq!(answer.json()["emailAddress"], "zoe@new.example");
    assert_eq!(answer.header("x-ausername"), Some("zo%C3%AB"));
    assert!(product.set_active("zoë", false));
    assert_eq!(site.get(MYSELF, &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert!(!product.set_active("nobody", false));
}

#[tokio::test]
async fn everything_that_arrives_is_recorded_as_it_came() {
    let (product, site) = jira().await;
    site.get("/rest/api/2/myself?x=[1]|2", &[("x-one", "1"), ("x-two", "2"), ("x-one", "3")]).await;
    site.get("/nowhere;a=b", &[]).await;
    let received = product.received();
    assert_eq!((received[0].path(), received[0].target.as_str()), (MYSELF, "/rest/api/2/myself?x=[1]|2"));
    assert_eq!(received[0].header("x-one"), ["1", "3"]);
    assert_eq!((received[1].method.as_str(), received[1].target.as_str()), ("GET", "/nowhere;a=b"));
    product.clear_received();
    assert!(product.received().is_empty());
}

#[tokio::test]
async fn faults_touch_only_the_question_of_who_it_is() {
    let (product, site) = jira().await;
    let session = site.sign_in("/login.jsp", LIAM).await;
    let cookie = [("cookie", session.as_str())];
    for (fault, status) in [
        (Fault::ServerError, StatusCode::INTERNAL_SERVER_ERROR),
        (Fault::Redirect, StatusCode::FOUND),
        (Fault::HtmlPage, StatusCode::OK),
        (Fault::BrokenJson, StatusCode::OK),
    ] {
        product.set_fault(Some(fault));
        let answer = site.get(MYSELF, &cookie).await;
        assert_eq!(answer.status, status);
        assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
        assert_eq!(site.get("/browse/DEMO-1", &cookie).await.header("x-ausername"), Some("liam"));
    }
    product.set_fault(None);
    assert_eq!(site.get(MYSELF, &cookie).await.json()["name"], "liam");
}

#[tokio::test]
async fn an_endless_answer_is_longer_than_any_limit_and_a_hanging_one_never_begins() {
    let (product, site) = wiki().await;
    product.set_fault(Some(Fault::EndlessBody));
    let mut stream = TcpStream::connect(site.address).await.expect("the server listens");
    let request = b"GET /rest/api/user/current HTTP/1.1\r\nhost: wiki\r\n\r\n";
    stream.write_all(request).await.expect("the server reads");
    let mut bytes = vec![0; 4 * 1024 * 1024];
    stream.read_exact(&mut bytes).await.expect("there is always more");

    product.set_fault(Some(Fault::Hang));
    product.clear_received();
    let mut stream = TcpStream::connect(site.address).await.expect("the server listens");
    stream.write_all(request).await.expect("the server reads");
    let waited = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut bytes)).await;
    assert!(waited.is_err(), "an answer began");
    assert_eq!(product.received().len(), 1, "the request has arrived");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_stops_also_while_an_answer_hangs() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("a bound listener has an address");
    let product = Product::new(ProductKind::Jira, Vec::new());
    product.set_fault(Some(Fault::Hang));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, product.router(), async {
        let _ = stopped.await;
    }));
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream
        .write_all(b"GET /rest/api/2/myself HTTP/1.1\r\nhost: jira\r\n\r\n")
        .await
        .expect("the server reads");
    while product.received().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(stop);
    served.await.expect("the server does not panic").expect("and ends well");
}
