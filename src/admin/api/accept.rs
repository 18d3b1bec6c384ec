//! What kind of answer a client takes, where it has the choice: SCIM's own media type or plain JSON (RFC 7644 section 3.8).

use axum::http::{HeaderMap, HeaderValue, header};

/// The media type of an answer: SCIM's own, unless the client takes plain JSON alone.
pub fn scim_media_type(headers: &HeaderMap) -> HeaderValue {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let wanted: Vec<String> = lines
        .flat_map(|line| line.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    let takes = |range: &str| wanted.iter().any(|wanted| wanted == range);
    let takes_scim = takes("application/scim+json") || takes("application/*") || takes("*/*");
    match !takes_scim && takes("application/json") {
        true => HeaderValue::from_static("application/json"),
        false => HeaderValue::from_static("application/scim+json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_scim_unless_the_client_takes_plain_json_alone() {
        for (accept, expected) in [
            (None, "scim+"),
            (Some("*/*"), "scim+"),
            (Some("application/scim+json"), "scim+"),
            (Some("application/json"), ""),
            (Some("Application/JSON; charset=utf-8"), ""),
            (Some("application/json, application/scim+json;q=0.5"), "scim+"),
            (Some("text/html, application/json"), ""),
            (Some("text/html"), "scim+"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(scim_media_type(&headers), format!("application/{expected}json"), "{accept:?}");
        }
    }
}
