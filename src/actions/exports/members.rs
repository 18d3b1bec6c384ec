//! The rows of members of authentication policies, in the columns of the product whose feature this is.
//!
//! Three of them mean nothing here: nobody is billed, and passwords are the products' own. They are there so that who reads such
//! files finds every column at its place.

use uuid::Uuid;

use super::{Part, Sites};
use crate::actions::export_csv;
use crate::domain::auth_policy::{SingleSignOn, TwoStep};
use crate::domain::email::EmailAddress;
use crate::domain::in_words::in_words;
use crate::store::{MemberOfPolicy, Store, StoreError, TaskRow};

/// Members per part.
const PART: u32 = 1_000;
/// The columns before those of products, in this order.
const COLUMNS: [&str; 11] = [
    "Name",
    "Email",
    "Last active time",
    "Status",
    "Billable",
    "Policy name",
    "Policy type",
    "SAML single sign-on",
    "Two-step verification enabled",
    "Password requirements",
    "Idle session duration",
];

/// All columns: the last ones are the organization's products.
pub(super) fn columns(sites: &Sites) -> Vec<&'static str> {
    COLUMNS.into_iter().chain(sites.products()).collect()
}

/// The members after somebody: of one policy, or of all.
pub(super) async fn part(
    store: &Store,
    task: &TaskRow,
    sites: &Sites,
    after: Option<&EmailAddress>,
) -> Result<Option<Part>, StoreError> {
    let policy = match task.subject.as_str() {
        "" => None,
        id => Some(Uuid::try_parse(id).unwrap_or_default()),
    };
    let after = after.map_or("", EmailAddress::as_str);
    let page = store.members_with_policies(&task.organization, policy, after, PART).await?;
    let Some(last) = page.last().map(|row| row.member.email.clone()) else { return Ok(None) };
    let emails: Vec<EmailAddress> = page.iter().map(|row| row.member.email.clone()).collect();
    let seen = store.sites_of(&task.organization, &emails).await?;
    let (used, products) = (sites.of_people(&seen), sites.products());
    let lines = export_csv::lines(page.iter().map(|row| {
        let used = used.get(&row.member.email);
        let mut cells = cells(row);
        cells.extend(products.iter().map(|product| {
            let of_product = used.into_iter().flatten().filter(|(used, _)| used == product);
            of_product.map(|(_, site)| *site).collect::<Vec<_>>().join("; ")
        }));
        cells
    }));
    Ok(Some(Part { last, rows: page.len(), lines }))
}

fn cells(row: &MemberOfPolicy) -> Vec<String> {
    let (member, settings) = (&row.member, &row.settings);
    let single_sign_on = match &settings.single_sign_on {
        SingleSignOn::NotEnforced => "Not enforced",
        SingleSignOn::Issuer(_) | SingleSignOn::Claim(_) => "Enforced",
    };
    let two_step = match &settings.two_step {
        TwoStep::Off => "Off",
        TwoStep::Optional(_) => "Optional",
        TwoStep::Required(_) => "Required",
    };
    [
        member.name.as_deref().unwrap_or_default(),
        member.email.as_str(),
        &member.last_active_at.map(|at| at.to_string()).unwrap_or_default(),
        &member.status,
        "No",
        row.policy_name.as_str(),
        if row.is_default { "Default" } else { "Additional" },
        single_sign_on,
        two_step,
        "",
        &in_words(settings.idle_session),
    ]
    .map(str::to_owned)
    .to_vec()
}
