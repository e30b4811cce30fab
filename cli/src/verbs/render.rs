//! `mixdown render`.

use super::Context;
use crate::args::{RenderArgs, Timings};
use crate::exit::Exit;
use crate::render::{self, Progress, Rendered};

/// Renders and says what came of it.
pub fn run(context: &Context, args: &RenderArgs) -> Exit {
    match once(context, args) {
        Ok(()) => Exit::Done,
        Err(exit) => exit,
    }
}

/// One render, from text to files.
pub fn once(context: &Context, args: &RenderArgs) -> Result<(), Exit> {
    let started = std::time::Instant::now();
    let (project, analysis) = context.analyse(&args.song, &args.mix, args.output.is_none())?;
    let analyse_ms = started.elapsed().as_secs_f64() * 1e3;
    let Some(mix) = &analysis.mix else { return Err(Exit::Wrong) };
    let voice = &context.voice;
    let mut progress = Progress::new(*voice, args.quiet);
    let rendered = render::render(&project, mix, args, &context.cancel, &mut progress);
    progress.clear();
    let mut rendered = rendered.map_err(|stop| voice.stop(&analysis.sources, stop))?;
    rendered.timings.analyse_ms = analyse_ms;
    rendered.timings.compile_ms += analyse_ms;
    rendered.timings.wall_ms += analyse_ms;
    if !args.quiet {
        report(context, &rendered, mix.song.sample_rate);
    }
    if args.timings == Some(Timings::Json) && args.output.as_deref() != Some(std::path::Path::new("-")) {
        match serde_json::to_string(&rendered.timings) {
            Ok(json) => {
                context.print(&format!("{json}\n"));
            }
            Err(e) => voice.line(&format!("timings could not be written: {e}")),
        }
    }
    Ok(())
}

/// The closing lines.
fn report(context: &Context, r: &Rendered, rate: u32) {
    let voice = &context.voice;
    for (path, db) in &r.trims {
        voice.line(&format!("{path} {db:+.2} dB"));
    }
    for (strip, n) in &r.faults {
        voice.line(&format!("warning[E0938]: {strip} made {n} samples that are no numbers; they are silent in the render"));
    }
    if r.clipped > 0 {
        voice.line(&format!("warning: {} samples above full scale were clipped in the file", r.clipped));
    }
    let seconds = r.timings.audio_s;
    let wall = r.timings.wall_ms / 1e3;
    let times = if wall > 0.0 { seconds / wall } else { 0.0 };
    let figure = |x: Option<f64>, unit: &str| x.map_or_else(|| format!("  silent {unit}"), |x| format!("  {x:.1} {unit}"));
    let levels = match &r.master {
        Some(m) => format!("{}{}", figure(m.integrated, "LUFS"), figure(m.true_peak, "dBTP")),
        None => String::new(),
    };
    let frames = r.frames as f64 / f64::from(rate.max(1));
    for (i, file) in r.files.iter().enumerate() {
        let name = shown(file);
        if i == 0 {
            let clock = render::clock(if frames > 0.0 { frames } else { seconds });
            voice.line(&format!("rendered {name}  {clock} in {wall:.1} s ({times:.0}x){levels}"));
        } else {
            voice.line(&format!("rendered {name}"));
        }
    }
}

/// A path as short as it can be said from here.
pub fn shown(path: &std::path::Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|h| path.strip_prefix(h).ok().map(|p| p.to_path_buf()));
    short.unwrap_or_else(|| path.to_path_buf()).display().to_string()
}
