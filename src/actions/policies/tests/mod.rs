//! The deeds about policies, over both databases.

mod bulk;
mod members;
mod scale;

use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::create::{CreateError, NewPolicy};
use super::delete::DeleteError;
use super::edit::{Edit, EditError};
use super::make_default::MakeDefaultError;
use super::members::AddMembersError;
use super::submit::SubmitError;
use super::*;
use crate::actions::exports::{ExportSite, Exports};
use crate::actions::letterhead::Letterhead;
use crate::actions::tasks::Tasks;
use crate::domain;
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::look::Look;
use crate::domain::membership::AccountKey;
use crate::domain::organization::{ExportLinks, Home, Organization, OrganizationId};
use crate::store::tests::{empty_database, fresh, fresh_in, over_both};
use crate::store::{AuditAction, AuditEvent, AuditRow, NewAccount};

over_both! {
    t121_t140_a_policy_is_made_changed_and_deleted,
    there_is_exactly_one_default_whoever_needs_it_first,
    a_draft_has_no_members_until_it_is_published,
}

/// An organization with people, and another one.
pub(in crate::actions) struct Office {
    pub(in crate::actions) policies: Arc<Policies>,
    pub(in crate::actions) exports: Arc<Exports>,
    pub(in crate::actions) letterhead: SharedLetterhead,
    pub(in crate::actions) tasks: Tasks,
    pub(in crate::actions) clock: Clock,
}

pub(in crate::actions) fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

pub(in crate::actions) fn partner() -> OrganizationId {
    OrganizationId::parse("partner").unwrap()
}

pub(in crate::actions) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// An admin with this key.
pub(in crate::actions) fn admin(key: u128) -> Actor {
    Actor { name: "ada's key".to_owned(), key: Some(Uuid::from_u128(key)), address: None }
}

pub(in crate::actions) fn plain<'a>(name: &'a str, settings: &'a serde_json::Value) -> NewPolicy<'a> {
    NewPolicy { name, settings, is_draft: false }
}

pub(in crate::actions) fn person(address: &str, claimed: bool) -> NewAccount {
    let username = address.split('@').next().map(str::to_owned);
    NewAccount { email: email(address), username, name: None, claimed, user_keys: Vec::new() }
}

/// With this choice about links, and Ada as its only admin.
pub(in crate::actions) fn letterhead(export_links: ExportLinks) -> Letterhead {
    let organization =
        Arc::new(Organization { id: acme(), name: "Acme".into(), contact: None, look: Look::default() });
    let office = domain::organization::Office {
        organization,
        admins: vec![email("ada@acme.test")],
        export_links,
        home: Home::None,
    };
    Letterhead { offices: vec![office], base: "https://admin.acme.test".to_owned() }
}

#[tokio::test]
async fn single_sign_on_that_no_site_could_recognise_is_refused_as_it_would_lock_members_out() {
    let (_folder, store) = fresh().await;
    let office = Office::new(store).await;
    let create = async |organization: &OrganizationId, sign_on: Value| {
        let settings = json!({ "singleSignOn": sign_on });
        let new = NewPolicy { name: "Staff", settings: &settings, is_draft: false };
        match office.policies.create(organization, new, &"ada".into()).await {
            Ok(made) => Ok(made),
            Err(CreateError::Invalid(errors)) => Err(errors[0].to_string()),
            Err(other) => panic!("{other}"),
        }
    };
    let issuer = |issuer: &str| json!({ "enforced": true, "issuer": issuer });
    let unknown = create(&acme(), issuer("https://id.acme.tset")).await.unwrap_err();
    assert!(
        unknown.ends_with("no site of the organization believes; they believe https://id.acme.test"),
        "{unknown}"
    );
    let other = OrganizationId::parse("other").unwrap();
    for sign_on in [issuer("https://id.acme.test"), json!({ "enforced": true, "claim": "sso" })] {
        let nobody = create(&other, sign_on).await.unwrap_err();
        assert!(nobody.contains("would lock every member out"), "{nobody}");
    }
    let made = create(&acme(), issuer("https://id.acme.test")).await.unwrap();
    office.policies.issuers.store(Arc::default());
    let settings = json!({ "idleSessionMinutes": 60 });
    let edit = Edit { settings: Some(&settings), ..Edit::default() };
    assert!(
        office.policies.edit(&acme(), made.id, edit, &"ada".into()).await.is_ok(),
        "what was kept before stays"
    );
}

