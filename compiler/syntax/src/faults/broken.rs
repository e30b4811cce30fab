//! A broken line, read again: how far the grammar came, what it wanted there, and which bracket is open.

use super::Place;
use super::tokens::{Kind, Token, tokens};
use crate::grammar::{Grammar, Rule};
use crate::words::SETTINGS;
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

/// Longer statements than this are not read again for what follows them.
const REREAD: usize = 4096;

/// Nor are statements that leave more brackets than this open.
const REOPEN: usize = 16;

/// A broken line and where it goes wrong.
pub(super) struct Broken<'t> {
    pub(super) text: &'t str,
    pub(super) place: Place,
    /// First byte of the statement.
    pub(super) start: usize,
    /// Past its last byte.
    pub(super) end: usize,
    pub(super) tokens: Vec<Token>,
    /// Place in `tokens` of the first one that cannot be read; their number where the line ends too soon.
    pub(super) index: usize,
    /// What the grammar would have taken there.
    pub(super) wanted: Vec<Rule>,
    /// Innermost bracket open at that place.
    pub(super) inside: Option<Token>,
}

impl<'t> Broken<'t> {
    /// Reads `text[start..end]` again; with `tail` only what stands from there on can be wrong.
    pub(super) fn read(text: &'t str, start: usize, end: usize, place: Place, tail: Option<usize>) -> Self {
        let known = tail.filter(|t| t - start > REREAD);
        let (reached, wanted) = match known {
            Some(tail) => (tail, Vec::new()),
            // So many open brackets are the fault themselves, and cost the grammar time to walk.
            None if left_open(&text[start..end]) > REOPEN => (end, Vec::new()),
            None => furthest(&text[start..end], place).map_or((end, Vec::new()), |(at, w)| (start + at, w)),
        };
        let at = reached.max(tail.unwrap_or(start));
        // Where a good statement ended, only its line's end could follow.
        let wanted = if at == reached && tail != Some(at) { wanted } else { Vec::new() };
        let tokens = tokens(text, start, end, at);
        let index = tokens.iter().position(|t| t.end > at || t.kind == Kind::OpenStr).unwrap_or(tokens.len());
        let mut open: Vec<Token> = Vec::new();
        for token in &tokens[..index] {
            match token.kind {
                Kind::Open => open.push(*token),
                Kind::Close => {
                    open.pop();
                }
                _ => {}
            }
        }
        let inside = open.pop();
        Broken { text, place, start, end, tokens, index, wanted, inside }
    }

    /// A token counted from the one that cannot be read.
    pub(super) fn token(&self, offset: isize) -> Option<Token> {
        self.index.checked_add_signed(offset).and_then(|n| self.tokens.get(n)).copied()
    }

