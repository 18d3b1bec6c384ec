//! Who may vouch for a server that the gateway calls: the authorities of a file, or those that the machine believes.
//!
//! A certificate is always verified; nothing here turns that off.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::values::Refusal;

/// TLS 1.2 or 1.3 for HTTP/1.1, believing these authorities alone, or else those the machine believes.
pub fn client(authorities: Option<Arc<RootCertStore>>) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?;
    let builder = match authorities {
        Some(authorities) => builder.with_root_certificates(authorities),
        None => builder.with_platform_verifier()?,
    };
    let mut client = builder.with_no_client_auth();
    // A server that speaks another protocol under the same name is told so in the handshake (ALPACA class).
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(client)
}

/// Every certificate of a PEM file, as the only ones that may vouch for the server.
pub(super) fn authorities(path: &Path) -> Result<RootCertStore, Refusal> {
    let refuse = |reason: &str, why: &dyn std::fmt::Display| {
        Refusal::new(reason, format!("{}: {why}", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| refuse("cannot be read", &error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| refuse("is not PEM", &error))?;
        roots
            .add(certificate)
            .map_err(|error| refuse("holds something that is no CA certificate", &error))?;
    }
    if roots.is_empty() {
        return Err(refuse("holds no certificate", &"expected one or more CA certificates in PEM"));
    }
    Ok(roots)
}
