//! Accounts, claims, login names and user keys as they were loaded: one immutable table, replaced as a whole. What changed
//! since is in `current.rs`.
//!
//! Ten million accounts take 21 bytes each, and with a login name 46 and the part of the address before the `@`. Loading
//! needs no more than that, and a reload as much again, since the old tables serve until the new ones are whole.

use std::collections::HashMap;
use std::thread;

use foldhash::fast::RandomState;
use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::{Claim, Standing};
use crate::store::{AccountRow, Store, StoreError, UserKey};

use super::addresses::{Addresses, AddressesBuilder, Place};
use super::fingerprint::{Fingerprint, FingerprintKey};
use super::table::Table;

/// The account table.
#[derive(Default)]
pub(super) struct Accounts {
    by_email: Table<Account>,
    /// Until when external people may come: of the few of whom that was said.
    ends: Table<Timestamp>,
    /// For products that reveal a login name and no address.
    by_username: Table<Place>,
    /// (site, user key) → address. It outlives a change of name, and nobody else ever gets it.
    by_user_key: Table<Place>,
    /// The (site, address) that was imported with a user key.
    keyed: Table<()>,
    /// The addresses that names and user keys lead to.
    addresses: Addresses,
    /// The authentication policies that accounts are members of.
    policies: Vec<Uuid>,
}

/// As small as can be, or ten million would take more.
#[derive(Clone, Copy)]
struct Account {
    marks: u8,
    standing: Standing,
    /// In two bytes, since a number of two would be moved to an even place: where the policy is in the list, from 1; 0 for none.
    policy: [u8; 2],
}

/// The account makes its owner managed, if the domain does.
const CLAIMED: u8 = 1;
/// A login name was imported with it.
const NAMED: u8 = 2;
/// It has an end.
const ENDS: u8 = 4;
/// It is claimed, and its address is not proved.
const UNPROVED: u8 = 8;

/// What is known of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountState {
    /// What the organization's claim amounts to.
    pub claim: Claim,
    /// Whether it may come in at all.
    pub standing: Standing,
    /// Until when its owner may come, as long as they are external.
    pub ends_at: Option<Timestamp>,
    /// The authentication policy it is a member of.
    pub policy: Option<Uuid>,
    /// Whether a login name was imported with it.
    pub(super) named: bool,
}

impl AccountState {
    pub(super) fn of(row: &AccountRow) -> Self {
        let AccountRow { claim, standing, ends_at, policy, .. } = *row;
        Self { claim, standing, ends_at, policy, named: row.username.is_some() }
    }
}

impl Accounts {
    pub(super) async fn load(store: &Store, key: &FingerprintKey) -> Result<Self, StoreError> {
        let mut rows = Rows::new();
        store.each_account(|row| rows.add_account(key, &row)).await?;
        store.each_user_key(|user, email| rows.add_user_key(key, &user, &email)).await?;
        // Sorting takes seconds, and this thread has other things to do.
        let built = tokio::task::spawn_blocking(|| rows.build()).await;
        Ok(built.expect("sorting does not panic, and a runtime that ends no longer waits for it"))
    }

    pub(super) fn len(&self) -> usize {
        self.by_email.len()
    }

    pub(super) fn state(&self, account: Fingerprint) -> Option<AccountState> {
        let Account { marks, standing, policy } = *self.by_email.find(account)?;
        let claim = match (marks & CLAIMED != 0, marks & UNPROVED != 0) {
            (true, _) => Claim::InForce,
            (false, true) => Claim::Unproved,
            (false, false) => Claim::None,
        };
        Some(AccountState {
            claim,
            standing,
            ends_at: if marks & ENDS == 0 { None } else { self.ends.find(account).copied() },
            policy: usize::from(u16::from_le_bytes(policy))
                .checked_sub(1)
                .and_then(|at| self.policies.get(at).copied()),
            named: marks & NAMED != 0,
        })
    }

    pub(super) fn email_of_username(&self, username: Fingerprint) -> Option<EmailAddress> {
        self.by_username.find(username).and_then(|place| self.addresses.at(*place))
    }

    pub(super) fn email_of_user_key(&self, user: Fingerprint) -> Option<EmailAddress> {
        self.by_user_key.find(user).and_then(|place| self.addresses.at(*place))
    }

    /// Whether the address was imported with a user key of that site. Who comes without an imported key of their own is then
    /// somebody else.
    pub(super) fn has_user_key(&self, address_at: Fingerprint) -> bool {
        self.keyed.find(address_at).is_some()
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        let named = self.by_username.bytes() + self.addresses.bytes();
        self.by_email.bytes() + named + self.by_user_key.bytes() + self.keyed.bytes()
    }
}

