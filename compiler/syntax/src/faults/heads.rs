//! Lines that go wrong at their first word: unknown words, settings with a sign, effects without brackets,
//! statements that stand where they do not belong.

use super::Place;
use super::broken::{Broken, reads_as};
use super::tokens::Kind;
use crate::codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::{FileId, Span};
use crate::words::{CODE, HARD, ITEMS, SETTINGS, SONG, borrowed_setting, foreign};

type Slip = fn(&Broken<'_>, FileId) -> Option<Diagnostic>;

/// Asked before what stands at the place of the fault.
pub(super) const EARLY: &[Slip] = &[setting_sign, wrong_place];
/// Asked when nothing at the place of the fault explains it.
pub(super) const LATE: &[Slip] = &[no_let, no_brackets, unknown_word];

fn head<'t>(b: &Broken<'t>, file: FileId) -> Option<(&'t str, Span)> {
    let token = b.tokens.first().filter(|t| t.kind == Kind::Word)?;
    Some((token.text(b.text), Span::new(file, token.start, token.end)))
}

/// `pan = L60`, `pan: L60`, `fader(-2dB)`, `tempo = 118bpm`.
fn setting_sign(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (word, _) = head(b, file)?;
    let known = match b.place {
        Place::Item => SONG.contains(&word),
        Place::Strip | Place::Group => SETTINGS.contains(&word),
        Place::Section => true,
        Place::Code => false,
    };
    let sign = b.tokens.get(1).filter(|_| known)?;
    let next = b.tokens.get(2);
    let sign_text = sign.text(b.text);
    let glued = sign.start == b.tokens[0].end;
    match sign_text {
        "=" => {}
        // `pan: bell(…)` is a label and at fault elsewhere.
        ":" if !(next.is_some_and(|t| t.kind == Kind::Word) && b.nth(3) == "(") => {}
        "(" if glued && b.place != Place::Section => {}
        _ => return None,
    }
    let place = Span::new(file, sign.start, sign.end);
    if b.place == Place::Section {
        let at = next.map_or("@9", |t| t.text(b.text));
        let at = if at.starts_with('@') { at.to_string() } else { format!("@{at}") };
        let help = format!("write `{word} {at}`: the name, then its start");
        let gap = Span::new(file, b.tokens[0].end, next.map_or(sign.end, |t| t.start));
        let made = Diagnostic::error(&codes::SETTING_SIGN, place, "a section is a name and its starts").help(help);
        return Some(made.fix("take the sign away", gap, " "));
    }
    if sign_text == "(" {
        let gap = Span::new(file, sign.start, sign.start);
        let message = format!("`{word}` is a setting and takes its value without brackets");
        let help = format!("write `{word} …`; an effect is called with brackets, a setting is not");
        return Some(Diagnostic::error(&codes::SETTING_SIGN, place, message).help(help).fix(
            "put a blank before the bracket",
            gap,
            " ",
        ));
    }
    let value = next.map_or("…", |t| b.text[t.start..b.end].split(['\n', '\r']).next().unwrap_or("").trim_end());
    let gap = Span::new(file, b.tokens[0].end, next.map_or(sign.end, |t| t.start));
    let message = format!("`{word}` takes its value without `{sign_text}`");
    let help = format!("write `{word} {value}`");
    Some(Diagnostic::error(&codes::SETTING_SIGN, place, message).help(help).fix("take the sign away", gap, " "))
}

/// Strip statements at file level, items in a strip, code in a strip.
fn wrong_place(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (word, place) = head(b, file)?;
    let slice = &b.text[b.start..b.end];
    let (message, help) = match b.place {
        Place::Item if ITEMS.contains(&word) || SONG.contains(&word) => return None,
        Place::Item
            if SETTINGS.contains(&word) && b.nth(1) != "="
                || nearest(word, b).is_none() && reads_as(slice, Place::Strip) =>
        {
            (
                format!("`{word}` stands outside every strip"),
                "settings and processors stand in a `track`, a `bus`, `master` or a `chain`",
            )
        }
        Place::Strip if SONG.contains(&word) && b.index == 1 && reads_as(slice, Place::Item) => {
            (format!("`{word}` is a setting of the song, not of a strip"), "move it to the file's level")
        }
        Place::Strip if word == "state" => {
            ("a strip has no `state`".to_string(), "`state` stands in the body of an `effect`")
        }
        Place::Group if b.nth(1) == "(" && !SETTINGS.contains(&word) => (
            format!("`{word}` stands in a group, which carries no audio"),
            "an effect stands in a strip; a group holds strips, `fader`, `mute` and `solo`",
        ),
        Place::Section | Place::Group | Place::Strip | Place::Code if item_head(b, word) => {
            (format!("`{word}` cannot stand in here"), "move it to the file's level")
        }
        _ => return None,
    };
    Some(Diagnostic::error(&codes::WRONG_PLACE, place, message).help(help))
}

