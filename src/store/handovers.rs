//! Hand-overs: which tickets were taken. That one works once rests on the one statement of [`Change::take_ticket`], which must
//! never become a read followed by a write.

use jiff::Timestamp;

use super::{Change, StoreError, row};

impl Change {
    /// Takes a ticket; true only for the first who does. Of several at once, over however many gateways, exactly one is told so.
    pub async fn take_ticket(&mut self, id: [u8; 16], now: Timestamp) -> Result<bool, StoreError> {
        let taken = sqlx::query("INSERT INTO handovers (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
            .bind(id.as_slice())
            .bind(row::millis(now))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(taken.rows_affected() == 1)
    }
}
