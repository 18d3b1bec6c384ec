//! `postern explain`: what was decided about the request of a receipt, each question with its answer, and what would have let it
//! pass.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::actions::explain_receipt::{Explained, explain_receipt};
use crate::config::decisions::Kept;
use crate::config::settings::Settings;
use crate::store::{DecisionFacts, Store};

use super::plain;

/// Prints it, whoever's site it was.
pub async fn run(settings: &Settings, receipt: &str) -> anyhow::Result<()> {
    let read = receipt.parse().with_context(|| format!("{receipt:?}"))?;
    let store = Store::open(&settings.database).await?;
    let explained = explain_receipt(&store, None, read).await;
    store.close().await;
    match explained? {
        Some(explained) => print!("{}", said(&explained)),
        None => bail!("{}", nothing(settings, receipt)),
    }
    Ok(())
}

/// Why there may be nothing, with the next place to look.
fn nothing(settings: &Settings, receipt: &str) -> String {
    let why = match settings.decisions.keep {
        Kept::Off => "`[decisions] keep` is \"off\"".to_owned(),
        Kept::Refusals | Kept::All => format!(
            "refused pages of a site are kept, of other refusals of one person the first of each minute, for {} days",
            settings.decisions.keep_for.as_secs() / 86_400
        ),
    };
    format!("nothing is kept of the receipt {receipt}: {why}. The access log may have its line")
}

fn said(explained: &Explained) -> String {
    let Explained { row, meaning, remedy, policy, checks } = explained;
    let who = row.who.as_deref().map_or("somebody unknown".to_owned(), plain);
    let mut text = format!(
        "{}  {:.0}  {}\n{who}, with {}, on the lane {}\n\n{}, because {}: {meaning}\n",
        row.receipt,
        row.at,
        row.site,
        plain(&row.client),
        row.lane,
        decided(&row.decision),
        row.reason
    );
    if !checks.is_empty() {
        text.push_str("\nAsked, in this order; the last one settled it:\n");
        for check in checks {
            let _ = writeln!(text, "  {:<14}{}", check.question.label(), check.answer);
        }
    }
    match policy {
        Some((name, version)) => {
            let _ = write!(
                text,
                "\nThe policy was {name:?}, version {} ({}).\n",
                version.version, version.policy
            );
        }
        None if row.facts != DecisionFacts::None => {
            text.push_str("\nNo policy of the store decided, but the configuration file.\n");
        }
        None => {}
    }
    if let Some(remedy) = remedy {
        let _ = write!(text, "\nWhat would let them pass: {remedy}\n");
    }
    match &row.facts {
        DecisionFacts::Kept(recorded) => {
            text.push_str("\nWhat it was decided by:\n");
            let value = serde_json::to_value(recorded).unwrap_or_default();
            inputs(&mut text, "", &value);
        }
        DecisionFacts::Unreadable => {
            text.push_str("\nAnother version kept what it was decided by, and this one cannot read it.\n");
        }
        DecisionFacts::None => {}
    }
    text
}

fn decided(decision: &str) -> &str {
    match decision {
        "pass" => "Passed",
        "challenge" => "Asked for a code",
        "sign-in" => "Sent to sign in again",
        "deny" => "Refused",
        "unavailable" => "Refused for now",
        "would_challenge" => "Passed, and would have been asked for a code",
        "would_block" => "Passed, and would have been refused",
        other => other,
    }
}

/// Each value with its way to it; what is nothing is left out.
fn inputs(text: &mut String, way: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, value) in members {
                let way = if way.is_empty() { name.clone() } else { format!("{way}.{name}") };
                inputs(text, &way, value);
            }
        }
        Value::String(word) => {
            let _ = writeln!(text, "  {way} = {}", plain(word));
        }
        other => {
            let _ = writeln!(text, "  {way} = {other}");
        }
    }
}
