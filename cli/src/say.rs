//! What the program says: diagnostics for people (miette), one a line, or as JSON lines. Always to stderr.

use crate::args::{Color, MessageFormat};
use crate::exit::{Exit, Stop};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity as Level};
use mixdown_syntax::{Diagnostic, FileId, Severity, SourceMap, Span};
use serde_json::json;
use std::fmt;
use std::io::{IsTerminal, Write};

/// Most errors that are shown at once.
const MOST: usize = 20;
/// Longest line, in bytes, that is shown with what is wrong underlined.
const WIDEST: usize = 2000;

/// How to speak.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// The format.
    pub format: MessageFormat,
    /// Colour on stderr.
    pub color: bool,
    /// stderr is a terminal.
    pub terminal: bool,
}

impl Voice {
    /// Reads the wishes of the command line and the environment.
    pub fn new(format: MessageFormat, color: Color) -> Voice {
        let terminal = std::io::stderr().is_terminal();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
                terminal && !set("NO_COLOR") && std::env::var("TERM").as_deref() != Ok("dumb") || set("FORCE_COLOR")
            }
        };
        Voice { format, color, terminal }
    }

    /// Prints diagnostics in the order of their places.
    pub fn diagnostics(&self, sources: &SourceMap, list: &[Diagnostic]) {
        let mut sorted: Vec<&Diagnostic> = list.iter().collect();
        sorted.sort_by_key(|d| (d.span().file, d.span().start, d.code.clone()));
        let shown = if self.format == MessageFormat::Json { sorted.len() } else { MOST };
        let mut out = String::new();
        for d in sorted.iter().take(shown) {
            match self.format {
                MessageFormat::Human => out += &self.human(sources, d),
                MessageFormat::Short => out += &short(sources, d),
                MessageFormat::Json => out += &format!("{}\n", json_of(sources, d)),
            }
        }
        if sorted.len() > shown {
            out += &format!("and {} more\n", sorted.len() - shown);
        }
        self.raw(&out);
    }

    /// Says why a verb stopped, and how the program ends.
    pub fn stop(&self, sources: &SourceMap, stop: Stop) -> Exit {
        match stop {
            Stop::Said(exit) => exit,
            Stop::Diagnostics(list, exit) => {
                self.diagnostics(sources, &list);
                exit
            }
            Stop::Placed(sources, list, exit) => {
                self.diagnostics(&sources, &list);
                exit
            }
            Stop::Error { code, message, help, exit } => {
                self.placeless(Severity::Error, &code, &message, help.as_deref());
                exit
            }
        }
    }

    /// Warns of something that belongs to no place of a text.
    pub fn warning(&self, code: &str, message: &str, help: &str) {
        self.placeless(Severity::Warning, code, message, Some(help));
    }

    fn placeless(&self, severity: Severity, code: &str, message: &str, help: Option<&str>) {
        let word = word(severity);
        let text = match self.format {
            MessageFormat::Json => format!(
                "{}\n",
                json!({"schema": 1, "code": code, "severity": word, "message": message, "file": null, "span": null,
                       "labels": [], "help": help, "fixes": []})
            ),
            MessageFormat::Short => format!("{word}[{code}]: {message}{}\n", help.map(|h| format!(" ({h})")).unwrap_or_default()),
            MessageFormat::Human => format!("{word}[{code}]: {message}\n{}", help.map(|h| format!("  help: {h}\n")).unwrap_or_default()),
        };
        self.raw(&text);
    }

    /// A line for people; nothing where machines listen.
    pub fn line(&self, text: &str) {
        if self.format != MessageFormat::Json {
            self.raw(&format!("{text}\n"));
        }
    }

    /// Writes to stderr; a closed pipe is nobody's fault.
    pub fn raw(&self, text: &str) {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    fn human(&self, sources: &SourceMap, d: &Diagnostic) -> String {
        // A picture of a line that no window shows helps nobody, and miette cannot count so far.
        if d.labels.iter().any(|l| longest_line(sources, l.span) > WIDEST) {
            return bare(sources, d);
        }
        let theme = if self.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        let shown = Shown::new(sources, d);
        let mut out = String::new();
        if handler.render_report(&mut out, &shown).is_err() {
            out = short(sources, d);
        }
        out
    }
}

fn place(sources: &SourceMap, d: &Diagnostic) -> (String, usize, usize) {
    match sources.file(d.span().file) {
        Some(f) => {
            let (line, column) = f.line_column(d.span().start);
            (f.name.clone(), line, column)
        }
        None => (String::new(), 0, 0),
    }
}

fn short(sources: &SourceMap, d: &Diagnostic) -> String {
    let (file, line, column) = place(sources, d);
    let help = d.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
    format!("{file}:{line}:{column}: {}[{}]: {}{help}\n", word(d.severity), d.code, d.message)
}

/// A diagnostic without a picture of its place.
fn bare(sources: &SourceMap, d: &Diagnostic) -> String {
    let (file, line, column) = place(sources, d);
    let help = d.help.as_ref().map(|h| format!("  help: {h}\n")).unwrap_or_default();
    format!("{}[{}]: {}\n  at {file}:{line}:{column}\n{help}", word(d.severity), d.code, d.message)
}

