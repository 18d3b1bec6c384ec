//! Programs that a test stands on and that are not ours. Where one is missing the test says so and is left out.
//!
//! Where `CI` is set that is a failure, so that nothing is left out unnoticed: but for what `dev` could not install there,
//! which it says itself and names in `POSTERN_TEST_WITHOUT`.

use std::path::PathBuf;

/// Says that a test is left out because `program` is missing, and how to get it; fails where it should be there.
pub fn left_out(program: &str, advice: &str) {
    let excused = std::env::var("POSTERN_TEST_WITHOUT").unwrap_or_default();
    let is_excused = excused.split_whitespace().any(|name| name == program);
    assert!(std::env::var_os("CI").is_none() || is_excused, "this test needs {program}: {advice}");
    println!("skipped: this test needs {program}: {advice}");
}

/// The folder that `dev` installs into for the tests alone: `real` beside the build's own folders.
pub fn installed() -> PathBuf {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_postern"));
    let target = binary.ancestors().nth(2).expect("the binary is in a profile's folder");
    target.join("real")
}
