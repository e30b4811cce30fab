//! Common slips, recognised at the place where the grammar stopped. Each gives its own code, the right
//! spelling, and a fix where one change of text mends it.

use super::Place;
use super::broken::Broken;
use super::tokens::{Kind, Token};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::source::{FileId, Span};
use crate::words::{HARD, ITEMS, SETTINGS, SONG, UNITS};

type Slip = fn(&Broken<'_>, FileId) -> Option<Diagnostic>;

/// In the order they are asked.
pub(super) const SLIPS: &[Slip] = &[
    open_string,
    bad_escape,
    string_braces,
    bare_point,
    decimal_comma,
    spaced_unit,
    hyphen,
    proportion,
    percent,
    odd_character,
    named_argument,
    parameter_type,
    arrow,
    foreign_operator,
    spaced_call,
    equals,
    unpaired,
    reserved,
    missing_comma,
    lone_else,
];

pub(super) fn span(file: FileId, token: Token) -> Span {
    Span::new(file, token.start, token.end)
}

fn open_string(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| t.kind == Kind::OpenStr)?;
    let end = Span::new(file, token.end, token.end);
    Some(
        Diagnostic::error(&codes::OPEN_STRING, span(file, token), "this string is not closed on its line")
            .help("close it with `\"` on the same line")
            .fix("close the string", end, "\""),
    )
}

fn bad_escape(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| t.kind == Kind::Str)?;
    let text = token.text(b.text);
    let mut i = 1;
    while let Some(at) = text[i..].find('\\').map(|n| i + n) {
        let next = text[at + 1..].chars().next()?;
        if next == 'u' && !text[at..].starts_with("\\u{") || !"\\\"nt{}u".contains(next) {
            let place = Span::new(file, token.start + at, token.start + at + 1 + next.len_utf8());
            let message = format!("`\\{next}` is no escape");
            let help = "folders in a path are parted by `/`; a backslash itself is `\\\\`";
            let slash = Span::new(file, token.start + at, token.start + at + 1);
            return Some(Diagnostic::error(&codes::BAD_ESCAPE, place, message).help(help).fix("write `/`", slash, "/"));
        }
        i = at + 1 + next.len_utf8();
    }
    None
}

fn string_braces(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    // What looks like a string in a string may reach to the line's end.
    let token = b.token(0).or(b.token(-1)).filter(|t| t.kind == Kind::Str)?;
    let text = token.text(b.text);
    let (mut escaped, mut open) = (false, None);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' if open.is_none() => open = Some(i),
            // A piece that reads well is not the one to point at.
            '}' => {
                let inner = open.map_or("", |o| text.get(o + 1..i).unwrap_or(""));
                if super::broken::reads_as(inner, Place::Code) {
                    open = None;
                }
            }
            _ => {}
        }
    }
    let at = token.start + open?;
    let brace = Span::new(file, at, at + 1);
    let message = "this `{` in a string begins a value that cannot be read";
    let help = "write a name or an expression in it: `{title}`; a brace itself is `\\{`";
    Some(Diagnostic::error(&codes::STRING_BRACES, brace, message).help(help).fix("write a brace", brace, "\\{"))
}

fn bare_point(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    // After a setting's word a point makes the grammar stop at the word.
    let here = [0, 1, -1].into_iter().find(|n| b.word(*n) == "." && (*n != 1 || is_setting(b.word(0))))?;
    let point = b.token(here)?;
    let before = b.token(here - 1).filter(|t| t.kind == Kind::Number && t.end == point.start);
    let after = b.token(here + 1).filter(|t| t.kind == Kind::Number && t.start == point.end);
    let (place, title, at, text) = match (before, after) {
        (None, Some(n)) => (Span::new(file, point.start, n.end), "write the zero", point.start, "0"),
        (Some(n), None) => (Span::new(file, n.start, point.end), "write a zero after the point", point.end, "0"),
        _ => return None,
    };
    let wrong = &b.text[place.start as usize..place.end as usize];
    let right = if text == "0" && after.is_some() { format!("0{wrong}") } else { format!("{wrong}0") };
    let message = "a decimal point needs a digit on both sides".to_string();
    let help = format!("write `{right}`");
    let at = Span::new(file, at, at);
    Some(Diagnostic::error(&codes::BARE_POINT, place, message).help(help).fix(title, at, text))
}

fn is_setting(word: &str) -> bool {
    SETTINGS.contains(&word) || SONG.contains(&word)
}

