//! Profiles as data: the built-in files, and what a site changes of them.
//!
//! A plain key (`login`) replaces the profile's list; its `extra_` twin adds to it.

use std::time::Duration;

use http::Method;
use toml::de::DeTable;

use super::errors::Problems;
use super::profile::{Endpoint, Introspect, Product, Profile};
use super::section::Section;
use super::values::{Refusal, duration, plain_path};

/// A profile as it is written, in a built-in file or in a site: any key may be absent.
struct Written {
    login: List<Endpoint>,
    logout: List<Endpoint>,
    credential_cookies: List<String>,
    harmless_cookies: List<String>,
    affinity_cookies: List<String>,
    feeds: List<String>,
    path: Option<String>,
    key: Option<String>,
    username: Option<String>,
    email: Option<String>,
    anonymous: Option<(String, String)>,
    cache: Option<Duration>,
    timeout: Option<Duration>,
}

/// A list and what is added to it.
struct List<T> {
    whole: Option<Vec<T>>,
    extra: Vec<T>,
}

/// The product's profile with the site's changes.
pub(super) fn read(site: &mut Section<'_>, product: Option<Product>) -> Option<Profile> {
    let mut introspect = site.section("introspect");
    let own = Written::read(site, &mut introspect);
    let built_in = built_in(product?);
    let path = own.path.or(built_in.path);
    let key = own.key.or(built_in.key);
    let username = own.username.or(built_in.username);
    for (name, value, example) in
        [("path", &path, "/whoami"), ("key", &key, "/id"), ("username", &username, "/login")]
    {
        if value.is_none() && !introspect.has(name) {
            let instead =
                format!("`generic` has no profile: add `{name} = \"{example}\"` to [site.introspect]");
            introspect.reject_whole(&format!("lacks `{name}`"), instead);
        }
    }
    introspect.finish();
    let profile = Profile {
        login: own.login.over(built_in.login),
        logout: own.logout.over(built_in.logout),
        credential_cookies: own.credential_cookies.over(built_in.credential_cookies),
        harmless_cookies: own.harmless_cookies.over(built_in.harmless_cookies),
        affinity_cookies: own.affinity_cookies.over(built_in.affinity_cookies),
        feeds: own.feeds.over(built_in.feeds),
        introspect: Introspect {
            path: path?,
            key: key?,
            username: username?,
            email: own.email.or(built_in.email),
            anonymous: own.anonymous.or(built_in.anonymous),
            cache: own.cache.unwrap_or(Duration::from_secs(30)),
            timeout: own.timeout.unwrap_or(Duration::from_secs(2)),
        },
    };
    check_cookies(site, &profile);
    Some(profile)
}

impl Written {
    fn read(section: &mut Section<'_>, introspect: &mut Section<'_>) -> Self {
        let mut login = List::read(section, "login", "extra_login", endpoint);
        login.for_each_part(add_head);
        Self {
            login,
            logout: List::read(section, "logout", "extra_logout", endpoint),
            credential_cookies: List::read(
                section,
                "credential_cookies",
                "extra_credential_cookies",
                cookie_name,
            ),
            harmless_cookies: List::read(
                section,
                "harmless_cookies",
                "extra_harmless_cookies",
                cookie_pattern,
            ),
            affinity_cookies: List::read(
                section,
                "affinity_cookies",
                "extra_affinity_cookies",
                cookie_pattern,
            ),
            feeds: List::read(section, "feeds", "extra_feeds", feed),
            path: introspect.text("path", plain_path),
            key: introspect.text("key", json_pointer),
            username: introspect.text("username", json_pointer),
            email: introspect.text("email", json_pointer),
            anonymous: read_anonymous(introspect),
            cache: introspect.text("cache", duration("1s", "60s")),
            timeout: introspect.text("timeout", duration("100ms", "2s")),
        }
    }
}

impl<T: PartialEq> List<T> {
    fn read(
        section: &mut Section<'_>,
        whole: &'static str,
        extra: &'static str,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Self {
        Self { whole: section.texts(whole, &parse), extra: section.texts(extra, &parse).unwrap_or_default() }
    }

    fn for_each_part(&mut self, change: impl Fn(&mut Vec<T>)) {
        self.whole.iter_mut().for_each(&change);
        change(&mut self.extra);
    }

    /// This list in place of another one, without repetitions.
    fn over(self, built_in: Self) -> Vec<T> {
        let mut merged = Vec::new();
        for member in self.whole.or(built_in.whole).unwrap_or_default().into_iter().chain(self.extra) {
            if !merged.contains(&member) {
                merged.push(member);
            }
        }
        merged
    }
}

