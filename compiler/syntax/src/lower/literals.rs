//! Numbers with units, positions and strings: one token of the grammar each, taken apart here.

use super::{Lower, P};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::source::Span;
use crate::tree::*;

impl<'a> Lower<'a> {
    /// `-14LUFS`, `30%`, `-inf dB`.
    pub(super) fn quantity(&mut self, text: &str, span: Span) -> Quantity {
        let signed = text.starts_with(['-', '+']);
        let digits_at = usize::from(signed);
        let body = &text[digits_at..];
        let length = if body.starts_with("inf") { 3 } else { number_length(body) };
        let value = self.number(&body[..length], span);
        let rest = body[length..].trim_start();
        let unit_at = span.start as usize + (text.len() - rest.len());
        let unit =
            (!rest.is_empty()).then(|| Ident { name: rest.to_string(), span: self.at(unit_at, unit_at + rest.len()) });
        Quantity { value: if text.starts_with('-') { -value } else { value }, signed, unit }
    }

    fn number(&mut self, digits: &str, span: Span) -> f64 {
        let parsed = match digits.contains('_') {
            true => digits.replace('_', "").parse(),
            false => digits.parse::<f64>(),
        };
        match parsed {
            Ok(value) if value.is_finite() || digits == "inf" => value,
            _ => {
                let message = format!("the number `{digits}` is too large");
                self.fault(
                    Diagnostic::error(&codes::NUMBER_RANGE, span, message).help("write `inf` where infinity is meant"),
                );
                0.0
            }
        }
    }

    /// `@9`, `@40.3`, `@1:23.5`, `@90s`, `@(expr)`.
    pub(super) fn position(&mut self, pair: P<'a>) -> Expr {
        let span = self.exact(&pair);
        let kind = match pair.into_inner().next() {
            Some(kid) if kid.as_rule() == Rule::paren => Position::Expr(Box::new(self.paren(kid))),
            Some(kid) => self.place(kid.as_str(), self.exact(&kid)),
            None => self.unread(span).unwrap_or(Position::Bar(1, 1)),
        };
        Expr { kind: ExprKind::Position(kind), span }
    }

    fn place(&mut self, text: &str, span: Span) -> Position {
        if text.contains(':') {
            let seconds = text.split(':').fold(0.0, |sum, part| sum * 60.0 + self.number(part, span));
            return Position::Clock(seconds);
        }
        if !text.ends_with(|c: char| c.is_ascii_digit()) || text.contains(|c: char| c.is_alphabetic()) {
            return Position::Quantity(self.quantity(text, span));
        }
        let (bar, beat) = text.split_once('.').unwrap_or((text, "1"));
        Position::Bar(self.count(bar, span), self.count(beat, span))
    }

    fn count(&mut self, digits: &str, span: Span) -> u32 {
        digits.replace('_', "").parse().unwrap_or_else(|_| {
            let message = format!("`{digits}` is too large for a bar or a beat");
            self.fault(
                Diagnostic::error(&codes::NUMBER_RANGE, span, message)
                    .help("bars and beats are counted from 1: `@9`, `@40.3`"),
            );
            1
        })
    }

    /// `"out/{title}.wav"`: adjoining pieces of text are one part, and an empty string has none.
    pub(super) fn string(&mut self, pair: P<'a>) -> Vec<StrPart> {
        let mut parts = Vec::new();
        if pair.as_str().contains('\n') {
            // An operator in `{ }` may end a line, but a string never crosses one.
            let message = "this string is not closed on its line";
            let help = "give the value a name with `let`, and write the name in the string";
            self.fault(Diagnostic::error(&codes::OPEN_STRING, self.exact(&pair), message).help(help));
        }
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::text => {
                    let span = kid.as_span();
                    push_text(&mut parts, &self.text[span.start()..span.end()]);
                }
                Rule::escape => {
                    let character = self.escape(&kid);
                    push_text(&mut parts, character.encode_utf8(&mut [0; 4]));
                }
                _ => {
                    if let Some(inner) = kid.into_inner().next() {
                        parts.push(StrPart::Expr(self.expr(inner)));
                    }
                }
            }
        }
        parts
    }

    fn escape(&mut self, pair: &P<'a>) -> char {
        let text = pair.as_str();
        match text.as_bytes().get(1) {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'u') => {
                let digits = text.trim_start_matches("\\u{").trim_end_matches('}');
                u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).unwrap_or_else(|| {
                    let message = format!("`{text}` is no character");
                    let help = "write the character's Unicode number in hexadecimal, such as `\\u{266A}`";
                    self.fault(Diagnostic::error(&codes::BAD_ESCAPE, self.exact(pair), message).help(help));
                    ' '
                })
            }
            Some(other) => *other as char,
            None => ' ',
        }
    }
}

fn push_text(parts: &mut Vec<StrPart>, text: &str) {
    match parts.last_mut() {
        Some(StrPart::Text(before)) => before.push_str(text),
        _ => parts.push(StrPart::Text(text.to_string())),
    }
}

/// How many bytes of `text` are the number, the rest being its unit.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
    let starts = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') && starts(length + 1) {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        if starts(length + 1 + sign) {
            length += 1 + sign + digits(length + 1 + sign);
        }
    }
    length
}
