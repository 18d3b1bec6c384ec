//! Holds the sources to the map in the header of `src/lib.rs`: who may import whom, and what every file keeps to.
//!
//! The table is read from that header, so the map cannot fall behind the code.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use imports::{ModulePath, code, imports};

/// A file above this is two files.
const MAX_LINES: usize = 390;

/// One source file.
struct Source {
    /// Its path below the repository, for messages.
    name: String,
    /// Its module, from the crate's root; empty for `lib.rs` and `main.rs`.
    module: ModulePath,
    text: String,
}

impl Source {
    /// The top-level module it is part of, or `main` and `lib`.
    fn room(&self) -> &str {
        let own = self.name.trim_start_matches("src/").trim_end_matches(".rs");
        self.module.first().map_or(own, String::as_str)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder`, in order. What is built or belongs to git is left out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() && ![".git", "target", "results"].contains(&name.as_ref()) {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The Rust files below `folder`.
fn rust_files(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    files(&root().join(folder), &mut found);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            let below = name.strip_prefix(folder).unwrap().trim_start_matches('/').trim_end_matches(".rs");
            let mut module: ModulePath = below.split('/').map(str::to_owned).collect();
            module.retain(|part| !["mod", "lib", "main"].contains(&part.as_str()));
            Source { name, module, text: fs::read_to_string(path).unwrap() }
        })
        .collect()
}

/// The sources without the files that are tests.
fn sources() -> Vec<Source> {
    let mut sources = rust_files("src");
    sources.retain(|source| !source.module.iter().any(|part| part == "tests"));
    assert!(sources.len() > 100, "the sources were not found");
    sources
}

/// The table of the map: each room, and the rooms it may import. `None` is everything.
fn table() -> BTreeMap<String, Option<BTreeSet<String>>> {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = map.lines().filter_map(|line| line.strip_prefix("//! | `")).map(|row| format!("`{row}"));
    let mut table = BTreeMap::new();
    for row in rows {
        let (rooms, may) = row.trim_end_matches([' ', '|']).split_once('|').unwrap();
        let may = (may.trim() != "everything").then(|| names(may));
        for room in names(rooms) {
            assert!(table.insert(room.clone(), may.clone()).is_none(), "{room} stands twice in the map");
        }
    }
    table
}

/// The words in backticks.
fn names(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_map_has_every_room() {
    let rooms: BTreeSet<String> = sources().iter().map(|source| source.room().to_owned()).collect();
    let mut mapped: BTreeSet<String> = table().into_keys().collect();
    mapped.insert("lib".to_owned());
    assert_eq!(rooms, mapped);
}

#[test]
fn rooms_import_only_what_the_map_lists() {
    let table = table();
    let mut broken = Vec::new();
    for source in sources() {
        let Some(Some(may)) = table.get(source.room()) else { continue };
        for path in imports(&source.module, &source.text) {
            let Some(room) = path.first() else { continue };
            if room != source.room() && !may.contains(room) {
                broken.push(format!("{} imports {}", source.name, path.join("::")));
            }
        }
    }
    assert!(broken.is_empty(), "the map does not list:\n{}", broken.join("\n"));
}

#[test]
fn the_planes_never_import_each_other() {
    for (plane, other) in [("proxy", "admin"), ("admin", "proxy")] {
        let may = table().remove(plane).unwrap().expect("a plane lists its rooms");
        assert!(!may.contains(other), "{plane} may import {other}");
    }
}

#[test]
fn the_domain_imports_nothing_of_ours_and_no_framework() {
    assert_eq!(table()["domain"], Some(BTreeSet::new()));
    for source in sources().iter().filter(|source| source.room() == "domain") {
        for framework in ["tokio", "hyper", "axum", "sqlx", "async fn", ".await"] {
            assert!(!code(&source.text).contains(framework), "{} names {framework}", source.name);
        }
    }
}

/// Between rooms, arrows run one way; between files too, but for two cases. A file may name what its own `mod.rs` holds,
/// which is the face of its folder. And in three rooms a whole knows its parts and its parts the whole's types: the
/// look-alike and its pages, the ways for mail and what all call failure, SQLite and the tables it is opened with.
#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<&ModulePath> = sources.iter().map(|source| &source.module).collect();
    let mut arrows: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let is_whole = ["demo", "mail", "store"].contains(&source.room());
        for path in imports(&source.module, &source.text) {
            let lengths = (1..=path.len()).rev();
            let target = lengths.filter_map(|length| modules.get(&path[..length].to_vec())).next();
            if let Some(target) = target.filter(|target| {
                !(source.module.starts_with(target) || is_whole && target.first() == source.module.first())
            }) {
                arrows.entry(&source.module).or_default().insert(target);
            }
        }
    }
    assert!(arrows.len() > 50, "the arrows were not found");
    // What leads nowhere is in no circle, nor is what nothing leads to; when neither is left, the rest is circles.
    loop {
        let targets: BTreeSet<&ModulePath> = arrows.values().flatten().copied().collect();
        let sources: BTreeSet<&ModulePath> = arrows.keys().copied().collect();
        if arrows.is_empty() {
            return;
        }
        arrows.retain(|from, _| targets.contains(*from));
        for to in arrows.values_mut() {
            to.retain(|to| sources.contains(*to));
        }
        arrows.retain(|_, to| !to.is_empty());
        let left: BTreeSet<&ModulePath> = arrows.keys().copied().collect();
        assert!(left != sources, "there is a circle: {}", arrows.iter().map(arrow).collect::<String>());
    }
}

fn arrow((from, to): (&&ModulePath, &BTreeSet<&ModulePath>)) -> String {
    let to: Vec<String> = to.iter().map(|to| to.join("::")).collect();
    format!("\n{} imports {}", from.join("::"), to.join(", "))
}

#[test]
fn every_file_says_what_it_is() {
    for source in rust_files("src").into_iter().chain(rust_files("tests")) {
        assert!(source.text.starts_with("//! "), "{} has no header", source.name);
    }
}

#[test]
fn no_file_is_too_long() {
    for source in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines = source.text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", source.name);
    }
}

/// The look-alikes of `demo` stand for other machines, which have their own clocks and randomness.
#[test]
fn only_clock_reads_the_clock_and_only_entropy_draws() {
    let clocks = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "now_v7("];
    let draws = ["rand::", "getrandom", "new_v4(", "OsRng", "ThreadRng"];
    for source in sources().iter().filter(|source| source.room() != "demo") {
        let code = code(&source.text);
        let is_free = |room: &str, words: &[&str]| {
            source.room() == room || words.iter().all(|word| !code.contains(word))
        };
        assert!(is_free("clock", &clocks), "{} reads the clock", source.name);
        assert!(is_free("entropy", &draws), "{} draws random values", source.name);
    }
}

/// Where packages come from is the business of whoever builds. The lock file cannot do without.
#[test]
fn nothing_names_the_host_of_a_package_registry() {
    let hosts = [["crates", "io"], ["pypi", "org"], ["npmjs", "org"], ["npmjs", "com"], ["golang", "org"]];
    let mut found = Vec::new();
    files(root(), &mut found);
    for path in found.iter().filter(|path| !path.ends_with("Cargo.lock")) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        for host in hosts.map(|host| host.join(".")) {
            assert!(!text.contains(&host), "{} names {host}", path.display());
        }
    }
}
