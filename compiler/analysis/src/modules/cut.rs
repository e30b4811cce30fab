//! Files of the standard library, parsed a declaration at a time: a song uses a few of them. Always true: what is
//! parsed of a file has the spans it has in the whole.

use std::collections::HashMap;
use std::ops::Range;

/// Declarations of a file that nothing has asked for yet.
#[derive(Default)]
pub(crate) struct Waiting {
    text: &'static str,
    parts: HashMap<&'static str, Range<usize>>,
}

impl Waiting {
    /// Finds where each declaration stands: it begins at the left margin, with the lines of documentation above it, and
    /// ends where the next begins.
    pub fn new(text: &'static str) -> Waiting {
        let mut found: Vec<(&str, usize)> = Vec::new();
        let (mut at, mut docs) = (0, None);
        for line in text.split_inclusive('\n') {
            if line.starts_with("///") {
                docs.get_or_insert(at);
            } else {
                let start = docs.take().unwrap_or(at);
                found.extend(declared(line).map(|name| (name, start)));
            }
            at += line.len();
        }
        let ends = found.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
        let parts = found.iter().zip(ends).map(|((name, start), end)| (*name, *start..end)).collect();
        Waiting { text, parts }
    }

    /// A text whose only declaration is that of `name`, where it stands in the whole, and that place; once.
    pub fn take(&mut self, name: &str) -> Option<(String, Range<usize>)> {
        let part = self.parts.remove(name)?;
        // What stands before it is one line of documentation, which costs a parser nothing.
        let mark = "//!\n";
        let before = match part.start.checked_sub(mark.len()) {
            Some(blanks) => format!("//!{}\n", " ".repeat(blanks)),
            None => "\n".repeat(part.start),
        };
        Some((before + &self.text[part.clone()], part))
    }
}

/// The name that a line declares.
fn declared(line: &str) -> Option<&str> {
    let rest = ["effect ", "fn ", "chain "].iter().find_map(|word| line.strip_prefix(word))?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    Some(&rest[..end])
}
