//! `/.postern/browsers`: the browsers in which a person verified, and the buttons that end them.

use askama::Template;

use crate::actions::BrowserRow;
use crate::texts::{Html, Value};

use super::{Frame, SiteName, document};

/// A browser in the list.
#[derive(Debug, Clone)]
pub struct ListedBrowser {
    /// What is known of it.
    pub row: BrowserRow,
    /// Whether the page is shown in it.
    pub is_here: bool,
}

/// The whole list.
#[derive(Debug, Clone, Template)]
#[template(path = "browsers.html")]
pub struct BrowsersPage {
    /// Language and looks.
    pub frame: Frame,
    /// Whose page it is.
    pub site: SiteName,
    /// The one that verified last first.
    pub list: Vec<ListedBrowser>,
    /// The token that ties the forms to this browser.
    pub form_token: String,
}

impl BrowsersPage {
    /// The whole document.
    pub fn html(&self) -> String {
        document(self)
    }

    fn served_site(&self) -> Option<&SiteName> {
        Some(&self.site)
    }

    fn lead(&self) -> Html {
        let organization = [("organization", Value::Name(&self.site.organization))];
        self.frame.fill("browsers-lead", &organization)
    }

    fn name(&self, browser: &ListedBrowser) -> String {
        self.frame.texts().browser(browser.row.browser)
    }

    fn when(&self, browser: &ListedBrowser) -> Html {
        let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let (first, last) = (day(browser.row.first_verified_at), day(browser.row.last_verified_at));
        let values = [
            ("first", Value::Name(&first)),
            ("last", Value::Name(&last)),
            ("host", Value::Name(&browser.row.site)),
            ("network", Value::Name(&browser.row.network)),
        ];
        self.frame.fill("browser-when", &values)
    }

    fn has_others(&self) -> bool {
        self.list.iter().any(|browser| !browser.is_here)
    }
}
