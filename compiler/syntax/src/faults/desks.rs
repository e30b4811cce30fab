//! Lines as other programs write them: a send with its level first, a pan in words, a path without quotes, a list
//! where a block is wanted. Each is told with the whole line as it is written here.

use super::Place;
use super::broken::Broken;
use super::tokens::{Kind, Token};
use crate::codes;
use crate::diagnostic::{CodeInfo, Diagnostic};
use crate::source::{FileId, Span};
use crate::words::{SETTINGS, WRAPPERS};

pub(super) type Slip = fn(&Broken<'_>, FileId) -> Option<Diagnostic>;

/// Asked before all others: they look at the whole line.
pub(super) const DESKS: &[Slip] = &[
    pan_in_words,
    send_order,
    points_of_a_setting,
    processor_during,
    spans_in_a_row,
    missing_colon,
    string_alone,
    bare_path,
    wrapper_comma,
    lone_bypass,
    lone_parameter,
    group_list,
    buses_in_a_list,
    section_in_quotes,
    sections_in_a_row,
];

/// The tokens of the statement, without what follows it.
pub(super) fn own<'b>(b: &'b Broken<'_>) -> &'b [Token] {
    let end = b.tokens.iter().position(|t| t.start >= b.end).unwrap_or(b.tokens.len());
    &b.tokens[..end]
}

/// The statement's text from a token on.
pub(super) fn from<'t>(b: &Broken<'t>, n: usize) -> &'t str {
    b.tokens.get(n).and_then(|t| b.text.get(t.start..b.end)).unwrap_or("").trim_end()
}

/// A fault of the text from the `n`-th token on, which is written `right` here.
pub(super) fn rewritten(b: &Broken<'_>, file: FileId, n: usize, code: &CodeInfo, message: String, right: &str) -> Option<Diagnostic> {
    let start = b.tokens.get(n)?.start;
    let place = Span::new(file, start, start + from(b, n).len());
    // What stands before that token is kept, and belongs to the line that is shown.
    let line = format!("{}{right}", b.text.get(b.start..start)?.trim_start());
    Some(Diagnostic::error(code, place, message).help(format!("write `{line}`")).fix(format!("write `{line}`"), place, right))
}

/// `pan 30%R`, `pan L 30`, `pan 30 left`.
fn pan_in_words(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.nth(0) != "pan" || matches!(b.nth(1), "=" | ":") {
        return None;
    }
    let written: String = from(b, 1).chars().filter(|c| !matches!(c, ' ' | '%')).collect();
    let lower = written.to_lowercase();
    let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
    let side = match lower.trim_matches(|c: char| c.is_ascii_digit()) {
        "l" | "left" => 'L',
        "r" | "right" => 'R',
        _ => return None,
    };
    let amount: u32 = if digits.is_empty() { 100 } else { digits.parse().ok()? };
    let message = format!("no pan is written `{}`", from(b, 1));
    rewritten(b, file, 1, &codes::UNEXPECTED, message, &format!("{side}{}", amount.min(100)))
}

/// `send -12dB hall`, `send hall: -12dB`, `send -12dB to hall`.
fn send_order(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.nth(0) != "send" {
        return None;
    }
    let joins = ["to", "at", "with", ":", "=", ",", "->", "=>", "(", ")"];
    let parts: Vec<&Token> = own(b)[1..].iter().filter(|t| !joins.contains(&t.text(b.text))).collect();
    let [one, two] = parts.as_slice() else { return None };
    let (level, bus) = match (one.kind, two.kind) {
        (Kind::Number, Kind::Word | Kind::Str) => (one, two),
        (Kind::Word | Kind::Str, Kind::Number) => (two, one),
        _ => return None,
    };
    let right = format!("{} {}", bus.text(b.text).trim_matches('"'), level.text(b.text));
    rewritten(b, file, 1, &codes::UNEXPECTED, "a send is a bus, then its level".into(), &right)
}

