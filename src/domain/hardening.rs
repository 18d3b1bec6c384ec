//! Paths that have opened products' own files: refused for everyone who would pass, where the site is hardened.
//!
//! It reads a path as the most careless server would, so it refuses more than any one flaw needs. It never exempts a path
//! from being judged; see `path_pattern.rs` for what is public.

use percent_encoding::percent_decode_str;

/// Whether some product may take the path for one of its own files.
///
/// - `WEB-INF` or `META-INF` as a segment, in any case and spelling (CVE-2021-26086, CVE-2019-8442 and their like).
/// - `::` in an address of a web resource, where it is read as another `/` (CVE-2026-21589). One colon is everyday there
///   (`com.atlassian.auiplugin:aui`), and a file that somebody attached may be called anything.
pub fn opens_inner_files(path: &str) -> bool {
    if !path.contains('%') {
        return opens_inner_files_decoded(path);
    }
    let once = percent_decode_str(path).decode_utf8_lossy();
    // Some decode twice; the address of a page that really contains `%25` still says what it says.
    opens_inner_files_decoded(&once)
        || (once.contains('%') && opens_inner_files_decoded(&percent_decode_str(&once).decode_utf8_lossy()))
}

/// Whether a name is that of a folder of the product's own. Windows overlooks dots and spaces at the end.
pub(super) fn is_inner_folder(name: &str) -> bool {
    let name = name.trim_end_matches(['.', ' ']);
    name.eq_ignore_ascii_case("web-inf") || name.eq_ignore_ascii_case("meta-inf")
}

fn opens_inner_files_decoded(path: &str) -> bool {
    path.split(['/', '\\', ';', ':']).any(is_inner_folder) || (path.contains("::") && is_web_resource(path))
}

/// Whether a `::` stands below `/s/`, or below `/download/` with anything but attachments behind it.
fn is_web_resource(path: &str) -> bool {
    let mut segments = path.split(['/', '\\']).map(|segment| segment.split(';').next().unwrap_or_default());
    let mut below = false;
    while let Some(segment) = segments.next() {
        if below && segment.contains("::") {
            return true;
        }
        below |= match segment {
            "s" => true,
            "download" => !matches!(segments.clone().next(), Some("attachments" | "thumbnails")),
            _ => false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn t018_a_path_to_a_products_own_files_is_found_in_any_spelling() {
        for path in [
            "/s/x/_/;/WEB-INF/web.xml",
            "/WEB-INF",
            "/a/meta-inf/maven/x",
            "/s/x/_/%2e/WEB-INF/web.xml",
            "/s/x/_/Web-Inf/classes",
            "/s/x/_/%57EB-INF/web.xml",
            "/s/x/_/%2557EB-INF/web.xml",
            "/x\\WEB-INF\\web.xml",
            "/x%5cWEB-INF%5cweb.xml",
            "/x;WEB-INF/web.xml",
            "/WEB-INF./web.xml",
            "/WEB-INF%20/web.xml",
            "/WEB-INF;a=b/web.xml",
            "/download/resources/a:WEB-INF/web.xml",
            "/s/a/_/download/x::y::z",
            "/wiki/s/a/_/download/x::y",
            "/s/a/_/x%3A%3Ay",
            "/s/a/_/x:%3ay",
            "/download/resources/com.x:y/::/web.xml",
            "/download;x/batch/a::b",
            "/download/attachments/1/download/resources/a::b",
        ] {
            assert!(opens_inner_files(path), "{path}");
        }
    }

    #[test]
    fn everyday_paths_are_none() {
        for path in [
            "/",
            "/browse/DEMO-1",
            "/s/a/1/_/download/batch/com.atlassian.auiplugin:aui/com.atlassian.auiplugin:aui.css",
            "/download/contextbatch/css/_super,-com.x:y/batch.css",
            "/download/attachments/98/a::b.png",
            "/download/thumbnails/98/a%3A%3Ab.png",
            "/display/DEMO/std::vector",
            "/display/DEMO/WEB-INFO",
            "/display/DEMO/100%25",
            "/rest/api/2/search::x",
        ] {
            assert!(!opens_inner_files(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(path in "\\PC{0,60}") {
            let _ = opens_inner_files(&path);
        }
    }
}