/// The profile that comes with the program.
fn built_in(product: Product) -> Written {
    let text = match product {
        Product::JiraSoftware | Product::JiraServiceManagement | Product::JiraWorkManagement => {
            include_str!("profiles/jira.toml")
        }
        Product::Confluence => include_str!("profiles/confluence.toml"),
        Product::Generic => include_str!("profiles/generic.toml"),
    };
    let document = DeTable::parse(text).expect("the built-in profiles are TOML, which a test holds them to");
    let problems = Problems::default();
    let mut section = Section::root(document.get_ref(), &problems);
    let mut introspect = section.section("introspect");
    let written = Written::read(&mut section, &mut introspect);
    introspect.finish();
    section.finish();
    debug_assert!(problems.is_empty(), "{}", problems.into_errors("built-in profile", text));
    written
}

/// The value and the pointer to it mean nothing alone.
fn read_anonymous(introspect: &mut Section<'_>) -> Option<(String, String)> {
    let pointer = introspect.text("anonymous_pointer", json_pointer);
    let value = introspect.text("anonymous_value", |text| Ok(text.to_owned()));
    for (one, other) in [("anonymous_pointer", "anonymous_value"), ("anonymous_value", "anonymous_pointer")] {
        if introspect.has(one) && !introspect.has(other) {
            introspect.reject(one, "stands alone", format!("add `{other}`"));
        }
    }
    pointer.zip(value)
}

/// A credential taken for harmless would let a session through unseen.
fn check_cookies(site: &Section<'_>, profile: &Profile) {
    const CREDENTIAL: [&str; 2] = ["credential_cookies", "extra_credential_cookies"];
    let check = |own: [&'static str; 2], reason, is_listed: &dyn Fn(&str) -> bool| {
        let key = own.into_iter().chain(CREDENTIAL).find(|key| site.has(key)).unwrap_or(own[0]);
        for name in profile.credential_cookies.iter().filter(|name| is_listed(name)) {
            site.reject(key, reason, format!("`{name}` cannot be both"));
        }
    };
    let harmless = |name: &str| profile.is_harmless(name) && !profile.is_affinity(name);
    let own = ["harmless_cookies", "extra_harmless_cookies"];
    check(own, "calls one cookie harmless and a credential", &harmless);
    let own = ["affinity_cookies", "extra_affinity_cookies"];
    check(own, "calls a credential the load balancer's", &|name| profile.is_affinity(name));
}

/// A page that may be fetched may also be asked for without its body.
fn add_head(endpoints: &mut Vec<Endpoint>) {
    let pages = endpoints.iter().filter(|endpoint| endpoint.method == Method::GET);
    let heads: Vec<Endpoint> =
        pages.map(|page| Endpoint { method: Method::HEAD, path: page.path.clone() }).collect();
    endpoints.extend(heads);
}

/// `METHOD /path`. A method in small letters would be another method, which no request ever matches.
fn endpoint(text: &str) -> Result<Endpoint, Refusal> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let refusal = || Refusal::new("is not a page", "expected a method and a path, such as `POST /login.jsp`");
    let (method, path) = text.split_once(' ').ok_or_else(refusal)?;
    let method = known.into_iter().find(|known| known.as_str() == method).ok_or_else(refusal)?;
    Ok(Endpoint { method, path: plain_path(path)? })
}

/// A cookie's name is a token (RFC 6265 section 4.1.1).
fn cookie_name(text: &str) -> Result<String, Refusal> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if text.is_empty() || !text.bytes().all(token) || text.contains('*') {
        return Err(Refusal::new("is not a cookie's name", "expected a name such as `JSESSIONID`"));
    }
    Ok(text.to_owned())
}

/// A name, or its beginning and a `*`. A `*` alone would make every session harmless.
fn cookie_pattern(text: &str) -> Result<String, Refusal> {
    let beginning = text.strip_suffix('*').unwrap_or(text);
    if beginning.len() < 3 && beginning != text {
        return Err(Refusal::new("covers too many cookies", "expected three letters or more before the `*`"));
    }
    cookie_name(beginning).map(|_| text.to_owned())
}

/// A path, or all below one: `/sr/feeds/*`.
fn feed(text: &str) -> Result<String, Refusal> {
    match text.strip_suffix("/*") {
        Some(folder) => plain_path(folder).map(|_| text.to_owned()),
        None => plain_path(text),
    }
}

/// A JSON pointer to one value (RFC 6901 section 3); the empty one points at the whole answer.
fn json_pointer(text: &str) -> Result<String, Refusal> {
    let escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !text.starts_with('/') || !escaped {
        return Err(Refusal::new(
            "is not a JSON pointer",
            "expected a pointer such as `/emailAddress` or `/user/id`",
        ));
    }
    Ok(text.to_owned())
}
