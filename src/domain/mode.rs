//! How much of a decision is carried out, at a site or by a policy: all of it, none, or only what is written down of it.

use serde::{Deserialize, Serialize};

/// How much is carried out, from the laxest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nobody is judged.
    Off,
    /// Everybody is judged, what would become of them is recorded and counted, and all of them pass.
    Report,
    /// What is decided is done.
    #[default]
    Enforce,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Off, Self::Report, Self::Enforce];

    /// As in the configuration file, the store and the API.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Report => "report",
            Self::Enforce => "enforce",
        }
    }

    /// The mode of this label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.label() == label)
    }
}
