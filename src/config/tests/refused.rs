//! What is refused: a table per section with the place of the caret, the message and the suggestion.

use super::{GOOD, changed, read, settings};

/// Every row spoils [`GOOD`] once: what is replaced by what, then line, column, and pieces of the message and the help.
pub(super) type Row = (&'static str, &'static str, usize, usize, &'static str, &'static str);

pub(super) fn refuse(rows: &[Row]) {
    for &(from, to, line, column, message, help) in rows {
        let text = changed(from, to);
        let errors = read(&text).err().unwrap_or_else(|| panic!("accepted: {to}"));
        let found = errors.errors().iter().any(|error| {
            (error.line, error.column) == (line, column)
                && error.message.contains(message)
                && error.help.as_deref().unwrap_or_default().contains(help)
        });
        assert!(
            found && errors.errors().len() == 1,
            "{to}:\nexpected {line}:{column} {message} {help}\n{errors:?}"
        );
    }
}

#[test]
#[rustfmt::skip] // A row is a line.
fn a_mistyped_key_is_met_with_the_nearest_known_one() {
    refuse(&[
        ("[listen]", "nmae = 1\n[listen]", 4, 1, "unknown key `nmae` in [organization]", "did you mean `name`?"),
        ("[listen]", "[listen]\nworker = 2", 5, 1, "unknown key `worker` in [listen]", "did you mean `workers`?"),
        ("[listen]", "[listen]\nPorxy = 2", 5, 1, "unknown key `Porxy`", "did you mean `proxy`?"),
        ("[listen]", "[listen]\nbananas = 2", 5, 1, "unknown key `bananas`", "known here: proxy, admin, scheme, trusted_proxies, proxy_protocol"),
        ("[mail]", "[verificaton]\nmode = \"off\"\n[mail]", 12, 2, "unknown key `verificaton` in the file", "did you mean `verification`?"),
        ("[mail]", "[site.introspekt]\n[mail]", 12, 7, "unknown key `introspekt` in [[site]]", "did you mean `introspect`?"),
        ("[mail]", "[site.introspect]\ncahce = \"1s\"\n[mail]", 13, 1, "unknown key `cahce` in [site.introspect]", "did you mean `cache`?"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn a_missing_key_or_section_is_named_with_an_example() {
    refuse(&[
        ("name = \"Acme\"\n", "", 1, 1, "`name` is missing from [organization]", "name = \"Acme\""),
        ("host = \"jira.acme.com\"\n", "", 7, 1, "`host` is missing from [[site]]", "host = \"jira.acme.com\""),
        ("product = \"jira-software\"\n", "", 7, 1, "`product` is missing from [[site]]", "product = "),
        ("[store]\nurl = \"sqlite:///var/lib/postern/postern.db\"\n", "", 1, 1, "the section [store] is missing", "`url`"),
        ("smtp = \"smtp://mail.acme.com:587\"\n", "", 12, 1, "[mail] has no way for mail to leave", "smtp://host:587"),
        ("product = \"jira-software\"", "product = \"generic\"\nintrospect = { path = \"/me\", key = \"/id\" }", 10, 14, "[site.introspect] lacks `username`", "generic"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn a_home_is_a_host_of_the_organization() {
    let one = "name = \"Acme\"\n";
    refuse(&[
        (one, "name = \"Acme\"\nhome = \"evil.test\"\n", 3, 8, "`home` is no host of its sites", "expected one of `jira.acme.com`, or `none`"),
        (one, "name = \"Acme\"\nhome = \"https://jira.acme.com\"\n", 3, 8, "`home` ", "expected the host of one of its sites"),
        (one, "name = \"Acme\"\nhome = true\n", 3, 8, "`home` has the wrong type", "a text in quotes"),
    ]);
    for home in ["jira.acme.com", "JIRA.acme.com", "none"] {
        settings(&changed(one, &format!("{one}home = \"{home}\"\n")));
    }
    let two = "[[organization]]\nid = \"acme\"\nname = \"Acme\"\n[[organization]]\nid = \"b\"\nname = \"B\"\nhome = \"jira.acme.com\"\n";
    let text = changed("[organization]\nname = \"Acme\"\n", two).replace("[[site]]", "[[site]]\norganization = \"acme\"");
    let errors = read(&text).err().unwrap();
    assert_eq!((errors.errors().len(), errors.errors()[0].line), (1, 7), "{errors}");
}

#[test]
#[rustfmt::skip] // A row is a line.
fn several_organizations_are_told_apart_and_no_host_is_shared() {
    let two = "[[organization]]\nid = \"acme\"\nname = \"Acme\"\n[[organization]]\nid = \"b\"\nname = \"B\"\n";
    let one = "[organization]\nname = \"Acme\"\n";
    refuse(&[
        (one, two, 11, 1, "`organization` is missing from [[site]]", "organization = \"acme\""),
        (one, "[[organization]]\nid = \"a\"\nname = \"A\"\n[[organization]]\nid = \"a\"\nname = \"B\"\n", 5, 6, "`id` is taken", "another id for each"),
        (one, "[[organization]]\nid = \"a\"\nname = \"A\"\n[[organization]]\nname = \"B\"\n", 4, 1, "`id` is missing from [[organization]]", "id = \"acme\""),
        (one, "[organization]\nid = \"B\"\nname = \"B\"\n", 2, 6, "`id` is not an id of 1 to 64 lower-case letters", "it never changes"),
        ("[mail]", "organization = \"b\"\n[mail]", 12, 16, "`organization` is no organization of this file", "`default`"),
        (one, "[organization]\nname = \"A\"\nadmins = [\"ada@acme.com\", \"ada\"]\n", 3, 27, "`admins` is not an address", "ada@acme.com"),
        (one, "[organization]\nname = \"A\"\nadmins = \"ada@acme.com\"\n", 3, 10, "`admins` has the wrong type", "a list of texts"),
        (one, "[organization]\nname = \"A\"\ncontact = \"\"\n", 3, 11, "`contact` is not a contact", "1 to 200 characters"),
        (one, "[organization]\nname = \"A\"\nexport_links = \"open\"\n", 3, 16, "`export_links`", "sign-in, bearer"),
        (one, "[organization]\nname = \"A\"\nexport_links = \"bearer\"\n", 3, 16, "`export_links` leads nowhere", "`urls` in [admin]"),
        (one, "organization = []\n", 1, 1, "the section [[organization]] is missing", "`id` and `name`"),
    ]);
    let sites = |second: &str| {
        let site = |owner: &str, prefix: &str| format!("[[site]]\norganization = \"{owner}\"\nhost = \"jira.acme.com\"\nprefix = \"{prefix}\"\nproduct = \"jira-software\"\nupstream = \"http://10.0.0.5:8080\"\n");
        format!("{two}{}{}", site("acme", "/a"), site(second, "/b"))
    };
    let file = |second: &str| {
        let start = super::GOOD.find("[[site]]").unwrap();
        let end = super::GOOD.find("[mail]").unwrap();
        [&sites(second), super::GOOD.get(one.len()..start).unwrap(), super::GOOD.get(end..).unwrap()].concat()
    };
    assert_eq!(super::read(&file("acme")).unwrap().sites.len(), 2);
    let refused = super::read(&file("b")).unwrap_err().to_string();
    assert!(refused.contains("`organization` is another one's") && refused.contains("jira.acme.com belongs to `acme`"), "{refused}");
}

#[test]
#[rustfmt::skip] // A row is a line.
fn a_wrong_type_says_which_one_was_expected() {
    refuse(&[
        ("name = \"Acme\"", "name = 7", 2, 8, "`name` has the wrong type, integer", "a text in quotes"),
        ("[listen]", "[listen]\nworkers = \"2\"", 5, 11, "`workers` has the wrong type, string", "a whole number"),
        ("[mail]", "mode = \"on\"\n[mail]", 12, 8, "is none of the known words", "enforce"),
        ("[mail]", "login = \"GET /x\"\n[mail]", 12, 9, "`login` has the wrong type", "a list of texts"),
        ("[mail]", "login = [\"GET /x\", 1]\n[mail]", 12, 20, "`login` has the wrong type", "a text in quotes"),
        ("[[site]]", "[site]", 7, 1, "`site` has the wrong type, table", "[[site]], in two brackets"),
        ("[organization]\n", "limits = 3\n[organization]\n", 1, 10, "`limits` has the wrong type", "[limits]"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn t036_nobody_is_trusted_by_leaving_them_out_or_naming_everybody() {
    refuse(&[
        ("[listen]", "[listen]\ntrusted_proxies = [\"0.0.0.0/0\"]", 5, 20, "`trusted_proxies` would trust every client", "name the machines alone"),
        ("[listen]", "[listen]\ntrusted_proxies = [\"::/0\"]", 5, 20, "`trusted_proxies` would trust every client", "name the machines alone"),
        ("[listen]", "[listen]\ntrusted_proxies = [\"10.1.2.3/0\"]", 5, 20, "`trusted_proxies` would trust every client", "name the machines alone"),
        ("[listen]", "[listen]\nproxy_protocol = true", 5, 18, "`proxy_protocol` has nobody to believe", "trusted_proxies"),
        ("[listen]", "[listen]\nproxy_protocol = true\ntrusted_proxies = []", 5, 18, "`proxy_protocol` has nobody to believe", "trusted_proxies"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_places_to_listen_and_send_to_are_refused() {
    refuse(&[
        ("127.0.0.1:8080", "localhost:8080", 5, 9, "`proxy` is not an address to listen on", "127.0.0.1:8080"),
        ("127.0.0.1:8080", "0.0.0.0:443", 5, 9, "`proxy` is not a loopback address, and without a certificate plain HTTP", "plain_http_beyond_loopback = true"),
        ("[listen]", "[listen]\nadmin = \"10.0.0.1:8901\"", 5, 9, "`admin` is not a loopback address", "admin_beyond_loopback = true"),
        ("127.0.0.1:8080", "127.0.0.1:8901", 4, 1, "`admin` takes the place of `proxy`", "of its own"),
        ("[listen]", "[listen]\nscheme = \"htps\"", 5, 10, "`scheme` is none of the known words", "did you mean `https`?"),
        ("[listen]", "[listen]\ntrusted_proxies = [\"10.0.0.0/8\", \"nginx\"]", 5, 34, "`trusted_proxies` is not a network", "10.1.0.0/16"),
        ("[listen]", "[listen]\nmax_connections_per_address = 0", 5, 31, "`max_connections_per_address` is out of range", "from 1 to"),
        ("[listen]", "[listen]\nworkers = 0", 5, 11, "`workers` is out of range", "from 1 to 256"),
        ("http://10.0.0.5:8080", "https://10.0.0.5", 10, 12, "`upstream` names its server by an IP address", "add `name` to [site.upstream_tls]"),
        ("http://10.0.0.5:8080", "https://[::1]:8443", 10, 12, "`upstream` names its server by an IP address", "add `name` to [site.upstream_tls]"),
        ("http://10.0.0.5:8080", "10.0.0.5:8080", 10, 12, "`upstream` is not an http or https URL", "http://host:port"),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080/jira", 10, 12, "`upstream` has something after the port", "http://host:port"),
        ("http://10.0.0.5:8080", "http://u:p@10.0.0.5:8080", 10, 12, "`upstream` carries a user name", "http://host:port"),
        ("http://10.0.0.5:8080", "http://10.0.0.555:8080", 10, 12, "`upstream` has no valid host and port", "http://host:port"),
        ("http://10.0.0.5:8080", "http://jira:0", 10, 12, "`upstream` has no valid host and port", "http://host:port"),
        ("\"http://10.0.0.5:8080\"", "\"https://10.0.0.5\"\nupstream_tls.name = \"\"", 11, 21, "`name` is empty", "the host name in the server's certificate"),
        ("\"http://10.0.0.5:8080\"", "\"https://10.0.0.5\"\nupstream_tls.name = \"10.0.0.5\"", 11, 21, "`name` is an IP address", "the host name in the server's certificate"),
        ("\"http://10.0.0.5:8080\"", "\"https://jira.internal\"\nupstream_tls.ca_file = \"none.pem\"", 11, 24, "`ca_file` cannot be read", "/etc/postern/none.pem: No such file"),
        ("\"http://10.0.0.5:8080\"", "\"https://jira.internal\"\nupstream_tls.verify = false", 11, 14, "unknown key `verify` in [site.upstream_tls]", "known here: name, ca_file"),
        ("[mail]", "upstream_tls.name = \"jira\"\n[mail]", 12, 21, "`name` has no meaning beside `http://`", "https://"),
        ("http://10.0.0.5:8080", "http://[::1:80", 10, 12, "`upstream` has no valid host and port", "http://host:port"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_sites_are_refused() {
    refuse(&[
        ("\"jira.acme.com\"", "\"jira_acme.com\"", 8, 8, "`host` is not a domain name", "jira.acme.com"),
        ("\"jira.acme.com\"", "\"https://jira.acme.com\"", 8, 8, "`host` has a scheme", "jira.acme.com"),
        ("\"jira.acme.com\"", "\"jira.acme.com:443\"", 8, 8, "`host` has a port", "jira.acme.com"),
        ("\"jira.acme.com\"", "\"jira.acme.com/x\"", 8, 8, "`host` has a path", "jira.acme.com"),
        ("\"jira.acme.com\"", "\"10.0.0.1\"", 8, 8, "`host` is an IP address", "jira.acme.com"),
        ("jira-software", "jira-softwear", 9, 11, "`product` is none of the known words", "did you mean `jira-software`?"),
        ("jira-software", "bugzilla", 9, 11, "`product` is none of the known words", "expected one of: jira-software, "),
        ("[mail]", "max_body = \"unlimited\"\n[mail]", 12, 12, "`max_body` is not a size", "250MiB"),
        ("[mail]", "max_body = \"11GiB\"\n[mail]", 12, 12, "`max_body` is out of range", "from 1KiB to 10GiB"),
        ("[mail]", "prefix = \"/wiki/\"\n[mail]", 12, 10, "`prefix` ends with a slash", "/wiki"),
        ("[mail]", "prefix = \"wiki\"\n[mail]", 12, 10, "`prefix` is not a plain path", "no query"),
        ("[mail]", "prefix = \"/.postern/x\"\n[mail]", 12, 10, "`prefix` is one of the gateway's own pages", ""),
        ("[mail]", "login = [\"get /x\"]\n[mail]", 12, 10, "`login` is not a page", "POST /login.jsp"),
        ("[mail]", "login = [\"GET /x?y\"]\n[mail]", 12, 10, "`login` is not a plain path", "no query"),
        ("[mail]", "logout = [\"GET /a/../b\"]\n[mail]", 12, 11, "`logout` is not a plain path", "no query"),
        ("[mail]", "extra_public = [\"POST /x\"]\n[mail]", 12, 17, "`extra_public` is public by `GET` alone", "extra_hooks"),
        ("[mail]", "extra_public = [\"GET /**\"]\n[mail]", 12, 17, "`extra_public` covers too much", "in common"),
        ("[mail]", "public = [\"GET /x/*.css\"]\n[mail]", 12, 11, "`public` is not a pattern of plain paths", "one whole segment"),
        ("[mail]", "hooks = [\"/x\"]\n[mail]", 12, 10, "`hooks` is not a page", "a method and a path"),
        ("[mail]", "feeds = [\"GET /a/../b\"]\n[mail]", 12, 10, "`feeds` is not a pattern of plain paths", "`**` one or more"),
        ("[mail]", "trusted_sources = [\"0.0.0.0/0\"]\n[mail]", 12, 20, "`trusted_sources` would trust every client", "name the machines alone"),
        ("[mail]", "credential_cookies = [\"a b\"]\n[mail]", 12, 23, "is not a cookie's name", "JSESSIONID"),
        ("[mail]", "harmless_cookies = [\"*\"]\n[mail]", 12, 21, "covers too many cookies", "three letters"),
        ("[mail]", "affinity_cookies = [\"JSESSIONID\"]\n[mail]", 12, 20, "calls a credential the load balancer's", "`JSESSIONID` cannot be both"),
        ("[mail]", "api_tokens_for_external = \"block\"\n[mail]", 12, 27, "blocks tokens by their owner", "add `api_identity = \"introspect\"`"),
        ("[mail]", "api_identity = \"ask\"\n[mail]", 12, 16, "is none of the known words", "none, introspect"),
        ("[mail]", "mobile = { networks = [\"0.0.0.0/0\"] }\n[mail]", 12, 24, "would trust every client", "name the machines alone"),
        ("[mail]", "mobile = { user_agent = \"App\" }\n[mail]", 12, 25, "would match other browsers", "AtlassianMobileApp"),
        ("[mail]", "mobile = { clients = [\"\"] }\n[mail]", 12, 23, "is not a client id", "registered"),
        ("[mail]", "harmless_cookies = [\"JSESS*\"]\n[mail]", 12, 20, "calls one cookie harmless and a credential", "`JSESSIONID` cannot be both"),
        ("[mail]", "extra_credential_cookies = [\"AJS.sso\"]\n[mail]", 12, 28, "calls one cookie harmless and a credential", "`AJS.sso`"),
        ("[mail]", "introspect.key = \"key\"\n[mail]", 12, 18, "`key` is not a JSON pointer", "/emailAddress"),
        ("[mail]", "introspect.key = \"/a~2\"\n[mail]", 12, 18, "`key` is not a JSON pointer", "/emailAddress"),
        ("[mail]", "introspect.anonymous_value = \"x\"\n[mail]", 12, 30, "`anonymous_value` stands alone", "anonymous_pointer"),
        ("[mail]", "introspect.customer_value = 0\n[mail]", 12, 29, "`customer_value` stands alone", "customer_pointer"),
        ("[mail]", "introspect.path = \"/me?a b\"\n[mail]", 12, 19, "`path` has a query that cannot be sent", "percent-encoded"),
        ("[mail]", "introspect.path = \"/a/../b?x\"\n[mail]", 12, 19, "`path` is not a plain path", ""),
        ("[mail]", "introspect = { path = \"/p\", username_pattern = \"a(b)\", key_pattern = \"(a\" }\n[mail]", 12, 70, "`key_pattern` is not a regular expression", "one group"),
        ("[mail]", "introspect = { path = \"/p\", username_pattern = \"a(b)\", key_pattern = \"a\" }\n[mail]", 12, 70, "`key_pattern` does not have exactly one group", "one group"),
        ("[mail]", "introspect = { path = \"/p\", username_pattern = \"a(b)\", key_pattern = \"(a)(b)\" }\n[mail]", 12, 70, "`key_pattern` does not have exactly one group", "one group"),
        ("[mail]", "introspect = { path = \"/p\", username_pattern = \"a(b)\", key_pattern = \"(a{1000}){1000}\" }\n[mail]", 12, 70, "`key_pattern` is not a regular expression", "one group"),
        ("[mail]", "introspect = { path = \"/p\", key_pattern = \"a(b)\" }\n[mail]", 12, 14, "[site.introspect] lacks `username_pattern`", "add `username_pattern`"),
        ("[mail]", "introspect = { path = \"/p\", key_pattern = \"a(b)\", username_pattern = \"a(b)\", email = \"/m\" }\n[mail]", 12, 86, "`email` is for an answer in JSON", "remove one"),
        ("[mail]", "introspect.anonymous_value = 0.5\nintrospect.anonymous_pointer = \"/x\"\n[mail]", 12, 30, "`anonymous_value` has the wrong type, float", "a whole number"),
        ("[mail]", "portal_customers = \"no\"\n[mail]", 12, 20, "`portal_customers` is none of the known words", "challenge"),
        ("product = \"jira-software\"", "product = \"confluence\"\nportal_customers = \"exempt\"", 10, 20, "`portal_customers` needs a product that says who is one", "customer_pointer"),
        ("[mail]", "introspect.cache = \"2m\"\n[mail]", 12, 20, "`cache` is out of range", "1s to 60s"),
        ("[mail]", "introspect.timeout = \"3s\"\n[mail]", 12, 22, "`timeout` is out of range", "100ms to 2s"),
    ]);
}

#[test]
fn two_sites_at_one_place_are_refused_and_two_prefixes_of_a_host_are_not() {
    let second = |host: &str, prefix: &str| {
        let site = "[[site]]\nproduct = \"confluence\"\nupstream = \"http://10.0.0.6:8090\"\n";
        format!("{GOOD}\n{site}host = \"{host}\"\n{prefix}\n")
    };
    let errors = read(&second("JIRA.acme.com.", "")).unwrap_err();
    let error = &errors.errors()[0];
    assert_eq!((error.line, error.column, error.message.as_str()), (22, 8, "`host` is taken"));
    assert!(error.help.as_deref().unwrap().contains("site 1"), "{errors}");
    assert_eq!(
        settings(&second("jira.acme.com", "prefix = \"/wiki\"")).sites[1].id.as_ref(),
        "jira.acme.com/wiki"
    );
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_rules_for_codes_and_limits_are_refused() {
    refuse(&[
        ("[mail]", "[verification]\nfrequency = \"31d\"\n[mail]", 13, 13, "`frequency` is out of range", "1s to 30d"),
        ("[mail]", "[verification]\nfrequency = \"weekly\"\n[mail]", 13, 13, "`frequency` is not a duration", "7d"),
        ("[mail]", "[verification]\nfrequency = 7\n[mail]", 13, 13, "`frequency` has the wrong type, integer", "text in quotes"),
        ("[mail]", "[verification]\ncode_digits = 7\n[mail]", 13, 15, "`code_digits` is neither 6 nor 8", "6 or 8"),
        ("[mail]", "[verification]\ncode_lifetime = \"11m\"\n[mail]", 13, 17, "`code_lifetime` is out of range", "1m to 10m"),
        ("[mail]", "[verification]\nmethods = [\"passkey\"]\n[mail]", 13, 11, "`methods` lacks the mailed code", "expected \"mailed-code\" among them"),
        ("[mail]", "[verification]\nmethods = [\"mailed-code\", \"sms\"]\n[mail]", 13, 27, "`methods`", "authenticator-app"),
        ("[mail]", "[verification]\ncode_tries = 6\n[mail]", 13, 14, "`code_tries` is out of range", "1 to 5"),
        ("[mail]", "[limits]\nsends = []\n[mail]", 13, 9, "`sends` is empty", "cannot be switched off"),
        ("[mail]", "[limits]\nsends = [\"5 per hour\"]\n[mail]", 13, 10, "`sends` is not a limit", "5/1h"),
        ("[mail]", "[limits]\nsends = [\"5/1h\", \"0/1h\"]\n[mail]", 13, 18, "`sends` is not a limit", "5/1h"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_ways_for_mail_are_refused() {
    const SERVER: &str = "smtp://mail.acme.com:587";
    refuse(&[
        ("Acme access <access@acme.com>", "Acme access", 13, 8, "`from` is not a sender", "access@acme.com"),
        ("Acme access <access@acme.com>", "A <a@acme.com>, B <b@acme.com>", 13, 8, "`from` is not a sender", ""),
        ("Acme access <access@acme.com>", "A\\r\\nBcc: b@c.d <a@acme.com>", 13, 8, "`from` is not a sender", ""),
        (SERVER, "http://mail.acme.com", 14, 8, "`smtp` has another scheme", "smtps://host:465"),
        (SERVER, "mail.acme.com:587", 14, 8, "`smtp` has another scheme", "smtp://host:587"),
        (SERVER, "smtp://joe:hunter2@mail.acme.com", 14, 8, "`smtp` carries a user name or password", "password_file"),
        (SERVER, "smtp://mail.acme.com/x", 14, 8, "`smtp` has something after the port", "smtp://host:587"),
        (SERVER, "smtp://", 14, 8, "`smtp` has no valid host name", "smtp://host:587"),
        ("smtp = ", "file = \"mails\"\nsmtp = ", 14, 8, "`file` stands beside `smtp`", "remove one"),
        ("smtp = \"smtp://mail.acme.com:587\"", "file = \"mails\"\ntls = \"none\"", 15, 7, "`tls` has no meaning without `smtp`", "add `smtp`"),
        (SERVER, "smtps://mail.acme.com\"\ntls = \"none", 15, 7, "`tls` contradicts `smtps://`", "remove `tls`"),
        ("smtp = ", "timeout = \"2m\"\nsmtp = ", 14, 11, "`timeout` is out of range", "1s to 60s"),
        ("smtp = ", "username = \"joe\"\nsmtp = ", 14, 12, "`username` has no password beside it", "POSTERN_SMTP_PASSWORD"),
        ("smtp = ", "ca_file = \"nowhere.pem\"\nsmtp = ", 14, 11, "`ca_file` cannot be read", "/etc/postern/nowhere.pem"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_stores_and_logs_are_refused() {
    const STORE: &str = "sqlite:///var/lib/postern/postern.db";
    refuse(&[
        (STORE, "mysql://db/x", 17, 7, "`url` is neither a SQLite nor a PostgreSQL URL", "postgres://user@host/database"),
        (STORE, "sqlite://var/lib/x.db", 17, 7, "`url` has two slashes", "sqlite:///"),
        (STORE, "sqlite::memory:", 17, 7, "`url` is a database in memory", "sqlite:///"),
        (STORE, "sqlite:///x.db?mode=ro", 17, 7, "`url` does not name a plain file", "sqlite:///"),
        ("[mail]", "[log]\nlevel = \"inof\"\n[mail]", 13, 9, "`level` is not a log filter", "did you mean `info`?"),
        ("[mail]", "[log]\nlevel = \"postern=loud\"\n[mail]", 13, 9, "`level` is not a log filter", "info"),
        ("[mail]", "[log]\nformat = \"jason\"\n[mail]", 13, 10, "`format` is none of the known words", "did you mean `json`?"),
        ("[mail]", "[keys]\nfile = \"\"\n[mail]", 13, 8, "`file` is not a path", ""),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn bad_database_servers_are_refused() {
    const STORE: &str = "url = \"sqlite:///var/lib/postern/postern.db\"";
    refuse(&[
        (STORE, "url = \"postgres://u:p@db/x\"", 17, 7, "`url` carries a password", "POSTERN_STORE_PASSWORD"),
        (STORE, "url = \"postgres://db/x\"", 17, 7, "`url` names no user", "postgres://user@host"),
        (STORE, "url = \"postgres://u@db\"", 17, 7, "`url` names no database", "postgres://user@host"),
        (STORE, "url = \"postgres://u@db/\"", 17, 7, "`url` names no database", "postgres://user@host"),
        (STORE, "url = \"postgres://u@db/x/y\"", 17, 7, "`url` names no database", "postgres://user@host"),
        (STORE, "url = \"postgresql://u@db/x?sslmode=disable\"", 17, 7, "`url` has something after the database", "postgres://user@host"),
        (STORE, "url = \"postgres://u@d_b!/x\"", 17, 7, "`url` has no valid host name", "postgres://user@host"),
        (STORE, "url = \"postgres://u@db:0/x\"", 17, 7, "`url` has no valid port", "postgres://user@host"),
        (STORE, "url = \"postgres://u%0A@db/x\"", 17, 7, "`url` names no user", "postgres://user@host"),
        (STORE, "url = \"postgres://u@db/x\"", 1, 1, "has no `file`", "the same key file"),
        (STORE, "url = \"postgres://u@db.acme.com/x\"\ntls = \"off\"\n[keys]\nfile = \"keys\"", 18, 7, "`tls` is none of the known words", "required, none"),
        (STORE, "url = \"postgres://u@db.acme.com/x\"\nca_file = \"nowhere.pem\"\n[keys]\nfile = \"keys\"", 18, 11, "`ca_file` cannot be read", "/etc/postern/nowhere.pem"),
        (STORE, "url = \"postgres://u@db.acme.com/x\"\npassword_file = \"nowhere\"\n[keys]\nfile = \"keys\"", 18, 17, "`password_file` cannot be read", "/etc/postern/nowhere"),
        (STORE, "url = \"postgres://u@%2Frun/x\"\ntls = \"required\"\n[keys]\nfile = \"keys\"", 18, 7, "`tls` has no meaning for a socket", "remove it"),
        (STORE, "url = \"sqlite:x.db\"\ntls = \"none\"", 18, 7, "`tls` has no meaning for a file", "remove it"),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn a_text_that_is_no_toml_is_one_error_at_its_place() {
    refuse(&[
        ("name = \"Acme\"", "name = Acme", 2, 8, "this is not TOML", ""),
        ("name = \"Acme\"", "name = \"Acme\"\nname = \"Acme\"", 3, 1, "this is not TOML: duplicate key", ""),
        ("[store]", "[store", 16, 7, "this is not TOML", ""),
    ]);
}

#[test]
#[rustfmt::skip] // A row is a line.
fn an_assertion_is_signed_by_a_known_way_and_by_somebody() {
    refuse(&[
        ("[mail]", "[assertion]\nalgorithm = \"es256\"\n[mail]", 13, 13, "is none of the known words", "expected one of: ES256, EdDSA"),
        ("[mail]", "[assertion]\nalgorithm = \"none\"\n[mail]", 13, 13, "is none of the known words", "ES256, EdDSA"),
        ("[mail]", "[assertion]\nissuer = \"\"\n[mail]", 13, 10, "is not an issuer", "a name or a URL"),
    ]);
}
