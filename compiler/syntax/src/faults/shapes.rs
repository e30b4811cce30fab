//! Lines in the shape of another language: strips in brackets, arrows from one processor to the next, commas at the ends
//! of lines, comments with other signs. Each is told with the line as it is written here.

use super::Place;
use super::broken::Broken;
use super::desks::{Slip, from, own, rewritten};
use super::tokens::Kind;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::words::ITEMS;

/// Asked before all others.
pub(super) const SHAPES: &[Slip] = &[
    other_comment,
    strip_head,
    files_at_once,
    one_section,
    trailing_comma,
    flow,
    span_to,
    curve_in_braces,
];

/// `-- loud`, `<!-- loud -->`.
fn other_comment(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let line = from(b, 0);
    let inner = line.strip_prefix("<!--").map(|l| l.trim_end_matches("-->")).or_else(|| line.strip_prefix("--"))?;
    let right = format!("// {}", inner.trim());
    rewritten(b, file, 0, &codes::FOREIGN_CHARACTER, "a comment begins with `//`".into(), &right)
}

/// `track a ( … )`, `track: a {`, `track a = {`, `track lead vocal {`, `track 1 {`.
fn strip_head(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let word = b.nth(0);
    if b.place != Place::Item || !matches!(word, "track" | "bus" | "master") {
        return None;
    }
    let (named, first) = if word == "master" { (0, 1) } else { (1, 2) };
    if matches!(b.nth(1), ":" | "=") && word != "master" {
        let sign = b.tokens.get(1)?;
        let end = b.tokens.get(2).map_or(sign.end, |t| t.start);
        let (place, gap) = (Span::new(file, sign.start, sign.end), Span::new(file, b.tokens[0].end, end));
        let message = format!("no `{}` stands before a name", b.nth(1));
        let help = format!("write `{word} {} {{`", b.nth(2));
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix("take it away", gap, " "));
    }
    if word != "master" && b.is(1, Kind::Number) {
        let place = Span::new(file, b.tokens[1].start, b.tokens[1].end);
        let right = format!("\"{}\"", b.nth(1));
        let help = format!("write `{word} {right} {{`: with quotes any text is a name");
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, "a name begins with a letter").help(help).fix("add quotes", place, right));
    }
    if b.is(named, Kind::Word) && b.is(first, Kind::Word) && b.nth(first) != "like" && word != "master" {
        let words = own(b)[1..].iter().take_while(|t| t.kind == Kind::Word).count();
        let place = Span::new(file, b.tokens[1].start, b.tokens[words].end);
        let name = b.text.get(place.start as usize..place.end as usize)?;
        if name.contains(" like ") {
            return None;
        }
        let right = format!("\"{name}\"");
        let help = format!("write `{word} {right} {{`, or `{word} {} {{`", name.split_whitespace().collect::<Vec<_>>().join("_"));
        let message = "a name of several words stands in quotes";
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix("add quotes", place, right));
    }
    let sign = b.tokens.get(first).filter(|t| matches!(t.text(b.text), "(" | "[" | "=" | ":"))?;
    let place = Span::new(file, sign.start, sign.end);
    let head = b.text.get(b.tokens[0].start..b.tokens[named].end)?;
    let help = format!("write `{head} {{ … }}`");
    let made = Diagnostic::error(&codes::UNEXPECTED, place, "the lines of a strip stand in braces").help(help);
    let brace = b.tokens.get(first + 1).filter(|t| t.text(b.text) == "{");
    Some(match brace {
        Some(brace) => made.fix("take it away", Span::new(file, b.tokens[named].end, brace.start), " "),
        None => made,
    })
}

