//! Write the file of an export, part by part, in the columns of the product whose feature this is.
//!
//! Three of them mean nothing here: nobody is billed, and passwords are the products' own. They are there so that who reads such
//! files finds every column at its place.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use uuid::Uuid;

use super::{ExportSite, Policies};
use crate::actions::export_csv;
use crate::actions::task_end::{Ended, notify};
use crate::domain::auth_policy::{SingleSignOn, TwoStep};
use crate::domain::email::EmailAddress;
use crate::domain::task::TaskState;
use crate::store::{AuditAction, AuditEvent, MemberOfPolicy, StoreError, TaskRow};

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

impl Policies {
    /// Does what a task of this kind is for.
    pub async fn write_export(&self, task: &TaskRow) -> Result<Ended, StoreError> {
        let policy = match task.subject.as_str() {
            "" => None,
            id => Some(Uuid::try_parse(id).unwrap_or_default()),
        };
        let sites = self.sites.load_full();
        let sites: Vec<&ExportSite> =
            sites.iter().filter(|site| site.organization == task.organization).collect();
        let products: BTreeSet<&'static str> = sites.iter().map(|site| site.product).collect();
        self.store.begin_task_file(task).await?;
        let mut over = task.clone();
        let header = export_csv::lines([COLUMNS.iter().chain(&products)]);
        if !self.store.append_task_file(&over, 0, &header, self.clock.now()).await? {
            return Ok(Ended::ByAnother);
        }
        let mut after = String::new();
        for part in 1_u32.. {
            let page = self.store.members_with_policies(&task.organization, policy, &after, PART).await?;
            let Some(last) = page.last() else { break };
            last.member.email.as_str().clone_into(&mut after);
            over.done = over.done.saturating_add(u32::try_from(page.len()).unwrap_or(u32::MAX));
            let emails: Vec<EmailAddress> = page.iter().map(|row| row.member.email.clone()).collect();
            let seen = self.store.sites_of(&task.organization, &emails).await?;
            let lines = lines(&page, &seen, &sites, &products);
            if !self.store.append_task_file(&over, part, &lines, self.clock.now()).await? {
                return Ok(Ended::ByAnother);
            }
        }
        self.finish(&over).await
    }

    async fn finish(&self, over: &TaskRow) -> Result<Ended, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if !change.finish_task(over, now).await? {
            return Ok(Ended::ByAnother);
        }
        let (mail, over) =
            (self.entropy.row_id(now), TaskRow { state: TaskState::Succeeded, ..over.clone() });
        notify(&mut change, &over, &self.letterhead.load_full(), mail, now).await?;
        let subject = if over.subject.is_empty() { "all policies" } else { over.subject.as_str() };
        let event = AuditEvent::new(over.actor.clone(), AuditAction::MembersExported, subject);
        let detail = json!({ "task": over.id, "members": over.done });
        change.commit(event.of(&over.organization).with(detail), now).await?;
        Ok(Ended::Done)
    }
}

fn lines(
    page: &[MemberOfPolicy],
    seen: &[(EmailAddress, String)],
    sites: &[&ExportSite],
    products: &BTreeSet<&'static str>,
) -> Vec<u8> {
    let mut of_person: HashMap<&EmailAddress, BTreeSet<(&str, &str)>> = HashMap::new();
    for (email, site) in seen {
        // The users of an issuer or of Crowd are noted with it behind the site.
        let id = site.split(' ').next().unwrap_or_default();
        if let Some(site) = sites.iter().find(|own| *own.id == *id) {
            of_person.entry(email).or_default().insert((site.product, id));
        }
    }
    export_csv::lines(page.iter().map(|row| {
        let used = of_person.get(&row.member.email);
        let mut cells = cells(row);
        cells.extend(products.iter().map(|product| {
            let of_product = used.into_iter().flatten().filter(|(used, _)| used == product);
            of_product.map(|(_, site)| *site).collect::<Vec<_>>().join("; ")
        }));
        cells
    }))
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
        &in_words(settings.idle_session.as_secs() / 60),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// In the largest unit that it is a whole number of.
fn in_words(minutes: u64) -> String {
    let units = [(1_440, "day"), (60, "hour"), (1, "minute")];
    let unit = units.into_iter().find(|(length, _)| minutes.is_multiple_of(*length));
    let (length, unit) = unit.unwrap_or((1, "minute"));
    let count = minutes / length;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
