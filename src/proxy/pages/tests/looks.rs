//! An organization's looks on the pages.

use super::*;

#[test]
fn an_organizations_looks_are_on_every_page_and_its_sentence_in_the_readers_language() {
    let page =
        |language| MessagePage { frame: Frame { look: dressed(), ..frame(language) }, ..message() }.html();
    let html = page(Language::German);
    assert!(
        html.contains("srcset=\"/.postern/assets/logo-dark.png\"")
            && html.contains("src=\"/.postern/assets/logo.svg\"")
    );
    assert!(html.contains("<p><span lang=\"en\" dir=\"ltr\">Call 1234.</span></p>"), "{html}");
    assert!(html.contains("Fragen können Sie hier: the service desk, +49 30 1234."), "{html}");
    assert!(page(Language::Arabic).contains("<p><span lang=\"ar\" dir=\"rtl\">اتصل بالرقم 1234.</span></p>"));
}
