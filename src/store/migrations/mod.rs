//! The schema, step by step: a file for each step and each of the two databases. Steps are applied in the order of their
//! numbers and remembered by their text, so one that was released never changes: what is to be different is another step.

use std::sync::LazyLock;

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Names each step once, so that no database can lack one. `sqlx::migrate!` would read the folders itself, for the price of
/// compiling both drivers a second time, for the compiler's own use.
macro_rules! steps {
    ($($file:literal),+ $(,)?) => {
        /// Those of SQLite.
        pub static SQLITE: LazyLock<Migrator> =
            LazyLock::new(|| migrator(&[$(($file, include_str!(concat!("sqlite/", $file, ".sql")))),+]));
        /// Those of PostgreSQL.
        pub static POSTGRES: LazyLock<Migrator> =
            LazyLock::new(|| migrator(&[$(($file, include_str!(concat!("postgres/", $file, ".sql")))),+]));
    };
}

steps![
    "0001_first",
    "0002_joins",
    "0003_enrolments",
    "0004_organizations",
    "0005_domains",
    "0006_administration",
    "0007_people",
    "0008_policies",
    "0009_accounts",
    "0010_notices",
    "0011_scim",
    "0012_groups",
    "0013_externals",
    "0014_handover",
    "0015_languages",
    "0016_sessions",
    "0017_plans",
    "0018_authenticators",
    "0019_held_forms",
    "0020_decisions",
    "0021_browsers",
    "0022_exemptions",
];

fn migrator(files: &[(&str, &'static str)]) -> Migrator {
    let migration = |(name, text): &(&str, &'static str)| {
        let (number, what) = name.split_once('_').expect("a file is named NUMBER_WHAT");
        let number = number.parse().expect("the number is one");
        let what = what.replace('_', " ").into();
        Migration::new(number, what, MigrationType::Simple, SqlStr::from_static(text), false)
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_a_step() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
        for (name, steps) in [("sqlite", &SQLITE), ("postgres", &POSTGRES)] {
            let files = std::fs::read_dir(folder.join(name)).unwrap().count();
            assert_eq!(files, steps.iter().count(), "{name}");
            let numbers: Vec<_> = steps.iter().map(|step| step.version).collect();
            assert!(numbers.is_sorted_by(|one, next| one < next), "{name}: {numbers:?}");
        }
    }
}
