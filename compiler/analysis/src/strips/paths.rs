//! Paths (semantics, rule 11): label or name, `name.2`, …; chain calls, branches and loop passes are segments. Always
//! true: a path is unique in its strip.

use std::collections::HashMap;

use mixdown_syntax::Span;

/// A strip's or branch's body while its segments are given out.
#[derive(Default)]
pub(crate) struct Segments {
    counts: HashMap<String, u32>,
    taken: HashMap<String, Span>,
}

impl Segments {
    /// The next segment of a name; `suffix` is the loop pass (`[2]`). The number says how many of the name stand here.
    pub fn next(&mut self, name: &str, suffix: &str, span: Span) -> (String, u32) {
        let key = format!("{name}{suffix}");
        loop {
            let count = self.counts.entry(key.clone()).or_insert(0);
            *count += 1;
            let segment = if *count == 1 { key.clone() } else { format!("{name}.{count}{suffix}") };
            let count = *count;
            if !self.taken.contains_key(&segment) {
                self.taken.insert(segment.clone(), span);
                return (segment, count);
            }
        }
    }

    /// The segment of a label; the place of what has it already otherwise.
    pub fn label(&mut self, label: &str, suffix: &str, span: Span) -> Result<String, Span> {
        let segment = format!("{label}{suffix}");
        match self.taken.get(&segment) {
            Some(first) => Err(*first),
            None => {
                self.taken.insert(segment.clone(), span);
                Ok(segment)
            }
        }
    }
}

/// A name as part of a path: quoted where it holds what parts paths.
pub(crate) fn quoted(name: &str) -> String {
    if name.contains(['/', '.', '"']) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        name.to_string()
    }
}
