//! TXT records that a test publishes and withdraws as it goes on, and the DNS server that has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::rdata::TXT;
use hickory_server::proto::rr::{RData, RecordType};

use super::name_server::{NameServer, Reply, record};

/// The records, and the server, which ends with this.
pub struct Zone {
    /// The server.
    pub server: NameServer,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Texts by name, which has its last dot.
    texts: HashMap<String, Vec<String>>,
    /// Whether the server fails at everything.
    fails: bool,
    /// Whether it fails at addresses alone.
    fails_for_addresses: bool,
}

impl Zone {
    /// An empty one.
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// One that has `look` done before each question for texts is answered.
    pub async fn with(look: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = NameServer::start(move |name, kind, _, _| {
            if kind == RecordType::TXT {
                look(name);
            }
            shared.lock().expect("the zone").reply(name, kind)
        })
        .await;
        Self { server, state }
    }

    /// Sections of a configuration that asks this server alone, and takes the names of tests for domains.
    pub fn settings(&self) -> String {
        let address = self.server.address;
        format!(
            "[dns]\nservers = [\"{address}\"]\ntimeout = \"10s\"\nattempts = 1\n\n[domains]\nallow_special_use = true\n"
        )
    }

    /// Adds a TXT record.
    pub fn publish(&self, name: &str, text: &str) {
        let mut state = self.state.lock().expect("the zone");
        state.texts.entry(format!("{name}.")).or_default().push(text.to_owned());
    }

    /// Removes one.
    pub fn withdraw(&self, name: &str, text: &str) {
        let mut state = self.state.lock().expect("the zone");
        state.texts.entry(format!("{name}.")).or_default().retain(|known| known != text);
    }

    /// From now on the server fails, or does so no longer.
    pub fn fail(&self, fails: bool) {
        self.state.lock().expect("the zone").fails = fails;
    }

    /// From now on the server fails for addresses, so that no web site is found.
    pub fn fail_for_addresses(&self) {
        self.state.lock().expect("the zone").fails_for_addresses = true;
    }
}

impl State {
    fn reply(&self, name: &str, kind: RecordType) -> Reply {
        if self.fails || self.fails_for_addresses && kind != RecordType::TXT {
            return Some((ResponseCode::ServFail, vec![]));
        }
        let Some(texts) = self.texts.get(name).filter(|texts| !texts.is_empty()) else {
            return Some((ResponseCode::NXDomain, vec![]));
        };
        let records = texts.iter().map(|text| record(name, RData::TXT(TXT::new(vec![text.clone()]))));
        Some((ResponseCode::NoError, if kind == RecordType::TXT { records.collect() } else { vec![] }))
    }
}
