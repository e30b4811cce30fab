//! `mixdown explain`: what a code means, what a processor of the library does.

use super::Context;
use crate::args::ExplainArgs;
use crate::codes;
use crate::declared::of_library;
use crate::exit::{Exit, Stop};

/// Prints what a code means, what a processor does, or a list of all.
pub fn run(context: &Context, args: &ExplainArgs) -> Exit {
    let all = codes::all();
    let Some(wanted) = &args.what else {
        let list: String = all.iter().map(|(code, title, _)| format!("{code}  {title}\n")).collect();
        return context.print(&list);
    };
    if wanted == "library" {
        let line = |name| of_library(name).map(|p| format!("{name:<22}  {}\n", p.gist()));
        return context.print(&mixdown_std_lib::names().filter_map(line).collect::<String>());
    }
    if let Some((code, title, text)) = all.iter().find(|(code, _, _)| code.eq_ignore_ascii_case(wanted)) {
        return context.print(&format!("{code}: {title}\n\n{text}\n"));
    }
    if let Some(p) = of_library(wanted) {
        return context.print(&format!("{}\n\n{}\n", p.head, p.doc));
    }
    let known = all.iter().map(|e| e.0).chain(mixdown_std_lib::names());
    let help = match mixdown_syntax::diagnostic::did_you_mean(wanted, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "`mixdown explain` lists all codes, `mixdown explain library` all processors".to_string(),
    };
    let message = format!("there is no code and no processor `{wanted}`");
    context.voice.stop(&Default::default(), Stop::environment("E0937", message, help))
}
