//! Profiles as data: the built-in files, and what a site changes of them.
//!
//! A plain key (`login`) replaces the profile's list; its `extra_` twin adds to it.

use http::{HeaderName, Method};
use toml::de::DeTable;

use crate::domain::path_pattern::{PathPattern, PatternError};

use super::errors::Problems;
use super::introspect;
use super::profile::{Endpoint, Product, Profile, Shape};
use super::section::Section;
use super::session::SessionSource;
use super::values::{Refusal, plain_path};

/// What comes with the program for a product.
pub(super) struct BuiltIn {
    profile: Written,
    /// How to ask the product whose session it is.
    pub(super) introspect: introspect::Written,
}

/// A profile as it is written, in a built-in file or in a site: any key may be absent.
struct Written {
    login: List<Endpoint>,
    logout: List<Endpoint>,
    public: List<Shape>,
    hooks: List<Shape>,
    feeds: List<Shape>,
    polling: List<Shape>,
    credential_cookies: List<String>,
    harmless_cookies: List<String>,
    affinity_cookies: List<String>,
}

/// A list and what is added to it.
struct List<T> {
    whole: Option<Vec<T>>,
    extra: Vec<T>,
}

/// The product's profile with the site's changes, and with the cookies and headers of its session sources.
pub(super) fn read(
    site: &mut Section<'_>,
    product: Option<Product>,
    sources: &[SessionSource],
) -> Option<Profile> {
    let own = Written::read(site);
    let built_in = built_in(product?).profile;
    let mut credential_cookies = own.credential_cookies.over(built_in.credential_cookies);
    for cookie in sources.iter().filter_map(SessionSource::cookie) {
        if !credential_cookies.iter().any(|known| known == cookie) {
            credential_cookies.push(cookie.to_owned());
        }
    }
    let profile = Profile {
        login: own.login.over(built_in.login),
        logout: own.logout.over(built_in.logout),
        public: own.public.over(built_in.public),
        hooks: own.hooks.over(built_in.hooks),
        feeds: own.feeds.over(built_in.feeds),
        polling: own.polling.over(built_in.polling),
        credential_cookies,
        harmless_cookies: own.harmless_cookies.over(built_in.harmless_cookies),
        affinity_cookies: own.affinity_cookies.over(built_in.affinity_cookies),
        credential_headers: credential_headers(sources),
    };
    check_cookies(site, &profile);
    Some(profile)
}

/// Two issuers may share a header, which is read once.
fn credential_headers(sources: &[SessionSource]) -> Vec<HeaderName> {
    let mut headers: Vec<HeaderName> = Vec::new();
    for header in sources.iter().filter_map(SessionSource::header) {
        if !headers.contains(header) {
            headers.push(header.clone());
        }
    }
    headers
}

impl Written {
    fn read(section: &mut Section<'_>) -> Self {
        let mut login = List::read(section, "login", "extra_login", endpoint);
        login.for_each_part(|pages| add_head(pages, |page| &mut page.method));
        let mut public = List::read(section, "public", "extra_public", public);
        let mut hooks = List::read(section, "hooks", "extra_hooks", shape);
        let mut feeds = List::read(section, "feeds", "extra_feeds", shape);
        for list in [&mut public, &mut hooks, &mut feeds] {
            list.for_each_part(|shapes| add_head(shapes, |shape| &mut shape.method));
        }
        Self {
            login,
            logout: List::read(section, "logout", "extra_logout", endpoint),
            public,
            hooks,
            feeds,
            polling: List::read(section, "polling", "extra_polling", shape),
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

/// What comes with the program.
pub(super) fn built_in(product: Product) -> BuiltIn {
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
    let built_in = BuiltIn {
        profile: Written::read(&mut section),
        introspect: introspect::Written::read(&mut introspect),
    };
    introspect.finish();
    section.finish();
    debug_assert!(problems.is_empty(), "{}", problems.into_errors("built-in profile", text));
    built_in
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
fn add_head<T: Clone>(pages: &mut Vec<T>, method: impl Fn(&mut T) -> &mut Method) {
    for mut page in pages.clone() {
        let method = method(&mut page);
        if *method == Method::GET {
            *method = Method::HEAD;
            pages.push(page);
        }
    }
}

/// `METHOD /path`.
fn endpoint(text: &str) -> Result<Endpoint, Refusal> {
    let (method, path) = page(text)?;
    Ok(Endpoint { method, path: plain_path(path)? })
}

/// `METHOD /pattern`.
fn shape(text: &str) -> Result<Shape, Refusal> {
    let (method, path) = page(text)?;
    let path = PathPattern::parse(path).map_err(|error| {
        let expected = match error {
            PatternError::NotPlain => {
                "expected a plain path, in which `*` is one whole segment and `**` one or more, such as `/allowed/**`"
            }
            PatternError::TooWide => "begin it with what these paths have in common, such as `/allowed/**`",
        };
        Refusal::new(error.to_string(), expected)
    })?;
    Ok(Shape { method, path })
}

/// Whatever changes something belongs to somebody, or is a hook.
fn public(text: &str) -> Result<Shape, Refusal> {
    let shape = shape(text)?;
    if shape.method.is_safe() {
        return Ok(shape);
    }
    Err(Refusal::new(
        "is public by `GET` alone",
        "write `GET`, or move it to `extra_hooks` if machines call it",
    ))
}

/// A method in small letters would be another method, which no request ever matches.
fn page(text: &str) -> Result<(Method, &str), Refusal> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let refusal = || Refusal::new("is not a page", "expected a method and a path, such as `POST /login.jsp`");
    let (method, path) = text.split_once(' ').ok_or_else(refusal)?;
    let method = known.into_iter().find(|known| known.as_str() == method).ok_or_else(refusal)?;
    Ok((method, path))
}

/// A cookie's name is a token (RFC 6265 section 4.1.1).
pub(super) fn cookie_name(text: &str) -> Result<String, Refusal> {
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
