//! `mixdown explain`: what a code means, what a processor, a function or a word of the language does.

use super::Context;
use crate::args::ExplainArgs;
use crate::declared::of_library;
use crate::exit::{Exit, Stop};
use crate::{codes, words};
use mixdown_analysis::{also_called, functions};
use mixdown_syntax::diagnostic::did_you_mean;
use std::collections::BTreeSet;

/// Prints what is meant by a code or a word, or a list of all.
pub fn run(context: &Context, args: &ExplainArgs) -> Exit {
    let Some(wanted) = &args.what else {
        return context.print(&codes::all().iter().map(|(code, title, _)| format!("{code}  {title}\n")).collect::<String>());
    };
    let list = match wanted.as_str() {
        "library" => mixdown_std_lib::names().filter_map(|name| Some(format!("{name:<22}  {}\n", of_library(name)?.gist()))).collect(),
        "functions" => functions().iter().map(|f| format!("{}\n    {}\n", f.shape, f.doc)).collect(),
        "words" => all_words(),
        _ => String::new(),
    };
    if !list.is_empty() {
        return context.print(&list);
    }
    // As it is written in a text: `mix:`, `gain(`, `--set`, and as it is said: "pan law".
    let plain = wanted.trim().trim_start_matches('-').trim_end_matches([':', '(', ')', '.']).replace([' ', '-'], "_");
    let explained = [wanted.as_str(), &plain].into_iter().map(explained).find(|parts| !parts.is_empty());
    let parts = explained.unwrap_or_else(|| by_other_name(&plain));
    if !parts.is_empty() {
        return context.print(&format!("{}\n", parts.join("\n\n")));
    }
    let known = known();
    let own = did_you_mean(&plain, known.iter().map(String::as_str));
    let help = match own.or_else(|| did_you_mean(&plain, mixdown_syntax::foreigners().map(|(word, _)| word))) {
        Some(near) => format!("did you mean {near}?"),
        None => "`mixdown explain` lists all codes, `explain library` all processors, `explain functions` and `explain words` the language".into(),
    };
    let message = format!("nothing is called `{wanted}`: no code, processor, function or word of the language");
    context.voice.stop(&Default::default(), Stop::environment("E0937", message, help))
}

/// What is said of a code or a word; several things may have one name.
fn explained(word: &str) -> Vec<String> {
    if let Some((code, title, text)) = codes::all().iter().find(|(code, _, _)| code.eq_ignore_ascii_case(word)) {
        return vec![format!("{code}: {title}\n\n{text}")];
    }
    let mut parts: Vec<String> = of_library(word).map(|p| format!("{}\n\n{}", p.head, p.doc)).into_iter().collect();
    parts.extend(functions().iter().filter(|f| f.name == word).map(|f| format!("{}\n\n{}", f.shape, f.doc)));
    parts.extend(words::find(word).iter().map(|e| format!("{}\n\n{}", e.words().collect::<Vec<_>>().join(", "), e.text)));
    parts
}

/// What another program's word is here.
fn by_other_name(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let heard = |also: &str| also.replace('_', "").to_lowercase() == lower.replace('_', "");
    let here = |meant: &str| format!("`{word}` is called `{meant}` here.\n\n{}", explained(meant).join("\n\n"));
    let mut parts: Vec<String> = mixdown_syntax::borrowed_setting(&lower).map(here).into_iter().collect();
    let meant: Vec<_> = mixdown_std_lib::names().filter_map(of_library).filter(|p| also_called(&p.doc).any(heard)).collect();
    if let Some(first) = meant.first() {
        let lines: Vec<String> = meant.iter().map(|p| format!("`{}`: {}", p.name, p.gist())).collect();
        parts.push(format!("Processors that are called `{word}` elsewhere (`mixdown explain {}` says more):\n\n{}", first.name, lines.join("\n")));
    }
    parts.extend(mixdown_syntax::foreign(word).map(|help| format!("`{word}` is a word of other programs; here: {help}")));
    // Only what is surely another spelling of a unit: a slip is asked about instead.
    if parts.is_empty() {
        parts.extend(mixdown_analysis::units::said(&lower).map(here));
    }
    parts
}

/// The words of the page, a group a line.
fn all_words() -> String {
    words::entries().map(|e| format!("{}\n", e.words().collect::<Vec<_>>().join(", "))).collect()
}

/// Everything that can be explained, without the words of other programs for what is not there.
fn known() -> BTreeSet<String> {
    let mut known: BTreeSet<String> = codes::all().iter().map(|e| e.0.to_string()).collect();
    known.extend(words::entries().flat_map(|e| e.words()).map(String::from));
    known.extend(functions().iter().map(|f| f.name.to_string()));
    for name in mixdown_std_lib::names() {
        known.extend(of_library(name).iter().flat_map(|p| also_called(&p.doc)).map(String::from));
        known.insert(name.to_string());
    }
    known
}