/// `ride +2dB @9 .. @17`, `fader -6dB @1, 0dB @9`.
fn points_of_a_setting(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let word = b.nth(0);
    if b.place != Place::Strip || !matches!(word, "fader" | "ride" | "pan" | "send" | "mute") || !b.word(0).starts_with('@') {
        return None;
    }
    let here = b.token(0)?;
    if b.text.get(here.start..b.end)?.contains("..") && !from(b, 1).contains(',') {
        let before = b.text.get(b.tokens.get(1)?.start..here.start)?;
        let right = format!("{before}during {}", from(b, b.index));
        return rewritten(b, file, 1, &codes::UNEXPECTED, "a span is named with `during`".into(), &right);
    }
    let mut points = Vec::new();
    for point in from(b, 1).split(',') {
        let (one, two) = point.trim().split_once(' ')?;
        let (at, value) = if one.starts_with('@') { (one, two) } else { (two, one) };
        let (at, value) = (at.trim(), value.trim());
        if !at.starts_with('@') || value.starts_with('@') || at.contains(' ') || value.contains(' ') {
            return None;
        }
        points.push(format!("{at} => {value}"));
    }
    let right = format!("curve [ {} ]", points.join(", "));
    rewritten(b, file, 1, &codes::UNEXPECTED, "places and values that change are a curve".into(), &right)
}

/// `gain(-3dB) during chorus`.
fn processor_during(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let close = b.token(-1).filter(|t| t.text(b.text) == ")")?;
    if b.place != Place::Strip || b.word(0) != "during" {
        return None;
    }
    let call = b.text.get(b.start..close.start)?.trim();
    if let Some(call) = call.strip_prefix("bypass ") {
        return bypass_during(b, file, call, from(b, b.index));
    }
    let comma = if call.ends_with('(') { "" } else { ", " };
    let right = format!("{call}{comma}mix: 100% {} else 0%)", from(b, b.index));
    let message = "a processor is not switched by `during`: a parameter of it moves, such as `mix`".into();
    rewritten(b, file, 0, &codes::UNEXPECTED, message, &right)
}

/// `bypass gain(3dB) during chorus`, `bypass during chorus gain(3dB)`: `call` without its last bracket.
fn bypass_during(b: &Broken<'_>, file: FileId, call: &str, during: &str) -> Option<Diagnostic> {
    let comma = if call.ends_with('(') { "" } else { ", " };
    let right = format!("{call}{comma}mix: 0% {during} else 100%)");
    let message = "`bypass` holds for the whole song: for a part of it `mix` is what moves".into();
    rewritten(b, file, 0, &codes::UNEXPECTED, message, &right)
}

/// `ride +2dB during verse, chorus`, `lowpass(18kHz during verse, chorus else 2kHz)`.
fn spans_in_a_row(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let during = b.tokens[..b.index.min(b.tokens.len())].iter().rposition(|t| t.text(b.text) == "during")?;
    let stop = |t: &Token| matches!(t.text(b.text), "over" | "else" | ")" | "]" | ";");
    let spans = &own(b)[during + 1..];
    let spans = &spans[..spans.iter().position(stop).unwrap_or(spans.len())];
    let (first, last) = (spans.first()?, spans.last()?);
    let parted = |t: &Token| t.text(b.text) == ",";
    if !spans.iter().any(parted) || parted(last) || spans.iter().any(|t| matches!(t.text(b.text), ":" | "[" | "(")) {
        return None;
    }
    let place = Span::new(file, first.start, last.end);
    let list = format!("[{}]", b.text.get(first.start..last.end)?);
    let message = "several spans are a list";
    let help = format!("write `during {list}`");
    Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix(format!("write `{list}`"), place, list))
}