impl Office {
    /// Acme owns acme.test. Jane and Joe are managed; Eve is not claimed, and Liam's domain is not Acme's own.
    pub(in crate::actions) async fn new(store: Store) -> Self {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let sites = [("jira.acme.test", "jira-software"), ("wiki.acme.test", "confluence")]
            .map(|(id, product)| ExportSite { organization: acme(), id: id.into(), product });
        let letterhead = SharedLetterhead::new(ArcSwap::from_pointee(letterhead(ExportLinks::SignIn)));
        let policies = Arc::new(Policies {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Entropy::seeded(7),
            bell: Arc::default(),
            letterhead: Arc::clone(&letterhead),
            issuers: ArcSwap::from_pointee(vec![(acme(), "https://id.acme.test".into())]),
        });
        let exports = Arc::new(Exports {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Entropy::seeded(8),
            bell: Arc::default(),
            sites: ArcSwap::from_pointee(sites.to_vec()),
            letterhead: Arc::clone(&letterhead),
            link_key: [9; 32],
        });
        let office = Self {
            tasks: Tasks {
                store,
                clock: clock.clone(),
                policies: Arc::clone(&policies),
                exports: Arc::clone(&exports),
            },
            policies,
            exports,
            letterhead,
            clock,
        };
        let people = [
            person("jane@acme.test", true),
            person("joe@acme.test", true),
            person("eve@acme.test", false),
            person("liam@ext.test", true),
        ];
        office.import(&acme(), Some("acme.test"), &people).await;
        office.import(&partner(), Some("ext.test"), &[person("jane@acme.test", true)]).await;
        office
    }

    pub(in crate::actions) async fn import(
        &self,
        organization: &OrganizationId,
        domain: Option<&str>,
        people: &[NewAccount],
    ) {
        let now = self.clock.now();
        let mut change = self.policies.store.write().await.unwrap();
        let domains: Vec<_> = domain.into_iter().map(|name| DomainName::parse(name).unwrap()).collect();
        assert_eq!(change.upsert_domains(organization, &domains, now).await.unwrap(), None);
        change.upsert_accounts(organization, people, now).await.unwrap();
        let event = AuditEvent::new("operator", AuditAction::DirectoryImported, "test").of(organization);
        change.commit(event, now).await.unwrap();
    }

    pub(in crate::actions) async fn made(&self, name: &str) -> Uuid {
        self.policies.create(&acme(), plain(name, &json!({})), &admin(1)).await.unwrap().id
    }

    pub(in crate::actions) async fn default_of(&self, organization: &OrganizationId) -> Uuid {
        let all = self.policies.store.auth_policies(organization, "", 1_000).await.unwrap();
        let defaults: Vec<_> =
            all.iter().filter(|policy| policy.is_default).map(|policy| policy.id).collect();
        assert_eq!(defaults.len(), 1, "exactly one default, not {defaults:?}");
        defaults[0]
    }

    async fn members_of(&self, policy: Uuid) -> Vec<String> {
        let members = self.policies.store.members(&acme(), policy, None, "", 100).await.unwrap();
        members.into_iter().map(|member| member.email.to_string()).collect()
    }

    /// What was noted since as many events as there were.
    pub(in crate::actions) async fn noted(&self, count: u32) -> Vec<AuditRow> {
        let mut rows = self.policies.store.audit_tail(count).await.unwrap();
        rows.reverse();
        rows
    }

