//! `mixdown explain CODE`.

use super::Context;
use crate::args::ExplainArgs;
use crate::codes;
use crate::exit::{Exit, Stop};

/// Prints what a code means, or the list of codes.
pub fn run(context: &Context, args: &ExplainArgs) -> Exit {
    let all = codes::all();
    let Some(wanted) = &args.code else {
        let list: String = all.iter().map(|(code, title, _)| format!("{code}  {title}\n")).collect();
        return context.print(&list);
    };
    match all.iter().find(|(code, _, _)| code.eq_ignore_ascii_case(wanted)) {
        Some((code, title, text)) => context.print(&format!("{code}: {title}\n\n{text}\n")),
        None => {
            let near = mixdown_syntax::diagnostic::did_you_mean(wanted, all.iter().map(|e| e.0));
            let help = near.map_or_else(|| "`mixdown explain` lists all codes".to_string(), |n| format!("did you mean {n}?"));
            context.voice.stop(&Default::default(), Stop::environment("E0937", format!("there is no code `{wanted}`"), help))
        }
    }
}