/// `compressor(threshold: -20dB, ratio 3)`.
fn missing_colon(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, value) = (b.token(-1).filter(|t| t.kind == Kind::Word)?, b.token(0)?);
    let valued = matches!(value.kind, Kind::Number | Kind::Str | Kind::Word) && !matches!(b.word(0), "for" | "in" | "over" | "of");
    let first = matches!(b.word(-2), "(" | ",") && b.bracket() == "(";
    if b.place == Place::Item || !first || !valued || !b.apart(name, value) || !matches!(b.word(1), "," | ")" | "") {
        return None;
    }
    let (name_text, value_text) = (name.text(b.text), value.text(b.text));
    let message = format!("a `:` is missing between `{name_text}` and its value");
    let gap = Span::new(file, name.end, name.end);
    let place = Span::new(file, name.start, value.end);
    let help = format!("write `{name_text}: {value_text}`");
    Some(Diagnostic::error(&codes::NAMED_ARGUMENT, place, message).help(help).fix("add the colon", gap, ":"))
}

/// `"stems/kick.wav"` with nothing before it.
fn string_alone(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.index != 0 || !b.is(0, Kind::Str) || own(b).len() != 1 {
        return None;
    }
    let right = format!("source {}", from(b, 0));
    rewritten(b, file, 0, &codes::UNEXPECTED, "a file stands alone: what is it?".into(), &right)
}

/// `source stems/01-kick.wav`.
fn bare_path(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let path = from(b, 1);
    let heads = matches!((b.place, b.nth(0)), (Place::Strip, "source") | (Place::Item, "import"));
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    if !heads || path.contains(['"', '(']) || !(crate::words::AUDIO.contains(&ending.as_str()) || ending == "mix") {
        return None;
    }
    rewritten(b, file, 1, &codes::UNEXPECTED, "a path is written in quotes".into(), &format!("\"{path}\""))
}

/// `parallel, mix: 30% { … }`, `bands 120Hz, 2kHz { … }`.
fn wrapper_comma(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let word = b.nth(0);
    if b.place != Place::Strip || !WRAPPERS.contains(&word) || matches!(b.nth(1), "(" | "{" | ":" | "") {
        return None;
    }
    let args = from(b, 1).split('{').next()?.trim_start_matches(',').trim();
    let right = format!("{word}({args}) {{");
    let head = Span::new(file, b.tokens[0].start, b.tokens[0].start + from(b, 0).find('{')? + 1);
    let message = format!("what `{word}` takes stands in brackets");
    let help = format!("write `{right} … }}`");
    Some(Diagnostic::error(&codes::NO_BRACKETS, head, message).help(help).fix(format!("write `{right}`"), head, right))
}

/// `bypass` alone, `bypass: on`, `bypass gain 2dB`.
fn lone_bypass(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.nth(0) != "bypass" {
        return None;
    }
    if b.is(1, Kind::Word) && matches!(b.tokens.get(2).map(|t| t.kind), Some(Kind::Number | Kind::Str)) {
        let message = format!("`{}` is called without brackets", b.nth(1));
        return rewritten(b, file, 1, &codes::NO_BRACKETS, message, &format!("{}({})", b.nth(1), from(b, 2)));
    }
    if b.nth(1) == "during" {
        let span = b.nth(2);
        if let Some(call) = from(b, 3).strip_suffix(')').filter(|call| call.contains('(')) {
            return bypass_during(b, file, call, &format!("during {span}"));
        }
        let place = Span::new(file, b.tokens[0].start, b.end);
        let span = if span.is_empty() { "chorus" } else { span };
        let help = format!("move the `mix` of the processor that is meant: `delay(note(1/8), mix: 0% during {span} else 100%)`");
        let message = "`bypass` belongs to one processor and holds for the whole song";
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help));
    }
    if !matches!(b.nth(1), "" | ":" | "=" | "on" | "off") && own(b).len() > 1 {
        return None;
    }
    let place = Span::new(file, b.tokens[0].start, b.tokens[0].end);
    let help = "write it before the processor, on its line: `bypass gain(2dB)`";
    Some(Diagnostic::error(&codes::UNEXPECTED, place, "`bypass` belongs to a processor").help(help))
}

