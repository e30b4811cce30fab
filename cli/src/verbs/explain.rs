//! `mixdown explain`: what a code means, what a processor of the library does.

use super::Context;
use crate::args::ExplainArgs;
use crate::codes;
use crate::exit::{Exit, Stop};
use mixdown_syntax::tree::ItemKind;
use mixdown_syntax::{FileId, parse};

/// Prints what a code means, what a processor does, or a list of all.
pub fn run(context: &Context, args: &ExplainArgs) -> Exit {
    let all = codes::all();
    let Some(wanted) = &args.what else {
        let list: String = all.iter().map(|(code, title, _)| format!("{code}  {title}\n")).collect();
        return context.print(&list);
    };
    if wanted == "library" {
        let line = |name| processor(name).map(|p| format!("{name:<22}  {}\n", p.gist()));
        return context.print(&mixdown_std_lib::names().filter_map(line).collect::<String>());
    }
    if let Some((code, title, text)) = all.iter().find(|(code, _, _)| code.eq_ignore_ascii_case(wanted)) {
        return context.print(&format!("{code}: {title}\n\n{text}\n"));
    }
    if let Some(p) = processor(wanted) {
        return context.print(&format!("{}\n\n{}\n", p.declared, p.doc));
    }
    let known = all.iter().map(|e| e.0).chain(mixdown_std_lib::names());
    let help = match mixdown_syntax::diagnostic::did_you_mean(wanted, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "`mixdown explain` lists all codes, `mixdown explain library` all processors".to_string(),
    };
    let message = format!("there is no code and no processor `{wanted}`");
    context.voice.stop(&Default::default(), Stop::environment("E0937", message, help))
}

/// A declaration of the library, as its text says it.
struct Processor {
    /// Name and parameters, each with its unit, default, range and what it does.
    declared: String,
    doc: String,
}

impl Processor {
    /// The first sentence of its doc.
    fn gist(&self) -> String {
        let paragraph: Vec<&str> = self.doc.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
        let text = paragraph.join(" ");
        text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
    }
}

fn processor(name: &str) -> Option<Processor> {
    let (_, text) = mixdown_std_lib::declares(name)?;
    let (file, _) = parse(FileId(0), text);
    file.items.iter().find_map(|item| {
        let (ItemKind::Effect(decl) | ItemKind::Chain(decl) | ItemKind::Fn(decl)) = &item.kind else { return None };
        let doc = item.doc.as_ref().filter(|_| decl.name.name == name)?;
        // The head ends with the bracket that opens the body.
        let mut head = Vec::new();
        for line in text.get(item.span.start as usize..item.span.end as usize)?.lines() {
            head.push(line.strip_suffix('{').unwrap_or(line).trim_end());
            if line.ends_with('{') {
                break;
            }
        }
        Some(Processor { declared: head.join("\n"), doc: doc.text.clone() })
    })
}
