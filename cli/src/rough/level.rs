//! The levels that only a whole mix shows: how loud the leading voice stands over the rest while it sings, and the gain
//! that brings the mix to where mixes stand before mastering. The mix is rendered without a limiter and measured.

use super::listen::Stem;
use super::roles::Role;
use crate::args::RenderArgs;
use crate::build::Session;
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
/// The leading voice over all the rest while it sings, in LU.
const VOICE: f64 = -1.0;
/// Windows that count as sung, in LU below the loudest.
const SUNG: f64 = 15.0;
/// The rest so far under its mean, as a ratio of powers, counts as silent: the relative gate of ITU-R BS.1770.
const ALONE: f64 = 0.1;
/// Most the voice is moved from where its own loudness put it, in dB.
const MOVED: f64 = 12.0;

/// Decibels to add to the faders of the leading voices of a song whose master is empty.
///
/// # Errors
/// The song cannot be rendered.
pub fn voice(song: &Path, stems: &[Stem], cancel: &Arc<AtomicBool>) -> Result<f64, Stop> {
    let named = |leads: bool| -> Vec<String> {
        stems.iter().filter(|s| s.measured.rms.is_some() && (s.role == Role::Lead) == leads).map(|s| s.track.clone()).collect()
    };
    let (leads, others) = (named(true), named(false));
    if leads.is_empty() || others.is_empty() {
        return Ok(0.0);
    }
    let (voice, rest) = (heard(song, leads, cancel)?.momentary(), heard(song, others, cancel)?.momentary());
    let loudest = voice.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sung: Vec<(f64, f64)> =
        voice.iter().zip(&rest).filter(|(v, _)| **v > loudest - SUNG).map(|(v, r)| (10f64.powf(v / 10.0), 10f64.powf(r / 10.0))).collect();
    // Where it sings nearly alone there is nothing to stand over.
    let mean = sung.iter().map(|(_, rest)| rest).sum::<f64>() / sung.len().max(1) as f64;
    sung.retain(|(_, rest)| *rest > 0.0 && *rest >= mean * ALONE);
    if sung.is_empty() {
        return Ok(0.0);
    }
    let (voice, rest) = sung.iter().fold((0.0, 0.0), |(a, b), (v, r)| (a + v, b + r));
    Ok((VOICE - 10.0 * (voice / rest).log10()).clamp(-MOVED, MOVED))
}

/// Gain for the master of a song that has none yet, in half decibels.
///
/// # Errors
/// The song cannot be rendered.
pub fn gain(song: &Path, cancel: &Arc<AtomicBool>) -> Result<f64, Stop> {
    let m = heard(song, Vec::new(), cancel)?.finish();
    let wanted = LOUDNESS - m.integrated.unwrap_or(LOUDNESS);
    let most = PEAK - m.true_peak.unwrap_or(PEAK);
    Ok((wanted.min(most) * 2.0).floor() / 2.0)
}

/// What the master puts out while only some tracks play, or all.
fn heard(song: &Path, solo: Vec<String>, cancel: &Arc<AtomicBool>) -> Result<Meter, Stop> {
    let project = Project::open(song, false)?;
    let mut analysis = crate::build::check(&project, &Options { solo, ..Options::default() });
    analysis.sources.rename(|name| project.shown(name));
    let Some(mix) = &analysis.mix else {
        return Err(Stop::Diagnostics(analysis.diagnostics, Exit::Wrong).among(analysis.sources));
    };
    let args = RenderArgs::of(song.to_path_buf());
    let options = build_options(&args);
    let pass = Pass { project: &project, args: &args, options: &options, session: &Session::default(), cancel, range: (0, None) };
    let mut meter = Meter::without_bands(mix.song.sample_rate, 2)
        .map_err(|e| Stop::environment("E0910", e.to_string(), "name stems of a usual rate"))?;
    pass.listen(mix, Vec::new(), &mut |name, block| {
        if name == "master" {
            meter.push(block);
        }
    })
    .map_err(|stop| stop.among(analysis.sources))?;
    Ok(meter)
}
