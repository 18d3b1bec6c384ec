//! SCIM 2.0 as far as it is rules: what a resource is (RFC 7643), and what a request may make of one (RFC 7644).
//!
//! Resources are JSON in one spelling: only declared attributes that a client may write, under their declared names. Begin with
//! `schema.rs`, which says which those are; everything else is driven by it.

pub mod filter;
pub mod patch;
pub mod path;
pub mod person;
pub mod resource;
pub mod schema;
pub mod selection;

use serde_json::{Map, Value};

/// A resource, or a part of one.
pub type Object = Map<String, Value>;

/// What is wrong with a request, as RFC 7644 section 3.12 calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum MistakeKind {
    InvalidFilter,
    TooMany,
    Mutability,
    InvalidSyntax,
    InvalidPath,
    NoTarget,
    InvalidValue,
}

/// A request that cannot be done, with a sentence for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// One plain sentence.
    pub detail: String,
}

impl MistakeKind {
    /// The keyword of the standard.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
        }
    }

    /// The mistake with its sentence.
    pub fn because(self, detail: impl Into<String>) -> Mistake {
        Mistake { kind: self, detail: detail.into() }
    }
}
