//! The look-alikes' style sheet at an address as the products have for theirs: below `/s/`, with a changing part.
//!
//! Nobody is identified here (see `seraph.rs`), and a browser may keep the answer.

use axum::{Router, http::header, response::IntoResponse, routing::get};

use super::product::Product;

const STYLE_SHEET: &str =
    "/s/{hash}/{language}/{build}/{version}/_/download/batch/{resource}/lookalike.web:page.css";

pub fn routes() -> Router<Product> {
    Router::new().route(STYLE_SHEET, get(style_sheet))
}

async fn style_sheet() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000"),
    ];
    (headers, include_str!("pages/lookalike.css"))
}
