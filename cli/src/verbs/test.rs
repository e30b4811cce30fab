//! `mixdown test`: renders and judges every line of every `check` block.

use super::Context;
use crate::args::{MessageFormat, MixArgs, RenderArgs, TestArgs};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use crate::render::{Meters, Pass, build_options};
use crate::say::span_json;
use mixdown_analysis::Analysis;
use mixdown_analysis::mix::{Check, Figure, Mix, Relation};
use mixdown_meter::Measurement;
use mixdown_syntax::{SourceMap, Span};
use serde_json::json;
use std::collections::BTreeMap;

/// Judges songs; 1 where a check fails.
pub fn run(context: &Context, args: &TestArgs) -> Exit {
    let mut exit = Exit::Done;
    for song in &args.songs {
        let (project, analysis) = match context.analyse(song, &args.mix, false) {
            Ok(found) => found,
            Err(e) => {
                exit = e;
                continue;
            }
        };
        let one = judge(context, &project, &analysis, &args.mix);
        if one != Exit::Done {
            exit = one;
        }
    }
    exit
}

/// One thing that was judged.
struct Verdict {
    /// Its place in a text; none for what no line asks for.
    span: Option<Span>,
    /// What was asked for.
    text: String,
    /// What was found; `None` where the metric has no value.
    value: Option<f64>,
    /// Where the verdict turns.
    bounds: Vec<f64>,
    holds: bool,
}

fn judge(context: &Context, project: &Project, analysis: &Analysis, mix_args: &MixArgs) -> Exit {
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    if mix.checks.is_empty() {
        context.voice.line(&format!("{}: nothing to check", project.name()));
        return Exit::Done;
    }
    let (measured, faults) = match measure(context, project, mix, mix_args) {
        Ok(m) => m,
        Err(stop) => return context.voice.stop(&analysis.sources, stop),
    };
    let soloed = mix.strips.iter().filter(|s| s.solo && !mix_args.allow_solo);
    let mut verdicts: Vec<Verdict> = soloed
        .map(|s| Verdict {
            span: Some(s.span),
            text: format!("`{}` is soloed, so this is not the mix", s.name),
            value: None,
            bounds: Vec::new(),
            holds: false,
        })
        .collect();
    verdicts.extend(faults.into_iter().map(|(strip, n)| Verdict {
        span: mix.strips.iter().find(|s| s.path == strip).map(|s| s.span),
        text: format!("{strip} makes samples that are no numbers"),
        value: Some(n as f64),
        bounds: Vec::new(),
        holds: false,
    }));
    verdicts.extend(mix.checks.iter().map(|check| {
        let value_of = |f: &Figure| measured.get(&heard(mix, f)).and_then(|m| figure(m, &f.metric));
        let value = match &check.minus {
            None => value_of(&check.figure),
            Some(minus) => value_of(&check.figure).zip(value_of(minus)).map(|(a, b)| a - b),
        };
        let holds = value.is_some_and(|v| holds(check, v));
        Verdict { span: Some(check.span), text: check.text.clone(), value, bounds: bounds(check), holds }
    }));
    let failed = verdicts.iter().filter(|v| !v.holds).count();
    if context.voice.format == MessageFormat::Json {
        let lines: String = verdicts.iter().map(|v| format!("{}\n", json_of(&analysis.sources, project, v))).collect();
        context.print(&lines);
    } else {
        let lines: String = verdicts.iter().map(|v| line_of(&analysis.sources, project, v)).collect();
        context.print(&format!("{lines}{} passed, {failed} failed\n", verdicts.len() - failed));
    }
    if failed > 0 { Exit::Wrong } else { Exit::Done }
}

/// `ok     song.mix:6: peak(master) <= -10dB  is -23.01`
fn line_of(sources: &SourceMap, project: &Project, v: &Verdict) -> String {
    let place = v.span.and_then(|s| sources.file(s.file).map(|f| format!("{}:{}", f.name, f.line_column(s.start).0)));
    let place = place.unwrap_or_else(|| project.name());
    let value = match v.value {
        Some(x) => format!("  is {}", told_apart(x, &v.bounds)),
        None if v.text.contains('(') => "  is undefined".into(),
        None => String::new(),
    };
    format!("{} {place}: {}{value}\n", if v.holds { "ok    " } else { "FAILED" }, v.text)
}

/// A figure with two digits behind the point, or as many as tell it from the bounds it is not equal to.
fn told_apart(x: f64, bounds: &[f64]) -> String {
    let same = |digits: usize| bounds.iter().any(|b| *b != x && format!("{b:.digits$}") == format!("{x:.digits$}"));
    let digits = (2..12).find(|digits| !same(*digits)).unwrap_or(12);
    format!("{x:.digits$}")
}

