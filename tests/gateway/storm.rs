//! A storm of odd requests from one stale session, put together from what has fooled gateways before. Seeded, so a failure
//! comes again.

use super::{forwarded, stale_jane};
use crate::support::raw::ask;
use crate::support::world::World;

const REQUESTS: usize = 1_500;

const METHODS: [&str; 8] = ["GET", "GET", "GET", "POST", "PUT", "OPTIONS", "get", "TRACE"];
const PIECES: [&str; 26] = [
    "/",
    "//",
    "login.jsp",
    "/login.jsp",
    "/browse/DEMO-1",
    "/rest/api/2/myself",
    ";x=1",
    ";jsessionid=",
    "..",
    "/../",
    "/./",
    "%2e%2e",
    "%2f",
    "%5c",
    "\\",
    "%25",
    "%00",
    "%",
    "?",
    "?os_username=liam&os_password=demo",
    "#",
    "/.postern/",
    "verify",
    "challenge",
    "http://jira.test",
    "*",
];
const LINES: [&str; 22] = [
    "Accept: text/html\r\n",
    "Accept: */*\r\n",
    "Authorization: Bearer junk\r\n",
    "Authorization: bearer junk\r\n",
    "Authorization:\r\n",
    "Authorization: Basic amFuZTpkZW1v\r\n",
    "Upgrade: websocket\r\n",
    "Upgrade: h2c\r\n",
    "Connection: Upgrade\r\n",
    "Connection: Cookie, close\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5\r\n",
    "Expect: 100-continue\r\n",
    "Host: jira.test\r\n",
    "Host: wiki.test\r\n",
    "X-Original-URL: /login.jsp\r\n",
    "X-HTTP-Method-Override: OPTIONS\r\n",
    "X-AUSERNAME: liam\r\n",
    "Sec-Fetch-Mode: navigate\r\n",
    "Sec-Purpose: prefetch\r\n",
    "Cookie: JSESSIONID=x\r\n",
    "Cookie: _ga=\"\r\n",
];

/// Numbers that are the same in every run (a linear congruential generator).
struct Draw(u64);

impl Draw {
    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}

fn odd_request(draw: &mut Draw, id: &str) -> String {
    let mut target = if draw.below(8) == 0 { String::new() } else { "/".to_owned() };
    for _ in 0..draw.below(5) {
        target.push_str(draw.of(&PIECES));
    }
    let mut lines = String::new();
    for _ in 0..draw.below(4) {
        lines.push_str(draw.of(&LINES));
    }
    let version = if draw.below(10) == 0 { "1.0" } else { "1.1" };
    let target = target.replace(";jsessionid=", &format!(";jsessionid={id}"));
    let method = draw.of(&METHODS);
    format!(
        "{method} {target} HTTP/{version}\r\nHost: jira.test\r\nCookie: JSESSIONID={id}\r\n{lines}\r\nhello"
    )
}

#[tokio::test]
async fn no_odd_request_carries_a_stale_session_past_us() {
    let world = World::start().await;
    let id = stale_jane(&world).await.cookies["JSESSIONID"].clone();
    let mut draw = Draw(1);
    let mut statuses = std::collections::BTreeMap::<u16, u32>::new();
    for _ in 0..REQUESTS {
        let request = odd_request(&mut draw, &id);
        let answer = ask(world.address, &request).await;
        assert_ne!(answer.status, 500, "{request:?}");
        *statuses.entry(answer.status).or_default() += 1;
    }
    // The storm reaches the gate, the broken and the let-through alike; otherwise it proves nothing.
    assert!([303, 400, 401].iter().all(|status| statuses[status] > 10), "{statuses:?}");
    let public = [("GET", "/login.jsp"), ("POST", "/login.jsp")];
    let reached = forwarded(&world.jira);
    assert!(reached.len() > 5, "{statuses:?}");
    for request in reached {
        let is_public = public.contains(&(request.method.as_str(), request.path()));
        let carries =
            request.headers.iter().any(|(_, value)| value.contains(&id)) || request.target.contains(&id);
        assert!(!carries || is_public, "{request:?}");
    }
}
