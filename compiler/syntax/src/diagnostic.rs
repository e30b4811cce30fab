//! Diagnostics as data. Nothing here prints: the command line renders them for people and as JSON lines,
//! the language server for editors.

use crate::source::Span;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice.
    Advice,
    /// The mix renders, but look here.
    Warning,
    /// The mix does not render.
    Error,
}

/// One marked place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// A change of text that mends the fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// What the change does, in the imperative.
    pub title: String,
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One thing to say to the writer of a mix. The first label is where it points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Frozen code (`E0203`); every code stands in a [`CodeInfo`] table of the room that makes it.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, one line, no final period.
    pub message: String,
    /// Places, the first one first.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// Changes that mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error pointing at `span`.
    pub fn error(code: &CodeInfo, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// A warning pointing at `span`.
    pub fn warning(code: &CodeInfo, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    fn new(code: &CodeInfo, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code: code.code.to_string(),
            severity,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Words at the place it points at.
    pub fn at(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// One more marked place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The help line.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// A change that mends it.
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// Where it points.
    pub fn span(&self) -> Span {
        self.labels.first().map(|l| l.span).unwrap_or_default()
    }

    /// Whether it stops the mix.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A code and its long explanation, as `mixdown explain CODE` prints it.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// `E0203`. The first two digits are the room: 01 syntax, 02 names and modules, 03 units and types,
    /// 04 parameters, 05 strips and routing, 06 effect bodies, 07 limits, 08 kernels and code, 09 files.
    pub code: &'static str,
    /// A short title.
    pub title: &'static str,
    /// Some sentences with an example that is wrong and one that is right, in Markdown.
    pub explanation: &'static str,
}

/// The candidate nearest to `word`, if one is near enough to be what was meant.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let most = |c: &str| 1 + c.chars().count().min(word.chars().count()) / 4;
    // Most candidates are ruled out without counting edits: one edit changes the length by one at most, and takes or brings
    // two letters at most.
    let near = |c: &str| {
        let differ = (letters(c) ^ letters(&lower)).count_ones() as usize;
        !c.is_ascii() || !lower.is_ascii() || c.len().abs_diff(lower.len()) <= most(c) && differ <= 2 * most(c)
    };
    candidates
        .into_iter()
        .filter(|c| *c != word && near(c))
        .map(|c| (strsim::damerau_levenshtein(&lower, &c.to_lowercase()), c))
        .filter(|(d, c)| *d <= most(c))
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

/// Which letters a text holds, in any case; some share a bit.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, b| set | 1 << (b.to_ascii_lowercase() & 63))
}