fn spaced_unit(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (number, unit) = (b.token(-1)?, b.token(0)?);
    let bare = number.kind == Kind::Number && number.text(b.text).ends_with(|c: char| c.is_ascii_digit());
    let known = UNITS.iter().find(|u| u.eq_ignore_ascii_case(unit.text(b.text)))?;
    if !bare || !b.apart(number, unit) || *known == "%" && b.token(1).is_some_and(|t| t.begins_value(b.text)) {
        return None;
    }
    let right = format!("{}{known}", number.text(b.text));
    let place = Span::new(file, number.start, unit.end);
    let message = format!("there is a space between the number and its unit `{known}`");
    let help = format!("write `{right}`: a number and its unit are one word");
    Some(Diagnostic::error(&codes::SPACED_UNIT, place, message).help(help).fix("take the space away", place, right))
}

/// `track lead-vocal { }`.
fn hyphen(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, sign, rest) = (b.token(-1)?, b.token(0)?, b.token(1)?);
    let glued = name.end == sign.start && sign.end == rest.start;
    let words = name.kind == Kind::Word && matches!(rest.kind, Kind::Word | Kind::Number);
    if sign.text(b.text) != "-" || !glued || !words || !ITEMS.contains(&b.word(-2)) {
        return None;
    }
    let right = format!("{}_{}", name.text(b.text), rest.text(b.text));
    let message = format!("a name holds no `-`, found {}", &b.text[name.start..rest.end]);
    let help = format!("write `{right}`: parts of a name are joined with `_`");
    let place = span(file, sign);
    Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix("write `_`", place, "_"))
}

/// `ratio: 4:1`.
fn proportion(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (a, sign, c) = (b.token(-1)?, b.token(0)?, b.token(1)?);
    let numbers = a.kind == Kind::Number && c.kind == Kind::Number;
    if sign.text(b.text) != ":" || !numbers || b.bracket() != "(" {
        return None;
    }
    let (wrong, one) = (&b.text[a.start..c.end], c.text(b.text) == "1");
    let message = format!("`{wrong}` is no number");
    let right = if one { a.text(b.text).to_string() } else { format!("{}/{}", a.text(b.text), c.text(b.text)) };
    let place = Span::new(file, a.start, c.end);
    let help = format!("write `{right}`: a ratio is one number, how much in for one out");
    Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix(format!("write `{right}`"), place, right))
}

/// `else` with no `if` before it.
fn lone_else(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| b.index == 0 && t.text(b.text) == "else")?;
    let help = "write `} else {`, or begin the line below the `}` with it";
    Some(Diagnostic::error(&codes::UNEXPECTED, span(file, token), "this `else` belongs to no `if`").help(help))
}

fn percent(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0)?;
    let glued = b.token(-1).filter(|t| t.kind == Kind::Number && t.text(b.text).ends_with('%'));
    let place = match token.kind {
        Kind::Sign if token.text(b.text) == "%" => span(file, token),
        Kind::Number | Kind::Word if b.inside.is_none() => {
            let number = glued?;
            Span::new(file, number.end - 1, number.end)
        }
        _ => return None,
    };
    let help = "`30%` is the number 0.3; there is no remainder operator";
    Some(Diagnostic::error(&codes::PERCENT, place, "`%` is a unit, not an operator").help(help))
}

/// What a look-alike was meant to be, and what to say of it.
fn look_alike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\'' | '`' => ("\"", "strings are written with `\"`"),
        '−' | '–' | '—' => ("-", "a minus is the plain `-` of the keyboard"),
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{3000}' | '\u{200B}' => {
            (" ", "this blank is a special one; write a plain space")
        }
        '×' | '·' => ("*", "multiplication is `*`"),
        '÷' => ("/", "division is `/`"),
        '≤' => ("<=", "at most is `<=`"),
        '≥' => (">=", "at least is `>=`"),
        '≠' => ("!=", "unequal is `!=`"),
        '…' => ("..", "a range is `a .. b`"),
        '#' => ("//", "comments begin with `//`"),
        _ => return None,
    })
}

fn odd_character(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| t.kind == Kind::Odd)?;
    let place = span(file, token);
    let c = token.text(b.text).chars().next()?;
    let shown = if c.is_whitespace() || c.is_control() { format!("U+{:04X}", c as u32) } else { format!("`{c}`") };
    let made = Diagnostic::error(&codes::FOREIGN_CHARACTER, place, format!("the character {shown} means nothing here"));
    Some(match look_alike(c) {
        Some((right, help)) => made.help(help).fix(format!("write `{right}`"), place, right),
        None => made.help("take it away; in a string every character is allowed"),
    })
}

