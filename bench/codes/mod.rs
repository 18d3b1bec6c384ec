//! T118: what it takes to compare a typed code with the right one says nothing of how much of it is right.

use postern::domain::code::{Code, CodeDigits, TypedCode};
use uuid::Uuid;

use super::figures::Figures;

const PREFIX: &str = "code compared: ";

/// A code, and codes that differ from it in one place.
pub struct Codes {
    right: Code,
    typed: Vec<(String, TypedCode)>,
}

impl Codes {
    /// Of six digits.
    pub fn new() -> Self {
        let right = Code::derive(&[7; 32], Uuid::from_u128(1), CodeDigits::Six);
        let differing = |place: Option<usize>| {
            let change = |(at, digit): (usize, char)| match (place == Some(at), digit) {
                (false, digit) => digit,
                (true, '0') => '1',
                (true, _) => '0',
            };
            let text: String = right.digits().chars().enumerate().map(change).collect();
            TypedCode::parse(&text, CodeDigits::Six).expect("six digits")
        };
        let rows =
            [("right", None), ("wrong in its first digit", Some(0)), ("wrong in its last digit", Some(5))];
        let typed = rows.map(|(name, place)| (format!("{PREFIX}{name}"), differing(place))).into();
        Self { right, typed }
    }

    /// What is compared, by name.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &TypedCode)> {
        self.typed.iter().map(|(name, typed)| (name.as_str(), typed))
    }

    /// Compares.
    pub fn matches(&self, typed: &TypedCode) -> bool {
        self.right.matches(typed)
    }
}

/// Whether each took as many instructions as the others.
pub fn expect_same(figures: &Figures) -> Result<(), String> {
    let counts: Vec<_> = figures
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, figures)| (name, figures["instructions"]))
        .collect();
    if counts.len() > 1 && counts.windows(2).all(|two| two[0].1 == two[1].1) {
        return Ok(());
    }
    Err(format!("T118: a code is compared in constant time, and that took {counts:?} instructions"))
}