fn bounds(check: &Check) -> Vec<f64> {
    match check.relation {
        Relation::Within(tolerance) => vec![check.value - tolerance, check.value + tolerance],
        _ => vec![check.value],
    }
}

fn json_of(sources: &SourceMap, project: &Project, v: &Verdict) -> serde_json::Value {
    let file = v.span.and_then(|s| sources.file(s.file)).map_or_else(|| project.name(), |f| f.name.clone());
    json!({"schema": 1, "file": file, "span": v.span.map(|s| span_json(sources, s)), "check": v.text, "value": v.value,
           "holds": v.holds})
}

/// Figures of the strips that are asked for, and strips with samples that are no numbers.
type Measured = (BTreeMap<String, Measurement>, Vec<(String, u64)>);

fn measure(context: &Context, project: &Project, mix: &Mix, mix_args: &MixArgs) -> Result<Measured, Stop> {
    let args = RenderArgs { mix: mix_args.clone(), ..RenderArgs::of(project.folder.join(&project.song)) };
    let mut options = build_options(&args);
    let path = |f: &Figure| mix.strips[f.strip as usize].path.clone();
    let figures = || mix.checks.iter().flat_map(|c| std::iter::once(&c.figure).chain(&c.minus));
    options.lower.deliver = figures().map(path).collect();
    // What is heard, once each: a strip, and the parts of the song.
    let heard: BTreeMap<String, (String, &[(u64, Option<u64>)])> =
        figures().map(|f| (heard(mix, f), (path(f), &f.during[..]))).collect();
    let mut trimmed = mix.clone();
    crate::render::resolve_trims((project, &context.session), &mut trimmed, &args, &options, &context.cancel)?;
    let pass = Pass { project, args: &args, options: &options, session: &context.session, cancel: &context.cancel, range: (0, None) };
    let mut meters = Meters::start(mix.song.sample_rate, options.threads);
    let mut played: BTreeMap<String, u64> = BTreeMap::new();
    let report = pass.listen(&trimmed, Vec::new(), &mut |name, block| {
        let frames = block.first().map_or(0, |c| c.len()) as u64;
        let start = played.get(name).copied().unwrap_or(0);
        played.insert(name.to_string(), start + frames);
        for (key, (_, during)) in heard.iter().filter(|(_, (path, _))| path == name) {
            if during.is_empty() {
                meters.push(key, block);
            }
            for (from, to) in *during {
                let within = |at: u64| at.saturating_sub(start).min(frames) as usize;
                let (first, last) = (within(*from), to.map_or(frames as usize, within));
                if first < last {
                    let part: Vec<&[f32]> = block.iter().map(|c| &c[first..last]).collect();
                    meters.push(key, &part);
                }
            }
        }
    })?;
    Ok((meters.finish()?, report.faults))
}

/// The name under which a figure's audio is metered: its strip's, and the parts of the song where it is not all of it.
fn heard(mix: &Mix, figure: &Figure) -> String {
    let path = &mix.strips[figure.strip as usize].path;
    if figure.during.is_empty() { path.clone() } else { format!("{path} {:?}", figure.during) }
}

/// The figure of a metric in its canonical unit.
fn figure(m: &Measurement, metric: &str) -> Option<f64> {
    match metric {
        "loudness" => m.integrated,
        "lra" | "range" => m.range,
        "true_peak" => m.true_peak,
        "peak" => m.peak,
        "rms" => m.rms,
        "crest" => m.crest,
        "short_term" | "short_term_max" => m.short_term_max,
        "momentary" | "momentary_max" => m.momentary_max,
        "noise_floor" => m.noise_floor,
        "mono_loss" => m.mono_loss,
        "correlation" => m.correlation,
        "dc" => m.dc.iter().map(|d| d.abs()).reduce(f64::max),
        "duration" => Some(m.seconds),
        "clipped" | "clips" => Some(m.clipped_samples as f64),
        _ => None,
    }
}

fn holds(check: &Check, x: f64) -> bool {
    match check.relation {
        Relation::Less => x < check.value,
        Relation::AtMost => x <= check.value,
        Relation::More => x > check.value,
        Relation::AtLeast => x >= check.value,
        Relation::Within(tolerance) => (x - check.value).abs() <= tolerance,
    }
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn a_figure_is_told_from_its_bound() {
        assert_eq!(told_apart(-23.0103, &[-10.0]), "-23.01");
        assert_eq!(told_apart(-1.0, &[-1.0]), "-1.00");
        assert_eq!(told_apart(-0.9996, &[-1.0]), "-0.9996");
        assert_eq!(told_apart(-13.4999, &[-14.5, -13.5]), "-13.4999");
    }
}
