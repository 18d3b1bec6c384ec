//! One delivery at a time: TLS, refusals, and names that try to be commands.

use std::time::Duration;

use postern::config::settings::{Smtp, SmtpCredentials, SmtpTls};
use postern::mail::transport::DeliveryError;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::world::{code_of, mail, plain, starttls, transport};
use crate::support::smtp::{Certificates, Event, SmtpServer};

const ID: Uuid = Uuid::from_u128(1);

fn temporary(outcome: Result<(), DeliveryError>) -> String {
    match outcome {
        Err(DeliveryError::Temporary { reason }) => reason,
        other => panic!("expected a temporary failure, got {other:?}"),
    }
}

fn permanent(outcome: Result<(), DeliveryError>) -> String {
    match outcome {
        Err(DeliveryError::Permanent { reason, .. }) => reason,
        other => panic!("expected a permanent failure, got {other:?}"),
    }
}

async fn tls_server(certificates: &Certificates) -> Option<SmtpServer> {
    let (cert, key) = (certificates.cert.to_str().unwrap(), certificates.key.to_str().unwrap());
    SmtpServer::start(&["--cert", cert, "--key", key]).await
}

#[tokio::test]
async fn a_mail_travels_over_starttls_to_a_server_that_the_ca_file_vouches_for() {
    let certificates = Certificates::for_host("localhost");
    let Some(mut server) = tls_server(&certificates).await else { return };
    let transport = transport(starttls(server.port, &certificates.ca));
    transport.deliver(&mail("Acme", ID), ID).await.unwrap();
    let received = server.mail().await;
    assert!(received.encrypted);
    assert_eq!(
        (received.sender.as_str(), received.to.as_slice()),
        ("access@acme.com", &["jane@partner.test".to_owned()][..])
    );
    assert!(received.data.contains(code_of(ID).digits()));
    transport.deliver(&mail("Acme", ID), ID).await.unwrap();
    assert_eq!(server.mail().await, received, "the kept connection carries the next mail too");
}

#[tokio::test]
async fn a_mail_travels_over_tls_from_the_first_byte_where_that_is_asked_for() {
    let certificates = Certificates::for_host("localhost");
    let (cert, key) = (certificates.cert.to_str().unwrap(), certificates.key.to_str().unwrap());
    let Some(mut server) = SmtpServer::start(&["--implicit", "--cert", cert, "--key", key]).await else {
        return;
    };
    let implicit = Smtp { tls: SmtpTls::Implicit, ..starttls(server.port, &certificates.ca) };
    transport(implicit).deliver(&mail("Acme", ID), ID).await.unwrap();
    assert!(server.mail().await.encrypted);
}

#[tokio::test]
async fn a_refused_sign_in_is_the_operators_to_mend_and_a_right_one_delivers() {
    let Some(mut server) = SmtpServer::start(&["--password", "right"]).await else { return };
    let with = |password: &str| {
        let credentials =
            SmtpCredentials { username: "postern".into(), password: password.to_owned().into() };
        transport(Smtp { credentials: Some(credentials), ..plain("127.0.0.1", server.port) })
    };
    let (right, wrong) = (with("right"), with("wrong"));
    let reason = temporary(wrong.deliver(&mail("Acme", ID), ID).await);
    assert!(reason.starts_with("AUTH: ") && reason.contains("535") && !reason.contains("wrong"), "{reason}");
    right.deliver(&mail("Acme", ID), ID).await.unwrap();
    assert_eq!(server.mail().await.to, ["jane@partner.test"]);
}

#[tokio::test]
async fn t210_a_certificate_for_another_name_gets_no_mail() {
    let certificates = Certificates::for_host("mail.other.test");
    let Some(server) = tls_server(&certificates).await else { return };
    let outcome = transport(starttls(server.port, &certificates.ca)).deliver(&mail("Acme", ID), ID).await;
    let reason = temporary(outcome);
    assert!(reason.starts_with("STARTTLS: ") && reason.contains("certificate"), "{reason}");
    assert_eq!(server.stop().await, [], "nothing was sent");
}

