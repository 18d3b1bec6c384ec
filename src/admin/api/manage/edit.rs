//! What of a profile is to be changed: a member that is not there stays as it is, and null takes one away.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::domain::profile::Field;

/// Fields of a profile.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProfileEdit {
    /// 100 characters at most.
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    /// 1 to 30 characters.
    #[serde(default, deserialize_with = "given")]
    nickname: Option<String>,
    #[serde(default, deserialize_with = "given")]
    zoneinfo: Option<String>,
    #[serde(default, deserialize_with = "given")]
    locale: Option<String>,
    extended_profile: Option<ExtendedProfileEdit>,
}

/// Fields of what is said of the person's work.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ExtendedProfileEdit {
    #[serde(default, deserialize_with = "given")]
    job_title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    organization: Option<String>,
    #[serde(default, deserialize_with = "given")]
    department: Option<String>,
    #[serde(default, deserialize_with = "given")]
    location: Option<String>,
}

impl ProfileEdit {
    /// The fields that are there, with their values; an empty one takes the field away.
    pub fn values(self) -> Vec<(Field, String)> {
        let work = self.extended_profile.unwrap_or_default();
        [
            (Field::Name, self.name),
            (Field::Nickname, self.nickname),
            (Field::Zoneinfo, self.zoneinfo),
            (Field::Locale, self.locale),
            (Field::JobTitle, work.job_title),
            (Field::Organization, work.organization),
            (Field::Department, work.department),
            (Field::Location, work.location),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
        .collect()
    }
}

/// The value of a member that is there: null is the empty one.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(value).map(|value| Some(value.unwrap_or_default()))
}
