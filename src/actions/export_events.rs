//! Export events: the audit log of an organization as a file for people with a spreadsheet, page by page, so that a log of
//! millions takes no memory. That somebody took it is an event itself.

use serde_json::json;

use crate::domain::actor::Actor;
use crate::domain::csv_cell::guarded;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuditRow, EventFilter, EventId, EventOrder, Store, StoreError};

use jiff::Timestamp;

/// Events per page.
const PAGE: u32 = 1_000;
const COLUMNS: [&str; 9] =
    ["Time", "Event ID", "Action", "Actor", "Actor API key", "Subject", "Site", "IP address", "Details"];

/// An export under way.
pub struct EventExport {
    store: Store,
    organization: OrganizationId,
    filter: EventFilter,
    /// The last event that was written; `None` before the first page.
    after: Option<EventId>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Rows,
    Over,
}

impl EventExport {
    /// Begins an export of what was there until now, newest first.
    pub async fn begin(
        store: Store,
        organization: OrganizationId,
        filter: EventFilter,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let change = store.write().await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuditLogExported, "audit log");
        change.commit(event.of(&organization).with(json!({ "filter": said(&filter) })), now).await?;
        // What is written meanwhile is not of this export, or it would never end.
        let to = Some(filter.to.map_or(now, |to| to.min(now)));
        let filter = EventFilter { to, ..filter };
        Ok(Self { store, organization, filter, after: None, state: State::Header })
    }

    /// The next part of the file; `None` behind the last.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        match self.state {
            State::Header => {
                self.state = State::Rows;
                Ok(Some(line(COLUMNS.map(ToOwned::to_owned))))
            }
            State::Over => Ok(None),
            State::Rows => {
                let order = EventOrder::NewestFirst;
                let rows =
                    self.store.events(&self.organization, &self.filter, order, self.after, PAGE).await?;
                self.after = rows.last().map(AuditRow::id);
                if rows.len() < PAGE as usize {
                    self.state = State::Over;
                }
                Ok(Some(rows.iter().map(|row| line(cells(row))).collect()))
            }
        }
    }
}

fn cells(row: &AuditRow) -> [String; 9] {
    [
        row.at.to_string(),
        row.id().0.to_string(),
        row.action.clone(),
        row.actor.name.clone(),
        row.actor.key.map(|key| key.to_string()).unwrap_or_default(),
        row.subject.clone(),
        row.site.clone().unwrap_or_default(),
        row.actor.address.map(|address| address.to_string()).unwrap_or_default(),
        row.detail.clone(),
    ]
}

/// One line of the file, no cell of which is a formula (T134).
fn line(cells: [String; 9]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()));
    written.expect("memory takes any cell");
    let bytes = writer.into_inner().expect("memory takes any line");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the log says of a filter.
fn said(filter: &EventFilter) -> serde_json::Value {
    let addresses: Vec<String> = filter.addresses.iter().map(ToString::to_string).collect();
    json!({
        "text": filter.text, "from": filter.from.map(|at| at.to_string()), "to": filter.to.map(|at| at.to_string()),
        "actors": filter.actors, "actions": filter.actions, "addresses": addresses, "sites": filter.sites,
    })
}
