//! Small edits of a song, one for each strip: what somebody at work changes, to see how soon it can be heard.

use mixdown_syntax::tree::{Arg, Expr, ExprKind, ItemKind, Setting, StmtKind};
use mixdown_syntax::{FileId, parse};

/// A song with one thing changed.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Where: `track t5`.
    pub strip: String,
    /// The whole text.
    pub text: String,
}

/// The song with another number in one strip, for every strip that has one: the digits of its last number turned.
pub fn numbers(song: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    each_strip(song, |strip, stmts| {
        let mut last = None;
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Processor(p) => last = p.args.iter().flatten().filter_map(number_of).next_back().or(last),
                StmtKind::Setting(Setting::Fader(e) | Setting::Pan(e)) => last = number(e).or(last),
                _ => {}
            }
        }
        let Some((start, end)) = last else { return };
        let written = &song[start..end];
        let Some(digit) = written.rfind(|c: char| c.is_ascii_digit()) else { return };
        let turned = if &written[digit..=digit] == "5" { "6" } else { "5" };
        let text = format!("{}{turned}{}", &song[..start + digit], &song[start + digit + 1..]);
        out.push(Edit { strip: strip.to_string(), text });
    });
    out
}

/// The song with one more equaliser in one strip, for every strip.
pub fn strips(song: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    each_strip(song, |strip, stmts| {
        let source = |s: &&mixdown_syntax::tree::Stmt| {
            matches!(s.kind, StmtKind::Setting(Setting::Source(..) | Setting::Clips(_)) | StmtKind::Processor(_))
        };
        let Some(first) = stmts.iter().find(source) else { return };
        let at = first.span.end as usize;
        let text = format!("{}\n    bell(1234Hz, 1.5dB, q: 0.9)\n{}", &song[..at], &song[at..]);
        out.push(Edit { strip: strip.to_string(), text });
    });
    out
}

fn each_strip(song: &str, mut f: impl FnMut(&str, &[mixdown_syntax::tree::Stmt])) {
    let (tree, _) = parse(FileId(0), song);
    for item in &tree.items {
        let body = match &item.kind {
            ItemKind::Track(strip) | ItemKind::Bus(strip) | ItemKind::Monitor(strip) => &strip.body,
            ItemKind::Master(body) => body,
            _ => continue,
        };
        let head = song[item.span.start as usize..body.span.start as usize].trim();
        f(head, &body.stmts);
    }
}

fn number_of(arg: &Arg) -> Option<(usize, usize)> {
    number(&arg.value)
}

fn number(e: &Expr) -> Option<(usize, usize)> {
    matches!(e.kind, ExprKind::Quantity(_)).then_some((e.span.start as usize, e.span.end as usize))
}
