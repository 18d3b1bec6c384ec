//! Pages of lists, in the two dialects: links that are whole addresses (v1), or bare cursors (v2).
//!
//! The last page of v1 has `self` alone: of the clients there are, one fails on an empty `next` and one on `prev`.

use serde::Serialize;
use utoipa::ToSchema;

/// Which rows a page shows: those asked for, and whether there are more.
pub struct Cut<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Whether others follow.
    pub has_more: bool,
}

impl<T> Cut<T> {
    /// Cuts what was read, which is one row more than the page has if there are more.
    pub fn new(mut rows: Vec<T>, limit: u32) -> Self {
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Self { rows, has_more }
    }

    /// The place after the last row, if others follow.
    pub fn next<P>(&self, place: impl FnOnce(&T) -> P) -> Option<P> {
        self.rows.last().filter(|_| self.has_more).map(place)
    }
}

/// A page whose links are whole addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// What is said of the page; always there.
    pub meta: PageMeta,
    /// Where it is, and where the next one is.
    pub links: Links,
}

/// What is said of a page.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PageMeta {
    /// The cursor of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many entries the page has.
    pub page_size: usize,
    /// How many entries the list has, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// Whole addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct Links {
    /// Where this is.
    #[serde(rename = "self")]
    pub here: String,
    /// Where the next page is, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One object, as v1 wraps it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// The object.
    pub data: T,
}

impl<T> Page<T> {
    /// A page at an address; `next` is the cursor of the one after it.
    pub fn new(data: Vec<T>, here: String, next: Option<String>) -> Self {
        let links = Links { next: next.as_ref().map(|cursor| with_cursor(&here, cursor)), here };
        Self { meta: PageMeta { next, page_size: data.len(), total: None }, data, links }
    }
}

/// A page whose links are bare cursors.
#[derive(Debug, Serialize, ToSchema)]
pub struct CursorPage<T> {
    /// The entries.
    pub data: Vec<T>,
    /// Where the list goes on.
    pub links: CursorLinks,
}

/// Bare cursors.
#[derive(Debug, Serialize, ToSchema)]
pub struct CursorLinks {
    /// The cursor of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> CursorPage<T> {
    /// A page; `next` is the cursor of the one after it.
    pub fn new(data: Vec<T>, next: Option<String>) -> Self {
        Self { data, links: CursorLinks { next } }
    }
}

/// An address with another cursor in its query, and all else of it.
fn with_cursor(address: &str, cursor: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(others).append_pair("cursor", cursor);
    format!("{path}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_it_is_and_only_if_there_is_more_where_that_is() {
        let page = Page::new(
            vec![1],
            "http://gw.test/admin/v1/orgs?type=a%26b&cursor=old".to_owned(),
            Some("new".to_owned()),
        );
        let json = serde_json::to_value(&page).unwrap();
        assert_eq!(json["links"]["next"], "http://gw.test/admin/v1/orgs?type=a%26b&cursor=new");
        let last =
            serde_json::to_value(Page::<u8>::new(Vec::new(), "http://gw.test/x".to_owned(), None)).unwrap();
        assert_eq!(last["links"], serde_json::json!({ "self": "http://gw.test/x" }));
        assert_eq!(last["meta"], serde_json::json!({ "page_size": 0 }));
    }

    #[test]
    fn a_cut_has_a_place_to_go_on_only_if_there_is_more() {
        let cut = Cut::new(vec![1, 2, 3], 2);
        assert_eq!((cut.rows.len(), cut.next(|row| *row)), (2, Some(2)));
        assert_eq!(Cut::new(vec![1, 2], 2).next(|row| *row), None);
    }
}
