//! `mixdown check`: the front end and the lowering, no audio.

use super::Context;
use crate::args::CheckArgs;
use crate::exit::{Exit, Stop};

/// Says every diagnostic of a song.
pub fn run(context: &Context, args: &CheckArgs) -> Exit {
    let (_, analysis) = match context.analyse(&args.song, &args.mix, false) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let Some(mix) = &analysis.mix else { return Exit::Wrong };
    match mixdown_kernel::lower::lower(mix, &Default::default()) {
        Ok(_) => Exit::Done,
        Err(list) => context.voice.stop(&analysis.sources, Stop::Diagnostics(list, Exit::Wrong)),
    }
}