/// Bytes of the longest line among those that a picture of a span shows.
fn longest_line(sources: &SourceMap, span: Span) -> usize {
    let Some(text) = sources.file(span.file).map(|f| f.text.as_bytes()) else { return 0 };
    let (start, end) = ((span.start as usize).min(text.len()), (span.end as usize).min(text.len()));
    let newline = |b: &u8| *b == b'\n';
    // One line around it is shown as well.
    let first = text[..start].iter().rposition(newline).map_or(0, |i| text[..i].iter().rposition(newline).map_or(0, |i| i + 1));
    let after = text[end..].iter().position(newline).map_or(text.len(), |i| end + i + 1);
    let last = text[after..].iter().position(newline).map_or(text.len(), |i| after + i);
    text[first..last].split(newline).map(<[u8]>::len).max().unwrap_or(0)
}

fn word(s: Severity) -> &'static str {
    match s {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

/// A place as `--message-format json` writes it.
pub fn span_json(sources: &SourceMap, span: Span) -> serde_json::Value {
    let at = |offset: u32| match sources.file(span.file) {
        Some(f) => f.line_column(offset),
        None => (0, 0),
    };
    let (start, end) = (at(span.start), at(span.end));
    json!({"start": span.start, "end": span.end, "start_line": start.0, "start_column": start.1,
           "end_line": end.0, "end_column": end.1})
}

/// One diagnostic as the JSON line that `--message-format json` prints.
pub fn json_of(sources: &SourceMap, d: &Diagnostic) -> serde_json::Value {
    let name = |file: FileId| sources.file(file).map(|f| f.name.clone());
    let labels: Vec<_> = d
        .labels
        .iter()
        .map(|l| json!({"file": name(l.span.file), "span": span_json(sources, l.span), "text": l.text}))
        .collect();
    let fixes: Vec<_> = d
        .fixes
        .iter()
        .map(|f| {
            json!({"title": f.title, "file": name(f.span.file), "span": span_json(sources, f.span),
                   "replacement": f.replacement})
        })
        .collect();
    json!({"schema": 1, "code": d.code, "severity": word(d.severity), "message": d.message,
           "file": name(d.span().file), "span": span_json(sources, d.span()), "labels": labels, "help": d.help,
           "fixes": fixes})
}

/// A diagnostic as miette wants it: labels of the first file here, those of other files as related reports.
#[derive(Debug)]
struct Shown {
    code: String,
    message: String,
    help: Option<String>,
    level: Level,
    source: NamedSource<String>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown>,
}

impl Shown {
    fn new(sources: &SourceMap, d: &Diagnostic) -> Shown {
        let first = d.span().file;
        let level = match d.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Advice => Level::Advice,
        };
        let fixes: Vec<String> = d.fixes.iter().map(|f| f.title.clone()).collect();
        let help = match (&d.help, fixes.is_empty()) {
            (Some(h), _) => Some(h.clone()),
            (None, false) => Some(fixes.join("; ")),
            (None, true) => None,
        };
        let mut shown = Shown {
            code: format!("{}[{}]", word(d.severity), d.code),
            message: d.message.clone(),
            help,
            level,
            source: named(sources, first),
            labels: labels(sources, d, first),
            related: Vec::new(),
        };
        let mut others: Vec<FileId> = d.labels.iter().map(|l| l.span.file).filter(|f| *f != first).collect();
        others.dedup();
        for file in others {
            shown.related.push(Shown {
                code: String::new(),
                message: "see also".into(),
                help: None,
                level: Level::Advice,
                source: named(sources, file),
                labels: labels(sources, d, file),
                related: Vec::new(),
            });
        }
        shown
    }
}

fn named(sources: &SourceMap, file: FileId) -> NamedSource<String> {
    match sources.file(file) {
        Some(f) => NamedSource::new(&f.name, f.text.clone()),
        None => NamedSource::new("?", String::new()),
    }
}

fn labels(sources: &SourceMap, d: &Diagnostic, file: FileId) -> Vec<LabeledSpan> {
    let len = sources.file(file).map_or(0, |f| f.text.len());
    // A whole that says nothing would only lie under the parts that do.
    let inside = |whole: Span| {
        let within = |s: Span| s.file == whole.file && s != whole && whole.start <= s.start && s.end <= whole.end;
        d.labels.iter().any(|l| within(l.span))
    };
    d.labels
        .iter()
        .filter(|l| l.span.file == file && !(l.text.is_empty() && inside(l.span)))
        .map(|l| {
            let start = (l.span.start as usize).min(len);
            let end = (l.span.end as usize).clamp(start, len);
            let text = if l.text.is_empty() { None } else { Some(l.text.clone()) };
            LabeledSpan::new(text, start, end - start)
        })
        .collect()
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        if self.code.is_empty() { None } else { Some(Box::new(&self.code)) }
    }

    fn severity(&self) -> Option<Level> {
        Some(self.level)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|r| r as &dyn miette::Diagnostic)))
    }
}
