//! What it costs to run: the time of a frame, without that of an empty track.

use super::bench::{Bench, FS, Fault, PROBE, Patch, Planes};
use super::signals::white;
use super::subject::Subject;
use crate::exit::Stop;
use mixdown_layout::Float;
use std::time::Instant;

/// Seconds of noise a run.
const LONG: f64 = 8.0;
/// Runs; the fastest counts.
const RUNS: usize = 3;

/// Nanoseconds a frame, in 32 bits on one thread.
///
/// # Errors
/// The engine's.
pub fn nanoseconds(bench: &Bench, subject: &Subject, width: u32) -> Result<f64, Stop> {
    let call = subject.bare();
    let (work, idle) = if width == 0 { (call.as_str(), "silence()") } else { (call.as_str(), "gain(0dB)") };
    Ok((time(bench, subject, work, width)? - time(bench, subject, idle, width)?).max(0.0))
}

fn time(bench: &Bench, subject: &Subject, call: &str, width: u32) -> Result<f64, Stop> {
    let frames = (LONG * FS) as usize;
    let x: Planes = (0..width).map(|c| white(u64::from(c), frames)).collect();
    let patch: Patch = match bench.track(&subject.around, call, width, Float::F32) {
        Ok(patch) => patch,
        Err(Fault::Stopped(stop)) => return Err(stop),
        Err(Fault::Said(code, message)) => return Err(Stop::environment(code, message, "")),
    };
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let started = Instant::now();
        patch.run::<f32>(bench.project, &[(PROBE, &x)], frames, &mut |_| {})?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok(best * 1e9 / frames as f64)
}
