//! `[[listen.certificate]]` and `[listen.client_certificates]`: what TLS is offered with.
//!
//! The files are read and tried here, so that a bad one stops a start and changes nothing at a reload. A certificate goes
//! out for the names that it carries itself; the first one goes out where none fits.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{Ticketer, default_provider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use webpki::{EndEntityCert, KeyUsage};

use super::Surroundings;
use super::section::Section;
use super::values::Refusal;

/// What is spoken inside, dearest first: HTTP/2 only with those who ask for it.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// TLS as it is offered.
#[derive(Clone)]
pub struct Tls {
    /// What connections are accepted with. Each reading of the file makes its own, with ticket keys of its own: no resumed
    /// session brings back a client certificate that is not trusted any more.
    pub server: Arc<ServerConfig>,
    /// In the order of the file.
    pub certificates: Vec<Certificate>,
    /// Whether clients are asked for a certificate.
    pub client_certificates: Option<ClientCertificates>,
}

/// A certificate of ours.
#[derive(Clone)]
pub struct Certificate {
    /// The file it stands in, with the chain after it.
    pub file: PathBuf,
    /// The DNS names that it carries.
    pub names: Vec<String>,
    /// When it ends, as far as that can be told.
    pub expires: Option<Timestamp>,
    key: Arc<CertifiedKey>,
}

/// Certificates of clients, as they are asked for.
#[derive(Debug, Clone)]
pub struct ClientCertificates {
    /// The file with the authorities that are trusted for them.
    pub ca_file: PathBuf,
    /// Whether a connection without one is refused.
    pub required: bool,
}

impl Certificate {
    /// Whether browsers take it for this host.
    pub fn is_for(&self, host: &str) -> bool {
        let (Ok(host), Some(certificate)) = (ServerName::try_from(host), self.key.cert.first()) else {
            return false;
        };
        EndEntityCert::try_from(certificate)
            .is_ok_and(|certificate| certificate.verify_is_valid_for_subject_name(&host).is_ok())
    }
}

impl fmt::Debug for Tls {
    /// Without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<_> = self.certificates.iter().map(|certificate| &certificate.file).collect();
        f.debug_struct("Tls")
            .field("certificates", &files)
            .field("client_certificates", &self.client_certificates)
            .finish_non_exhaustive()
    }
}

/// The certificates, chosen from by the name that a client asks for.
struct ByName(Vec<Certificate>);

impl fmt::Debug for ByName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByName")
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| self.0.iter().find(|known| known.is_for(name)));
        named.or(self.0.first()).map(|certificate| Arc::clone(&certificate.key))
    }
}

/// Reads both kinds of sections; `None` without a certificate, or after a mistake was noted.
pub(super) fn read(listen: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Tls> {
    let provider = Arc::new(default_provider());
    let sections = listen.optional_sections("certificate", "`cert_file` and `key_file`");
    let read = |section| certificate(section, around, &provider);
    // Every section is read before they are given up, so that all mistakes are found.
    let certificates: Vec<Option<Certificate>> = sections.into_iter().map(read).collect();
    let clients = client_certificates(listen, around, &provider);
    if !listen.has("certificate") {
        if listen.has("client_certificates") {
            let instead = "add [[listen.certificate]], or remove it";
            listen.reject("client_certificates", "has no meaning without a certificate of ours", instead);
        }
        return None;
    }
    let certificates = certificates.into_iter().collect::<Option<Vec<_>>>()?;
    // A section that is there but cannot be used must never come out as one that is not there.
    if listen.has("client_certificates") && clients.is_none() {
        return None;
    }
    let (client_certificates, verifier) = clients.unzip();
    match server(provider, certificates.clone(), verifier) {
        Ok(server) => Some(Tls { server: Arc::new(server), certificates, client_certificates }),
        Err(error) => {
            listen.reject_whole("cannot offer TLS", error.to_string());
            None
        }
    }
}

/// TLS 1.2 and 1.3 without 0-RTT, which rustls leaves off; it knows no renegotiation. Sessions are resumed by tickets alone.
fn server(
    provider: Arc<CryptoProvider>,
    certificates: Vec<Certificate>,
    clients: Option<Arc<dyn ClientCertVerifier>>,
) -> Result<ServerConfig, rustls::Error> {
    let versions = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])?;
    let verified = match clients {
        Some(verifier) => versions.with_client_cert_verifier(verifier),
        None => versions.with_no_client_auth(),
    };
    let mut server = verified.with_cert_resolver(Arc::new(ByName(certificates)));
    server.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    server.session_storage = Arc::new(NoServerSessionStorage {});
    server.ticketer = Ticketer::new()?;
    Ok(server)
}

