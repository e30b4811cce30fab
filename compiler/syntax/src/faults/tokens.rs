//! A rough reading of a broken line into words, numbers, strings and signs: only to say what is wrong with
//! it. Never fails, and every byte but blanks and comments belongs to a token.

use crate::words::HARD;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A number with its unit, or a position; its sign too where one is glued and cannot be an operator.
    Number,
    /// A string, closed on its line.
    Str,
    /// A string that the line's end cuts off.
    OpenStr,
    Open,
    Close,
    Sign,
    /// A character the language has no use for.
    Odd,
}

/// A token's bytes in the whole text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Whether a value may begin here.
    pub(super) fn begins_value(&self, text: &str) -> bool {
        match self.kind {
            Kind::Word => {
                !HARD.contains(&self.text(text)) || matches!(self.text(text), "true" | "false" | "if" | "curve" | "not")
            }
            Kind::Number | Kind::Str | Kind::Open => self.text(text) != "{",
            _ => false,
        }
    }

    /// Whether a value may end here.
    pub(super) fn ends_value(&self, text: &str) -> bool {
        match self.kind {
            Kind::Word => !HARD.contains(&self.text(text)) || matches!(self.text(text), "true" | "false" | "inf"),
            Kind::Number | Kind::Str => true,
            Kind::Close => self.text(text) != "}",
            _ => false,
        }
    }
}

const SIGNS: &[&str] =
    &["..", "==", "!=", "<=", ">=", "=>", "|>", "&&", "||", "->", "<-", "::", ":=", "+=", "-=", "*=", "/=", "**", "++"];

/// The tokens of `text[start..end]` up to a few past `at`.
pub(super) fn tokens(text: &str, start: usize, end: usize, at: usize) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut past = 0;
    let mut i = start;
    while past < 4 {
        let rest = text.get(i..end).unwrap_or("");
        let Some(first) = rest.chars().next() else { break };
        if matches!(first, ' ' | '\t' | '\n' | '\r' | '\u{FEFF}') {
            i += first.len_utf8();
            continue;
        }
        if rest.starts_with("//") && !rest.starts_with("///") && !rest.starts_with("//!") {
            i += rest.find(['\n', '\r']).unwrap_or(rest.len());
            continue;
        }
        let glued = out.last().is_some_and(|t| t.end == i && t.ends_value(text));
        let (kind, length) = token(rest, first, glued);
        out.push(Token { kind, start: i, end: i + length });
        past += usize::from(i >= at);
        i += length;
    }
    out
}

fn token(rest: &str, first: char, glued: bool) -> (Kind, usize) {
    let digit_at = |n: usize| rest.as_bytes().get(n).is_some_and(u8::is_ascii_digit);
    match first {
        '"' => string(rest),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        '@' if digit_at(1) => (Kind::Number, 1 + number(&rest[1..], true)),
        '-' | '+' if digit_at(1) && !glued => (Kind::Number, 1 + number(&rest[1..], false)),
        _ if first.is_ascii_digit() => (Kind::Number, number(rest, false)),
        _ if first == '_' || first.is_alphabetic() => (Kind::Word, word(rest)),
        _ => match SIGNS.iter().find(|s| rest.starts_with(**s)) {
            Some(sign) => (Kind::Sign, sign.len()),
            None if rest.starts_with("///") || rest.starts_with("//!") => (Kind::Sign, 3),
            None if "+-*/%=<>!.,:;|@&^?~".contains(first) => (Kind::Sign, 1),
            None => (Kind::Odd, first.len_utf8()),
        },
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

fn number(rest: &str, clock: bool) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
    let mut length = digits(0);
    while matches!(bytes.get(length), Some(b'.')) || clock && matches!(bytes.get(length), Some(b':')) {
        match digits(length + 1) {
            0 => break,
            more => length += 1 + more,
        }
    }
    if bytes.get(length) == Some(&b'%') {
        return length + 1;
    }
    length + word(&rest[length..])
}

fn string(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return (Kind::OpenStr, rest[..i].trim_end().len()),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (Kind::Str, i + 1),
            _ => {}
        }
    }
    (Kind::OpenStr, rest.trim_end().len())
}
