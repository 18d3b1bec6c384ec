//! The rows of people from outside: the columns of the product whose feature this is, and after them what it has no column for.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::{Part, Sites};
use crate::actions::export_csv;
use crate::domain::email::EmailAddress;
use crate::store::{AccountFilter, ClaimFilter, Store, StoreError, TaskRow};

/// People per part.
const PART: u32 = 500;
/// All columns. The first five are those of the product; nobody is billed here.
pub(super) const COLUMNS: [&str; 10] = [
    "Email",
    "Atlassian ID",
    "Last active time",
    "User access to products",
    "Billable for Guard Standard",
    "Last verified time",
    "Status",
    "Sponsor",
    "End date",
    "Groups",
];

/// The people after somebody.
pub(super) async fn part(
    store: &Store,
    task: &TaskRow,
    sites: &Sites,
    after: Option<&EmailAddress>,
    now: Timestamp,
) -> Result<Option<Part>, StoreError> {
    let organization = &task.organization;
    let filter = AccountFilter { claim: Some(ClaimFilter::Unmanaged), ..AccountFilter::default() };
    let people = store.list_accounts(organization, &filter, after, PART).await?.accounts;
    let Some(last) = people.last().map(|person| person.email.clone()) else { return Ok(None) };
    let emails: Vec<EmailAddress> = people.iter().map(|person| person.email.clone()).collect();
    let seen = store.sites_of(organization, &emails).await?;
    let used = sites.of_people(&seen);
    let sponsors: Vec<_> = people.iter().filter_map(|person| person.sponsor).collect();
    let sponsors: HashMap<_, _> =
        store.emails_of_accounts(organization, &sponsors).await?.into_iter().collect();
    let groups = store.groups_of_accounts(organization, &people).await?;
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let lines = export_csv::lines(people.iter().map(|person| {
        let products: BTreeSet<&str> =
            used.get(&person.email).into_iter().flatten().map(|(product, _)| *product).collect();
        let own = groups.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        [
            person.email.to_string(),
            person.id.to_string(),
            time(person.last_active_at),
            products.into_iter().collect::<Vec<_>>().join("; "),
            "No".to_owned(),
            time(person.last_verified_at),
            person.external_standing(now).label().to_owned(),
            person.sponsor.and_then(|id| sponsors.get(&id)).map(ToString::to_string).unwrap_or_default(),
            time(person.ends_at),
            own.iter().map(|group| group.name.as_str()).collect::<Vec<_>>().join("; "),
        ]
    }));
    Ok(Some(Part { last, rows: people.len(), lines }))
}