fn certificate(
    mut section: Section<'_>,
    around: &Surroundings<'_>,
    provider: &CryptoProvider,
) -> Option<Certificate> {
    let file = section.required("cert_file", "jira.acme.com.pem", |text| {
        let file = around.file(text)?;
        Ok((chain(&file)?, file))
    });
    let key = section.required("key_file", "jira.acme.com.key", |text| private_key(&around.file(text)?));
    let read = file.zip(key).and_then(|((chain, file), key)| {
        let Some((names, expires)) = names(&chain) else {
            let instead =
                format!("{}: expected a certificate (X.509 v3) with DNS names in it", file.display());
            section.reject("cert_file", "names no host", instead);
            return None;
        };
        match CertifiedKey::from_der(chain, key, provider) {
            Ok(key) => Some(Certificate { file, names, expires, key: Arc::new(key) }),
            Err(error) => {
                let instead = format!("expected the key of {}: {error}", file.display());
                section.reject("key_file", "is not the key of this certificate", instead);
                None
            }
        }
    });
    section.finish();
    read
}

fn client_certificates(
    listen: &mut Section<'_>,
    around: &Surroundings<'_>,
    provider: &Arc<CryptoProvider>,
) -> Option<(ClientCertificates, Arc<dyn ClientCertVerifier>)> {
    let is_there = listen.has("client_certificates");
    let mut section = listen.section("client_certificates");
    let required = section.switch("required", false);
    let read = |text: &str| {
        let file = around.file(text)?;
        Ok((verifier(&file, required, provider)?, file))
    };
    let read = if is_there {
        section.required("ca_file", "clients.pem", read)
    } else {
        section.text("ca_file", read)
    };
    section.finish();
    read.map(|(verifier, ca_file)| (ClientCertificates { ca_file, required }, verifier))
}

fn verifier(
    file: &Path,
    required: bool,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, Refusal> {
    let refuse = |error: &dyn fmt::Display| {
        let instead = format!("{}: {error}; expected CA certificates in PEM", file.display());
        Refusal::new("holds no authority to trust", instead)
    };
    let mut authorities = RootCertStore::empty();
    for authority in chain(file)? {
        authorities.add(authority).map_err(|error| refuse(&error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), Arc::clone(provider));
    let builder = if required { builder } else { builder.allow_unauthenticated() };
    let verifier = builder.build().map_err(|error| refuse(&error))?;
    Ok(verifier)
}

/// All certificates of a PEM file, at least one.
fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let pem = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(Refusal::new("holds no certificate", format!("{}: expected PEM", file.display()))),
        Err(error) => Err(Refusal::new("is no PEM file", format!("{}: {error}", file.display()))),
    }
}

/// The private key of a PEM file, which nobody but its owner may read.
fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Refusal> {
    let mode =
        std::fs::metadata(file).map_err(|error| unreadable(file, &error))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let instead = format!("{} has mode {mode:o}: set it to 600", file.display());
        return Err(Refusal::new("can be read by others", instead));
    }
    let pem = zeroize::Zeroizing::new(std::fs::read(file).map_err(|error| unreadable(file, &error))?);
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        let instead = format!("{}: expected one in PEM, without a password", file.display());
        Refusal::new("holds no private key", instead)
    })
}

/// The DNS names of a chain's first certificate, and when it ends; `None` if it has none or cannot be read.
fn names(chain: &[CertificateDer<'_>]) -> Option<(Vec<String>, Option<Timestamp>)> {
    let certificate = EndEntityCert::try_from(chain.first()?).ok()?;
    let names: Vec<String> = certificate.valid_dns_names().map(str::to_owned).collect();
    (!names.is_empty()).then(|| (names, expires(&certificate)))
}

/// webpki keeps to itself what it read; but asked about a time far ahead, it refuses by the last day.
fn expires(certificate: &EndEntityCert<'_>) -> Option<Timestamp> {
    let far = UnixTime::since_unix_epoch(Duration::from_secs(1 << 40));
    match certificate.verify_for_usage(&[], &[], &[], far, KeyUsage::server_auth(), None, None) {
        Err(webpki::Error::CertExpired { not_after, .. }) => {
            Timestamp::from_second(i64::try_from(not_after.as_secs()).ok()?).ok()
        }
        _ => None,
    }
}

fn unreadable(file: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new("cannot be read", format!("{}: {error}", file.display()))
}
