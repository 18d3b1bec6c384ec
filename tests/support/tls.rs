//! An authority that signs certificates for tests, and the TLS of a client that trusts it.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    /// A new one, whose own certificate is written into the folder as `ca.pem`.
    pub fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        write(folder, "ca.pem", &certificate.pem());
        Self { certificate: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// Writes a certificate for these hosts, `NAME.pem`, and its key, `NAME.key`; over older ones.
    pub fn issue(&self, folder: &Path, name: &str, hosts: &[&str]) {
        let (certificate, key) = self.sign(hosts, ExtendedKeyUsagePurpose::ServerAuth);
        write(folder, &format!("{name}.pem"), &certificate.pem());
        write(folder, &format!("{name}.key"), &key.serialize_pem());
    }

    fn sign(&self, names: &[&str], purpose: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("parameters");
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("a key");
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }
}

/// The TLS of a client.
pub struct Client {
    trusted: RootCertStore,
    /// What it says it can speak inside.
    pub protocols: &'static [&'static [u8]],
    /// The versions it offers.
    pub versions: &'static [&'static SupportedProtocolVersion],
    /// Its own certificate and key.
    identity: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
}

impl Default for Client {
    /// One that trusts nobody.
    fn default() -> Self {
        let versions = rustls::ALL_VERSIONS;
        Self { trusted: RootCertStore::empty(), protocols: &[], versions, identity: None }
    }
}

impl Client {
    /// One that trusts this authority.
    pub fn trusting(authority: &Authority) -> Self {
        let mut client = Self::default();
        client.trusted.add(authority.certificate.clone()).expect("an authority");
        client
    }

    /// With a certificate of its own, signed by this authority.
    pub fn known_to(mut self, authority: &Authority) -> Self {
        let (certificate, key) = authority.sign(&["phone.test"], ExtendedKeyUsagePurpose::ClientAuth);
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        self.identity = Some((certificate.der().clone(), key.into()));
        self
    }

    /// Speaking only this inside.
    pub fn speaking(self, protocols: &'static [&'static [u8]]) -> Self {
        Self { protocols, ..self }
    }

    /// With these versions of TLS alone.
    pub fn of(self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        Self { versions, ..self }
    }

    /// Its configuration; what it remembers of a session is in it.
    pub fn config(self) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(self.versions)
            .expect("versions")
            .with_root_certificates(self.trusted);
        let mut config = match self.identity {
            Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).expect("a key"),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.protocols.iter().map(|name| name.to_vec()).collect();
        config.resumption = Resumption::in_memory_sessions(8);
        config
    }

    /// Connects, asking for this host; the error is of TLS.
    pub async fn connect(self, address: SocketAddr, host: &str) -> std::io::Result<TlsStream<TcpStream>> {
        connect(&Arc::new(self.config()), address, host).await
    }
}

/// Connects, with what this configuration remembers.
pub async fn connect(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
    host: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let host = ServerName::try_from(host.to_owned()).expect("a host");
    TlsConnector::from(Arc::clone(config)).connect(host, stream).await
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
}