    async fn events(&self) -> u64 {
        self.policies.store.verify_audit_chain().await.unwrap()
    }
}

async fn t121_t140_a_policy_is_made_changed_and_deleted(store: Store) {
    let office = Office::new(store).await;
    let (policies, ada) = (&office.policies, admin(1));
    let strict = json!({ "idleSessionMinutes": 60, "userApiTokens": "block" });
    let made = policies.create(&acme(), plain(" Contractors ", &strict), &ada).await.unwrap();
    assert_eq!((made.name.as_str(), made.version, made.is_default), ("Contractors", 1, false));
    assert_eq!(policies.store.auth_policy(&acme(), made.id).await.unwrap(), Some(made.clone()));
    assert_eq!(policies.store.auth_policy(&partner(), made.id).await.unwrap(), None);
    let last = office.noted(1).await.remove(0);
    assert_eq!(
        (last.action.as_str(), last.actor, last.organization.as_deref()),
        ("auth_policy_created", ada.clone(), Some("acme"))
    );

    let before = office.events().await;
    let taken = policies.create(&acme(), plain("Contractors", &json!({})), &ada).await;
    assert!(matches!(taken, Err(CreateError::NameTaken(_))), "{taken:?}");
    let wrong = policies.create(&acme(), plain("a\nb", &json!({ "userApiTokens": 1 })), &ada).await;
    let Err(CreateError::Invalid(errors)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), ["name", "userApiTokens"]);
    let edit = |seen, name| Edit { seen, name, settings: None, publish: false };
    let default_name = policies.edit(&acme(), made.id, edit(None, Some("Default policy")), &ada).await;
    assert!(matches!(default_name, Err(EditError::NameTaken(_))), "{default_name:?}");
    let theirs = policies.edit(&partner(), made.id, edit(None, Some("Mine")), &ada).await;
    assert!(matches!(theirs, Err(EditError::Unknown)), "{theirs:?}");
    assert_eq!(policies.edit(&acme(), made.id, edit(Some(1), None), &ada).await.unwrap(), made);
    assert_eq!(office.events().await, before, "nothing of it was a change");

    office.clock.advance(Duration::from_secs(5));
    let looser = json!({ "userApiTokens": "allow" });
    let change = Edit { seen: Some(1), name: Some("Partners"), settings: Some(&looser), publish: false };
    let after = policies.edit(&acme(), made.id, change, &ada).await.unwrap();
    assert_eq!((after.name.as_str(), after.version, after.updated_at), ("Partners", 2, office.clock.now()));
    assert_eq!(after.settings.idle_session, Duration::from_secs(3_600), "what is not named stays");
    let stale = policies.edit(&acme(), made.id, change, &ada).await;
    assert!(matches!(stale, Err(EditError::Changed)), "{stale:?}");

    let gone = async |seen, to| policies.delete(&acme(), made.id, seen, to, &ada).await;
    policies.add_members(&acme(), made.id, &["jane@acme.test".to_owned()], &ada).await.unwrap();
    assert!(matches!(gone(Some(1), None).await, Err(DeleteError::Changed)));
    assert!(matches!(gone(None, None).await, Err(DeleteError::HasMembers)));
    for target in [made.id, office.default_of(&partner()).await, Uuid::from_u128(404)] {
        assert!(matches!(gone(None, Some(target)).await, Err(DeleteError::NoSuchTarget)));
    }
    let default = office.default_of(&acme()).await;
    let kept = policies.delete(&acme(), default, None, Some(made.id), &ada).await;
    assert!(matches!(kept, Err(DeleteError::IsDefault)), "{kept:?}");
    let theirs = policies.delete(&partner(), made.id, None, None, &ada).await;
    assert!(matches!(theirs, Err(DeleteError::Unknown)), "{theirs:?}");
    assert_eq!(gone(Some(2), Some(default)).await.unwrap(), 1);
    assert_eq!(office.members_of(default).await, ["jane@acme.test", "joe@acme.test", "liam@ext.test"]);
    assert!(matches!(gone(None, None).await, Err(DeleteError::Unknown)));
}

