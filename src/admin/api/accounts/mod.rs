//! Accounts as lists and as one: managed people for the clients of v1, everybody for those of v2, and who is kept out.
//!
//! What an admin edits of one managed account is in `manage`.

mod access;
mod authenticators;
mod directories;
mod directory_search;
mod directory_users;
mod search;
mod shapes;
mod users;
mod verification;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::store::Account;

use super::Api;
use super::cursor::Cursors;
use super::error::ApiError;
use super::guard::Caller;

pub use directories::{account_in, within};
pub use directory_users::{UserCount, UserStats, stats_of};
pub use shapes::{account_status, claim_status, directory_id, name, nickname, picture};

pub(super) use access::failed;

pub use super::error::NO_USER;

/// The fewest characters of a text that is looked for inside of others, as in the product whose API this is.
const SHORTEST_TEXT: usize = 3;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    users::routes()
        .merge(search::routes())
        .merge(access::routes())
        .merge(directories::routes())
        .merge(directory_users::routes())
        .merge(verification::routes())
        .merge(authenticators::routes())
}

/// An account of the organization, by what a path says.
pub(super) async fn account(api: &Api, caller: &Caller, id: &str) -> Result<Account, ApiError> {
    let account = match account_id(id) {
        Some(id) => api.store.account(caller.id(), id).await?,
        None => None,
    };
    account.ok_or_else(|| ApiError::of(NO_USER))
}

/// Ids are UUIDs; what is none is nobody's.
pub(super) fn account_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// The address after which a list goes on.
fn place(cursors: &Cursors<'_>, cursor: Option<&str>) -> Result<Option<EmailAddress>, ApiError> {
    let place = cursor.map(|cursor| cursors.take(cursor)).transpose()?;
    // What the cursor vouches for was an address when it was made.
    Ok(place.and_then(|place| EmailAddress::from_canonical(&place)))
}
