//! Runs this program below valgrind's callgrind and reads what it counted.
//!
//! Callgrind counts instructions, and with `--collect-bus` those among them that lock the bus: on x86-64 every atomic change
//! of memory. Compilers put locks into the functions that take them, so no call of a function shows a lock; the debugger's
//! tables still say for each atomic instruction which functions it was written in, and where a lock is among them, it is one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The functions whose atomic instruction takes a lock. Those that give it back are not in it.
const TAKES: [&str; 10] = [
    "lock",
    "try_lock",
    "lock_shared",
    "try_lock_shared",
    "lock_exclusive",
    "try_lock_exclusive",
    "read",
    "try_read",
    "write",
    "try_write",
];
/// What there is in the names of those functions or of their files, by which they are told from others of the same name: the
/// locks of std, of `parking_lot` and of `dashmap`.
const LOCKS: [&str; 5] = ["mutex", "rwlock", "lock_api", "parking_lot", "dashmap"];

/// What was counted of one thing, for one time that it was done.
pub struct Counted {
    pub name: String,
    pub instructions: u64,
    pub atomics: u64,
    /// Which of our functions took a lock, and how often.
    pub lock_sites: BTreeMap<String, u64>,
}

impl Counted {
    pub fn locks(&self) -> u64 {
        self.lock_sites.values().sum()
    }
}

/// What one file of callgrind says.
#[derive(Default)]
struct Part {
    instructions: u64,
    atomics: u64,
    /// Where in this program atomic instructions are, and how often each ran.
    at: BTreeMap<String, u64>,
}

/// Runs this program with one more argument below callgrind. What happens in the function `collected` is counted; each time that
/// `counted` ends, this was one thing, whose name and how often it was done are a line of the program's output.
pub fn run(argument: &str, collected: &str, counted: &str) -> Result<Vec<Counted>, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let folder = program.with_extension("counts");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-bus=yes", "--dump-instr=yes", "--dump-line=no"])
        .args(["--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--toggle-collect={collected}*"))
        .arg(format!("--dump-after={counted}*"))
        .arg(format!("--callgrind-out-file={}", folder.join("part").display()))
        .arg(&program)
        .arg(argument)
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    println!("kept for callgrind_annotate: {}\n", folder.display());
    let lines = String::from_utf8_lossy(&output.stdout);
    let names = lines.lines().filter_map(|line| line.split_once('\t'));
    let parts: Vec<_> = names
        .enumerate()
        .map(|(number, (name, times))| {
            let part = read(&folder.join(format!("part.{}", number + 1)), &program)?;
            Ok((name.to_owned(), times.parse().map_err(|_| "no number of times")?, part))
        })
        .collect::<Result<_, String>>()?;
    let sites = lock_sites(&program, parts.iter().flat_map(|(.., part)| part.at.keys()))?;
    Ok(parts.into_iter().map(|(name, times, part)| part.per_time(name, times, &sites)).collect())
}

impl Part {
    /// Rounded: what happens once for many requests counts with its share.
    fn per_time(&self, name: String, times: u64, sites: &HashMap<String, String>) -> Counted {
        let share = |count: u64| (count + times / 2) / times;
        let mut lock_sites = BTreeMap::<String, u64>::new();
        for (address, count) in &self.at {
            if let Some(site) = sites.get(address) {
                *lock_sites.entry(site.clone()).or_default() += count;
            }
        }
        lock_sites.values_mut().for_each(|count| *count = share(*count));
        Counted { name, instructions: share(self.instructions), atomics: share(self.atomics), lock_sites }
    }
}

/// A line is a setting, the name of a function or object, or an address with its counts. After `calls=` comes the cost of the
/// function that is called, which has lines of its own. Atomic operations of the C library are left out: they are its
/// allocator's, and follow from what was asked of it before.
fn read(path: &Path, program: &Path) -> Result<Part, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut part = Part::default();
    let (mut ours, mut called) = (false, false);
    for line in text.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            ours = Path::new(object) == program;
        } else if line.starts_with("calls=") {
            called = true;
        } else if line.starts_with("0x") && !std::mem::take(&mut called) {
            let mut fields = line.split(' ');
            let address = fields.next().unwrap_or_default();
            let mut count = || fields.next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            let (instructions, atomics) = (count(), count());
            part.instructions += instructions;
            if atomics > 0 && ours {
                part.atomics += atomics;
                *part.at.entry(address.to_owned()).or_default() += atomics;
            }
        }
    }
    Ok(part)
}

/// Of these addresses those at which a lock is taken, each with the function of ours that it is in.
fn lock_sites<'a>(
    program: &Path,
    addresses: impl Iterator<Item = &'a String>,
) -> Result<HashMap<String, String>, String> {
    let addresses: std::collections::BTreeSet<_> = addresses.collect();
    let output = Command::new("addr2line")
        .args(["--addresses", "--functions", "--inlines", "--demangle", "--exe"])
        .arg(program)
        .args(&addresses)
        .output()
        .map_err(|error| format!("addr2line cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut frames: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match (line.starts_with("0x"), frames.last_mut()) {
            (true, _) => frames.push(Vec::new()),
            (false, Some(chain)) => chain.push(line),
            (false, None) => {}
        }
    }
    let named = addresses.into_iter().zip(frames);
    Ok(named.filter_map(|(address, chain)| Some((address.clone(), site(&chain)?))).collect())
}

/// A chain has two lines for each function, the innermost first: its name, and its place. The answer is where we wrote it.
fn site(chain: &[&str]) -> Option<String> {
    let mut frames = chain.chunks_exact(2);
    frames.clone().find(|frame| takes_a_lock(frame[0], frame[1]))?;
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
    let place = frames.find_map(|frame| frame[1].split_once(ours)).map(|(_, place)| place);
    Some(place.or(chain.iter().rev().nth(1).copied())?.to_owned())
}

fn takes_a_lock(name: &str, place: &str) -> bool {
    let plain = if name.starts_with('<') { name } else { name.split('<').next().unwrap_or_default() };
    let last = plain.rsplit("::").next().unwrap_or_default();
    let here = format!("{name} {place}").to_lowercase();
    TAKES.contains(&last) && LOCKS.iter().any(|lock| here.contains(lock))
}
