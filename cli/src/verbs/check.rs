//! `mixdown check`: the front end and the lowering, no audio.

mod library;

use super::Context;
use crate::args::{CheckArgs, RenderArgs};
use crate::exit::{Exit, Stop};
use mixdown_analysis::mix::StripKind;

/// Says every diagnostic of a song.
pub fn run(context: &Context, args: &CheckArgs) -> Exit {
    let (project, analysis) = match context.analyse(&args.song, &args.mix, false) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    if mix.strips.iter().all(|s| s.kind != StripKind::Track) {
        let options = super::options(&args.mix).map(|o| mixdown_analysis::Options { library: true, ..o });
        let found = options.and_then(|options| library::faults(&project, &analysis.sources, &options));
        return match found {
            Ok((_, faults)) if faults.is_empty() => Exit::Done,
            Ok((mut sources, faults)) => {
                sources.rename(|name| project.shown(name));
                context.voice.stop(&sources, Stop::Diagnostics(faults, Exit::Wrong))
            }
            Err(stop) => context.voice.stop(&analysis.sources, stop),
        };
    }
    // Monitors are made for those who listen to them: here are all of them.
    let monitors = mix.strips.iter().filter(|s| s.kind == StripKind::Monitor).map(|s| s.path.clone());
    let all = mixdown_kernel::lower::Options { deliver: monitors.collect(), ..Default::default() };
    for mix in std::iter::once(mix).chain(analysis.variants.iter().map(|v| &v.mix)) {
        if let Err(list) = mixdown_kernel::lower::lower(mix, &all) {
            return context.voice.stop(&analysis.sources, Stop::Diagnostics(list, Exit::Wrong));
        }
    }
    let asked = RenderArgs { mix: args.mix.clone(), ..RenderArgs::of(args.song.clone()) };
    match crate::render::may_write(&project, &analysis, &asked) {
        Ok(()) => Exit::Done,
        Err(stop) => context.voice.stop(&analysis.sources, stop),
    }
}