fn named_argument(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, sign) = (b.token(-1)?, b.token(0)?);
    let first = matches!(b.word(-2), "(" | ",");
    if sign.text(b.text) != "=" || b.bracket() != "(" || name.kind != Kind::Word || !first {
        return None;
    }
    let end = b.token(1).map_or(sign.end, |t| t.start);
    let message = format!("the argument `{}` is named with `=`", name.text(b.text));
    let value = b.token(1).map_or("…", |t| t.text(b.text));
    let help = format!("write `{}: {value}`", name.text(b.text));
    let gap = Span::new(file, name.end, end);
    Some(Diagnostic::error(&codes::NAMED_ARGUMENT, span(file, sign), message).help(help).fix("write `:`", gap, ": "))
}

/// `curve [ @1 -> 3 ]`.
fn arrow(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let sign = b.token(0).filter(|t| matches!(t.text(b.text), "->" | "=" | ":" | ":="))?;
    let open = b.tokens.iter().position(|t| b.inside.is_some_and(|i| i.start == t.start))?;
    let curve = b.bracket() == "[" && (1..=2).any(|n| open >= n && b.nth(open - n) == "curve");
    if !curve {
        return None;
    }
    let place = span(file, sign);
    let (at, value) = (b.word(-1), b.word(1));
    let counted = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    if sign.text(b.text) == ":" && counted(at) && counted(value) && b.word(2) == "=>" {
        let (first, last) = (b.token(-1)?, b.token(1)?);
        let right = format!("@{at}:{value}");
        let place = Span::new(file, first.start, last.end);
        let message = "a place on the timeline begins with `@`";
        let help = format!("write `{right}`: minutes and seconds; a bar is `@9`");
        return Some(Diagnostic::error(&codes::UNEXPECTED, place, message).help(help).fix(format!("write `{right}`"), place, right));
    }
    let message = format!("a curve's point is written with `=>`, not `{}`", sign.text(b.text));
    let right = if value.is_empty() { "@9 => -3dB".to_string() } else { format!("{at} => {value}") };
    let gap = Span::new(file, b.token(-1).map_or(sign.start, |t| t.end), b.token(1).map_or(sign.end, |t| t.start));
    let help = format!("write `{right}`: the position, then the value");
    Some(Diagnostic::error(&codes::FOREIGN_OPERATOR, place, message).help(help).fix("write `=>`", gap, " => "))
}

/// `fader -3,5dB`.
fn decimal_comma(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (whole, comma, rest) = (b.token(-1)?, b.token(0)?, b.token(1)?);
    let glued = whole.end == comma.start && comma.end == rest.start;
    let digits = whole.text(b.text).ends_with(|c: char| c.is_ascii_digit());
    if comma.text(b.text) != "," || !glued || !digits || rest.kind != Kind::Number {
        return None;
    }
    let right = format!("{}.{}", whole.text(b.text), rest.text(b.text));
    let place = Span::new(file, whole.start, rest.end);
    let message = format!("`{}` is two numbers", &b.text[whole.start..rest.end]);
    let help = format!("write `{right}`: the decimal sign is a point");
    Some(Diagnostic::error(&codes::BARE_POINT, place, message).help(help).fix(format!("write `{right}`"), place, right))
}

fn foreign_operator(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| t.kind == Kind::Sign)?;
    let (right, help) = match token.text(b.text) {
        "&&" | "&" => ("and", "write `and`"),
        "||" => ("or", "write `or`"),
        "!" => ("not ", "write `not`"),
        "+=" | "-=" | "*=" | "/=" => ("", "write `x = x + …`, with the name on both sides"),
        "++" => ("", "write `x = x + 1`"),
        "**" | "^" => ("", "there is no power operator; multiply, or call a function"),
        "?" => ("", "write `if c { a } else { b }`"),
        "->" | "<-" | "::" | "~" => ("", "no operator of the language is spelled so"),
        ":=" => ("=", "write `let x = …`"),
        _ => return None,
    };
    let place = span(file, token);
    let message = format!("`{}` is an operator of another language", token.text(b.text));
    let made = Diagnostic::error(&codes::FOREIGN_OPERATOR, place, message).help(help);
    Some(if right.is_empty() { made } else { made.fix(format!("write `{}`", right.trim()), place, right) })
}

fn spaced_call(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, bracket) = (b.token(-1)?, b.token(0)?);
    let open = matches!(bracket.text(b.text), "(" | "[");
    let word = name.text(b.text);
    let keyword = HARD.contains(&word) || ITEMS.contains(&word) || is_setting(word);
    let other = b.wanted.iter().any(|r| matches!(r, Rule::k_in | Rule::choices));
    if name.kind != Kind::Word || !open || other || keyword || !b.apart(name, bracket) {
        return None;
    }
    let gap = Span::new(file, name.end, bracket.start);
    let message = format!("there is a blank between `{word}` and its bracket");
    let help = format!("write `{word}{}`", bracket.text(b.text));
    Some(Diagnostic::error(&codes::SPACED_CALL, gap, message).help(help).fix("take the blank away", gap, ""))
}

