//! How a page looks to different people: in their language, in the colours that they set, to axe-core, and in a picture.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::chromium::Tab;
use super::needs::{installed, left_out};

impl Tab {
    /// Asks for pages in this language from now on.
    pub async fn read_in(&self, language: &str) {
        self.devtools("Network.enable", json!({})).await;
        let headers = json!({ "headers": { "Accept-Language": language } });
        self.devtools("Network.setExtraHTTPHeaders", headers).await;
    }

    /// Shows pages as a person wants them who set these media features, such as `prefers-color-scheme`.
    pub async fn prefer(&self, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// What axe-core says against the page that is shown: each rule that is broken, with the elements. `None` where axe-core
    /// is not to be had.
    pub async fn faults(&self) -> Option<Value> {
        let source = axe()?;
        self.client.execute(source, Vec::new()).await.expect("axe-core loads");
        let run = "const done = arguments[arguments.length - 1];
            axe.run({ resultTypes: ['violations'] }).then(
                found => done(found.violations.map(rule => [rule.id, rule.help, rule.nodes.map(node => node.html)])),
                error => done([String(error)]))";
        Some(self.client.execute_async(run, Vec::new()).await.expect("axe-core runs"))
    }

    /// Saves what is seen as `name-screen.png` into the folder that `POSTERN_PICTURES` names; without it, does nothing.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = pictures() else { return };
        let picture = self.client.screenshot().await.expect("a picture");
        let screen = format!("{:?}", self.screen).to_lowercase();
        std::fs::write(folder.join(format!("{name}-{screen}.png")), picture).expect("the picture is saved");
    }
}

/// Where pictures are wanted, if they are.
pub fn pictures() -> Option<PathBuf> {
    std::env::var_os("POSTERN_PICTURES").map(PathBuf::from)
}

/// The script of axe-core, where `dev` installed it.
fn axe() -> Option<&'static str> {
    static SCRIPT: OnceLock<Option<String>> = OnceLock::new();
    let script = SCRIPT.get_or_init(|| std::fs::read_to_string(installed().join("axe/axe.min.js")).ok());
    if script.is_none() {
        left_out("axe", "./dev test fetches axe-core");
    }
    script.as_deref()
}