/// `deliver "out.wav"`, `wav "out.wav"`.
fn files_at_once(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if !b.is(1, Kind::Str) {
        return None;
    }
    match (b.place, b.nth(0)) {
        (Place::Item, "deliver") => {
            let right = format!("{{ wav({}) }}", from(b, 1));
            rewritten(b, file, 1, &codes::UNEXPECTED, "`deliver` holds the files to make".into(), &right)
        }
        (Place::Code, word @ ("wav" | "flac" | "stems")) => {
            let message = format!("`{word}` is called without brackets");
            rewritten(b, file, 0, &codes::NO_BRACKETS, message, &format!("{word}({})", from(b, 1)))
        }
        _ => None,
    }
}

/// `section verse @9`.
fn one_section(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Item || !matches!(b.nth(0), "section" | "marker") || !b.is(1, Kind::Word) || !b.nth(2).starts_with('@') {
        return None;
    }
    let right = format!("sections {{ {} }}", from(b, 1));
    rewritten(b, file, 0, &codes::UNKNOWN_WORD, "all sections stand in one block".into(), &right)
}

/// `gain(3dB),`
fn trailing_comma(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let comma = b.token(0).filter(|t| t.text(b.text) == ",")?;
    if !matches!(b.place, Place::Strip | Place::Item) || b.inside.is_some() || b.index == 0 || b.index + 1 != own(b).len() {
        return None;
    }
    let place = Span::new(file, comma.start, comma.end);
    let message = "a line ends without a comma";
    Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help("take it away: lines are not parted by commas").fix("take it away", place, ""))
}

/// `gain(3dB) -> highpass(80Hz)`, `gain(3dB) |> highpass(80Hz)`, `kick -> drums`, `track a { … } -> drums`.
fn flow(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let sign = b.token(0).filter(|t| matches!(t.text(b.text), "->" | "=>" | "|>" | ">" | ">>"))?;
    let place = Span::new(file, sign.start, sign.end);
    let message = format!("the signal does not follow `{}`", sign.text(b.text));
    let made = Diagnostic::error(&codes::FOREIGN_OPERATOR, place, message);
    match b.place {
        Place::Strip if b.inside.is_none() && b.word(-1) == ")" => {
            let gap = Span::new(file, b.token(-1)?.end, sign.end);
            let help = "it runs from line to line: write each processor on a line of its own, or part them with `;`";
            Some(made.help(help).fix("part them", gap, ";"))
        }
        Place::Item if b.word(-1) == "}" || b.index == 1 && b.is(0, Kind::Word) && !ITEMS.contains(&b.nth(0)) => {
            let to = b.word(1);
            let to = if to.is_empty() { "drums" } else { to };
            Some(made.help(format!("a strip says itself where it goes: write `to {to}` in it, or `send {to} -6dB`")))
        }
        _ => None,
    }
}

/// `ride 2dB during @9 to @17`: what stands from `to` on reads as a line of its own.
fn span_to(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.nth(0) != "to" || !b.nth(1).starts_with('@') {
        return None;
    }
    let word = &b.tokens[0];
    let place = Span::new(file, word.start, word.end);
    let help = format!("write `..` between two places: `during @1 .. {}`", b.nth(1));
    Some(Diagnostic::error(&codes::UNEXPECTED, place, "a span of the song is written with `..`").help(help).fix("write `..`", place, ".."))
}

/// `fader curve { @1 => -6dB, @9 => -3dB }`.
fn curve_in_braces(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let brace = b.token(0).filter(|t| t.text(b.text) == "{" && (b.word(-1) == "curve" || b.word(-2) == "curve"))?;
    let close = own(b).iter().rev().find(|t| t.text(b.text) == "}").filter(|t| t.start > brace.start);
    let place = Span::new(file, brace.start, close.map_or(brace.end, |t| t.end));
    let made = Diagnostic::error(&codes::UNEXPECTED, place, "the points of a curve stand in `[ … ]`");
    let Some(close) = close else { return Some(made.help("write `curve [ -6dB, @9 => -3dB over 1bar ]`")) };
    let right = format!("[{}]", b.text.get(brace.end..close.start)?);
    Some(made.help(format!("write `curve {right}`")).fix(format!("write `{right}`"), place, right))
}
