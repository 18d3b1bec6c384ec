//! Colours, and whether text in one can be read on another (WCAG 2.2, 1.4.3).

use std::fmt;

/// A colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a colour such as #1d6653")]
pub struct ColourError;

impl Colour {
    /// White.
    pub const WHITE: Self = Self::new(255, 255, 255);
    /// Black.
    pub const BLACK: Self = Self::new(0, 0, 0);

    /// By its parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Parses `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ColourError);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| ColourError)?.to_be_bytes();
        Ok(Self { red, green, blue })
    }

    /// How far two colours stand apart, from 1 (the same) to 21 (black on white).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The least contrast with any of these.
    pub fn least_contrast(self, grounds: &[Self]) -> f64 {
        grounds.iter().map(|&ground| self.contrast(ground)).fold(f64::INFINITY, f64::min)
    }

    /// This colour with some of another in it, in hundredths.
    #[must_use]
    pub fn mixed(self, other: Self, hundredths: u8) -> Self {
        let share = u32::from(hundredths.min(100));
        let mix = |one: u8, two: u8| {
            let mixed = (u32::from(one) * (100 - share) + u32::from(two) * share + 50) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    /// Relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_those_of_the_standard() {
        let colour = |text| Colour::parse(text).unwrap();
        for (one, two, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.00),
            ("#1d6653", "#fffdf9", 6.72),
            ("#808080", "#808080", 1.0),
        ] {
            let found = colour(one).contrast(colour(two));
            assert!((found - ratio).abs() < 0.05, "{one} on {two}: {found}");
            assert!((found - colour(two).contrast(colour(one))).abs() < 1e-9);
        }
    }

    #[test]
    fn a_colour_has_one_spelling() {
        assert_eq!(Colour::parse("#1D6653").unwrap().to_string(), "#1d6653");
        for text in ["", "#", "1d6653", "#1d665", "#1d66533", "#1d665g", "#+12345", "red", "#fff", "#ａａ"]
        {
            assert_eq!(Colour::parse(text), Err(ColourError), "{text}");
        }
        assert_eq!(Colour::BLACK.mixed(Colour::WHITE, 50).to_string(), "#808080");
        assert_eq!(Colour::WHITE.mixed(Colour::BLACK, 200), Colour::BLACK);
    }
}
