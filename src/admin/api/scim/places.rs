//! Where pages of a directory's lists ended, so that the next one begins there and nobody before it is counted again.
//!
//! The protocol names a place by its number (RFC 7644 section 3.4.2.4), which a database finds only by passing over all before
//! it. A client that reads a list page by page asks for the place where its last page ended. A place is used only while nothing
//! came to the directory or left it since, so it is always the one that counting finds: a node that does not know it, or not any
//! more, counts.

use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::domain::scim::schema::ResourceType;
use crate::store::{DirectoryRow, ScimStart};

/// Places that are remembered: as many walks at once as nobody does.
const MOST: usize = 1_000;

/// The places, in the memory of one node.
pub struct Places(Cache<Place, Known>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    directory: Uuid,
    kind: &'static str,
    /// How many are before it.
    passed: u64,
}

/// What was found at a place.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The version of the directory.
    version: i64,
    /// The last one before it.
    after: Uuid,
}

impl Default for Places {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Places {
    /// Where a page begins that has so many before it.
    pub fn start(&self, at: &DirectoryRow, kind: &ResourceType, passed: u64, version: i64) -> ScimStart {
        let place = Place { directory: at.id, kind: kind.name, passed };
        match self.0.get(&place) {
            Some(known) if known.version == version => ScimStart::After(known.after),
            _ => ScimStart::Behind(passed),
        }
    }

    /// Remembers that a page ended with this one; the version is that from before the page was read.
    pub fn note(&self, at: &DirectoryRow, kind: &ResourceType, passed: u64, version: i64, after: Uuid) {
        let place = Place { directory: at.id, kind: kind.name, passed };
        self.0.insert(place, Known { version, after });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organization::OrganizationId;
    use crate::domain::scim::schema::{GROUPS, USERS};

    #[test]
    fn a_place_is_known_until_somebody_comes_or_goes() {
        let directory = |id| DirectoryRow {
            id: Uuid::from_u128(id),
            organization: OrganizationId::only(),
            name: "Okta".to_owned(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let (places, last) = (Places::default(), Uuid::from_u128(9));
        places.note(&directory(1), &USERS, 100, 7, last);
        assert_eq!(places.start(&directory(1), &USERS, 100, 7), ScimStart::After(last));
        for (other, kind, passed, version) in
            [(1, &USERS, 100, 8), (1, &USERS, 99, 7), (1, &GROUPS, 100, 7), (2, &USERS, 100, 7)]
        {
            let start = places.start(&directory(other), kind, passed, version);
            assert_eq!(start, ScimStart::Behind(passed));
        }
    }
}
