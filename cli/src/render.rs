//! A render: variants of the mix, each run once into all the files that want it.
//!
//! Always true here: a file appears whole or not at all; inputs are never replaced; where something fails, what was
//! there before still is.

mod behind;
mod meters;
mod outputs;
mod pass;
mod places;
mod progress;
mod timings;
mod trims;
mod variants;

pub use meters::Meters;
pub use pass::{Pass, Watcher};
pub use places::position;
pub use progress::{Progress, clock};
pub use timings::Timings;
pub use trims::resolve as resolve_trims;

use crate::args::{Engine, Precision, RenderArgs};
use crate::build::{BuildOptions, Runner};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use mixdown_analysis::Analysis;
use mixdown_analysis::mix::Mix;
use mixdown_analysis::world::Measured;
use mixdown_kernel::lower::Options as LowerOptions;
use mixdown_layout::Float;
use mixdown_meter::Measurement;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What was rendered.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Files written, in order.
    pub files: Vec<PathBuf>,
    /// Measurement of the master of the plain mix.
    pub master: Option<Measurement>,
    /// Seconds of it.
    pub seconds: f64,
    /// How long everything took.
    pub timings: Timings,
    /// Strips that made NaN or infinity, with how many samples.
    pub faults: Vec<(String, u64)>,
    /// Samples held at full scale by integer files, over all files.
    pub clipped: u64,
    /// Gains that `trim` found: path and decibels.
    pub trims: Vec<(String, f64)>,
}

/// Renders a checked song as the arguments ask.
///
/// # Errors
/// Everything that can go wrong with kernels, files and the machine; no output is left half written.
pub fn render(
    project: &Project,
    analysis: &Analysis,
    args: &RenderArgs,
    cancel: &Arc<AtomicBool>,
    progress: &mut Progress,
) -> Result<Rendered, Stop> {
    let started = std::time::Instant::now();
    let options = build_options(args);
    let Some(mix) = &analysis.mix else { return Err(Stop::Said(Exit::Wrong)) };
    let range = places::range(mix, args)?;
    let others = analysis.variants.iter().filter(|_| args.delivers());
    let mut mixes: Vec<(&[(String, String)], Mix)> = vec![(&[], mix.clone())];
    mixes.extend(others.map(|v| (v.set.as_slice(), v.mix.clone())));
    let mut out = Rendered::default();
    for (set, mix) in &mut mixes {
        let found = trims::resolve(project, mix, args, &options, cancel)?;
        if set.is_empty() {
            out.trims = found;
        }
    }
    let mixes: Vec<_> = mixes.iter().map(|(set, mix)| (*set, mix)).collect();
    let variants = variants::variants(project, &mixes, args)?;
    let targets: Vec<&outputs::Target> = variants.iter().flat_map(|v| &v.targets).collect();
    outputs::guard(project, &targets, !args.no_clobber)?;
    for variant in variants {
        let pass = Pass { project, args, options: &options, cancel, range };
        pass.run(variant, progress, &mut out)?;
    }
    out.timings.wall_ms = started.elapsed().as_secs_f64() * 1e3;
    out.timings.peak_rss_mb = timings::peak_rss_mb();
    Ok(out)
}

/// How kernels are built for these arguments.
pub fn build_options(args: &RenderArgs) -> BuildOptions {
    BuildOptions {
        runner: match args.engine {
            Engine::Jit => Runner::Jit,
            Engine::Interpreter => Runner::Interpreter,
        },
        lower: LowerOptions { float: float(args.precision), ..LowerOptions::default() },
        count_spills: args.timings.is_some(),
        threads: match args.threads {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
            n => n,
        },
    }
}

/// The float of a precision.
pub fn float(precision: Precision) -> Float {
    match precision {
        Precision::F32 => Float::F32,
        Precision::F64 => Float::F64,
    }
}

/// A measurement as scripts see it.
pub fn measured(m: &Measurement) -> Measured {
    Measured {
        loudness: m.integrated,
        lra: m.range,
        true_peak: m.true_peak,
        peak: m.peak,
        rms: m.rms,
        crest: m.crest,
        noise_floor: m.noise_floor,
        dc: m.dc.iter().fold(0.0, |a: f64, b| if b.abs() > a.abs() { *b } else { a }),
        correlation: m.correlation,
        duration: m.seconds,
        bands: m.octaves.iter().filter_map(|b| b.level.map(|l| (b.centre, l))).collect(),
    }
}
