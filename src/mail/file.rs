//! Mail into a folder, one `.eml` file each: for the demo and for tests.
//!
//! A file appears whole or not at all, and only its owner may read it, as it holds a code.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::transport::DeliveryError;

/// Delivery into a folder.
pub struct FileTransport {
    /// Where the files go; created with the first mail.
    folder: PathBuf,
}

impl FileTransport {
    /// Delivery into this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes `<id>.eml`. The same mail again replaces the file.
    pub async fn deliver(&self, mail: Vec<u8>, id: Uuid) -> Result<(), DeliveryError> {
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, id, &mail)).await;
        let result = written.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        result.map_err(|error| DeliveryError::Temporary {
            reason: format!("the mail folder {} cannot be written: {error}", self.folder.display()),
        })
    }
}

/// The rename makes the file appear whole; the two syncs make it last before the outbox calls the mail sent.
fn write(folder: &Path, id: Uuid, mail: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let part = folder.join(format!(".{id}.part"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(mail)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(format!("{id}.eml")))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn a_mail_becomes_one_file_that_only_its_owner_may_read() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("new").join("mail");
        let transport = FileTransport::new(folder.clone());
        let id = Uuid::from_u128(1);
        transport.deliver(b"once".to_vec(), id).await.unwrap();
        transport.deliver(b"again".to_vec(), id).await.unwrap();
        let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [format!("{id}.eml").as_str()], "no half-written file stays");
        let path = folder.join(&names[0]);
        assert_eq!(fs::read(&path).unwrap(), b"again");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_a_temporary_failure_that_names_it() {
        let transport = FileTransport::new(PathBuf::from("/proc/nowhere"));
        let error = transport.deliver(b"secret".to_vec(), Uuid::nil()).await.unwrap_err();
        let DeliveryError::Temporary { reason } = error else { panic!("{error:?}") };
        assert!(reason.contains("/proc/nowhere") && !reason.contains("secret"), "{reason}");
    }
}
