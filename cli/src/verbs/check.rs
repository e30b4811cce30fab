//! `mixdown check`: the front end and the lowering, no audio.

use super::Context;
use crate::args::CheckArgs;
use crate::exit::{Exit, Stop};
use mixdown_analysis::mix::StripKind;

/// Says every diagnostic of a song.
pub fn run(context: &Context, args: &CheckArgs) -> Exit {
    let (_, analysis) = match context.analyse(&args.song, &args.mix, false) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    if mix.strips.iter().all(|s| s.kind != StripKind::Track) {
        // A library: its effects are typed, and lowered where a song uses them.
        return Exit::Done;
    }
    for mix in std::iter::once(mix).chain(analysis.variants.iter().map(|v| &v.mix)) {
        if let Err(list) = mixdown_kernel::lower::lower(mix, &Default::default()) {
            return context.voice.stop(&analysis.sources, Stop::Diagnostics(list, Exit::Wrong));
        }
    }
    Exit::Done
}
