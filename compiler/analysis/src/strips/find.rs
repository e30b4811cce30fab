//! Strips by their names. Always true: an unknown name is reported with the nearest one, unless a broken line seems to
//! declare it.

use super::declare::kind_word;
use crate::codes;
use crate::eval::value::{StripRef, Value};
use crate::mix::StripKind;
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    /// A strip of a name; an unknown one is reported. `kind` is `track`, `bus`, `monitor` or `strip`.
    pub(crate) fn strip_named(&mut self, name: &tree::Ident, kind: Option<&str>) -> Option<u32> {
        if let Some((index, at)) = self.strips.find(&name.name) {
            let found = self.strips.list[index as usize].kind;
            if fits(kind, found) {
                return Some(index);
            }
            self.report(
                Diagnostic::error(&codes::E0513, name.span, format!("`{}` is a {}", name.name, kind_word(found)))
                    .label(at, "declared here")
                    .help(format!("write `{}.{}`", kind_word(found), name.name)),
            );
            return None;
        }
        if self.broken_name(&name.name) {
            return None;
        }
        let names: Vec<String> = self
            .strips
            .list
            .iter()
            .filter(|s| fits(kind, s.kind))
            .map(|s| s.name.clone())
            .collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        let what = kind.unwrap_or("strip");
        let fault = Diagnostic::error(&codes::E0513, name.span, format!("no {what} is called `{}`", name.name));
        self.report(crate::modules::suggest(fault, name, &names, "there are"));
        None
    }

    /// A strip as a value.
    pub(crate) fn strip_value(&self, strip: u32) -> Value {
        let bus = self.strips.list.get(strip as usize).is_some_and(|s| s.kind.takes_audio());
        Value::Strip(StripRef { strip, bus, point: None })
    }

    /// Whether a strip may be used where audio goes on. A monitor may not, and that is reported.
    pub(crate) fn is_of_the_mix(&mut self, strip: u32, span: Span) -> bool {
        let Some(decl) = self.strips.list.get(strip as usize).filter(|s| s.kind == StripKind::Monitor) else { return true };
        let fault = Diagnostic::error(&codes::E0555, span, format!("`{}` is a monitor: nothing of the mix may use it", decl.name))
            .label(decl.span, "declared here")
            .help("a monitor hears the master and is heard itself (`render --monitor NAME`); what belongs into the song stands in a bus or the master");
        self.report(fault);
        false
    }

    /// Whether a broken line of the song may declare this name.
    pub(crate) fn broken_name(&self, name: &str) -> bool {
        self.modules.list.first().is_some_and(|m| m.doubtful || m.broken.contains(name))
    }

    /// What a name was meant to be that was written with `-` in it: `lead-vocal` reads as a difference. `declared` is
    /// asked whether there is such a name.
    pub(crate) fn hyphenated(&self, span: Span, declared: impl Fn(&str) -> bool) -> Option<String> {
        let text = &self.sources.file(span.file)?.text;
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let (before, after) = (text.get(..span.start as usize)?, text.get(span.end as usize..)?);
        let start = before.rfind(|c| !word(c)).map_or(0, |i| i + 1);
        let end = span.end as usize + after.find(|c| !word(c)).unwrap_or(after.len());
        let whole = text.get(start..end)?;
        let meant = whole.replace('-', "_");
        (whole.contains('-') && declared(&meant)).then_some(meant)
    }

    /// Whether a line inside this span could not be read: what is missing there may be on it.
    pub(crate) fn broken_inside(&self, span: Span) -> bool {
        let inside = |s: Span| s.file == span.file && span.start <= s.start && s.end <= span.end;
        self.diagnostics.iter().any(|d| d.code.starts_with("E01") && inside(d.span()))
    }

    /// The type of an unknown or faulty place, so that nothing more is said.
    pub(crate) fn is_silent(value: &Value) -> bool {
        matches!(value, Value::Error | Value::Unknown(Type::Error))
    }
}

/// Whether a strip is of a kind that was asked for.
fn fits(kind: Option<&str>, found: StripKind) -> bool {
    match kind {
        Some("track") => found == StripKind::Track,
        Some("bus") => found.takes_audio(),
        Some("monitor") => found == StripKind::Monitor,
        _ => true,
    }
}
