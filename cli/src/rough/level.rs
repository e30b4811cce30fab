//! The level of a rough mix as a whole: rendered once without a limiter, measured, and one gain that brings it to
//! where mixes stand before mastering.

use crate::args::RenderArgs;
use crate::exit::{Exit, Stop};
use crate::project::Project;
use crate::render::{Pass, build_options};
use mixdown_analysis::Options;
use mixdown_meter::Meter;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Loudness that is aimed at, in LUFS.
const LOUDNESS: f64 = -16.0;
/// True peak that may reach the limiter, in dBTP: with its ceiling at -1 it takes 2.5 dB at most.
const PEAK: f64 = 1.5;

/// Gain for the master of a song that has none yet, in half decibels.
///
/// # Errors
/// The song cannot be rendered.
pub fn gain(song: &Path, cancel: &Arc<AtomicBool>) -> Result<f64, Stop> {
    let project = Project::open(song, false)?;
    let analysis = crate::build::check(&project, &Options::default());
    let Some(mix) = &analysis.mix else { return Err(Stop::Diagnostics(analysis.diagnostics, Exit::Wrong)) };
    let args = RenderArgs::of(song.to_path_buf());
    let options = build_options(&args);
    let pass = Pass { project: &project, args: &args, options: &options, cancel, range: (0, None) };
    let mut meter = Meter::without_bands(mix.song.sample_rate, 2)
        .map_err(|e| Stop::environment("E0910", e.to_string(), "name stems of a usual rate"))?;
    pass.listen(mix, Vec::new(), &mut |name, block| {
        if name == "master" {
            meter.push(block);
        }
    })?;
    let m = meter.finish();
    let wanted = LOUDNESS - m.integrated.unwrap_or(LOUDNESS);
    let most = PEAK - m.true_peak.unwrap_or(PEAK);
    Ok((wanted.min(most) * 2.0).floor() / 2.0)
}
