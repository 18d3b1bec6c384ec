//! What DNS says of a domain: its TXT records and its addresses, asked anew each time.
//!
//! Names are asked for as they are, never with a search list or from a hosts file, and an answer is never remembered: who has
//! just added a record tries again at once. What an answer may hold is bounded. The rules about it are in
//! `domain/ownership.rs` and `domain/public_address.rs`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::system_conf::read_system_conf;

use crate::config::dns::Dns;
use crate::domain::domain_name::DomainName;
use crate::domain::ownership::MAX_TEXTS;

/// What all TXT records of a name may have together: hundreds of the usual ones.
const MAX_TEXT_BYTES: usize = 32 * 1024;

/// More than a web site has.
const MAX_ADDRESSES: usize = 64;

/// Asks the name servers of the configuration, or else those of the machine.
#[derive(Debug, Clone)]
pub struct Resolver {
    settings: Dns,
}

/// What DNS says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// These values, at least one, in no order.
    Found(Vec<T>),
    /// That there are none.
    Absent(Absence),
    /// Nothing: nobody knows whether there are any.
    Unknown(Unanswered),
}

/// In which way there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Absence {
    /// The domain does not exist (NXDOMAIN).
    #[error("there is no such domain in DNS")]
    Name,
    /// The domain exists, and has no record of this kind.
    #[error("the domain has no such record in DNS")]
    Record,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// No answer came in time.
    #[error("the DNS server did not answer in time")]
    Timeout,
    /// It could not find out (SERVFAIL): the domain's own servers are down, or their signatures are wrong.
    #[error("the DNS server could not get an answer from the domain's own name servers")]
    Failed,
    /// It does not answer us, or not this.
    #[error("the DNS server refused to answer")]
    Refused,
    /// It cannot be reached, or does not speak DNS.
    #[error("the DNS server cannot be reached, or its answer cannot be read")]
    Unreachable,
    /// There is more than is looked at.
    #[error("the domain has too many records in DNS, or too long ones")]
    TooMuch,
    /// The machine names no server.
    #[error("the gateway knows no DNS server: /etc/resolv.conf names none")]
    NoServer,
}

impl Resolver {
    /// One that asks as the settings say.
    pub fn new(settings: &Dns) -> Self {
        Self { settings: settings.clone() }
    }

    /// The TXT records of a domain itself. The strings of each are joined without anything between them.
    ///
    /// An alias is followed, which only a domain below another can be: whom it points to may speak for it. That gives nobody
    /// more than they have, since mail to such a domain goes there too (RFC 5321 section 5.1). Nor does a wildcard: it is its
    /// owner who writes it, and what it says must still be the domain's own token.
    pub async fn texts(&self, domain: &DomainName) -> Answer<Vec<u8>> {
        let records = match self.records(domain, RecordType::TXT).await {
            Ok(records) => records,
            Err(answer) => return answer.into(),
        };
        let mut texts = Vec::new();
        let mut bytes = 0;
        for record in records {
            let RData::TXT(text) = record.data else { continue };
            bytes += text.txt_data.iter().map(|string| string.len()).sum::<usize>();
            texts.push(text.txt_data.concat());
        }
        // In any order: to look at the first ones alone would find a record today and miss it tomorrow.
        if texts.len() > MAX_TEXTS || bytes > MAX_TEXT_BYTES {
            return Answer::Unknown(Unanswered::TooMuch);
        }
        if texts.is_empty() { Answer::Absent(Absence::Record) } else { Answer::Found(texts) }
    }

    /// Every address of a domain, IPv4 before IPv6. Where one of the two kinds cannot be asked for, neither counts.
    pub async fn addresses(&self, domain: &DomainName) -> Answer<IpAddr> {
        let (v4, v6) =
            tokio::join!(self.records(domain, RecordType::A), self.records(domain, RecordType::AAAA));
        let mut addresses = Vec::new();
        let mut absence = Absence::Name;
        for records in [v4, v6] {
            match records {
                Ok(records) => addresses.extend(records.iter().filter_map(|record| record.data.ip_addr())),
                Err(Nothing::Absent(how)) if how == Absence::Record => absence = how,
                Err(Nothing::Absent(_)) => {}
                Err(Nothing::Unknown(why)) => return Answer::Unknown(why),
            }
        }
        match addresses.len() {
            0 => Answer::Absent(absence),
            1..=MAX_ADDRESSES => Answer::Found(addresses),
            _ => Answer::Unknown(Unanswered::TooMuch),
        }
    }

