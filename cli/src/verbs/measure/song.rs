//! `mixdown measure SONG.mix`: the level of every strip, and how far every dynamics processor turns its signal down.
//!
//! Always true: it is a listening pass of its own, beside every render. A processor is listened to right before and right
//! behind, where a trim of 0 dB stands for the probe, so what is measured is what is heard; no sample is another for it.

use super::super::Context;
use crate::args::{MixArgs, RenderArgs};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use crate::render::{Meters, Pass, build_options, resolve_trims};
use mixdown_analysis::body::ExprKind;
use mixdown_analysis::mix::{Mix, Node, Process, TrimMeasure, WrapKind};
use mixdown_meter::Measurement;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

/// Seconds in which before and behind are compared.
const WINDOW: f64 = 1e-3;
/// Mean square of a window from which it is heard: -60 dBFS.
const HEARD: f64 = 1e-6;

/// Measures a song.
pub fn run(context: &Context, song: &Path, as_json: bool) -> Exit {
    let (project, analysis) = match context.analyse(song, &MixArgs::default(), false) {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    match listen(context, &project, mix) {
        Ok((levels, probes)) => context.print(&if as_json { lines(song, mix, &levels, &probes) } else { text(song, mix, &levels, &probes) }),
        Err(stop) => context.voice.stop(&analysis.sources, stop),
    }
}

/// A processor between two ears.
struct Probe {
    path: String,
    /// Decibels it adds whatever it hears.
    makeup: f64,
    before: Windows,
    behind: Windows,
    reduction: Reduction,
}

/// Decibels that a processor takes away.
#[derive(Default)]
struct Reduction {
    most: f64,
    sum: f64,
    windows: u64,
}

impl Reduction {
    fn mean(&self) -> f64 {
        self.sum / self.windows.max(1) as f64
    }
}

/// Mean squares of a signal, a window each.
#[derive(Default)]
struct Windows {
    done: VecDeque<f64>,
    sum: f64,
    frames: usize,
}

impl Windows {
    fn push(&mut self, block: &[&[f32]], length: usize) {
        for i in 0..block.first().map_or(0, |c| c.len()) {
            self.sum += block.iter().map(|c| f64::from(c[i]) * f64::from(c[i])).sum::<f64>() / block.len() as f64;
            self.frames += 1;
            if self.frames == length {
                self.done.push_back(self.sum / length as f64);
                (self.sum, self.frames) = (0.0, 0);
            }
        }
    }
}

impl Probe {
    fn ear(path: &str, behind: bool) -> String {
        format!("{path}{}", if behind { "/behind" } else { "/before" })
    }

    fn hear(&mut self, behind: bool, block: &[&[f32]], length: usize) {
        if behind { &mut self.behind } else { &mut self.before }.push(block, length);
        while let (Some(a), Some(b)) = (self.before.done.front().copied(), self.behind.done.front().copied()) {
            self.before.done.pop_front();
            self.behind.done.pop_front();
            if a < HEARD {
                continue;
            }
            // What is shut altogether is taken down by no more than digital silence is.
            let down = (10.0 * (a / b.max(a * 1e-20)).log10() + self.makeup).max(0.0);
            self.reduction.most = self.reduction.most.max(down);
            self.reduction.sum += down;
            self.reduction.windows += 1;
        }
    }
}

/// Levels by strip, and the processors.
type Heard = (BTreeMap<String, Measurement>, Vec<Probe>);

fn listen(context: &Context, project: &Project, mix: &Mix) -> Result<Heard, Stop> {
    let args = RenderArgs::of(project.folder.join(&project.song));
    let mut options = build_options(&args);
    let mut mix = mix.clone();
    resolve_trims((project, &context.session), &mut mix, &args, &options, &context.cancel)?;
    options.lower.deliver = mix.strips.iter().map(|s| s.path.clone()).collect();
    let mut probes = Vec::new();
    let effects = mix.effects.clone();
    for strip in &mut mix.strips {
        probe(&mut strip.nodes, &mut |process| {
            let params = &effects.get(process.call.effect as usize)?.params;
            let found = params.iter().any(|p| matches!(p.name.as_str(), "threshold" | "ceiling"));
            let makeup = params.iter().position(|p| p.name == "makeup").and_then(|i| {
                let value = process.call.args.get(i).and_then(Option::as_ref).or(params[i].default.as_ref())?;
                if let ExprKind::Number(db) = value.kind { Some(db) } else { None }
            });
            let heard = found && !process.bypass;
            heard.then(|| {
                let (before, behind, reduction) = Default::default();
                probes.push(Probe { path: process.path.clone(), makeup: makeup.unwrap_or(0.0), before, behind, reduction });
            })
        });
    }
    let ears: BTreeMap<String, (usize, bool)> =
        probes.iter().enumerate().flat_map(|(i, p)| [false, true].map(|b| (Probe::ear(&p.path, b), (i, b)))).collect();
    let length = (f64::from(mix.song.sample_rate) * WINDOW).round().max(1.0) as usize;
    let mut meters = Meters::start(mix.song.sample_rate, options.threads);
    let pass = Pass { project, args: &args, options: &options, session: &context.session, cancel: &context.cancel, range: (0, None) };
    pass.listen(&mix, ears.keys().cloned().collect(), &mut |name, block| match ears.get(name) {
        Some((i, behind)) => probes[*i].hear(*behind, block, length),
        None => meters.push(name, block),
    })?;
    Ok((meters.finish()?, probes))
}

/// Sets an ear before and behind every processor that `wanted` takes. At a higher rate nothing is listened to.
fn probe(nodes: &mut Vec<Node>, wanted: &mut dyn FnMut(&Process) -> Option<()>) {
    let mut out = Vec::with_capacity(nodes.len());
    for mut node in std::mem::take(nodes) {
        if let Node::Wrap(wrap) = &mut node
            && !matches!(wrap.kind, WrapKind::Oversample(_))
            && !wrap.bypass
        {
            wrap.branches.iter_mut().for_each(|b| probe(&mut b.nodes, wanted));
        }
        let found = match &node {
            Node::Process(process) => wanted(process).map(|()| (process.path.clone(), process.span)),
            _ => None,
        };
        let Some((path, span)) = found else {
            out.push(node);
            continue;
        };
        let ear = |behind| Node::Trim { path: Probe::ear(&path, behind), target: 0.0, measure: TrimMeasure::Peak, gain: Some(0.0), span };
        out.extend([ear(false), node, ear(true)]);
    }
    *nodes = out;
}

fn text(song: &Path, mix: &Mix, levels: &BTreeMap<String, Measurement>, probes: &[Probe]) -> String {
    let mut out = format!("{}\n", song.display());
    let show = |x: Option<f64>, unit: &str| x.map_or_else(|| format!("{:>6} {unit}", "-"), |x| format!("{x:>6.1} {unit}"));
    for strip in &mix.strips {
        let Some(m) = levels.get(&strip.path) else { continue };
        out += &format!("  {:<34} {}  {}\n", strip.path, show(m.integrated, "LUFS"), show(m.true_peak, "dBTP"));
        for p in probes.iter().filter(|p| p.path.strip_prefix(&strip.path).is_some_and(|rest| rest.starts_with('/'))) {
            let name = &p.path[strip.path.len() + 1..];
            out += &format!("    {name:<32} {:>6.1} dB at most  {:.1} dB in the mean\n", p.reduction.most, p.reduction.mean());
        }
    }
    out
}

fn lines(song: &Path, mix: &Mix, levels: &BTreeMap<String, Measurement>, probes: &[Probe]) -> String {
    let song = song.display().to_string();
    let strips = mix.strips.iter().filter_map(|s| levels.get(&s.path).map(|m| (&s.path, m)));
    let strips = strips.map(|(path, m)| json!({"schema": 1, "file": song, "strip": path, "integrated": m.integrated, "true_peak": m.true_peak}));
    let processors = probes.iter().map(|p| {
        json!({"schema": 1, "file": song, "processor": p.path, "reduction_max": p.reduction.most, "reduction_mean": p.reduction.mean()})
    });
    strips.chain(processors).map(|line| format!("{line}\n")).collect()
}