/// What was read, before it is put in order.
struct Rows {
    by_email: Vec<(Fingerprint, Account)>,
    ends: Vec<(Fingerprint, Timestamp)>,
    by_username: Vec<(Fingerprint, Place)>,
    by_user_key: Vec<(Fingerprint, Place)>,
    keyed: Vec<(Fingerprint, ())>,
    addresses: AddressesBuilder,
    policies: Vec<Uuid>,
    places: HashMap<Uuid, u16, RandomState>,
}

impl Rows {
    fn new() -> Self {
        Self {
            by_email: Vec::new(),
            ends: Vec::new(),
            by_username: Vec::new(),
            by_user_key: Vec::new(),
            keyed: Vec::new(),
            addresses: AddressesBuilder::new(),
            policies: Vec::new(),
            places: HashMap::default(),
        }
    }

    fn add_account(&mut self, key: &FingerprintKey, row: &AccountRow) {
        let account = key.email(&row.organization, &row.email);
        let mut marks = 0;
        for (mark, is_set) in [
            (CLAIMED, row.claim == Claim::InForce),
            (UNPROVED, row.claim == Claim::Unproved),
            (NAMED, row.username.is_some()),
        ] {
            marks |= if is_set { mark } else { 0 };
        }
        if let Some(end) = row.ends_at {
            marks |= ENDS;
            self.ends.push((account, end));
        }
        let policy = row.policy.map_or(0, |policy| self.place(policy)).to_le_bytes();
        self.by_email.push((account, Account { marks, standing: row.standing, policy }));
        if let Some(username) = &row.username {
            self.by_username
                .push((key.username(&row.organization, username), self.addresses.add(&row.email)));
        }
    }

    /// Where a policy is in the list, from 1. Beyond 65,535 of them there is no place, and their members go by the default.
    fn place(&mut self, policy: Uuid) -> u16 {
        if let Some(place) = self.places.get(&policy) {
            return *place;
        }
        let Ok(place) = u16::try_from(self.policies.len() + 1) else { return 0 };
        self.policies.push(policy);
        self.places.insert(policy, place);
        place
    }

    fn add_user_key(&mut self, key: &FingerprintKey, user: &UserKey, email: &EmailAddress) {
        self.by_user_key.push((key.user(&user.site, &user.key), self.addresses.add(email)));
        self.keyed.push((key.address_at(&user.site, email), ()));
    }