fn equals(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let sign = b.token(0).filter(|t| t.text(b.text) == "=")?;
    let place = span(file, sign);
    if b.bracket() == "[" {
        return None;
    }
    let condition = b.tokens[..b.index].iter().any(|t| t.text(b.text) == "if") || b.inside.is_some();
    if condition {
        let help = "write `==` to compare two values";
        return Some(Diagnostic::error(&codes::EQUALS, place, "`=` does not compare").help(help).fix(
            "compare with `==`",
            place,
            "==",
        ));
    }
    None
}

fn unpaired(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let here = b.token(0);
    if let (Some(close), None) = (here.filter(|t| t.kind == Kind::Close), b.inside) {
        let place = span(file, close);
        let message = format!("this `{}` closes nothing", close.text(b.text));
        return Some(
            Diagnostic::error(&codes::UNCLOSED_BRACKET, place, message)
                .help("take it away, or open the bracket before it")
                .fix("take it away", place, ""),
        );
    }
    let open = b.inside?;
    let want = match open.text(b.text) {
        "(" => ")",
        "[" => "]",
        _ => return None,
    };
    let wrong = match here {
        None => true,
        Some(t) => t.kind == Kind::Close && t.text(b.text) != want || t.text(b.text) == "{",
    };
    // `bell(60Hz, )}` wants its value, not a bracket.
    if !wrong {
        return None;
    }
    let (start, end) = b.place_of_fault();
    let help = format!("write `{want}` where the bracket ends");
    let message = format!("this `{}` is not closed", open.text(b.text));
    Some(
        Diagnostic::error(&codes::UNCLOSED_BRACKET, span(file, open), message)
            .label(Span::new(file, start, end), format!("`{want}` is missing here"))
            .help(help),
    )
}

fn reserved(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let token = b.token(0).filter(|t| t.kind == Kind::Word)?;
    let word = token.text(b.text);
    let head = b.index == 0 && matches!(word, "while" | "match");
    let wants_name = b.wanted.iter().any(|r| matches!(r, Rule::ident | Rule::tuple | Rule::param));
    if !HARD.contains(&word) || !head && (!wants_name || b.expected() != "a name") {
        return None;
    }
    let help = match word {
        "while" => "the language has no `while`; `for` walks over a list or a range",
        "match" => "the language has no `match`; use `if`",
        _ => "choose another name",
    };
    let message = format!("`{word}` is a reserved word and cannot be a name");
    Some(Diagnostic::error(&codes::RESERVED_WORD, span(file, token), message).help(help))
}

/// `effect e(a Level)`, `option a Level`.
fn parameter_type(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, here) = (b.token(-1)?, b.token(0).filter(|t| t.kind == Kind::Word)?);
    let brackets = b.tokens.get(2).zip(b.inside).is_some_and(|(t, i)| t.start == i.start);
    let params = matches!(b.nth(0), "effect" | "chain" | "fn") && brackets;
    let first = matches!(b.word(-2), "(" | "," | "const" | "option");
    let option = b.nth(0) == "option" && b.index == 2;
    if b.place != Place::Item || name.kind != Kind::Word || !first || !(params || option) {
        return None;
    }
    let message = format!("expected `:`, found {}", b.found());
    let help = format!("a parameter's type follows a colon: `{}: {}`", name.text(b.text), here.text(b.text));
    let at = Span::new(file, name.end, name.end);
    Some(Diagnostic::error(&codes::UNEXPECTED, span(file, here), message).help(help).fix("add the colon", at, ":"))
}

fn missing_comma(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (before, here) = (b.token(-1)?, b.token(0)?);
    if b.wanted.contains(&Rule::choices) {
        return None;
    }
    let strips = b.place == Place::Group && b.inside.is_none() && here.kind != Kind::Open;
    let starts = b.place == Place::Section && b.inside.is_none() && b.index > 1;
    let members = strips && !SETTINGS.contains(&b.nth(0)) || starts;
    if !members && !matches!(b.bracket(), "(" | "[") || !before.ends_value(b.text) || !here.begins_value(b.text) {
        return None;
    }
    let at = Span::new(file, before.end, before.end);
    let message = format!("a comma is missing before {}", b.found());
    Some(Diagnostic::error(&codes::MISSING_COMMA, span(file, here), message).help("part the values with `,`").fix(
        "add the comma",
        at,
        ",",
    ))
}
