//! `[[site.session]]`: the sources of a site's sessions, in the order in which they are asked.
//!
//! Without any, the product alone is asked. To add a source, name it in [`Kind`] and read its keys in a file of its own.

use super::Surroundings;
use super::crowd;
use super::introspect;
use super::jwt;
use super::profile::Product;
use super::profiles::built_in;
use super::section::Section;
use super::session::SessionSource;
use super::values::choice;

/// What a source is called in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Introspect,
    Crowd,
    Jwt,
}

const KINDS: [(&str, Kind); 3] =
    [("introspect", Kind::Introspect), ("crowd", Kind::Crowd), ("jwt", Kind::Jwt)];

/// Reads the sources of a site.
pub(super) fn read(
    site: &mut Section<'_>,
    product: Option<Product>,
    around: &Surroundings<'_>,
) -> Option<Vec<SessionSource>> {
    let mut introspect = site.section("introspect");
    let mut question = Some(introspect::Written::read(&mut introspect));
    // Asking the product, with what the profile and [site.introspect] say: once, as there is one product.
    let mut ask_product = || {
        let source = question.take()?.over(built_in(product?).introspect, &introspect)?;
        Some(SessionSource::Introspect(source))
    };
    if !site.has("session") {
        site.optional_sections("session", "`source`");
        let source = ask_product();
        introspect.finish();
        return Some(vec![source?]);
    }
    let mut sources = Vec::new();
    let (mut introspected, mut with_crowd) = (false, false);
    for mut section in site.optional_sections("session", "`source`") {
        let kind = section.required("source", "introspect", choice(&KINDS));
        let Some(kind) = kind else {
            // Which keys it may have is not known, so none of them is called unknown.
            sources.push(None);
            continue;
        };
        sources.push(match kind {
            Kind::Introspect if introspected => {
                section.reject("source", "is there twice", "a product is asked once: remove one of the two");
                None
            }
            Kind::Introspect => {
                introspected = true;
                ask_product()
            }
            Kind::Crowd if with_crowd => {
                section.reject(
                    "source",
                    "is there twice",
                    "there is one Crowd to ask: remove one of the two",
                );
                None
            }
            Kind::Crowd => {
                with_crowd = true;
                crowd::read(&mut section, around).map(|crowd| SessionSource::Crowd(Box::new(crowd)))
            }
            Kind::Jwt => jwt::read(&mut section, around).map(|rules| SessionSource::Jwt(Box::new(rules))),
        });
        section.finish();
    }
    if !introspected && site.has("introspect") {
        let instead = "add a [[site.session]] with `source = \"introspect\"`, or remove this section";
        introspect.reject_whole("has no meaning where the product is not asked", instead);
    }
    introspect.finish();
    if sources.is_empty() { None } else { sources.into_iter().collect() }
}