async fn there_is_exactly_one_default_whoever_needs_it_first(store: Store) {
    let office = Office::new(store).await;
    let (policies, ada) = (&office.policies, admin(1));
    let fresh = OrganizationId::parse("fresh").unwrap();
    let mut needs = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (policies, fresh) = (Arc::clone(policies), fresh.clone());
        needs.spawn(async move {
            policies.create(&fresh, plain(&format!("Policy {number}"), &json!({})), &admin(1)).await.unwrap();
        });
    }
    needs.join_all().await;
    let first = office.default_of(&fresh).await;
    let made = office.noted(9).await.into_iter().filter(|row| row.subject == first.to_string()).count();
    assert_eq!(made, 1, "that it was made is told once");

    let second = office.made("Second").await;
    let theirs = policies.make_default(&partner(), second, None, &ada).await;
    assert!(matches!(theirs, Err(MakeDefaultError::Unknown)), "{theirs:?}");
    let stale = policies.make_default(&acme(), second, Some(9), &ada).await;
    assert!(matches!(stale, Err(MakeDefaultError::Changed)), "{stale:?}");
    let first = office.default_of(&acme()).await;
    assert_eq!(policies.make_default(&acme(), second, Some(1), &ada).await.unwrap().version, 2);
    assert_eq!(office.default_of(&acme()).await, second);
    assert_eq!(policies.make_default(&acme(), second, None, &ada).await.unwrap().version, 2, "it is already");
    assert_eq!(office.members_of(first).await.len(), 3, "members stay where they are");
    office.import(&acme(), None, &[person("new@acme.test", true)]).await;
    assert_eq!(office.members_of(second).await, ["new@acme.test"]);
    policies.delete(&acme(), first, None, Some(second), &ada).await.unwrap();
}

async fn a_draft_has_no_members_until_it_is_published(store: Store) {
    let office = Office::new(store).await;
    let (policies, ada) = (&office.policies, admin(1));
    let jane = ["jane@acme.test".to_owned()];
    let mut made = Vec::new();
    for name in ["One", "Two"] {
        let new = NewPolicy { name, settings: &json!({}), is_draft: true };
        let draft = policies.create(&acme(), new, &ada).await.unwrap();
        assert!(draft.is_draft);
        made.push(draft.id);
    }
    let draft = made[0];
    let added = policies.add_members(&acme(), draft, &jane, &ada).await;
    assert!(matches!(added, Err(AddMembersError::Draft)), "{added:?}");
    let listed = policies.submit_list(&acme(), draft, &jane, &ada).await;
    assert!(matches!(listed, Err(SubmitError::Draft)), "{listed:?}");
    let default = policies.make_default(&acme(), draft, None, &ada).await;
    assert!(matches!(default, Err(MakeDefaultError::Draft)), "{default:?}");
    let strict = office.made("Strict").await;
    let moved = policies.delete(&acme(), strict, None, Some(draft), &ada).await;
    assert!(matches!(moved, Err(DeleteError::NoSuchTarget)), "{moved:?}");

    assert_eq!(policies.publish_drafts(&partner(), &ada).await.unwrap(), []);
    let one = Edit { publish: true, ..Edit::default() };
    assert!(!policies.edit(&acme(), made[1], one, &ada).await.unwrap().is_draft);
    let before = office.events().await;
    let published = policies.publish_drafts(&acme(), &ada).await.unwrap();
    assert_eq!(published.iter().map(|policy| policy.id).collect::<Vec<_>>(), [draft]);
    assert_eq!(policies.publish_drafts(&acme(), &ada).await.unwrap(), [], "once");
    assert_eq!(office.events().await, before + 1);
    policies.add_members(&acme(), draft, &jane, &ada).await.unwrap();
    assert_eq!(office.members_of(draft).await, ["jane@acme.test"]);
}
