//! Who has an account at a look-alike: names, addresses, passwords, personal access tokens.
//!
//! Passwords are plain text, because these people do not exist. What a session makes of them is in `seraph.rs`.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The password of every person that [`Person::new`] makes.
pub const DEMO_PASSWORD: &str = "demo";

/// One account at a look-alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name to sign in with; compared without regard to ASCII case.
    pub username: String,
    /// What pages and `displayName` show.
    pub display_name: String,
    /// The address; the person can change it, as at the real products.
    pub email: String,
    /// The password in plain text.
    pub password: String,
    /// The personal access token, as it follows `Bearer `.
    pub token: String,
    /// Jira's stable key, `JIRAUSER` and a number; it survives a change of name or address.
    pub jira_key: String,
    /// Confluence's stable `userKey`: 32 hexadecimal digits.
    pub wiki_key: String,
    /// A person who is not active can neither sign in nor use a session that is still open.
    pub active: bool,
    /// A customer of Jira's portal has no application role, and so no access to Jira itself.
    pub customer: bool,
}

impl Person {
    /// An active person with password `demo` and token `demo-pat-<username>`. `number` is the person's place in the
    /// list and makes the Jira key: 0 gives `JIRAUSER10100`.
    pub fn new(number: u32, username: &str, display_name: &str, email: &str) -> Self {
        let digest = Sha256::digest(username.as_bytes());
        Person {
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email: email.to_owned(),
            password: DEMO_PASSWORD.to_owned(),
            token: format!("demo-pat-{username}"),
            jira_key: format!("JIRAUSER{}", 10_100 + number),
            wiki_key: HEXLOWER.encode(&digest[..16]),
            active: true,
            customer: false,
        }
    }
}

/// The people of `postern demo`: two of acme.com, a private mailbox of one of them, a third of acme.com, a partner.
pub fn demo_people() -> Vec<Person> {
    vec![
        Person::new(0, "liam", "Liam Hart", "liam@acme.com"),
        Person::new(1, "jane", "Jane Doe", "jane@acme.com"),
        Person::new(2, "jane.personal", "Jane Doe (personal)", "jane@gmail.com"),
        Person::new(3, "mia", "Mia Chen", "mia@acme.com"),
        Person::new(4, "omar", "Omar Aziz", "omar@partner.example"),
    ]
}

/// How often somebody's sign-ins worked and failed, as Jira's session resource reports it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginCount {
    /// With the right password.
    pub succeeded: u32,
    /// With a wrong one, or at an account that is not active.
    pub failed: u32,
}

/// The list of people of one look-alike, with their counters.
#[derive(Debug)]
pub struct People {
    /// Small, so every look-up walks it.
    list: Vec<(Person, LoginCount)>,
}

impl People {
    /// The people in their order, with counters at zero.
    pub fn new(people: Vec<Person>) -> Self {
        People { list: people.into_iter().map(|person| (person, LoginCount::default())).collect() }
    }

    /// The person of that name when the password is right and the account active. Counts the attempt.
    pub fn check_password(&mut self, username: &str, password: &str) -> Option<Person> {
        let (person, count) = self.entry(username)?;
        if person.active && person.password == password {
            count.succeeded = count.succeeded.saturating_add(1);
            Some(person.clone())
        } else {
            count.failed = count.failed.saturating_add(1);
            None
        }
    }

    /// The active person who owns this personal access token.
    pub fn by_token(&self, token: &str) -> Option<Person> {
        self.active(|person| person.token == token)
    }

    /// The active person of that name, as a session remembers it.
    pub fn by_username(&self, username: &str) -> Option<Person> {
        self.active(|person| person.username == username)
    }

    /// The counters of that person; zero when nobody has that name.
    pub fn login_count(&self, username: &str) -> LoginCount {
        let found = self.list.iter().find(|(person, _)| person.username == username);
        found.map(|(_, count)| *count).unwrap_or_default()
    }

    /// Changes one person; false when nobody has that name.
    pub fn change(&mut self, username: &str, change: impl FnOnce(&mut Person)) -> bool {
        let found = self.entry(username);
        found.map(|(person, _)| change(person)).is_some()
    }

    fn active(&self, wanted: impl Fn(&Person) -> bool) -> Option<Person> {
        self.list.iter().map(|(person, _)| person).find(|person| person.active && wanted(person)).cloned()
    }

    fn entry(&mut self, username: &str) -> Option<&mut (Person, LoginCount)> {
        self.list.iter_mut().find(|(person, _)| person.username.eq_ignore_ascii_case(username))
    }
}
