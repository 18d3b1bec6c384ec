//! Which attributes a user and a group have, and what a client may do with each: what `/Schemas` declares is what is enforced.
//!
//! The attributes are those of the product whose clients these are. What RFC 7643 knows besides and is not kept is named too, so
//! that a mapping that fills it is ignored there and does not fail.

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Kind {
    Text,
    Switch,
    Reference,
    Complex,
}

/// What a client may do with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum Mutability {
    ReadWrite,
    ReadOnly,
    Immutable,
}

/// An attribute, or a part of one.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its one spelling.
    pub name: &'static str,
    /// One sentence for readers of `/Schemas`.
    pub about: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether it has many.
    pub many: bool,
    /// The most values; what a person has is few.
    pub most: usize,
    /// Whether it always has one.
    pub required: bool,
    /// Whether capitals matter where values are compared.
    pub case_exact: bool,
    /// What a client may do with it.
    pub mutability: Mutability,
    /// Whether no two resources of a directory have the same value.
    pub unique: bool,
    /// Values that are usual.
    pub usual: &'static [&'static str],
    /// What a reference leads to.
    pub refers_to: &'static [&'static str],
    /// The parts of a complex value.
    pub parts: &'static [Self],
}

/// A schema: a resource's own, or an extension's.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its URN.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// One sentence about it.
    pub about: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// A kind of resource.
#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, and what `meta.resourceType` says.
    pub name: &'static str,
    /// Where its resources are.
    pub endpoint: &'static str,
    /// One sentence about it.
    pub about: &'static str,
    /// Its own schema.
    pub schema: &'static Schema,
    /// What it may have besides.
    pub extensions: &'static [&'static Schema],
    /// Attributes of RFC 7643 that are not kept, and those of its enterprise extension.
    pub ignored: &'static [&'static str],
}

/// The one switch that lets people in or keeps them out.
pub const ACTIVE: &str = "active";
/// What the client calls a resource.
pub const EXTERNAL_ID: &str = "externalId";
/// The name by which a directory knows a user.
pub const USER_NAME: &str = "userName";
/// The addresses of a user.
pub const EMAILS: &str = "emails";
/// What a group is called.
pub const DISPLAY_NAME: &str = "displayName";
/// Who is in a group.
pub const MEMBERS: &str = "members";
/// The part of a complex value that stands for all of it.
pub const VALUE: &str = "value";
/// The part that says which of several values counts.
pub const PRIMARY: &str = "primary";

const TEXT: Attribute = Attribute {
    name: "",
    about: "",
    kind: Kind::Text,
    many: false,
    most: 50,
    required: false,
    case_exact: false,
    mutability: Mutability::ReadWrite,
    unique: false,
    usual: &[],
    refers_to: &[],
    parts: &[],
};
const SWITCH: Attribute = Attribute { kind: Kind::Switch, ..TEXT };
const COMPLEX: Attribute = Attribute { kind: Kind::Complex, ..TEXT };
const SHOWN: Attribute = Attribute { mutability: Mutability::ReadOnly, ..TEXT };
const REFERENCE: Attribute = Attribute { kind: Kind::Reference, case_exact: true, ..TEXT };

/// What every resource has, and no schema declares (RFC 7643 section 3.1).
static COMMON: [Attribute; 4] = [
    Attribute { name: "schemas", many: true, ..SHOWN },
    Attribute { name: "id", case_exact: true, ..SHOWN },
    Attribute { name: EXTERNAL_ID, case_exact: true, ..TEXT },
    Attribute { name: "meta", kind: Kind::Complex, ..SHOWN },
];

static NAME: [Attribute; 6] = [
    Attribute { name: "formatted", about: "The full name, as it is shown.", ..TEXT },
    Attribute { name: "familyName", about: "The family name.", ..TEXT },
    Attribute { name: "givenName", about: "The given name.", ..TEXT },
    Attribute { name: "middleName", about: "The middle names.", ..TEXT },
    Attribute { name: "honorificPrefix", about: "What stands before the name.", ..TEXT },
    Attribute { name: "honorificSuffix", about: "What stands behind the name.", ..TEXT },
];

static ADDRESS_OF_MAIL: [Attribute; 3] = [
    Attribute { name: VALUE, about: "The address.", required: true, ..TEXT },
    Attribute { name: "type", about: "What it is for.", usual: &["work", "home", "other"], ..TEXT },
    Attribute { name: PRIMARY, about: "Whether it is the one that the account has.", ..SWITCH },
];

static PHONE_NUMBER: [Attribute; 3] = [
    Attribute { name: VALUE, about: "The number.", ..TEXT },
    Attribute {
        name: "type",
        about: "What it is for.",
        usual: &["work", "home", "mobile", "fax", "pager", "other"],
        ..TEXT
    },
    Attribute { name: PRIMARY, about: "Whether it is the preferred one.", ..SWITCH },
];

static GROUP_OF_USER: [Attribute; 4] = [
    Attribute { name: VALUE, about: "The id of the group.", case_exact: true, ..SHOWN },
    Attribute {
        name: "$ref",
        about: "The address of the group.",
        mutability: Mutability::ReadOnly,
        refers_to: &["Group"],
        ..REFERENCE
    },
    Attribute { name: "display", about: "What the group is called.", ..SHOWN },
    Attribute { name: "type", about: "How the user came into it.", usual: &["direct"], ..SHOWN },
];

