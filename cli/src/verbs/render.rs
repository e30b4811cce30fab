//! `mixdown render`.

use super::Context;
use crate::args::{RenderArgs, Timings};
use crate::exit::{Exit, Stop};
use crate::project::{Project, shown};
use crate::render::{self, Levels, Progress, Rendered};
use mixdown_analysis::Analysis;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Renders and says what came of it.
pub fn run(context: &Context, args: &RenderArgs) -> Exit {
    let once = once(context, args, &mut |_| context.cancel.clone());
    once.stop.map_or(Exit::Done, |stop| context.voice.stop(&Default::default(), stop))
}

/// Told of the song with all that was read when nothing is rendered yet, it gives the flag that stops the render.
pub type Stopper<'a> = &'a mut dyn FnMut(&Project) -> Arc<AtomicBool>;

/// What a render left behind, well or not.
pub struct Once {
    /// The song's folder with all that was read; `None` where it cannot be opened.
    pub project: Option<Project>,
    /// Files written.
    pub files: Vec<PathBuf>,
    /// What ended it early; the caller says it.
    pub stop: Option<Stop>,
}

/// One render, from text to files.
pub fn once(context: &Context, args: &RenderArgs, stopper: Stopper<'_>) -> Once {
    let project = match usage(args).and_then(|()| context.open(&args.song).map_err(Stop::Said)) {
        Ok(project) => project,
        Err(stop) => return Once { project: None, files: Vec::new(), stop: Some(stop) },
    };
    match through(context, &project, args, stopper) {
        Ok(files) => Once { project: Some(project), files, stop: None },
        Err(stop) => Once { project: Some(project), files: Vec::new(), stop: Some(stop) },
    }
}

/// What the command line alone gets wrong.
fn usage(args: &RenderArgs) -> Result<(), Stop> {
    if args.output.as_deref() == Some(Path::new("-")) && args.timings.is_some() {
        return Err(Stop::environment("E0937", "audio and timings cannot both go to standard output", "name a file with `-o`"));
    }
    Ok(())
}

fn through(context: &Context, project: &Project, args: &RenderArgs, stopper: Stopper<'_>) -> Result<Vec<PathBuf>, Stop> {
    let started = Instant::now();
    if args.threads != 1 {
        project.look_ahead();
    }
    let analysis = context.check(project, &args.mix, args.delivers()).map_err(Stop::Said)?;
    let cancel = stopper(project);
    let analyse_ms = started.elapsed().as_secs_f64() * 1e3;
    let voice = &context.voice;
    let mut progress = Progress::new(*voice, args.quiet);
    let rendered = render::render((project, &context.session), &analysis, args, &cancel, &mut progress);
    progress.clear();
    let mut rendered = match rendered {
        Ok(rendered) => rendered,
        Err(stop) => return Err(stop.among(analysis.sources)),
    };
    rendered.timings.analyse_ms = analyse_ms;
    rendered.timings.compile_ms = analyse_ms + rendered.timings.lower_ms + rendered.timings.codegen_ms;
    rendered.timings.wall_ms += analyse_ms;
    report(context, &rendered, args.quiet);
    if args.timings == Some(Timings::Json) {
        rendered.timings.parse_ms = parse_ms(&analysis);
        match serde_json::to_string(&rendered.timings) {
            Ok(json) => match context.print(&format!("{json}\n")) {
                Exit::Done => {}
                exit => return Err(Stop::Said(exit)),
            },
            Err(e) => voice.line(&format!("timings could not be written: {e}")),
        }
    }
    Ok(rendered.files)
}

/// Milliseconds that parsing takes. The analysis parses a text when it first asks for it, so what it parsed is parsed
/// once more to tell.
fn parse_ms(analysis: &Analysis) -> f64 {
    let started = Instant::now();
    for (id, part) in &analysis.parsed {
        let text = analysis.sources.file(*id).and_then(|f| f.text.get(part.clone())).unwrap_or("");
        std::hint::black_box(mixdown_syntax::parse(*id, text));
    }
    started.elapsed().as_secs_f64() * 1e3
}

/// Warnings about what was rendered, and the closing lines.
fn report(context: &Context, r: &Rendered, quiet: bool) {
    let voice = &context.voice;
    for (strip, n) in &r.faults {
        let message = format!("{strip} made {n} samples that are no numbers; they are silent in the render");
        voice.warning("E0938", &message, "look at what its effects divide by, take roots of, or feed back");
    }
    if r.clipped > 0 {
        let message = format!("{} samples above full scale were clipped in the file", r.clipped);
        voice.warning("E0944", &message, "end the master with `limiter(ceiling: -1dBTP)`, pull it down, or write `--bits 32f`");
    }
    if let Some(level) = r.cut {
        let message = format!("the song still sounds at {level:.1} dBFS where its tail is cut");
        voice.warning("E0951", &message, "write how long a tail may last (`tail 30s`), or where the song ends (`length 4min`)");
    }
    if quiet {
        return;
    }
    for (path, db) in &r.trims {
        voice.line(&format!("{path} {db:+.2} dB"));
    }
    let wall = r.timings.wall_ms / 1e3;
    let times = if wall > 0.0 { r.timings.audio_s / wall } else { 0.0 };
    let clock = render::clock(r.seconds);
    for (i, file) in r.files.iter().enumerate() {
        let name = shown(file);
        if i == 0 {
            // What is wrong with the file stands before its figures.
            let clipped = if r.clipped > 0 { "  clipped" } else { "" };
            let levels = levels(r.levels.get(i).copied().flatten());
            voice.line(&format!("rendered {name}  {clock} in {wall:.1} s ({times:.0}x){clipped}{levels}"));
        } else {
            voice.line(&format!("rendered {name}{}", levels(r.levels.get(i).copied().flatten())));
        }
    }
}

/// `  -14.1 LUFS  -1.0 dBTP`
fn levels(of: Option<Levels>) -> String {
    let Some(of) = of else { return String::new() };
    let Some(peak) = of.true_peak else { return "  silent".into() };
    let loudness = of.loudness.map_or_else(String::new, |i| format!("  {i:.1} LUFS"));
    format!("{loudness}  {peak:.1} dBTP")
}
