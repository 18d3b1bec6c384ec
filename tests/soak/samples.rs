//! What a process takes of the machine, sampled while it runs, and whether it grows.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postern::clock;
use tokio::task::JoinHandle;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(10);

/// One look.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Since the first look.
    pub seconds: f64,
    /// Resident memory.
    pub rss_kib: f64,
    /// That part of it which is no file's.
    pub anonymous_kib: f64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
}

/// The looks so far, and the task that goes on looking.
pub struct Samples {
    taken: Arc<Mutex<Vec<Sample>>>,
    task: JoinHandle<()>,
}

impl Samples {
    /// Looks at this process from now on, and writes down what it sees, so that it is there whatever becomes of the test.
    pub fn of(process: u32, name: &str) -> Self {
        let mut file = File::create(file(name)).expect("a file");
        writeln!(file, "seconds,rss_kib,anonymous_kib,descriptors,threads").expect("it is written");
        let taken = Arc::<Mutex<Vec<Sample>>>::default();
        let noted = Arc::clone(&taken);
        let begun = clock::stopwatch();
        let task = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            loop {
                ticks.tick().await;
                let sample = look(process, (clock::stopwatch() - begun).as_secs_f64());
                let Sample { seconds, rss_kib, anonymous_kib, descriptors, threads } = sample;
                writeln!(file, "{seconds:.0},{rss_kib},{anonymous_kib},{descriptors},{threads}")
                    .expect("it is written");
                noted.lock().expect("no look panics").push(sample);
            }
        });
        Self { taken, task }
    }

    /// Stops looking.
    pub fn end(self) -> Vec<Sample> {
        self.task.abort();
        let taken = self.taken.lock().expect("no look panics");
        taken.clone()
    }
}

/// One look at a process.
pub fn look(process: u32, seconds: f64) -> Sample {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux says so");
        line.split_whitespace().next().and_then(|number| number.parse::<u32>().ok()).expect("a number")
    };
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).expect("it runs").count();
    Sample {
        seconds,
        rss_kib: f64::from(number("VmRSS:")),
        anonymous_kib: f64::from(number("RssAnon:")),
        descriptors,
        threads: number("Threads:") as usize,
    }
}

/// How much a figure grows in an hour, by least squares.
pub fn per_hour(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (middle, level) = (mean(&|sample| sample.seconds), mean(&figure));
    let product = |sample: &Sample| (sample.seconds - middle) * (figure(sample) - level);
    let square = |sample: &Sample| (sample.seconds - middle).powi(2);
    3600.0 * samples.iter().map(product).sum::<f64>() / samples.iter().map(square).sum::<f64>()
}

/// Where samples are written: beside the build.
pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.csv"))
}

#[test]
fn the_slope_is_that_of_the_line_through_the_samples() {
    let sample = |at: u32, rss_kib| {
        let seconds = f64::from(at) * 10.0;
        Sample { seconds, rss_kib, anonymous_kib: 0.0, descriptors: 9, threads: 2 }
    };
    let steady: Vec<_> = (0..300).map(|at| sample(at, if at % 2 == 0 { 900.0 } else { 1100.0 })).collect();
    assert!(per_hour(&steady, |sample| sample.rss_kib).abs() < 10.0);
    let growing: Vec<_> = (0..300).map(|at| sample(at, 1000.0 + f64::from(at))).collect();
    assert!((per_hour(&growing, |sample| sample.rss_kib) - 360.0).abs() < 1e-6);
}