static MEMBER: [Attribute; 4] = [
    Attribute {
        name: VALUE,
        about: "The id of the user.",
        case_exact: true,
        mutability: Mutability::Immutable,
        ..TEXT
    },
    Attribute {
        name: "$ref",
        about: "The address of the user.",
        mutability: Mutability::Immutable,
        refers_to: &["User"],
        ..REFERENCE
    },
    Attribute {
        name: "type",
        about: "Members are users.",
        mutability: Mutability::Immutable,
        usual: &["User"],
        ..TEXT
    },
    Attribute { name: "display", about: "What the client calls the member.", ..TEXT },
];

/// Users (RFC 7643 section 4.1), with the two attributes that the product adds.
pub static USER: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    about: "A person of the directory.",
    attributes: &[
        Attribute {
            name: USER_NAME,
            about: "The name by which the directory knows the user.",
            required: true,
            unique: true,
            ..TEXT
        },
        Attribute { name: "name", about: "The parts of the name.", parts: &NAME, ..COMPLEX },
        Attribute { name: DISPLAY_NAME, about: "The name, as it is shown.", ..TEXT },
        Attribute { name: "nickName", about: "What colleagues say.", ..TEXT },
        Attribute { name: "title", about: "The job title.", ..TEXT },
        Attribute { name: "preferredLanguage", about: "The language of pages, such as de-DE.", ..TEXT },
        Attribute { name: "department", about: "The department.", ..TEXT },
        Attribute { name: "organization", about: "The organization.", ..TEXT },
        Attribute { name: "timezone", about: "The time zone, such as Europe/Berlin.", ..TEXT },
        Attribute { name: ACTIVE, about: "Whether the user may come in.", ..SWITCH },
        Attribute {
            name: EMAILS,
            about: "The addresses. The primary one is the account's, and its domain is verified.",
            many: true,
            required: true,
            parts: &ADDRESS_OF_MAIL,
            ..COMPLEX
        },
        Attribute {
            name: "phoneNumbers",
            about: "The numbers.",
            many: true,
            parts: &PHONE_NUMBER,
            ..COMPLEX
        },
        Attribute {
            name: "groups",
            about: "The groups that the user is in.",
            many: true,
            mutability: Mutability::ReadOnly,
            parts: &GROUP_OF_USER,
            ..COMPLEX
        },
    ],
};

/// The part of the enterprise extension (RFC 7643 section 4.3) that is kept.
pub static ENTERPRISE: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    about: "Where the user works.",
    attributes: &[
        Attribute { name: "organization", about: "The organization.", ..TEXT },
        Attribute { name: "department", about: "The department.", ..TEXT },
    ],
};

/// The account of a user.
pub static ATLASSIAN: Schema = Schema {
    id: "urn:scim:schemas:extension:atlassian-external:1.0",
    name: "AtlassianUserExtension",
    about: "The account that the user has.",
    attributes: &[Attribute {
        name: "atlassianAccountId",
        about: "The id of the account.",
        case_exact: true,
        ..SHOWN
    }],
};

/// Groups (RFC 7643 section 4.2). They are never renamed.
pub static GROUP: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    about: "Users of the directory under one name.",
    attributes: &[
        Attribute {
            name: DISPLAY_NAME,
            about: "What the group is called. It is never renamed.",
            required: true,
            unique: true,
            mutability: Mutability::Immutable,
            ..TEXT
        },
        Attribute {
            name: MEMBERS,
            about: "The users in it.",
            many: true,
            most: usize::MAX,
            parts: &MEMBER,
            ..COMPLEX
        },
    ],
};

/// Users.
pub static USERS: ResourceType = ResourceType {
    name: "User",
    endpoint: "/Users",
    about: "People of the directory, each with an account.",
    schema: &USER,
    extensions: &[&ENTERPRISE, &ATLASSIAN],
    ignored: &[
        "addresses",
        "costCenter",
        "division",
        "employeeNumber",
        "entitlements",
        "ims",
        "locale",
        "manager",
        "password",
        "photos",
        "profileUrl",
        "roles",
        "userType",
        "x509Certificates",
    ],
};

/// Groups.
pub static GROUPS: ResourceType = ResourceType {
    name: "Group",
    endpoint: "/Groups",
    about: "Users under one name.",
    schema: &GROUP,
    extensions: &[],
    ignored: &[],
};

impl Attribute {
    /// A part of it, however it is spelled.
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// Whether a client may give it a value, at least once.
    pub fn is_writable(&self) -> bool {
        self.mutability != Mutability::ReadOnly
    }
}

impl Schema {
    /// An attribute, however it is spelled.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}

impl ResourceType {
    /// An attribute of its own schema, or one that every resource has.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        let common = || COMMON.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        self.schema.attribute(name).or_else(common)
    }

    /// Whether the standard knows it, and it is not kept.
    pub fn ignores(&self, name: &str) -> bool {
        self.ignored.iter().any(|ignored| ignored.eq_ignore_ascii_case(name))
    }

    /// The extension that a URN names. Some clients write other versions of the two.
    pub fn extension(&self, urn: &str) -> Option<&'static Schema> {
        let urn = urn.to_ascii_lowercase();
        let is_meant = |schema: &&&Schema| {
            schema.id.eq_ignore_ascii_case(&urn)
                || (schema.id == ENTERPRISE.id && urn.starts_with("urn:") && urn.contains("enterprise:2."))
                || (schema.id == ATLASSIAN.id
                    && urn.starts_with("urn:")
                    && urn.contains("atlassian-external:1."))
        };
        self.extensions.iter().find(is_meant).copied()
    }
}