    /// Its text; empty where there is none.
    pub(super) fn word(&self, offset: isize) -> &'t str {
        self.token(offset).map_or("", |t| t.text(self.text))
    }

    /// The n-th token's text; empty where there is none.
    pub(super) fn nth(&self, n: usize) -> &'t str {
        self.tokens.get(n).map_or("", |t| t.text(self.text))
    }

    pub(super) fn is(&self, n: usize, kind: Kind) -> bool {
        self.tokens.get(n).is_some_and(|t| t.kind == kind)
    }

    /// The text of the innermost open bracket.
    pub(super) fn bracket(&self) -> &'t str {
        self.inside.map_or("", |t| t.text(self.text))
    }

    /// Whether there are only blanks, at least one, between two tokens.
    pub(super) fn apart(&self, a: Token, b: Token) -> bool {
        a.end < b.start && self.text.get(a.end..b.start).is_some_and(|s| s.bytes().all(|c| matches!(c, b' ' | b'\t')))
    }

    /// Where the diagnostic points: the token, or the line's end.
    pub(super) fn place_of_fault(&self) -> (usize, usize) {
        match self.token(0) {
            Some(token) => (token.start, token.end),
            None => self.closing().map_or((self.end, self.end), |(at, _)| (at, at + 1)),
        }
    }

    /// What stands where something else was wanted, as a message says it.
    pub(super) fn found(&self) -> String {
        match self.token(0) {
            Some(t) if t.kind == Kind::Str => "a string".to_string(),
            Some(t) if matches!(t.text(self.text), "///" | "//!") => "a documentation comment".to_string(),
            Some(t) => format!("`{}`", t.text(self.text)),
            None => self.closing().map_or(END.to_string(), |(_, sign)| format!("`{sign}`")),
        }
    }

    /// The `}` or `;` that ends the statement on its line.
    fn closing(&self) -> Option<(usize, char)> {
        let rest = &self.text[self.end..];
        let sign = rest.trim_start_matches([' ', '\t']);
        let first = sign.chars().next().filter(|c| matches!(c, '}' | ';'))?;
        Some((self.end + rest.len() - sign.len(), first))
    }

    /// Whether a `{` was wanted.
    pub(super) fn wants_block(&self) -> bool {
        self.wanted.iter().any(|rule| words_for(*rule) == Some("`{`"))
    }

    /// What was wanted, in the words of a mix.
    pub(super) fn expected(&self) -> String {
        if self.index == 0 {
            let words = match self.place {
                Place::Item => "an item such as `track` or `tempo`",
                Place::Strip => "a setting or an effect",
                Place::Code => "a statement",
                Place::Section | Place::Group => NAME,
            };
            return words.to_string();
        }
        if self.index == 1 && self.place == Place::Item {
            match self.nth(0) {
                "track" | "bus" | "chain" | "effect" | "fn" | "group" | "option" | "monitor" => return NAME.to_string(),
                "import" => return "a path or a package".to_string(),
                _ => {}
            }
        }
        let mut words: Vec<&str> = Vec::new();
        for word in self.wanted.iter().filter_map(|rule| words_for(*rule)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if SETTINGS.contains(&self.nth(0)) && self.nth(0) != "oversample" {
            // These belong to the reading of the word as an effect's name.
            words.retain(|w| !matches!(*w, "`(`" | "`{`"));
        }
        if words.contains(&VALUE) {
            // A name is a value as well.
            words.retain(|w| *w != NAME);
        }
        if words.iter().all(|w| [END, COMMA].contains(w)) && (self.inside.is_some() || !words.contains(&COMMA)) {
            words = match self.bracket() {
                "(" => vec!["`,`", "`)`"],
                "[" => vec!["`,`", "`]`"],
                _ => vec![END],
            };
        } else if words.len() > 1 {
            words.retain(|w| *w != END);
        }
        words.truncate(3);
        match words.split_last() {
            Some((last, [])) => (*last).to_string(),
            Some((last, first)) => format!("{} or {last}", first.join(", ")),
            None => END.to_string(),
        }
    }
}

const VALUE: &str = "a value";
const NAME: &str = "a name";
const COMMA: &str = "`,`";
const END: &str = "the end of the line";

/// How many brackets a slice leaves open, strings and comments taken for code.
fn left_open(slice: &str) -> usize {
    slice.bytes().fold(0usize, |open, byte| match byte {
        b'(' | b'[' | b'{' => open + 1,
        b')' | b']' | b'}' => open.saturating_sub(1),
        _ => open,
    })
}

/// How far the grammar comes in one broken statement, and which rules it tried there.
fn furthest(slice: &str, place: Place) -> Option<(usize, Vec<Rule>)> {
    let rule = match place {
        Place::Item => Rule::one_item,
        Place::Strip => Rule::one_stmt,
        Place::Code => Rule::one_code,
        Place::Section => Rule::one_section,
        Place::Group => Rule::one_member,
    };
    let error = Grammar::parse(rule, slice).err()?;
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let wanted = match error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Some((at, wanted))
}

/// Whether a slice is one whole statement of a place.
pub(super) fn reads_as(slice: &str, place: Place) -> bool {
    furthest(slice, place).is_none()
}

/// A rule in the words of a mix; `None` for what need not be mentioned (operators, optional parts).
fn words_for(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::expr
        | Rule::plain
        | Rule::term
        | Rule::quantity
        | Rule::string
        | Rule::position
        | Rule::place
        | Rule::bool
        | Rule::curve
        | Rule::list
        | Rule::paren
        | Rule::lambda
        | Rule::if_code
        | Rule::over_code
        | Rule::neg
        | Rule::not_
        | Rule::arg
        | Rule::key
        | Rule::point => VALUE,
        Rule::ident | Rule::tuple | Rule::path | Rule::param => NAME,
        Rule::target => "the name of a strip",
        Rule::strip | Rule::code | Rule::items | Rule::section_body | Rule::group_body => "`{`",
        Rule::params => "`(`",
        Rule::comma => COMMA,
        Rule::points | Rule::choices => "`[`",
        Rule::eq => "`=`",
        Rule::arrow => "`=>`",
        Rule::k_in => "`in`",
        Rule::k_of => "`of`",
        Rule::k_to => "`to`",
        Rule::call | Rule::processor => "an effect",
        Rule::one_of | Rule::list_of => "a type",
        Rule::EOI => END,
        _ => return None,
    })
}
