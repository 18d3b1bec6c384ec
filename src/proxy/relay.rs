//! Relay: the bytes of an open WebSocket both ways, as they come, and a Close frame of ours when it must end.
//!
//! It must never reframe, collect or bound a message. An idle socket holds no buffer: bytes are read onto the stack, and
//! only what came is kept until it is written.

use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::task::ready;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::sync::watch;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::CloseCode;

use super::frames::Frames;
use super::stream::Ending;

/// How long both sides have, once it must end, to finish the frame under way and to say goodbye.
const PARTING: Duration = Duration::from_secs(2);
/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;
/// "Verification needed", from the range that RFC 6455 section 7.4.2 leaves to applications; chosen after HTTP's 401.
const VERIFICATION_NEEDED: u16 = 4401;

/// Carries bytes until a side goes away, or until `ended` says why it must end. `mask` is drawn for the one frame of ours
/// that goes to the upstream (section 5.3).
pub(super) async fn relay(
    client: impl AsyncRead + AsyncWrite + Unpin,
    upstream: impl AsyncRead + AsyncWrite + Unpin,
    ended: impl Future<Output = Ending>,
    mask: [u8; 4],
) -> Option<Ending> {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_upstream, to_upstream) = tokio::io::split(upstream);
    let (say, said) = watch::channel(None);
    let up = carry(from_client, to_upstream, said.clone(), |_| farewell(CloseCode::Away, "", Some(mask)));
    let down = carry(from_upstream, to_client, said, |why| match why {
        Ending::Stopping => farewell(CloseCode::Away, "restarting", None),
        Ending::Lapsed | Ending::Revoked => {
            farewell(CloseCode::from(VERIFICATION_NEEDED), "verification needed", None)
        }
    });
    let mut both = pin!(async { tokio::try_join!(up, down) });
    tokio::select! {
        // A side that went away ended it; there is nobody left to tell.
        _ = both.as_mut() => None,
        why = ended => {
            let _ = say.send(Some(why));
            let _ = tokio::time::timeout(PARTING, both).await;
            Some(why)
        }
    }
}

/// One direction, to the end of what comes; or to the end of a frame, a goodbye, and the peer's own last word.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut said: watch::Receiver<Option<Ending>>,
    goodbye: impl Fn(Ending) -> Vec<u8>,
) -> io::Result<()> {
    let mut frames = Frames::default();
    let why = loop {
        let bytes = tokio::select! {
            biased;
            Ok(why) = said.wait_for(Option::is_some), if frames.may_stop() => break *why,
            bytes = read_some(&mut from) => bytes?,
        };
        if bytes.is_empty() {
            return to.shutdown().await;
        }
        let mut passing = bytes.as_slice();
        if said.borrow().is_some() {
            // Only the rest of the frame under way still passes.
            (passing, _) = bytes.split_at(frames.advance(&bytes));
        } else {
            frames.follow(&bytes);
        }
        to.write_all(passing).await?;
        to.flush().await?;
    };
    if let (true, Some(why)) = (frames.may_speak(), why) {
        to.write_all(&goodbye(why)).await?;
        to.flush().await?;
    }
    // Closing with bytes unread would reset the connection, and the goodbye might never be read.
    while !frames.is_closed() {
        let unwanted = read_some(&mut from).await?;
        if unwanted.is_empty() {
            break;
        }
        frames.follow(&unwanted);
    }
    Ok(())
}

/// What there is to read, once there is something; nothing at the end.
async fn read_some(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    std::future::poll_fn(|context| {
        let mut place = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut read = ReadBuf::uninit(&mut place);
        ready!(Pin::new(&mut *from).poll_read(context, &mut read))?;
        Ok(read.filled().to_vec()).into()
    })
    .await
}

fn farewell(code: CloseCode, reason: &'static str, mask: Option<[u8; 4]>) -> Vec<u8> {
    let mut frame = Frame::close(Some(CloseFrame { code, reason: reason.into() }));
    frame.header_mut().mask = mask;
    let mut bytes = Vec::new();
    frame.format(&mut bytes).expect("writing into memory does not fail");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};
    use tokio::sync::oneshot;

    const MASK: [u8; 4] = [1, 2, 3, 4];

    /// The far ends of the client and the upstream, the word that ends it, and the relay's own outcome.
    struct Ends {
        client: DuplexStream,
        upstream: DuplexStream,
        end: oneshot::Sender<Ending>,
        outcome: tokio::task::JoinHandle<Option<Ending>>,
    }

    fn start() -> Ends {
        let (client, client_side) = duplex(64);
        let (upstream, upstream_side) = duplex(64);
        let (end, ended) = oneshot::channel();
        let ended = async { ended.await.expect("somebody says so") };
        Ends { client, upstream, end, outcome: tokio::spawn(relay(client_side, upstream_side, ended, MASK)) }
    }

    async fn read(from: &mut DuplexStream, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        from.read_exact(&mut bytes).await.unwrap();
        bytes
    }

    #[tokio::test]
    async fn a_goodbye_waits_for_the_end_of_the_frame_and_nothing_follows_it() {
        let Ends { mut client, mut upstream, end, outcome } = start();
        client.write_all(&[0x82, 0x84, 0, 0, 0, 0, 1, 2]).await.unwrap();
        assert_eq!(read(&mut upstream, 8).await[6..], [1, 2]);
        end.send(Ending::Lapsed).unwrap();
        let to_client = read(&mut client, 2 + 2 + 19).await;
        assert_eq!(to_client[..4], [0x88, 21, 0x11, 0x31], "4401, unmasked");
        assert_eq!(&to_client[4..], b"verification needed");
        client.write_all(&[3, 4, 0x81, 0x81, 0, 0, 0, 0, b'x']).await.unwrap();
        let to_upstream = read(&mut upstream, 2 + 8).await;
        assert_eq!(to_upstream[..2], [3, 4], "the rest of the frame");
        assert_eq!(to_upstream[2..8], [0x88, 0x82, 1, 2, 3, 4], "then a masked Close");
        assert_eq!([to_upstream[8] ^ 1, to_upstream[9] ^ 2], 1001_u16.to_be_bytes());
        client.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await.unwrap();
        upstream.write_all(&[0x88, 0]).await.unwrap();
        assert_eq!(outcome.await.unwrap(), Some(Ending::Lapsed));
        assert_eq!(upstream.read(&mut [0; 9]).await.unwrap(), 0, "nothing of the later frame");
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_no_goodbye_is_left_after_two_seconds() {
        let Ends { mut client, mut upstream, end, outcome } = start();
        client.write_all(&[0x82, 0xff, 0, 0]).await.unwrap();
        read(&mut upstream, 4).await;
        end.send(Ending::Stopping).unwrap();
        assert_eq!(read(&mut client, 4).await, [0x88, 12, 0x03, 0xe9], "1001");
        assert_eq!(outcome.await.unwrap(), Some(Ending::Stopping));
        assert_eq!(upstream.read(&mut [0; 9]).await.unwrap(), 0, "no Close inside a frame");
    }

    #[tokio::test]
    async fn the_end_of_a_side_is_passed_on() {
        let Ends { client, mut upstream, end: _end, outcome } = start();
        drop(client);
        assert_eq!(upstream.read(&mut [0; 9]).await.unwrap(), 0);
        drop(upstream);
        assert_eq!(outcome.await.unwrap(), None);
    }
}
