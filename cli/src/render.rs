//! A render: variants of the mix, each run once into all the files that want it.
//!
//! Always true here: files appear whole, and all of them or none; inputs are never replaced; where something fails, what was
//! there before still is.

mod behind;
mod convert;
mod job;
mod loudness;
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
use crate::build::{BuildOptions, Runner, Session};
use crate::exit::{Exit, Stop};
use crate::project::{Project, shown};
use mixdown_analysis::Analysis;
use mixdown_analysis::mix::Mix;
use mixdown_analysis::world::Measured;
use mixdown_kernel::lower::Options as LowerOptions;
use mixdown_layout::Float;
use mixdown_meter::{Band, Measurement};
use pass::Played;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What was rendered.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Files written, in order.
    pub files: Vec<PathBuf>,
    /// Measurement of the master of the plain mix, or of the monitor that is listened to.
    pub master: Option<Measurement>,
    /// Seconds of it.
    pub seconds: f64,
    /// How long everything took.
    pub timings: Timings,
    /// Strips that made NaN or infinity, with how many samples.
    pub faults: Vec<(String, u64)>,
    /// Level (dBFS) at which the song still sounds where the longest tail ends; `None` where it has died away before.
    pub cut: Option<f64>,
    /// Samples held at full scale by integer files, over all files.
    pub clipped: u64,
    /// Loudness and true peak of each file that holds all of a master.
    pub levels: Vec<Option<Levels>>,
    /// Gains that `trim` and the loudness of a file found: path and decibels.
    pub trims: Vec<(String, f64)>,
}

/// Loudness in LUFS and true peak in dBTP, where there are such.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Of the whole.
    pub loudness: Option<f64>,
    /// None of silence.
    pub true_peak: Option<f64>,
}

impl Levels {
    /// Those of a signal, with a gain in dB on it.
    pub fn of(m: &Measurement, gain: f64) -> Levels {
        Levels { loudness: m.integrated.map(|x| x + gain), true_peak: m.true_peak.map(|x| x + gain) }
    }
}

/// Renders a checked song as the arguments ask.
///
/// # Errors
/// Everything that can go wrong with kernels, files and the machine; no output is left half written.
pub fn render(
    (project, session): (&Project, &Session),
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
        let found = trims::resolve((project, session), mix, args, &options, cancel)?;
        if set.is_empty() {
            out.trims = found;
        }
    }
    let mixes: Vec<_> = mixes.iter().map(|(set, mix)| (*set, mix)).collect();
    let mut variants = variants::variants(project, &mixes, args)?;
    let targets: Vec<&outputs::Target> = variants.iter().flat_map(|v| &v.targets).collect();
    outputs::guard(project, &targets, !args.no_clobber)?;
    let folders = outputs::folders(&targets);
    let pass = Pass { project, args, options: &options, session, cancel, range };
    out.trims.extend(loudness::resolve(&pass, &mut variants)?);
    // What is wrong with one variant is said before anything is made of another.
    let ready = variants.into_iter().map(|v| pass.ready(v)).collect::<Result<Vec<_>, _>>()?;
    let _tidy = crate::signals::Tidy::begin();
    folders.iter().try_for_each(|f| outputs::make(f))?;
    let mut played = ready.into_iter().map(|r| pass.play(r, progress)).collect::<Result<Vec<_>, _>>()?;
    deliver(project, &mut played, &mut out)?;
    out.timings.wall_ms = started.elapsed().as_secs_f64() * 1e3;
    out.timings.peak_rss_mb = timings::peak_rss_mb();
    out.timings.threads = options.threads;
    for one in &played {
        out.timings.add(one);
        if args.timings.is_some() {
            out.timings.add_paths(one, options.threads)?;
        }
    }
    Ok(out)
}

/// Looks at the files that a render would write, and writes none.
///
/// # Errors
/// One of them may not be written.
pub fn may_write(project: &Project, analysis: &Analysis, args: &RenderArgs) -> Result<(), Stop> {
    let plain: &[(String, String)] = &[];
    let others = analysis.variants.iter().map(|v| (v.set.as_slice(), &v.mix));
    let mixes: Vec<_> = analysis.mix.iter().map(|mix| (plain, mix)).chain(others).collect();
    let variants = variants::variants(project, &mixes, args)?;
    let targets: Vec<&outputs::Target> = variants.iter().flat_map(|v| &v.targets).collect();
    outputs::guard(project, &targets, true)
}

/// Puts the files of all variants in their places, once nothing speaks against any of them.
fn deliver(project: &Project, played: &mut [Played], out: &mut Rendered) -> Result<(), Stop> {
    if let Some(path) = project.changed().first() {
        return Err(pass::changed(path));
    }
    if let Some(empty) = played.iter().flat_map(|p| &p.behind.writers).find(|w| w.is_empty_part()) {
        return Err(Stop::Error {
            code: "E0945".into(),
            message: format!("{} would hold no audio: its section lies outside of the song", shown(&empty.path)),
            help: Some("move the section into the song, or make the song longer (`length @97`)".into()),
            exit: Exit::Wrong,
        });
    }
    // A disk has no room left: found out while every file still has only its hidden name.
    let mut sealed = Vec::new();
    for one in &mut *played {
        let started = std::time::Instant::now();
        for writer in std::mem::take(&mut one.behind.writers) {
            let metered = one.behind.metered.as_ref().and_then(|(name, m)| Some(Levels::of(m, writer.whole(name)?)));
            let (file, converted) = writer.seal()?;
            out.levels.push(converted.map(|m| Levels::of(&m, 0.0)).or(metered));
            sealed.push(file);
        }
        one.behind.encode += started.elapsed();
    }
    for file in sealed {
        let (path, clipped) = file.commit()?;
        out.clipped += clipped;
        out.files.push(path);
    }
    for one in played {
        if one.ready.variant.told {
            out.master = one.behind.metered.take().map(|(_, m)| m);
            out.cut = one.report.cut;
            out.seconds = one.report.frames as f64 / f64::from(one.ready.program.sample_rate);
        }
        for (strip, n) in &one.report.faults {
            // A strip that fails in several variants is told of once, where it was worst.
            match out.faults.iter_mut().find(|(s, _)| s == strip) {
                Some((_, most)) => *most = (*most).max(*n),
                None => out.faults.push((strip.clone(), *n)),
            }
        }
    }
    Ok(())
}

/// How kernels are built for these arguments.
pub fn build_options(args: &RenderArgs) -> BuildOptions {
    BuildOptions {
        runner: match args.engine {
            Engine::Jit => Runner::Jit,
            Engine::Interpreter => Runner::Interpreter,
        },
        lower: LowerOptions { float: float(args.precision), ..LowerOptions::default() },
        count_spills: false,
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
    let thirds = |bands: &[Band]| bands.iter().map(|b| (b.centre, b.level)).collect();
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
        third_octaves: thirds(&m.third_octaves),
        middle_thirds: thirds(&m.middle_thirds),
        side_thirds: thirds(&m.side_thirds),
        bands: m.octaves.iter().filter_map(|b| b.level.map(|l| (b.centre, l))).collect(),
    }
}
