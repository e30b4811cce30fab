//! The whole program as a user runs it: started, files in, a file out. This program starts itself in its place, so that
//! there is nothing else to build.

use crate::clock;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Set where this program is to be `mixdown`.
pub const AS_PROGRAM: &str = "MIXDOWN_BENCHES_AS_PROGRAM";

/// What one run of the program took.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// Seconds of the processor, over all threads.
    pub cpu: f64,
    /// Seconds by the clock.
    pub wall: f64,
    /// Its own timings, where they were asked for.
    pub timings: Value,
}

/// Renders `song` of `folder` into a file beside it.
///
/// # Errors
/// It cannot be started, or fails.
pub fn render(folder: &Path, song: &str, threads: usize, timings: bool) -> Result<Whole, String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut command = Command::new(this);
    command.env(AS_PROGRAM, "1").current_dir(folder).stderr(Stdio::piped()).stdout(Stdio::piped());
    command.args(["render", song, "--quiet", "-o", "out.wav", "--threads", &threads.to_string()]);
    if timings {
        command.args(["--timings", "json"]);
    }
    let (before, started) = (clock::children(), Instant::now());
    let out = command.output().map_err(|e| e.to_string())?;
    let (cpu, wall) = (clock::children() - before, started.elapsed().as_secs_f64());
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    Ok(Whole { cpu, wall, timings: serde_json::from_slice(&out.stdout).unwrap_or_default() })
}

/// The least of `rounds` runs with each number of threads, each figure by itself. They take turns, so that what slows
/// the machine for a while slows them all.
///
/// # Errors
/// As [`render`].
pub fn least<const N: usize>(rounds: usize, folder: &Path, song: &str, threads: [usize; N]) -> Result<[Whole; N], String> {
    let mut best = threads.map(|_| Whole { cpu: f64::INFINITY, wall: f64::INFINITY, timings: Value::Null });
    for _ in 0..rounds {
        for (best, threads) in best.iter_mut().zip(threads) {
            let run = render(folder, song, threads, false)?;
            best.cpu = best.cpu.min(run.cpu);
            best.wall = best.wall.min(run.wall);
        }
    }
    Ok(best)
}
