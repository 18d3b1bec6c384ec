//! Group D, as far as a cookie header goes: what is judged is what the upstream would read, in any spelling.
//!
//! In these rows `Who` brings no cookie of its own; the row writes the whole header. `{stale}` and `{managed}` stand for the
//! values of these sessions.

use super::case::Outcome::{Challenged, OfNobody, Refused};
use super::case::Who::Anonymous;
use super::case::{Row, get};

/// The rows of T067 to T069.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for line in [
        "JSESSIONID={managed}; JSESSIONID={stale}",
        "JSESSIONID={stale}; JSESSIONID={managed}",
        "JSESSIONID={stale}; x=1; JSESSIONID={stale}",
        "JSESSIONID =x; JSESSIONID={stale}",
        "JSESSIONID={managed}; JSESSIONID\t={stale}",
    ] {
        rows.push(get("/secret").line("cookie", line).is("T067", Anonymous, Refused(&[400])));
    }
    let two = get("/secret").line("cookie", "JSESSIONID={managed}").line("cookie", "JSESSIONID={stale}");
    rows.push(two.is("T067", Anonymous, Refused(&[400])));
    for line in [
        "JSESSIONID={stale}",
        " JSESSIONID={stale}",
        "JSESSIONID={stale};",
        ";JSESSIONID={stale}",
        "_ga=1; JSESSIONID={stale}",
        "JSESSIONID={stale}; theme=dark",
        "$Version=1; JSESSIONID={stale}; $Path=/",
        "a=\"; JSESSIONID={stale}",
        "seraph.rememberme.cookie=x; JSESSIONID={stale}",
    ] {
        rows.push(get("/secret").line("cookie", line).is("T068", Anonymous, Challenged));
    }
    // Servers differ on whether these are the session; nobody is let through on the word of one of them.
    for line in [
        "jsessionid={stale}",
        "JSESSIONID =x{stale}",
        "JSESSIONID= {stale}",
        "JSESSIONID=\"{stale}\"",
        "\"JSESSIONID\"={stale}",
        "x=1,JSESSIONID={stale}",
        "JSESSIONID={stale},x=1",
        "JSESSIONID\t={stale}",
        "_ga=\"; JSESSIONID={stale}; x=\"",
    ] {
        rows.push(get("/secret").line("cookie", line).is("T068", Anonymous, OfNobody));
    }
    let many: String = (0..200).map(|index| format!("c{index}=1; ")).collect();
    rows.push(
        get("/secret")
            .line("cookie", format!("{many}JSESSIONID={{stale}}"))
            .is("T068", Anonymous, Challenged),
    );
    for size in [8 * 1024, 16 * 1024] {
        let shot = get("/secret").line("cookie", format!("JSESSIONID={}", "a".repeat(size)));
        rows.push(shot.is("T069", Anonymous, OfNobody));
    }
    // Of a head that goes on for long after its refusal the answer may be lost with the connection.
    for (size, statuses) in [(64 * 1024, [431, 431].as_slice()), (1024 * 1024, &[431, 0])] {
        let shot = get("/secret").line("cookie", format!("JSESSIONID={}", "a".repeat(size)));
        rows.push(shot.is("T069", Anonymous, Refused(statuses)));
    }
    rows
}