/// `key: kick`, `threshold: -20dB` on a line of their own.
fn lone_parameter(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (word, value) = (b.nth(0), own(b).get(2)?);
    if b.place != Place::Strip || !b.is(0, Kind::Word) || b.nth(1) != ":" || SETTINGS.contains(&word) {
        return None;
    }
    let parameter = matches!(word, "key" | "mix" | "link" | "detector" | "listen" | "lookahead" | "sidechain");
    let single = own(b).len() == 3 && (parameter || value.kind == Kind::Number);
    if !single {
        return None;
    }
    let place = Span::new(file, b.tokens[0].start, value.end);
    let (name, value) = (if word == "sidechain" { "key" } else { word }, value.text(b.text));
    let message = format!("`{word}` is a parameter, and no processor takes it here");
    let help = format!("write it in the brackets of its processor: `compressor({name}: {value})`");
    Some(Diagnostic::error(&codes::WRONG_PLACE, place, message).help(help))
}

/// `group band [drums, guitars]`, `group band = drums, guitars`.
fn group_list(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Item || b.nth(0) != "group" || !matches!(b.nth(2), "[" | "(" | ":" | "=") {
        return None;
    }
    let members = from(b, 2).trim_matches(|c| " \t=:[]()".contains(c));
    let gap = if b.tokens[1].end == b.tokens[2].start { " " } else { "" };
    let right = format!("{gap}{{ {members} }}");
    rewritten(b, file, 2, &codes::UNEXPECTED, "what a group holds stands in braces".into(), &right)
}

/// `to [drums, loud]`.
fn buses_in_a_list(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place != Place::Strip || b.nth(0) != "to" || !matches!(b.nth(1), "[" | "(") || own(b).len() < 4 {
        return None;
    }
    let buses = from(b, 1).trim_matches(|c| " []()".contains(c));
    rewritten(b, file, 1, &codes::UNEXPECTED, "several buses stand one after the other, without brackets".into(), buses)
}

/// `sections { "verse" @1 }`.
fn section_in_quotes(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let name = b.tokens.first().filter(|t| b.place == Place::Section && t.kind == Kind::Str)?;
    let word: String = name.text(b.text).trim_matches('"').trim().to_lowercase().chars().map(plain).collect();
    let place = Span::new(file, name.start, name.end);
    let rest = from(b, 1);
    let at = if rest.is_empty() { "@1" } else { rest.split([' ', ',']).next().unwrap_or("@1") };
    let at = at.trim_start_matches(':');
    let message = "the name of a section is a word, not a text";
    let help = format!("write `{word} {}`", if at.is_empty() { "@9" } else { at });
    Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix("take the quotes away", place, word))
}

fn plain(c: char) -> char {
    if c.is_alphanumeric() { c } else { '_' }
}

/// `sections { verse @1, chorus @9 }`, `sections { verse 1 chorus 9 }`.
fn sections_in_a_row(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (before, here) = (b.token(-1)?, b.token(0)?);
    if b.place != Place::Section {
        return None;
    }
    if here.text(b.text).starts_with('@') && before.kind == Kind::Word && b.word(-2) == "," {
        let comma = b.token(-2)?;
        let place = Span::new(file, comma.start, comma.end);
        let message = "a comma parts the starts of one section, not two sections";
        let help = format!("write `{} {}` on a line of its own, or behind a `;`", before.text(b.text), here.text(b.text));
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix("write `;`", place, ";"));
    }
    if before.kind == Kind::Number && here.kind == Kind::Word && before.text(b.text).chars().all(|c| c.is_ascii_digit()) {
        let place = Span::new(file, before.start, before.end);
        let right = format!("@{}", before.text(b.text));
        let help = format!("write `{right}`: a bar of the song begins with `@`");
        let message = "a section starts at a place, and this is a number";
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix(format!("write `{right}`"), place, right));
    }
    None
}