#[tokio::test]
async fn t210_a_certificate_of_an_unknown_authority_gets_no_mail() {
    let certificates = Certificates::for_host("localhost");
    let Some(server) = tls_server(&certificates).await else { return };
    let another = Certificates::for_host("localhost");
    let trusting_another = starttls(server.port, &another.ca);
    let reason = temporary(transport(trusting_another).deliver(&mail("Acme", ID), ID).await);
    assert!(reason.starts_with("STARTTLS: ") && reason.contains("certificate"), "{reason}");
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn t210_a_server_without_starttls_gets_no_mail() {
    let certificates = Certificates::for_host("localhost");
    let Some(server) = SmtpServer::start(&[]).await else { return };
    let outcome = transport(starttls(server.port, &certificates.ca)).deliver(&mail("Acme", ID), ID).await;
    assert!(temporary(outcome).contains("STARTTLS is not supported"));
    assert_eq!(server.stop().await, []);
}

#[tokio::test]
async fn a_server_that_insists_on_tls_does_not_make_the_mailbox_wrong() {
    let certificates = Certificates::for_host("localhost");
    let Some(server) = tls_server(&certificates).await else { return };
    let reason = temporary(transport(plain("127.0.0.1", server.port)).deliver(&mail("Acme", ID), ID).await);
    assert!(reason.contains("530"), "{reason}");
}

#[tokio::test]
async fn t208_a_refused_mailbox_is_final_and_the_reason_says_what_the_server_said() {
    let Some(mut server) = SmtpServer::start(&["--refuse", "550 5.1.1 no such mailbox"]).await else {
        return;
    };
    let reason = permanent(transport(plain("127.0.0.1", server.port)).deliver(&mail("Acme", ID), ID).await);
    assert_eq!(reason, "RCPT TO: permanent error (550): 5.1.1 no such mailbox");
    assert_eq!(server.next().await, Event::Refused { to: "jane@partner.test".into() });
}

#[tokio::test]
async fn a_server_that_wants_a_sign_in_first_does_not_make_the_mailbox_wrong() {
    let Some(server) = SmtpServer::start(&["--refuse", "530 5.7.0 authentication required"]).await else {
        return;
    };
    let reason = temporary(transport(plain("127.0.0.1", server.port)).deliver(&mail("Acme", ID), ID).await);
    assert!(reason.starts_with("RCPT TO: ") && reason.contains("530"), "{reason}");
}

#[tokio::test]
async fn a_server_that_quotes_the_mail_gets_no_word_of_it_into_the_reason() {
    let Some(server) = SmtpServer::start(&["--quote"]).await else { return };
    let reason = permanent(transport(plain("127.0.0.1", server.port)).deliver(&mail("Acme", ID), ID).await);
    assert_eq!(reason, "after the mail: refused with 554");
}

#[tokio::test]
async fn t207_a_server_that_never_speaks_costs_no_more_than_the_timeout() {
    let Some(mut server) = SmtpServer::start(&["--tarpit", "1"]).await else { return };
    let transport = transport(Smtp { timeout: Duration::from_secs(1), ..plain("127.0.0.1", server.port) });
    assert_eq!(
        temporary(transport.deliver(&mail("Acme", ID), ID).await),
        "the mail server took longer than 1 s"
    );
    assert_eq!(server.next().await, Event::Tarpit);
    transport.deliver(&mail("Acme", ID), ID).await.unwrap();
    server.mail().await;
}

/// No server does so, hence ours: a line without end, and lines without end, before and within the conversation.
#[tokio::test]
async fn t212_a_server_that_talks_without_end_is_not_listened_to() {
    let word = "x".repeat(900);
    let (greetings, extensions) = (format!("220-{word}\r\n"), format!("250-{word}\r\n"));
    for (said, again) in [
        ("220 ", word.as_str()),
        ("", &greetings),
        ("220 hello\r\n250 ", &word),
        ("220 hello\r\n", &extensions),
    ] {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let again = again.repeat(64);
        let talking = tokio::spawn(async move {
            let (mut client, _) = server.accept().await.unwrap();
            client.write_all(said.as_bytes()).await.unwrap();
            let mut bytes = 0;
            while client.write_all(again.as_bytes()).await.is_ok() {
                bytes += again.len();
            }
            bytes
        });
        let reason = temporary(transport(plain("127.0.0.1", port)).deliver(&mail("Acme", ID), ID).await);
        assert!(reason.starts_with("connecting: ") && !reason.contains("longer than"), "{reason}");
        // Most of it waits in the buffers of the machine's two sockets.
        assert!(talking.await.unwrap() < 20 * 1024 * 1024);
    }
}

#[tokio::test]
async fn t106_a_name_with_smtp_commands_in_it_makes_one_message_with_one_recipient() {
    let Some(mut server) = SmtpServer::start(&[]).await else { return };
    let transport = transport(plain("127.0.0.1", server.port));
    for name in [
        "Acme\r\n.\r\nMAIL FROM:<x@evil.test>\r\nRCPT TO:<y@evil.test>\r\nDATA\r\n",
        "Acme\n.\nMAIL FROM:<x@evil.test>",
        "Acme\r.\rMAIL FROM:<x@evil.test>",
        ".\r\nRCPT TO:<y@evil.test>",
        "Größe\r\n.\r\nMAIL FROM:<x@evil.test>",
    ] {
        transport.deliver(&mail(name, ID), ID).await.unwrap();
        let received = server.mail().await;
        assert_eq!(received.to, ["jane@partner.test"], "{name:?}");
        let end = format!("--postern-{ID}--");
        assert!(received.data.trim_end().ends_with(&end), "the message is whole: {name:?}");
    }
    assert_eq!(server.stop().await, []);
}
