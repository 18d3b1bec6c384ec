//! The files that pages load from `/.postern/assets/`: the stylesheet in the organization's colours, our mark, its logo,
//! and the script that passkeys need.
//!
//! A logo comes from the operator, and may be a drawing in XML: served with [`LOGO_POLICY`], nothing in it ever runs, even when
//! somebody opens it as a page of the site.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::domain::look::{Accent, Logo, LogoKind, Look};

const STYLESHEET: &str = include_str!("postern.css");
const PASSKEY: &[u8] = include_bytes!("passkey.js");
const MARK: &[u8] = include_bytes!("mark.svg");

/// What a logo may load and do: nothing but its own styles. As a page it would be of no origin, and without scripts.
pub const LOGO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A file that the pages load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset<'a> {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Cow<'a, [u8]>,
    /// Whether it is a picture of the operator's.
    pub is_logo: bool,
}

/// The asset of a name (the last segment of its path), if there is one.
pub fn asset<'a>(name: &str, look: &'a Look) -> Option<Asset<'a>> {
    match name {
        "postern.css" => {
            Some(Asset { content_type: "text/css; charset=utf-8", body: stylesheet(look), is_logo: false })
        }
        "passkey.js" => Some(Asset {
            content_type: "text/javascript; charset=utf-8",
            body: PASSKEY.into(),
            is_logo: false,
        }),
        "mark.svg" => Some(Asset { content_type: "image/svg+xml", body: MARK.into(), is_logo: false }),
        _ => [(&look.logo, false), (&look.dark_logo, true)].into_iter().find_map(|(logo, dark)| {
            let logo = logo.as_deref().filter(|logo| logo_name(logo, dark) == name)?;
            Some(Asset {
                content_type: content_type(logo.kind),
                body: logo.bytes.as_slice().into(),
                is_logo: true,
            })
        }),
    }
}

/// What a logo is called in its address.
pub(super) fn logo_name(logo: &Logo, dark: bool) -> &'static str {
    match (logo.kind, dark) {
        (LogoKind::Svg, false) => "logo.svg",
        (LogoKind::Png, false) => "logo.png",
        (LogoKind::Svg, true) => "logo-dark.svg",
        (LogoKind::Png, true) => "logo-dark.png",
    }
}

fn content_type(kind: LogoKind) -> &'static str {
    match kind {
        LogoKind::Svg => "image/svg+xml",
        LogoKind::Png => "image/png",
    }
}

/// The organization's colours come last, and so count.
fn stylesheet(look: &Look) -> Cow<'static, [u8]> {
    let Some(accents) = look.accents else { return STYLESHEET.as_bytes().into() };
    let mut css = STYLESHEET.to_owned();
    // Writing into a string does not fail.
    let _ = write!(
        css,
        "\n{}\n@media (prefers-color-scheme: dark) {{ {} }}\n",
        colours(accents.light),
        colours(accents.dark)
    );
    css.into_bytes().into()
}

fn colours(accent: Accent) -> String {
    let Accent { colour, deep, on } = accent;
    format!(":root {{ --accent: {colour}; --accent-deep: {deep}; --on-accent: {on}; }}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::colour::Colour;
    use crate::domain::look::{Accents, DARK_GROUNDS, LEGIBLE, LIGHT_GROUNDS};

    /// The colours of a theme, by name.
    fn variable(theme: &str, name: &str) -> Colour {
        let value = theme.split(&format!("--{name}: ")).nth(1).and_then(|rest| rest.split(';').next());
        Colour::parse(value.unwrap()).unwrap()
    }

    #[test]
    fn whatever_is_written_can_be_read_in_light_and_in_dark() {
        let (light, dark) = STYLESHEET.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for (theme, grounds) in [(light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)] {
            let colour = |name| variable(theme, name);
            assert_eq!([colour("ground"), colour("card")], grounds, "accents are held against these");
            for text in ["ink", "soft", "accent", "accent-deep", "error"] {
                assert!(colour(text).least_contrast(&grounds) >= LEGIBLE, "{text}");
            }
            for (text, ground) in [
                ("ink", "error-ground"),
                ("error", "error-ground"),
                ("ink", "done-ground"),
                ("on-accent", "accent"),
                ("on-accent", "accent-deep"),
                ("ink", "mark-ground"),
            ] {
                assert!(colour(text).contrast(colour(ground)) >= LEGIBLE, "{text} on {ground}");
            }
            // WCAG 2.2, 1.4.11: the border of a field and of a button is what shows it.
            assert!(colour("edge").least_contrast(&grounds) >= 3.0);
        }
    }

    #[test]
    fn an_organizations_colours_come_last_and_its_logo_by_its_own_name() {
        let light = Accent::on_light(Colour::parse("#7a1f5c").unwrap()).unwrap();
        let svg = Logo { kind: LogoKind::Svg, bytes: b"<svg/>".to_vec() };
        let look = Look {
            accents: Some(Accents { light, dark: light.lightened() }),
            logo: Some(svg.into()),
            ..Look::default()
        };
        let css = asset("postern.css", &look).unwrap();
        let css = std::str::from_utf8(&css.body).unwrap();
        assert!(css.starts_with(STYLESHEET) && css.contains("--accent: #7a1f5c;"), "{css}");
        let logo = asset("logo.svg", &look).unwrap();
        assert_eq!(
            (logo.content_type, &*logo.body, logo.is_logo),
            ("image/svg+xml", b"<svg/>".as_slice(), true)
        );
        for name in ["logo.png", "logo-dark.svg", "logo", "../pages.rs", ""] {
            assert_eq!(asset(name, &look), None, "{name}");
        }
        assert_eq!(asset("logo.svg", &Look::default()), None);
    }
}
