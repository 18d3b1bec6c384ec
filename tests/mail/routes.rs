//! Two ways for mail: the second takes over while the first fails, and says nothing where the first has spoken.

use postern::config::settings::{MailTransport, Smtp};
use postern::domain::mail_trouble::MailTrouble;
use postern::mail::transport::{DeliveryError, Transport};
use uuid::Uuid;

use super::world::{mail, plain};
use crate::support::smtp::{Event, SmtpServer};

fn two(first: Smtp, second: Smtp) -> Transport {
    Transport::new(&MailTransport::Smtp { first, second: Some(second) }).unwrap()
}

async fn send(transport: &Transport, number: u128) -> Result<(), DeliveryError> {
    let id = Uuid::from_u128(number);
    transport.deliver(&mail("Acme", id), id).await
}

#[tokio::test]
async fn the_second_server_takes_over_while_the_first_is_down_and_for_a_while() {
    // An address of its own, so that nobody takes the port in between.
    let host = "127.0.56.1";
    let Some(first) = SmtpServer::start(&["--host", host]).await else { return };
    let port = first.port;
    first.stop().await;
    let mut second = SmtpServer::start(&[]).await.unwrap();
    let transport = two(plain(host, port), plain("127.0.0.1", second.port));
    send(&transport, 1).await.unwrap();
    second.mail().await;

    let first = SmtpServer::start(&["--host", host, "--port", &port.to_string()]).await.unwrap();
    send(&transport, 2).await.unwrap();
    second.mail().await;
    assert_eq!(first.stop().await, [], "it is left alone for a minute");
}

#[tokio::test]
async fn what_the_first_server_puts_off_leaves_by_the_second_and_the_other_way_round() {
    let Some(mut first) = SmtpServer::start(&["--defer", "1"]).await else { return };
    let mut second = SmtpServer::start(&[]).await.unwrap();
    let transport = two(plain("127.0.0.1", first.port), plain("127.0.0.1", second.port));
    send(&transport, 1).await.unwrap();
    assert_eq!(first.next().await, Event::Deferred { to: "jane@partner.test".into() });
    second.mail().await;
    assert_eq!(second.stop().await, []);
    send(&transport, 2).await.unwrap();
    first.mail().await;
}

#[tokio::test]
async fn a_mailbox_that_the_first_server_refuses_is_not_tried_at_the_second() {
    let Some(first) = SmtpServer::start(&["--refuse", "550 5.1.1 no such mailbox"]).await else { return };
    let second = SmtpServer::start(&[]).await.unwrap();
    let transport = two(plain("127.0.0.1", first.port), plain("127.0.0.1", second.port));
    let error = send(&transport, 1).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Permanent { trouble: MailTrouble::NoMailbox, .. }), "{error}");
    assert_eq!(second.stop().await, []);
}

#[tokio::test]
async fn a_second_server_that_does_not_let_us_in_loses_no_mail() {
    let Some(first) = SmtpServer::start(&["--defer", "9"]).await else { return };
    let second = SmtpServer::start(&["--refuse", "550 5.7.1 relaying denied"]).await.unwrap();
    let transport = two(plain("127.0.0.1", first.port), plain("127.0.0.1", second.port));
    for number in 1..=2 {
        let error = send(&transport, number).await.unwrap_err();
        let DeliveryError::Temporary { reason } = error else { panic!("{error}") };
        assert!(reason.contains("451") && reason.contains("relaying denied"), "{reason}");
    }
}
