//! A DNS server that answers what a test tells it to, over UDP and TCP at one port, and counts what it is asked.
//!
//! The tests of `src/website` have it too, so it keeps to itself.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{Edns, Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::{RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

/// What is answered: a code and records, or nothing at all.
pub type Reply = Option<(ResponseCode, Vec<Record>)>;

/// The server, which ends with this.
pub struct NameServer {
    /// Where it is.
    pub address: SocketAddr,
    asked: Asked,
    _server: Server<Handler>,
}

type Asked = Arc<Mutex<HashMap<(String, RecordType), usize>>>;

/// Answers a name (in lower case, with its last dot), what is wanted of it, by which way it was asked, and how often before.
type Answers = dyn Fn(&str, RecordType, Protocol, usize) -> Reply + Send + Sync;

impl NameServer {
    /// Starts one that answers so.
    pub async fn start(
        answers: impl Fn(&str, RecordType, Protocol, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let asked = Asked::default();
        let mut server = Server::new(Handler { answers: Box::new(answers), asked: Arc::clone(&asked) });
        let (udp, tcp) = sockets().await;
        let address = tcp.local_addr().expect("an address");
        server.register_socket(udp);
        server.register_listener(tcp, Duration::from_secs(5), 32);
        Self { address, asked, _server: server }
    }

    /// How often a name was asked for this.
    pub fn asked(&self, name: &str, kind: RecordType) -> usize {
        self.asked.lock().expect("the counts").get(&(name.to_owned(), kind)).copied().unwrap_or(0)
    }
}

/// A record.
pub fn record(name: &str, data: RData) -> Record {
    Record::from_rdata(name.parse().expect("a name"), 60, data)
}

/// One port for both: that which TCP was given may be taken for UDP.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().expect("an address")).await {
            return (udp, tcp);
        }
    }
}

struct Handler {
    answers: Box<Answers>,
    asked: Asked,
}

impl Handler {
    fn count(&self, name: &str, kind: RecordType) -> usize {
        let mut asked = self.asked.lock().expect("the counts");
        let count = asked.entry((name.to_owned(), kind)).or_default();
        *count += 1;
        *count - 1
    }
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut out: R,
    ) -> ResponseInfo {
        let query = request.request_info().expect("one question").query;
        let (name, kind) = (query.original().name().to_lowercase().to_ascii(), query.query_type());
        let before = self.count(&name, kind);
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        if let Some((code, records)) = (self.answers)(&name, kind, request.protocol(), before) {
            metadata.response_code = code;
            let mut edns = Edns::new();
            edns.set_max_payload(1232);
            let mut builder = MessageResponseBuilder::from_message_request(request);
            builder.edns(&edns);
            out.send_response(builder.build(metadata, &records, [], [], [])).await.expect("an answer");
        }
        Header { metadata, counts: HeaderCounts::default() }.into()
    }
}