    /// The records of one type that a domain has, itself or by the names that it stands for.
    async fn records(&self, domain: &DomainName, kind: RecordType) -> Result<Vec<Record>, Nothing> {
        let name = absolute(domain).ok_or(Nothing::Absent(Absence::Name))?;
        let resolver = self.open()?;
        // A chain of names is asked for one by one, so the whole of it is bounded too.
        let patience = self.settings.timeout.saturating_mul(self.settings.attempts);
        let asked = tokio::time::timeout(patience, resolver.lookup(name.clone(), kind)).await;
        match asked {
            Ok(Ok(answer)) => Ok(of_name(&name, kind, answer.answers())),
            Ok(Err(error)) => Err(nothing(&error)),
            Err(_) => Err(Nothing::Unknown(Unanswered::Timeout)),
        }
    }

    /// A resolver for one question. It keeps its connections and what it learned of servers to itself, so a question never
    /// waits for another runtime, and a new `/etc/resolv.conf` counts at once.
    fn open(&self) -> Result<TokioResolver, Nothing> {
        let no_server = |_| Nothing::Unknown(Unanswered::NoServer);
        // Of the machine's settings the servers alone: no search list is ever known here.
        let servers = match self.settings.servers.as_slice() {
            [] => read_system_conf().map_err(no_server)?.0.name_servers,
            servers => servers.iter().map(server).collect(),
        };
        let config = ResolverConfig::from_name_servers(servers);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        set(builder.options_mut(), self.settings.timeout, self.settings.attempts);
        builder.build().map_err(no_server)
    }
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.to_vec())
}

fn set(options: &mut ResolverOpts, timeout: Duration, attempts: u32) {
    options.timeout = timeout;
    // Hickory counts those after the first.
    options.attempts = attempts.saturating_sub(1) as usize;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.edns0 = true;
    // Who cannot see a question must guess the case of its letters too (draft-vixie-dnsext-dns0x20); an answer that has
    // another is asked for again by TCP.
    options.case_randomization = true;
}

/// Why there are no records.
enum Nothing {
    Absent(Absence),
    Unknown(Unanswered),
}

impl<T> From<Nothing> for Answer<T> {
    fn from(nothing: Nothing) -> Self {
        match nothing {
            Nothing::Absent(how) => Self::Absent(how),
            Nothing::Unknown(why) => Self::Unknown(why),
        }
    }
}

fn absolute(domain: &DomainName) -> Option<Name> {
    Name::from_ascii(format!("{domain}.")).ok()
}

/// Those of an answer that are the name's own, by way of its aliases. Whatever else a server added is nobody's word on it.
fn of_name(name: &Name, kind: RecordType, answers: &[Record]) -> Vec<Record> {
    let mut name = name;
    // Each step uses up a record, so that aliases in a circle end.
    for _ in answers {
        let alias = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *name => Some(&target.0),
            _ => None,
        });
        match alias {
            Some(target) => name = target,
            None => break,
        }
    }
    let own = answers.iter().filter(|record| record.name == *name && record.record_type() == kind);
    own.cloned().collect()
}

fn nothing(error: &NetError) -> Nothing {
    Nothing::Unknown(match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            return Nothing::Absent(match none.response_code {
                ResponseCode::NXDomain => Absence::Name,
                _ => Absence::Record,
            });
        }
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Unanswered::Refused,
        NetError::Dns(_) => Unanswered::Failed,
        NetError::Timeout => Unanswered::Timeout,
        NetError::Truncated => Unanswered::TooMuch,
        _ => Unanswered::Unreachable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::rdata::CNAME;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn alias(from: &str, to: &str) -> Record {
        Record::from_rdata(name(from), 60, RData::CNAME(CNAME(name(to))))
    }

    fn address(of: &str, last: u8) -> Record {
        Record::from_rdata(name(of), 60, RData::from(IpAddr::from([192, 0, 2, last])))
    }

    fn found(answers: &[Record]) -> Vec<Record> {
        of_name(&name("Corp.test."), RecordType::A, answers)
    }

    #[test]
    fn a_name_is_asked_for_as_it_is() {
        for text in ["intranet.corp", "xn--bcher-kva.test", &format!("{}.test", "a".repeat(63))] {
            let absolute = absolute(&DomainName::parse(text).unwrap()).unwrap();
            assert!(absolute.is_fqdn());
            assert_eq!(absolute.to_ascii(), format!("{text}."));
        }
    }

    #[test]
    fn only_what_belongs_to_the_name_or_its_aliases_is_taken() {
        let other = address("evil.test.", 1);
        assert!(found(std::slice::from_ref(&other)).is_empty());
        assert_eq!(found(&[other.clone(), address("corp.TEST.", 2)]), [address("corp.TEST.", 2)]);
        let chain =
            [alias("b.test.", "c.test."), alias("corp.test.", "b.test."), address("c.test.", 3), other];
        assert_eq!(found(&chain), [address("c.test.", 3)]);
        assert!(
            found(&[alias("corp.test.", "b.test."), alias("b.test.", "corp.test.")]).is_empty(),
            "a circle"
        );
    }
}
