//! `postern forecast` and `postern policy diff`: what the policies, or another one in place of one of them, would have done to the
//! requests of the last days.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::bail;
use jiff::Timestamp;
use serde_json::Value;

use crate::actions::forecast::{Forecasts, Scope, Trial, forecast};
use crate::actions::policy_undo::find_policy;
use crate::app;
use crate::clock::Clock;
use crate::config::decisions::Kept;
use crate::config::settings::Settings;
use crate::domain::external_policy::PolicyKind;
use crate::domain::forecast::{Burden, Change, Forecast};
use crate::domain::organization::OrganizationId;
use crate::store::Store;

use super::import::owner;
use super::plain;

const DAY: Duration = Duration::from_secs(86_400);
/// How many lines a list has; the API tells all.
const MOST_LINES: usize = 40;

/// What is tried: a policy, and `NAME=VALUE` for each setting that is another one.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How many days back.
    pub days: u32,
    /// The policy and its settings.
    pub trial: Option<(String, Vec<String>)>,
}

/// Forecasts for an organization, which must be named where there are several.
pub async fn run(settings: &Settings, organization: Option<&str>, asked: &Asked) -> anyhow::Result<()> {
    let owner = owner(settings, organization)?.organization;
    let store = Store::open(&settings.database).await?;
    let said = said(settings, &store, &owner, asked).await;
    store.close().await;
    print!("{}", said?);
    Ok(())
}

async fn said(
    settings: &Settings,
    store: &Store,
    owner: &OrganizationId,
    asked: &Asked,
) -> anyhow::Result<String> {
    let configured = app::policy(settings);
    let with_home = settings.offices.iter().filter_map(|office| settings.home(office));
    let scope = Scope {
        organization: owner,
        configured: &configured,
        has_home: with_home.into_iter().any(|(organization, _)| organization.id == *owner),
        since: Clock::system().now().saturating_sub(DAY * asked.days).unwrap_or(Timestamp::MIN),
    };
    let Some((name, pairs)) = &asked.trial else {
        let forecasts = forecast(store, &scope, None).await?;
        return Ok(outlook(&forecasts, asked.days, settings.decisions.keep));
    };
    let policy = find_policy(store, owner, name).await?;
    if policy.is_none() && PolicyKind::of(name) != Some(PolicyKind::Default) {
        bail!("there is no policy {name:?}; `postern policy list` shows them");
    }
    let changed = changed(pairs)?;
    let trial = Trial { policy, settings: &changed };
    let forecasts = forecast(store, &scope, Some(&trial)).await?;
    Ok(differences(&forecasts, asked.days, settings.decisions.keep))
}

/// `NAME=VALUE`, where a value is JSON, or a word.
fn changed(pairs: &[String]) -> anyhow::Result<Value> {
    let mut settings = serde_json::Map::new();
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            bail!("{pair:?} is not NAME=VALUE, such as frequencySeconds=86400 or mode=enforce");
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        settings.insert(name.to_owned(), value);
    }
    Ok(settings.into())
}

fn begins(forecasts: &Forecasts, days: u32, keep: Kept) -> String {
    let requests = forecasts.now.requests;
    let mut text = match requests {
        1 => format!("1 recorded request of the last {days} days, decided again."),
        requests => format!("{requests} recorded requests of the last {days} days, decided again."),
    };
    text.push('\n');
    if forecasts.unreadable > 0 {
        let _ =
            writeln!(text, "{} more were kept by another version and are left out.", forecasts.unreadable);
    }
    if keep != Kept::All {
        text.push_str("`[decisions] keep` is not \"all\", so requests that passed are missing.\n");
    }
    text
}

