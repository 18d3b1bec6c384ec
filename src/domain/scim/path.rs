//! Paths of a PATCH and names in a query (RFC 7644 sections 3.5.2 and 3.10): which attribute of which schema is meant.

use super::filter::ValueFilter;
use super::schema::{Attribute, ResourceType, Schema};
use super::{Mistake, MistakeKind};

/// More than any client writes.
const LONGEST: usize = 2_000;

/// Where an attribute stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Home {
    /// In the resource itself.
    Own,
    /// Under the URN of an extension.
    Extension(&'static Schema),
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An attribute of the standard that is not kept.
    Ignored,
    /// All of an extension.
    Extension(&'static Schema),
    /// An attribute, those of its values that a filter admits, and one part of them.
    Attribute {
        /// Where it stands.
        home: Home,
        /// Which one.
        attribute: &'static Attribute,
        /// Which of its values.
        filter: Option<ValueFilter>,
        /// Which part of them.
        part: Option<&'static Attribute>,
    },
}

impl Target {
    /// Reads a path.
    pub fn parse(kind: &ResourceType, text: &str) -> Result<Self, Mistake> {
        let text = text.trim();
        let unknown = || MistakeKind::InvalidPath.because("The path names no attribute of this resource.");
        if text.is_empty() || text.len() > LONGEST {
            return Err(unknown());
        }
        let (home, rest) = home(kind, text).ok_or_else(unknown)?;
        let schema = match home {
            Home::Extension(schema) if rest.is_empty() => return Ok(Self::Extension(schema)),
            Home::Extension(schema) => Some(schema),
            Home::Own => None,
        };
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at_checked(end).ok_or_else(unknown)?;
        let found = match schema {
            Some(schema) => schema.attribute(name),
            None => kind.attribute(name),
        };
        let Some(attribute) = found else {
            return if kind.ignores(name) { Ok(Self::Ignored) } else { Err(unknown()) };
        };
        let (filter, behind) = match behind.strip_prefix('[') {
            Some(text) if attribute.many && !attribute.parts.is_empty() => {
                let (filter, behind) = ValueFilter::parse(attribute, text)?;
                (Some(filter), behind)
            }
            Some(_) => return Err(unknown()),
            None => (None, behind),
        };
        let part = match behind.strip_prefix('.') {
            Some(name) => Some(attribute.part(name).ok_or_else(unknown)?),
            None if behind.is_empty() => None,
            None => return Err(unknown()),
        };
        Ok(Self::Attribute { home, attribute, filter, part })
    }
}

/// Where the attribute of a name stands, and the name without the schema before it. `None` for the URN of a strange schema.
pub fn home<'t>(kind: &ResourceType, text: &'t str) -> Option<(Home, &'t str)> {
    let is_urn = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    if !is_urn {
        return Some((Home::Own, text));
    }
    let own = [kind.schema.id, "urn:ietf:params:scim:schemas:core:2.0"];
    if let Some(rest) = own.iter().find_map(|urn| below(urn, text)).filter(|rest| !rest.is_empty()) {
        return Some((Home::Own, rest));
    }
    if let Some(found) = kind.extensions.iter().find_map(|schema| Some((*schema, below(schema.id, text)?))) {
        return Some((Home::Extension(found.0), found.1));
    }
    // Other versions of the URNs, as some clients write them: with or without the name of the resource at their end.
    if let Some(schema) = kind.extension(text).filter(|schema| ends_the_urn(schema, text)) {
        return Some((Home::Extension(schema), ""));
    }
    let (urn, name) = text.rsplit_once(':')?;
    Some((Home::Extension(kind.extension(urn)?), name))
}

/// Whether nothing follows the version, or only the name of the resource.
fn ends_the_urn(schema: &Schema, text: &str) -> bool {
    let last = text.rsplit(':').next().unwrap_or_default();
    last.eq_ignore_ascii_case("User")
        || (schema.attribute(last).is_none() && last.starts_with(|char: char| char.is_ascii_digit()))
}

/// What stands below a URN.
fn below<'t>(urn: &str, text: &'t str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(urn.len())?;
    if !start.eq_ignore_ascii_case(urn) {
        return None;
    }
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix([':', '.']) }
}

#[cfg(test)]
mod tests {
    use super::super::schema::{ENTERPRISE, GROUPS, USERS};
    use super::*;

    /// What a path leads to, in short.
    fn shown(kind: &ResourceType, text: &str) -> String {
        match Target::parse(kind, text) {
            Ok(Target::Ignored) => "ignored".to_owned(),
            Ok(Target::Extension(schema)) => schema.name.to_owned(),
            Ok(Target::Attribute { home, attribute, filter, part }) => {
                let home = if home == Home::Own { "" } else { "+" };
                let filter = if filter.is_some() { "[]" } else { "" };
                let part = part.map(|part| format!(".{}", part.name)).unwrap_or_default();
                format!("{home}{}{filter}{part}", attribute.name)
            }
            Err(mistake) => mistake.kind.keyword().to_owned(),
        }
    }

    #[test]
    fn a_path_leads_to_one_attribute_or_nowhere() {
        let enterprise = ENTERPRISE.id;
        for (text, expected) in [
            ("userName", "userName"),
            ("USERNAME", "userName"),
            ("name.givenName", "name.givenName"),
            ("emails[type eq \"work\"].value", "emails[].value"),
            ("emails[type eq \"a].b\"]", "emails[]"),
            ("emails.value", "emails.value"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "name.givenName"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"a:b\"].value", "emails[].value"),
            (enterprise, "EnterpriseUser"),
            (&format!("{enterprise}:department"), "+department"),
            (&format!("{enterprise}.department"), "+department"),
            (&format!("{}:Department", enterprise.to_uppercase()), "+department"),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.1", "EnterpriseUser"),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.1:department", "+department"),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.1:User:department", "+department"),
            ("urn:scim:schemas:extension:atlassian-external:1.1:atlassianAccountId", "+atlassianAccountId"),
            ("addresses[type eq \"work\"].locality", "ignored"),
            (&format!("{enterprise}:manager"), "ignored"),
            ("id", "id"),
            ("meta.created", "invalidPath"),
            ("", "invalidPath"),
            ("nonsense", "invalidPath"),
            ("name.nonsense", "invalidPath"),
            ("name[givenName eq \"a\"]", "invalidPath"),
            ("userName.x", "invalidPath"),
            ("emails[type eq \"work\"]value", "invalidPath"),
            ("emails[type eq \"work\"", "invalidPath"),
            ("emails[].value", "invalidPath"),
            ("urn:ietf:params:scim:schemas:core:2.0:User", "invalidPath"),
            ("urn:nobody:knows:this", "invalidPath"),
            ("members", "invalidPath"),
        ] {
            assert_eq!(shown(&USERS, text), expected, "{text}");
        }
        assert_eq!(shown(&GROUPS, "members[value eq \"7\"]"), "members[]");
        assert_eq!(shown(&GROUPS, &format!("{enterprise}:department")), "invalidPath");
        assert_eq!(shown(&GROUPS, &"members".repeat(1_000)), "invalidPath");
    }
}