fn item_head(b: &Broken<'_>, word: &str) -> bool {
    matches!(word, "track" | "bus" | "master" | "monitor" | "group" | "chain" | "effect" | "sections" | "import")
        && (b.is(1, Kind::Word) || b.is(1, Kind::Str) || b.nth(1) == "{")
}

/// `x = 3` where only code may assign.
fn no_let(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (name, _) = head(b, file)?;
    let sign = b.tokens.get(1).filter(|t| t.text(b.text) == "=")?;
    if !matches!(b.place, Place::Item | Place::Strip) || HARD.contains(&name) || b.index > 1 {
        return None;
    }
    let message = format!("`{name}` is given a value without `let`");
    let place = Span::new(file, sign.start, sign.end);
    let at = Span::new(file, b.start, b.start);
    let help = format!("write `let {name} = …`");
    Some(Diagnostic::error(&codes::EQUALS, place, message).help(help).fix("add `let`", at, "let "))
}

/// `plate`, `body: plate`, `bypass plate`: a name with nothing behind it.
fn no_brackets(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    if b.place == Place::Strip && b.index == 1 && matches!(b.token(0).map(|t| t.kind), Some(Kind::Number | Kind::Str)) {
        return bare_argument(b, file);
    }
    let first = if b.nth(0) == "bypass" && b.is(1, Kind::Word) { 1 } else { 0 };
    let first = if b.nth(first + 1) == ":" { first + 2 } else { first };
    let names = &b.tokens[first.min(b.tokens.len())..];
    let path =
        names.iter().enumerate().all(|(n, t)| if n % 2 == 0 { t.kind == Kind::Word } else { t.text(b.text) == "." });
    let last = names.last().filter(|t| path && t.kind == Kind::Word)?;
    let word = last.text(b.text);
    let strip = matches!(b.place, Place::Strip) && b.index == b.tokens.len();
    if !strip || SETTINGS.contains(&word) || HARD.contains(&word) || b.tokens.len() == 1 && nearest(word, b).is_some() {
        return None;
    }
    let place = Span::new(file, names[0].start, last.end);
    let name = &b.text[names[0].start..last.end];
    let end = Span::new(file, last.end, last.end);
    let message = format!("`{name}` is called without brackets");
    let help = format!("write `{name}()`, with its arguments in the brackets; a branch is written `{name} {{ }}`");
    Some(Diagnostic::error(&codes::NO_BRACKETS, place, message).help(help).fix("add the brackets", end, "()"))
}

/// `bell 60Hz`.
fn bare_argument(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (word, place) = head(b, file)?;
    if SETTINGS.contains(&word) || HARD.contains(&word) || nearest(word, b).is_some() || borrowed_setting(word).is_some() {
        return None;
    }
    if let Some(help) = foreign(word) {
        return Some(Diagnostic::error(&codes::UNKNOWN_WORD, place, format!("no setting is called `{word}`")).help(help));
    }
    if word == "spectral" {
        let help = "write an effect around it, and call that: `effect dim() { spectral 1024 { 0.5 } }`, then `dim()`";
        return Some(Diagnostic::error(&codes::WRONG_PLACE, place, "`spectral` stands in the body of an effect").help(help));
    }
    let message = format!("`{word}` is no setting, and an effect is called with brackets");
    let args = b.text[b.tokens[1].start..b.end].trim_end();
    let args = if args.contains('(') { args } else { args.trim_end_matches(')') };
    let right = format!("{word}({args})");
    let whole = Span::new(file, b.start, b.text[..b.end].trim_end().len());
    let made = Diagnostic::error(&codes::NO_BRACKETS, place, message).help(format!("write `{right}`"));
    Some(made.fix("add the brackets", whole, right))
}

