//! `trim to L`: constant gains that are found by listening before the render. A trim behind another trim is found in a
//! later round, when that one's gain is known.

use super::meters::Meters;
use super::pass::Pass;
use crate::args::RenderArgs;
use crate::build::{BuildOptions, Session};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use mixdown_analysis::mix::{Mix, Node, TrimMeasure};
use mixdown_meter::Measurement;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Finds the gain of every trim that has none; returns path and decibels in the order of the text.
pub fn resolve(
    (project, session): (&Project, &Session),
    mix: &mut Mix,
    args: &RenderArgs,
    options: &BuildOptions,
    cancel: &Arc<AtomicBool>,
) -> Result<Vec<(String, f64)>, Stop> {
    let mut found = Vec::new();
    loop {
        let open = ready(mix);
        if open.is_empty() {
            return Ok(found);
        }
        let mut meters = Meters::start(mix.song.sample_rate, options.threads);
        let pass = Pass { project, args, options, session, cancel, range: (0, None) };
        pass.listen(mix, open.clone(), &mut |name, block| {
            if open.iter().any(|p| p == name) {
                meters.push(name, block);
            }
        })?;
        let measured = meters.finish()?;
        for strip in &mut mix.strips {
            for node in &mut strip.nodes {
                if let Node::Trim { path, target, measure, gain, .. } = node
                    && gain.is_none()
                    && open.contains(path)
                {
                    let db = gain_for(path, *target, *measure, measured.get(path))?;
                    *gain = Some(db);
                    found.push((path.clone(), db));
                }
            }
        }
    }
}

/// What a measure is counted in.
fn unit(measure: TrimMeasure) -> &'static str {
    match measure {
        TrimMeasure::Loudness => "LUFS",
        TrimMeasure::Rms | TrimMeasure::Peak => "dBFS",
        TrimMeasure::TruePeak => "dBTP",
    }
}

fn gain_for(path: &str, target: f64, measure: TrimMeasure, m: Option<&Measurement>) -> Result<f64, Stop> {
    let now = m.and_then(|m| match measure {
        TrimMeasure::Loudness => m.integrated,
        TrimMeasure::Rms => m.rms,
        TrimMeasure::Peak => m.peak,
        TrimMeasure::TruePeak => m.true_peak,
    });
    match now {
        Some(level) if level.is_finite() => Ok(target - level),
        _ => Err(Stop::Error {
            code: "E0940".into(),
            message: format!("`{path}` hears silence, so no gain brings it to {target} {}", unit(measure)),
            help: Some("look at the source, or leave the trim out".into()),
            exit: Exit::Wrong,
        }),
    }
}

/// Trims without a gain whose input hangs on no other of these: the first of each strip that nothing open feeds.
fn ready(mix: &Mix) -> Vec<String> {
    let open: Vec<Option<String>> = mix
        .strips
        .iter()
        .map(|s| {
            s.nodes.iter().find_map(|n| match n {
                Node::Trim { path, gain: None, .. } => Some(path.clone()),
                _ => None,
            })
        })
        .collect();
    // Strips reached from a strip with an open trim must wait.
    let mut waits = HashSet::new();
    let mut stack: Vec<u32> = (0..mix.strips.len() as u32).filter(|i| open[*i as usize].is_some()).collect();
    while let Some(i) = stack.pop() {
        for to in mixdown_kernel::lower::feeds(mix, i) {
            if waits.insert(to) {
                stack.push(to);
            }
        }
    }
    open.into_iter().enumerate().filter(|(i, _)| !waits.contains(&(*i as u32))).filter_map(|(_, p)| p).collect()
}
