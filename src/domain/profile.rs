//! What may be said of a person in their profile, and which fields of it can be changed.

/// The most characters of a name (user management API, `name`).
pub const LONGEST_NAME: usize = 100;
/// The most characters of a nickname; the fewest is one (user management API, `nickname`).
pub const LONGEST_NICKNAME: usize = 30;
/// The most characters of the other fields, of which the API that this one follows says nothing.
pub const LONGEST_FIELD: usize = 255;

/// A field of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Field {
    Name,
    Nickname,
    Zoneinfo,
    Locale,
    JobTitle,
    Organization,
    Department,
    Location,
}

/// What is wrong with a value, by the keys of the API that this one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Violation {
    /// It is too long.
    MaxLength,
    /// It has a control character, or nothing where something must be.
    ValidCharacters,
    /// The part of an address before or after the `@`, or a label of its domain, is too long.
    PartMaxLength,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Nickname,
        Self::Zoneinfo,
        Self::Locale,
        Self::JobTitle,
        Self::Organization,
        Self::Department,
        Self::Location,
    ];

    /// Where it stands in the API's account object.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nickname => "nickname",
            Self::Zoneinfo => "zoneinfo",
            Self::Locale => "locale",
            Self::JobTitle => "extended_profile.job_title",
            Self::Organization => "extended_profile.organization",
            Self::Department => "extended_profile.department",
            Self::Location => "extended_profile.location",
        }
    }

    /// What is wrong with a new value; an empty one takes the field away, where it can be without.
    pub fn violation(self, value: &str) -> Option<Violation> {
        let longest = match self {
            Self::Name => LONGEST_NAME,
            Self::Nickname => LONGEST_NICKNAME,
            _ => LONGEST_FIELD,
        };
        let is_needed = matches!(self, Self::Name | Self::Nickname);
        if value.chars().count() > longest {
            return Some(Violation::MaxLength);
        }
        let is_empty = value.trim().is_empty();
        (value.chars().any(char::is_control) || (is_needed && is_empty)).then_some(Violation::ValidCharacters)
    }
}

impl Violation {
    /// The key that clients know.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MaxLength => "maxLength",
            Self::ValidCharacters => "validCharacters",
            Self::PartMaxLength => "partMaxLength",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_limits_and_no_control_characters() {
        let rows = [
            (Field::Nickname, "x".repeat(30), None),
            (Field::Nickname, "ü".repeat(30), None),
            (Field::Nickname, "x".repeat(31), Some(Violation::MaxLength)),
            (Field::Nickname, String::new(), Some(Violation::ValidCharacters)),
            (Field::Name, "x".repeat(100), None),
            (Field::Name, "x".repeat(101), Some(Violation::MaxLength)),
            (Field::Name, " ".to_owned(), Some(Violation::ValidCharacters)),
            (Field::JobTitle, String::new(), None),
            (Field::Location, "x".repeat(256), Some(Violation::MaxLength)),
        ];
        for (field, value, expected) in rows {
            assert_eq!(field.violation(&value), expected, "{field:?} {value}");
        }
        for field in Field::ALL {
            assert_eq!(field.violation("a\u{7}b"), Some(Violation::ValidCharacters), "{field:?}");
            assert_eq!(field.violation("a\r\nb"), Some(Violation::ValidCharacters), "{field:?}");
        }
    }
}