/// Words of the place that `word` may have been meant for.
fn nearest(word: &str, b: &Broken<'_>) -> Option<&'static str> {
    if b.nth(1) == "(" {
        return None;
    }
    let near = |list: &[&'static str]| did_you_mean(word, list.iter().copied());
    match b.place {
        Place::Item => near(&[ITEMS, SONG].concat()),
        Place::Strip | Place::Group => near(&[SETTINGS, &["let", "for", "if", "bypass"]].concat()),
        Place::Code => near(CODE),
        Place::Section => None,
    }
}

/// What to add to "expected this, found that".
pub(super) fn hint(b: &Broken<'_>) -> &'static str {
    let here = b.word(0);
    match b.nth(0) {
        _ if matches!(here, "///" | "//!") => {
            "a documentation comment stands on a line of its own, above what it describes; a plain one is `//`"
        }
        _ if b.text[..b.place_of_fault().0].ends_with('@') => {
            "a position is a bar (`@9`, `@40.3`), a time (`@1:23.5`) or `@( … )`; a section's start is `verse.start`"
        }
        "import" if matches!(here, "/" | ".") => "the path of a file is a string: `import \"lib/vocals.mix\" as vox`",
        "import" if b.is(1, Kind::Str) => "write `as name` behind the path, or `: name, name` to pick names from it",
        "title" | "artist" | "album" | "comment" | "isrc" if b.is(1, Kind::Word) => {
            "text is written in quotes: `title \"Night Drive\"`"
        }
        "chain" | "effect" | "fn" if here == "{" => "the parameters stand in brackets, `()` where there are none",
        "chain" | "effect" | "fn" if b.wants_block() => "the body stands in braces: `fn f(x) { x * 2 }`",
        "monitor" if b.wants_block() => "a monitor is written `monitor name { … }`",
        "track" | "bus" if b.wants_block() => "a strip is written `track name { … }`, or `track name like other { … }`",
        "if" | "for" | "else" if b.wants_block() => "what is chosen or repeated stands in braces on the same line: `if c { … }`",
        "source" => "write `source \"stems/kick.wav\"`: one file in quotes, or a generator such as `sine(440Hz, -18dB)`",
        "clips" => "write `clips [ clip(\"take.wav\", at: @9) ]`",
        "fader" => "write `fader -6dB`, or `fader curve [ -6dB, @9 => -3dB over 1bar ]`",
        "ride" => "write `ride +2dB during chorus`",
        "pan" => "write `pan L30`: from `L100` over `C` to `R100`",
        "send" => "write `send hall -14dB`: the bus, then its level",
        "to" => "write `to drums`",
        "mute" => "write `mute`, or `mute during outro`",
        "solo" => "write `solo`",
        "trim" => "write `trim to -18LUFS`",
        "tempo" => "write `tempo 118bpm`, and `tempo 124bpm from @17` for a change",
        "signature" => "write `signature 4/4`",
        _ if b.place == Place::Section => "write `verse @9, @25`, or `outro @41 .. @45`",
        _ if b.place == Place::Group => "a group holds strips, `fader`, `mute` and `solo`: `group band { drums, guitars; fader -1dB }`",
        _ if b.bracket() == "(" => "values in brackets are parted by commas, and named so: `bell(60Hz, +3dB, q: 1.1)`",
        _ if b.bracket() == "[" => "values of a list are parted by commas; points of a curve are written `@9 => -3dB`",
        _ if b.place == Place::Strip => {
            "a line is a setting (`fader -6dB`) or a processor with its brackets (`highpass(90Hz)`); `;` parts two of them"
        }
        _ if b.place == Place::Code => "a line is `let x = …`, `state x = 0`, `for i in 1 .. 4 { … }` or a value; `;` parts two of them",
        _ => "a statement ends with its line; `;` parts two on one line",
    }
}

fn unknown_word(b: &Broken<'_>, file: FileId) -> Option<Diagnostic> {
    let (word, place) = head(b, file)?;
    let known = HARD.contains(&word) && (b.place != Place::Item || b.index > 0)
        || match b.place {
            Place::Item => ITEMS.contains(&word) || SONG.contains(&word),
            Place::Strip => {
                SETTINGS.contains(&word) || b.index != 1 || b.token(0).is_none() && nearest(word, b).is_none()
            }
            Place::Group => SETTINGS.contains(&word) || nearest(word, b).is_none(),
            Place::Code => b.index != 1 || !b.token(0).is_some_and(|t| t.begins_value(b.text)),
            Place::Section => true,
        };
    let other = b.place == Place::Code && matches!(word, "return" | "var" | "const" | "def" | "function");
    if known && !(other && b.index == 1) || b.index > 1 && b.place != Place::Item {
        return None;
    }
    let what = match b.place {
        Place::Item => "no item begins with",
        Place::Code => "no statement begins with",
        _ => "no setting is called",
    };
    let made = Diagnostic::error(&codes::UNKNOWN_WORD, place, format!("{what} `{word}`"));
    if other {
        let help = match word {
            "return" => "the last expression of a body is its value: write it without `return`",
            "const" | "var" => "write `let x = …`, or `state x = …` for what lives from sample to sample",
            _ => "functions stand at the file's level: `fn name(a, b) { … }`",
        };
        return Some(made.help(help));
    }
    let borrowed = borrowed_setting(word).filter(|_| matches!(b.place, Place::Strip | Place::Group));
    if let Some(meant) = borrowed {
        return Some(made.help(format!("it is called `{meant}` here")).fix(format!("write `{meant}`"), place, meant));
    }
    if let Some(help) = foreign(word) {
        return Some(made.help(help));
    }
    Some(match nearest(word, b) {
        Some(near) => made.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), place, near),
        None => made.help(match b.place {
            Place::Item => "a file holds `track`, `bus`, `master`, `chain`, `effect`, `fn`, `let`, `import`, `sections`, `group`, `deliver`, `check`, `option` and song settings such as `tempo`",
            Place::Code => "values are parted by operators, and calls have their brackets glued: `f(x)`",
            _ => "settings are `source clips fader ride pan send to mute solo trim`; an effect is called with brackets: `name(…)`",
        }),
    })
}