    /// The two tables that everybody may be in are sorted at once.
    fn build(self) -> Accounts {
        let Self { by_email, ends, by_username, by_user_key, keyed, addresses, policies, .. } = self;
        thread::scope(|scope| {
            let by_email = scope.spawn(|| Table::new(by_email));
            let accounts = Accounts {
                ends: Table::new(ends),
                by_username: Table::new(by_username),
                by_user_key: Table::new(by_user_key),
                keyed: Table::new(keyed),
                addresses: addresses.build(),
                policies,
                ..Accounts::default()
            };
            let by_email = by_email.join().expect("sorting does not panic");
            Accounts { by_email, ..accounts }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::stopwatch;
    use crate::domain::organization::OrganizationId;

    fn filled(count: u32, has_username: bool) -> (FingerprintKey, Accounts) {
        let (key, mut rows) = (FingerprintKey::new([7; 16]), Rows::new());
        for number in 0..count {
            rows.add_account(&key, &row(number, has_username));
        }
        (key, rows.build())
    }

    fn row(number: u32, has_username: bool) -> AccountRow {
        AccountRow {
            organization: OrganizationId::only(),
            email: EmailAddress::parse(&format!("user{number:07}@d{}.acme.test", number % 100)).unwrap(),
            username: has_username.then(|| format!("name{number}")),
            claim: if number.is_multiple_of(2) { Claim::InForce } else { Claim::None },
            standing: Standing::Active,
            ends_at: None,
            policy: None,
        }
    }

    impl Accounts {
        fn is_claimed(&self, account: Fingerprint) -> bool {
            self.state(account).is_some_and(|state| state.claim.is_in_force())
        }

        fn has_username(&self, account: Fingerprint) -> bool {
            self.state(account).is_some_and(|state| state.named)
        }
    }

    #[test]
    fn what_was_said_of_an_account_is_known_of_it() {
        let (key, mut rows) = (FingerprintKey::new([7; 16]), Rows::new());
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let said = AccountRow {
            claim: Claim::Unproved,
            standing: Standing::Suspended,
            ends_at: at(1),
            policy: Some(Uuid::from_u128(7)),
            ..row(1, true)
        };
        rows.add_account(&key, &said);
        rows.add_account(&key, &row(2, false));
        let accounts = rows.build();
        let state = |row: &AccountRow| accounts.state(key.email(&row.organization, &row.email));
        assert_eq!(state(&said), Some(AccountState::of(&said)));
        assert_eq!(
            state(&row(2, false)),
            Some(AccountState { claim: Claim::InForce, ..AccountState::default() })
        );
        assert_eq!(state(&row(3, false)), None);
    }

    /// The bound is 64 bytes, and there is no slack that the number of accounts could move.
    #[test]
    fn an_account_takes_21_bytes_and_one_with_a_login_name_less_than_64() {
        let (_, plain) = filled(80_000, false);
        assert_eq!(plain.bytes().div_ceil(80_000), 21);
        let (_, named) = filled(80_000, true);
        assert_eq!(named.bytes().div_ceil(80_000), 60, "11 of them are the part before the @");
    }

    #[test]
    fn a_name_belongs_to_one_address_and_an_address_without_one_has_none() {
        let (key, accounts) = filled(1_000, true);
        let account = |n| key.email(&OrganizationId::only(), &row(n, true).email);
        let name = |n: u32| key.username(&OrganizationId::only(), &format!("name{n}"));
        for number in 0..1_000 {
            assert_eq!(accounts.email_of_username(name(number)), Some(row(number, true).email));
            assert_eq!(accounts.is_claimed(account(number)), number.is_multiple_of(2));
            assert!(accounts.has_username(account(number)));
        }
        let nobody = account(1_000);
        assert!(!accounts.is_claimed(nobody) && !accounts.has_username(nobody));
        assert_eq!(accounts.email_of_username(name(1_000)), None);
        let (key, unnamed) = filled(1_000, false);
        assert!(!unnamed.has_username(key.email(&OrganizationId::only(), &row(1, false).email)));
        assert_eq!(unnamed.email_of_username(name(1)), None);
    }

    #[test]
    fn an_address_has_an_account_of_its_own_in_each_organization() {
        let (key, mut rows) = (FingerprintKey::new([7; 16]), Rows::new());
        let other = OrganizationId::parse("other").unwrap();
        let (ours, theirs) = (row(2, true), AccountRow { organization: other.clone(), ..row(2, true) });
        rows.add_account(&key, &ours);
        rows.add_account(
            &key,
            &AccountRow { username: Some("else".to_owned()), claim: Claim::None, ..theirs.clone() },
        );
        let accounts = rows.build();
        assert_eq!(accounts.len(), 2);
        assert!(accounts.is_claimed(key.email(&ours.organization, &ours.email)));
        assert!(!accounts.is_claimed(key.email(&other, &theirs.email)));
        let known =
            |organization, name| accounts.email_of_username(key.username(organization, name)).is_some();
        assert!(known(&ours.organization, "name2") && known(&other, "else"));
        assert!(!known(&other, "name2") && !known(&ours.organization, "else"));
    }

    /// The table of a warm request, at both ends: what it costs more at ten million entries, which no cache of a processor
    /// holds, must be lost in the 15 µs and more that a request takes.
    #[test]
    #[ignore = "takes half a minute and a gigabyte, and its bound is that of a release build"]
    fn a_look_up_among_ten_million_costs_less_than_half_a_microsecond() {
        let look_up_ns = |count: u32| {
            let (key, accounts) = filled(count, false);
            let row = |n: u32| row(n.wrapping_mul(2_654_435_761) % count, false);
            let fingerprint = |n: u32| key.email(&row(n).organization, &row(n).email);
            let wanted: Vec<_> = (0..1_000_000).map(fingerprint).collect();
            let since = stopwatch();
            let claimed = wanted.iter().filter(|account| accounts.is_claimed(**account)).count();
            let elapsed = stopwatch() - since;
            assert!((450_000..550_000).contains(&claimed), "{claimed}");
            u64::try_from(elapsed.as_nanos()).unwrap() / 1_000_000
        };
        let (few, many) = (look_up_ns(1_000), look_up_ns(10_000_000));
        println!("a look-up takes {few} ns among 1,000 accounts, {many} ns among 10,000,000");
        assert!(many - few < 500, "{few} ns, {many} ns");
    }
}
