//! `mixdown test`: renders and judges every line of every `check` block.

use super::Context;
use crate::args::{Bits, Engine, MixArgs, Precision, RenderArgs, TestArgs};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use crate::render::{Meters, Pass, build_options};
use mixdown_analysis::Analysis;
use mixdown_analysis::mix::{Check, Mix, Relation};
use mixdown_meter::Measurement;
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

fn judge(context: &Context, project: &Project, analysis: &Analysis, mix_args: &MixArgs) -> Exit {
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    if mix.checks.is_empty() {
        context.voice.line(&format!("{}: nothing to check", project.song));
        return Exit::Done;
    }
    let measured = match measure(context, project, mix, mix_args) {
        Ok(m) => m,
        Err(stop) => return context.voice.stop(&analysis.sources, stop),
    };
    let (mut passed, mut failed) = (0, 0);
    let mut out = String::new();
    for strip in mix.strips.iter().filter(|s| s.solo && !mix_args.allow_solo) {
        failed += 1;
        out += &format!("FAILED {}: `{}` is soloed, so this is not the mix\n", project.song, strip.name);
    }
    for check in &mix.checks {
        let value = measured.get(&mix.strips[check.strip as usize].path).and_then(|m| figure(m, &check.metric));
        let holds = value.is_some_and(|v| holds(check, v));
        failed += usize::from(!holds);
        passed += usize::from(holds);
        let place = analysis.sources.file(check.span.file).map_or(String::new(), |f| {
            let (line, _) = f.line_column(check.span.start);
            format!("{}:{line}", f.name)
        });
        let value = value.map_or_else(|| "undefined".into(), |v| format!("{v:.2}"));
        out += &format!("{} {place}: {}  is {value}\n", if holds { "ok    " } else { "FAILED" }, check.text);
    }
    out += &format!("{passed} passed, {failed} failed\n");
    context.print(&out);
    if failed > 0 { Exit::Wrong } else { Exit::Done }
}

fn measure(context: &Context, project: &Project, mix: &Mix, mix_args: &MixArgs) -> Result<BTreeMap<String, Measurement>, Stop> {
    let args = RenderArgs {
        song: project.folder.join(&project.song),
        output: None,
        from: None,
        to: None,
        format: None,
        bits: Some(Bits::B32f),
        stems: None,
        threads: 0,
        block: 1024,
        precision: Precision::F32,
        engine: Engine::Jit,
        mix: mix_args.clone(),
        no_cache: false,
        timings: None,
        no_clobber: false,
        quiet: true,
    };
    let mut options = build_options(&args);
    options.lower.deliver = mix.checks.iter().map(|c| mix.strips[c.strip as usize].path.clone()).collect();
    let mut mix = mix.clone();
    crate::render::resolve_trims(project, &mut mix, &args, &options, &context.cancel)?;
    let pass = Pass { project, args: &args, options: &options, cancel: &context.cancel, range: (0, None) };
    let mut meters = Meters::start(mix.song.sample_rate, options.threads);
    pass.listen(&mix, Vec::new(), &mut |name, block| meters.push(name, block))?;
    meters.finish()
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
