//! What a user of a directory says about the account: its address, whether it may come in, and its profile.

use serde_json::Value;

use super::schema::{ACTIVE, DISPLAY_NAME, EMAILS, ENTERPRISE, EXTERNAL_ID, PRIMARY, USER_NAME, VALUE};
use super::{Mistake, MistakeKind, Object};
use crate::domain::email::EmailAddress;
use crate::domain::profile::{Field, LONGEST_FIELD, LONGEST_NAME, LONGEST_NICKNAME};

/// The person that a resource describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name by which the directory knows them, in the spelling by which names are compared.
    pub user_name: String,
    /// What the client calls them.
    pub external_id: Option<String>,
    /// Whether they may come in.
    pub active: bool,
    /// The address of the account.
    pub email: EmailAddress,
    /// What is said of them; `None` where nothing is.
    pub profile: Vec<(Field, Option<String>)>,
}

impl Person {
    /// The person of a resource.
    pub fn of(resource: &Object) -> Result<Self, Mistake> {
        let address = primary(resource).unwrap_or_default();
        let email = EmailAddress::parse(address)
            .map_err(|error| MistakeKind::InvalidValue.because(format!("emails: the address {error}.")))?;
        Ok(Self {
            user_name: folded(text(resource, USER_NAME).unwrap_or_default()),
            external_id: text(resource, EXTERNAL_ID).map(ToOwned::to_owned),
            active: resource.get(ACTIVE) != Some(&Value::Bool(false)),
            email,
            profile: profile(resource),
        })
    }
}

/// A text as it is compared where capitals do not matter (RFC 7643 section 2.2, `caseExact`).
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

fn text<'r>(resource: &'r Object, name: &str) -> Option<&'r str> {
    resource.get(name)?.as_str()
}

/// The address that counts: the primary one, else one of work, else the first.
fn primary(resource: &Object) -> Option<&str> {
    let emails = resource.get(EMAILS)?.as_array()?;
    let is_primary = |email: &&Value| email.get(PRIMARY) == Some(&Value::Bool(true));
    let is_work = |email: &&Value| {
        email.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    let found = emails.iter().find(is_primary).or_else(|| emails.iter().find(is_work)).or(emails.first());
    found?.get(VALUE)?.as_str()
}

fn profile(resource: &Object) -> Vec<(Field, Option<String>)> {
    let enterprise = resource.get(ENTERPRISE.id).and_then(Value::as_object);
    let work = |name: &str| {
        enterprise.and_then(|enterprise| text(enterprise, name)).or_else(|| text(resource, name))
    };
    let own = |name: &str| text(resource, name).map(ToOwned::to_owned);
    let fields = [
        (Field::Name, full_name(resource)),
        (Field::Nickname, own("nickName")),
        (Field::JobTitle, own("title")),
        (Field::Department, work("department").map(ToOwned::to_owned)),
        (Field::Organization, work("organization").map(ToOwned::to_owned)),
        (Field::Zoneinfo, own("timezone")),
        (Field::Locale, own("preferredLanguage")),
    ];
    fields.into_iter().map(|(field, value)| (field, value.and_then(|value| fitting(field, &value)))).collect()
}

/// The name that is shown: as it is said, or put together.
fn full_name(resource: &Object) -> Option<String> {
    let name = resource.get("name").and_then(Value::as_object);
    let part = |part: &str| name.and_then(|name| text(name, part));
    let said = text(resource, DISPLAY_NAME).or_else(|| part("formatted"));
    let parts: Vec<&str> = [part("givenName"), part("familyName")].into_iter().flatten().collect();
    said.map(ToOwned::to_owned).or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
}

/// What the account's field can hold of a value. The directory keeps all of it, and a long nickname is no reason to refuse a
/// person.
fn fitting(field: Field, value: &str) -> Option<String> {
    let longest = match field {
        Field::Name => LONGEST_NAME,
        Field::Nickname => LONGEST_NICKNAME,
        _ => LONGEST_FIELD,
    };
    let cut: String = value.trim().chars().take(longest).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(resource: &Value) -> Result<Person, Mistake> {
        Person::of(resource.as_object().unwrap())
    }

    #[test]
    fn a_resource_says_who_somebody_is() {
        let jane = person(&json!({
            "userName": "JANE", "externalId": "e1", "active": false, "title": "Lead", "department": "Sales",
            "nickName": "J".repeat(40), "name": { "givenName": "Jane", "familyName": "Doe" },
            "emails": [
                { "value": "home@acme.com", "type": "home" },
                { "value": "Work@acme.com", "type": "WORK" },
                { "value": "Main@acme.com", "primary": true },
            ],
            ENTERPRISE.id: { "department": "IT", "organization": "Acme" },
        }))
        .unwrap();
        assert_eq!((jane.user_name.as_str(), jane.email.as_str()), ("jane", "main@acme.com"));
        assert!(!jane.active);
        let said: Vec<(Field, &str)> =
            jane.profile.iter().filter_map(|(field, value)| Some((*field, value.as_deref()?))).collect();
        let expected = [
            (Field::Name, "Jane Doe"),
            (Field::Nickname, "JJJJJJJJJJJJJJJJJJJJJJJJJJJJJJ"),
            (Field::JobTitle, "Lead"),
            (Field::Department, "IT"),
            (Field::Organization, "Acme"),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn without_an_address_there_is_nobody() {
        for emails in [json!([]), json!([{ "value": "nobody" }]), json!([{ "type": "work" }])] {
            assert!(person(&json!({ "userName": "jane", "emails": emails })).is_err(), "{emails}");
        }
        let work = json!([{ "value": "a@acme.com" }, { "value": "b@acme.com", "type": "work" }]);
        assert_eq!(person(&json!({ "userName": "j", "emails": work })).unwrap().email.as_str(), "b@acme.com");
    }
}