fn outlook(forecasts: &Forecasts, days: u32, keep: Kept) -> String {
    let now = &forecasts.now;
    let mut text = begins(forecasts, days, keep);
    if now.requests == 0 {
        text.push_str("Nobody asked for anything yet that was recorded.\n");
        return text;
    }
    let asked = now.people.values().filter(|burden| burden.codes > 0).count();
    let codes: u64 = now.people.values().map(|burden| u64::from(burden.codes)).sum();
    let sign_ins: u64 = now.people.values().map(|burden| u64::from(burden.sign_ins)).sum();
    let _ = writeln!(
        text,
        "With everything enforced that the policies say: {asked} of {} people asked for a code, {} altogether; {sign_ins} more sign-ins.",
        now.people.len(),
        times(codes)
    );
    let mut burdened: Vec<_> =
        now.people.iter().filter(|(_, burden)| **burden != Burden::default()).collect();
    burdened
        .sort_by_key(|(_, burden)| std::cmp::Reverse((burden.refused.len(), burden.codes, burden.sign_ins)));
    let lines = burdened.into_iter().map(|(who, burden)| format!("{}  {}", plain(who), met(burden)));
    list(&mut text, "Who", lines);
    programs(&mut text, now);
    text
}

fn differences(forecasts: &Forecasts, days: u32, keep: Kept) -> String {
    let mut text = begins(forecasts, days, keep);
    let Some(then) = &forecasts.trial else { return text };
    let changes = forecasts.now.changes(then);
    if changes.is_empty() {
        text.push_str("For nobody would it be another one.\n");
    }
    for change in Change::ALL {
        let of_this = changes.iter().filter(|(one, ..)| *one == change);
        let lines = of_this
            .map(|(_, who, before, after)| format!("{}  {} -> {}", plain(who), met(before), met(after)));
        list(&mut text, heading(change), lines);
    }
    programs(&mut text, then);
    text
}

const fn heading(change: Change) -> &'static str {
    match change {
        Change::NewlyRefused => "Newly refused",
        Change::NewlyAsked => "Newly asked",
        Change::MoreOften => "Asked more often",
        Change::LessOften => "Asked less often",
        Change::Freed => "Freed",
        Change::NoLongerRefused => "Refused no longer",
    }
}

fn met(burden: &Burden) -> String {
    let mut parts = Vec::new();
    match burden.codes {
        0 => {}
        1 => parts.push("1 code".to_owned()),
        codes => parts.push(format!("{codes} codes")),
    }
    match burden.sign_ins {
        0 => {}
        1 => parts.push("1 sign-in".to_owned()),
        sign_ins => parts.push(format!("{sign_ins} sign-ins")),
    }
    parts.extend(
        burden
            .refused
            .iter()
            .map(|(reason, count)| format!("refused {} ({reason})", times(u64::from(*count)))),
    );
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn programs(text: &mut String, forecast: &Forecast) {
    let lines = forecast.programs.iter().map(|(client, broken)| {
        let requests =
            broken.requests.iter().map(|(reason, count)| format!("{} ({reason})", times(u64::from(*count))));
        let people: Vec<String> = broken.people.iter().take(3).map(|who| plain(who)).collect();
        let whose = if people.is_empty() { "nobody known".to_owned() } else { people.join(", ") };
        format!("{}  turned away {}, for {whose}", plain(client), requests.collect::<Vec<_>>().join(", "))
    });
    list(text, "Programs that cannot type a code", lines);
}

fn list(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{heading} ({}):", lines.len());
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "  and {} more", lines.len() - MOST_LINES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_typed_as_words_numbers_or_json() {
        let pairs =
            ["mode=enforce", "frequencySeconds=86400", r#"twoStepVerification={"requirement":"off"}"#];
        let read = changed(&pairs.map(str::to_owned)).unwrap();
        let expected = json!({
            "mode": "enforce", "frequencySeconds": 86400, "twoStepVerification": { "requirement": "off" }
        });
        assert_eq!(read, expected);
        assert!(changed(&["mode".to_owned()]).unwrap_err().to_string().contains("NAME=VALUE"));
    }
}
