//! `api_identity` and `api_tokens_for_external` of a site: whose API tokens are taken, and whether anybody is asked for that.

use crate::domain::policy::ApiTokens;

use super::section::Section;
use super::session::SessionSource;
use super::settings::Api;
use super::values::choice;

/// Reads both keys of a site. `sessions` are its sources, where they could be read.
pub(super) fn read(site: &mut Section<'_>, sessions: Option<&[SessionSource]>) -> Api {
    let words = [("allow", ApiTokens::Allow), ("block", ApiTokens::Block)];
    let for_external = site.text("api_tokens_for_external", choice(&words)).unwrap_or_default();
    let introspect = site.text("api_identity", choice(&[("none", false), ("introspect", true)]));
    let introspect = introspect.unwrap_or(false);
    let asks_product = |source: &SessionSource| matches!(source, SessionSource::Introspect(_));
    if introspect && sessions.is_some_and(|sessions| !sessions.iter().any(asks_product)) {
        let instead = "add a [[site.session]] of `type = \"introspect\"`, which says how to ask the product";
        site.reject("api_identity", "needs a source that asks the product", instead);
    }
    if for_external == ApiTokens::Block && !introspect {
        let instead = "add `api_identity = \"introspect\"`, so that the product is asked whose token it is";
        site.reject(
            "api_tokens_for_external",
            "blocks tokens by their owner, whom nobody is asked for",
            instead,
        );
    }
    Api { introspect, for_external }
}
