//! The words of operations that only read values, and how a line is cut into words.

use crate::ir::{Op, Value};

/// An operation that reads values and nothing else.
pub(super) enum Pure {
    One(fn(Value) -> Op),
    Two(fn(Value, Value) -> Op),
    Three(fn(Value, Value, Value) -> Op),
}

/// Word and operation.
pub(super) const PURE: &[(&str, Pure)] = &[
    ("add", Pure::Two(Op::Add)),
    ("sub", Pure::Two(Op::Sub)),
    ("mul", Pure::Two(Op::Mul)),
    ("div", Pure::Two(Op::Div)),
    ("fma", Pure::Three(Op::Fma)),
    ("neg", Pure::One(Op::Neg)),
    ("abs", Pure::One(Op::Abs)),
    ("sqrt", Pure::One(Op::Sqrt)),
    ("min", Pure::Two(Op::Min)),
    ("max", Pure::Two(Op::Max)),
    ("lt", Pure::Two(Op::Lt)),
    ("le", Pure::Two(Op::Le)),
    ("eq", Pure::Two(Op::Eq)),
    ("and", Pure::Two(Op::And)),
    ("or", Pure::Two(Op::Or)),
    ("not", Pure::One(Op::Not)),
    ("select", Pure::Three(Op::Select)),
    ("bits", Pure::One(Op::Bits)),
    ("from_bits", Pure::One(Op::FromBits)),
    ("iadd", Pure::Two(Op::IAdd)),
    ("isub", Pure::Two(Op::ISub)),
    ("imul", Pure::Two(Op::IMul)),
    ("iand", Pure::Two(Op::IAnd)),
    ("ior", Pure::Two(Op::IOr)),
    ("ixor", Pure::Two(Op::IXor)),
    ("frame", Pure::Two(Op::Frame)),
];

/// The word of an operation that reads values and nothing else.
pub(super) fn word_of(op: &Op) -> Option<&'static str> {
    let kind = std::mem::discriminant(op);
    let v = Value(0);
    let same = |pure: &Pure| {
        let op = match pure {
            Pure::One(f) => f(v),
            Pure::Two(f) => f(v, v),
            Pure::Three(f) => f(v, v, v),
        };
        std::mem::discriminant(&op) == kind
    };
    PURE.iter().find(|(_, pure)| same(pure)).map(|(word, _)| *word)
}

/// A word of a line, or a string.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    /// It stood between quotes: a name, whatever it looks like.
    pub(super) quoted: bool,
}

/// Whether a name can be written without quotes.
pub(super) fn is_plain(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    first
        && !name.contains("//")
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':'))
}

/// Cuts a line into words.
pub(super) fn words(line: &str) -> Result<Vec<Word>, String> {
    let mut out = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with("//") {
        if let Some(inside) = rest.strip_prefix('"') {
            let (text, after) = string(inside)?;
            out.push(Word { text, quoted: true });
            rest = after;
        } else {
            let comment = rest.find("//").unwrap_or(rest.len());
            let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len()).min(comment);
            out.push(Word { text: rest[..end].to_owned(), quoted: false });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(out)
}

/// A string up to its closing quote, and what follows.
fn string(inside: &str) -> Result<(String, &str), String> {
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((text, &inside[at + 1..])),
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('"') => text.push('"'),
                Some('\\') => text.push('\\'),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('u') => {
                    let code: String = chars
                        .by_ref()
                        .map(|(_, c)| c)
                        .skip_while(|c| *c == '{')
                        .take_while(|c| *c != '}')
                        .collect();
                    let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    text.push(c.ok_or_else(|| format!("`\\u{{{code}}}` is no character"))?);
                }
                _ => return Err("unknown escape in a string".into()),
            },
            _ => text.push(c),
        }
    }
    Err("a string without an end".into())
}

/// A name between quotes where it needs them.
pub(super) fn quote(name: &str) -> String {
    if is_plain(name) {
        return name.to_owned();
    }
    let mut out = String::from("\"");
    for c in name.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || c.is_whitespace() && c != ' ' => {
                out.push_str(&format!("\\u{{{:x}}}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
