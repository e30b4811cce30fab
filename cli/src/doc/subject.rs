//! What of a declaration is put on the bench: the call that its example makes, so that the values are ones that its writer
//! finds telling; where there is no example, a call with its defaults and the middle of every range that has none.

use crate::declared::{Declared, Kind};
use mixdown_syntax::tree::{Arg, Body, Expr, ExprKind, File, ItemKind, Processor, Setting, Stmt, StmtKind};
use mixdown_syntax::{FileId, Span, parse};

/// A call and what it needs around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What is called.
    pub name: String,
    /// Arguments as they are written, without signals and `mix`.
    args: Vec<String>,
    /// The share of it, where the example blends it.
    mix: Option<String>,
    /// The parameter that another track is handed to, and that track's name.
    pub key: Option<(String, String)>,
    /// Files that it names.
    pub files: Vec<String>,
    /// Declarations and tempo of the example.
    pub around: String,
    /// The track or bus that it stands in.
    pub strip: Option<String>,
    /// It stands where a source is wanted.
    pub is_source: bool,
    /// Where the call stands in the example as a processor.
    pub at: Option<usize>,
}

impl Subject {
    /// The call for measuring: all of it is heard, and no other track.
    pub fn bare(&self) -> String {
        format!("{}({})", self.name, self.args.join(", "))
    }

    /// The call for listening, with `share` of it where the example says nothing, and `key` as the other track.
    pub fn heard(&self, share: Option<&str>, key: &str) -> String {
        let mut args = self.args.clone();
        args.extend(self.key.as_ref().map(|(param, _)| format!("{param}: {key}")));
        args.extend(self.mix.as_deref().or(share).map(|mix| format!("mix: {mix}")));
        format!("{}({})", self.name, args.join(", "))
    }

    /// The subject of a declaration.
    pub fn of(declared: &Declared) -> Subject {
        declared.example().and_then(|example| in_example(declared, example)).unwrap_or_else(|| plain(declared))
    }
}

/// The call of an example: of what is declared, or of an effect that the example makes with it.
fn in_example(declared: &Declared, example: &str) -> Option<Subject> {
    let (file, _) = parse(FileId(0), example);
    let find = |wanted| Finder { example, file: &file, declared, wanted }.find();
    if let Some(found) = find(declared.name.as_str()) {
        return Some(found);
    }
    let uses = |span: Span| said(example, span).contains(&format!("{}(", declared.name));
    let mut users = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Effect(d) | ItemKind::Chain(d) if uses(item.span) => Some(d.name.name.as_str()),
        _ => None,
    });
    users.find_map(find)
}

fn said(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// Looks for a call in the strips of an example.
struct Finder<'a> {
    example: &'a str,
    file: &'a File,
    declared: &'a Declared,
    wanted: &'a str,
}

impl Finder<'_> {
    fn find(&self) -> Option<Subject> {
        self.file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Track(strip) | ItemKind::Bus(strip) | ItemKind::Monitor(strip) => {
                self.body(&strip.body).map(|found| Subject { strip: Some(said(self.example, strip.name.span).trim_matches('"').to_string()), ..found })
            }
            ItemKind::Master(body) => self.body(body).map(|found| Subject { strip: Some("master".into()), ..found }),
            _ => None,
        })
    }

    fn body(&self, body: &Body) -> Option<Subject> {
        body.stmts.iter().find_map(|stmt| self.stmt(stmt))
    }

    fn stmt(&self, stmt: &Stmt) -> Option<Subject> {
        match &stmt.kind {
            StmtKind::Processor(p) if p.path.last().is_some_and(|n| n.name == self.wanted) => {
                let at = if p.bypass.is_some() { None } else { Some(self.start(stmt, p)) };
                Some(Subject { at, ..self.subject(p.args.as_deref().unwrap_or_default(), false) })
            }
            StmtKind::Processor(p) => p.block.as_ref().and_then(|b| self.body(b)),
            StmtKind::Setting(Setting::Source(Expr { kind: ExprKind::Call(callee, args), .. }, _)) if self.named(callee) => Some(self.subject(args, true)),
            StmtKind::Setting(Setting::Source(expr, _)) if self.named(expr) => Some(self.subject(&[], true)),
            _ => None,
        }
    }

    fn named(&self, callee: &Expr) -> bool {
        matches!(&callee.kind, ExprKind::Name(n) if n.name == self.wanted)
    }

    fn start(&self, stmt: &Stmt, p: &Processor) -> usize {
        p.label.as_ref().map(|l| l.span).or(p.path.first().map(|n| n.span)).map_or(stmt.span.start, |s| s.start) as usize
    }

    fn subject(&self, args: &[Arg], is_source: bool) -> Subject {
        let mut out = Subject { is_source, around: self.around(), ..plain(self.declared) };
        out.name = self.wanted.to_string();
        out.args.clear();
        for (i, arg) in args.iter().enumerate() {
            let name = arg.name.as_ref().map(|n| n.name.as_str());
            let param = self.declared.params.iter().enumerate().find(|(k, p)| name.map_or(*k == i, |n| n == p.name)).map(|(_, p)| p);
            let own = self.wanted == self.declared.name;
            match (name, param) {
                (Some("mix"), _) => out.mix = Some(said(self.example, arg.value.span).trim().to_string()),
                (_, Some(p)) if own && p.ty == "Signal" => out.key = Some((p.name.clone(), said(self.example, arg.value.span).trim().to_string())),
                (_, param) => {
                    if param.is_some_and(|p| p.ty == "File") {
                        out.files.push(said(self.example, arg.value.span).trim().trim_matches('"').to_string());
                    }
                    out.args.push(said(self.example, arg.span).trim().to_string());
                }
            }
        }
        out
    }

    /// What the example declares and how its time runs.
    fn around(&self) -> String {
        let kept = self.file.items.iter().filter(|item| match &item.kind {
            ItemKind::Import(_) | ItemKind::Let(_) | ItemKind::Fn(_) | ItemKind::Chain(_) | ItemKind::Effect(_) => true,
            ItemKind::Setting(s) => ["tempo", "signature"].contains(&s.word.name.as_str()),
            _ => false,
        });
        kept.map(|item| format!("{}\n", said(self.example, item.span).trim())).collect()
    }
}

/// A call with the defaults, and for what has none a value from its range.
fn plain(declared: &Declared) -> Subject {
    let args = declared.params.iter().filter(|p| p.default.is_none());
    Subject {
        name: declared.name.clone(),
        args: args.map(|p| format!("{}: {}", p.name, middle(&p.ty, p.range.as_deref()))).collect(),
        mix: None,
        key: None,
        files: Vec::new(),
        around: String::new(),
        strip: None,
        is_source: declared.kind == Kind::Function,
        at: None,
    }
}

/// Two thirds of the way through a range, so that a range around 0 does not give the one value that does nothing;
/// without a range something usual.
fn middle(ty: &str, range: Option<&str>) -> String {
    if let Some((low, high)) = range.and_then(|r| r.split_once("..")) {
        let (low, high) = (low.trim(), high.trim());
        // Ratios for what is heard by ratios. `a * x^(2/3)` needs both ends as numbers, the language does the units.
        return match ty {
            "Frequency" => "1kHz".to_string(),
            _ => format!("({low} + ({high} - {low}) * 0.6667)"),
        };
    }
    if let Some(first) = range.and_then(|r| r.trim_start_matches('[').split([',', ']']).next()) {
        return first.trim().to_string();
    }
    match ty {
        "Frequency" => "1kHz",
        "Level" => "6dB",
        "dBFS" | "Ceiling" => "-12dBFS",
        "dBTP" => "-12dBTP",
        "Time" => "20ms",
        "Interval" => "1oct",
        "Switch" => "on",
        "Signal" => "input",
        _ => "0.5",
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::Subject;
    use crate::declared::{of_library, read};

    #[test]
    fn an_example_gives_its_values() {
        let bell = Subject::of(&of_library("bell").expect("bell"));
        assert_eq!((bell.bare().as_str(), bell.strip.as_deref()), ("bell(350Hz, -3dB, q: 1.4)", Some("noise")));
        let compressor = Subject::of(&of_library("compressor").expect("compressor"));
        assert_eq!(compressor.bare(), "compressor(threshold: -30dB, ratio: 4, attack: 2ms, release: 120ms)");
        assert_eq!(compressor.key, Some(("key".into(), "kick".into())));
        let delay = Subject::of(&of_library("delay").expect("delay"));
        assert_eq!(delay.bare(), "delay(note(1/4), feedback: 40%, tone: 3kHz)");
        assert!(delay.heard(None, "").ends_with("mix: 30%)"));
        let svf = Subject::of(&of_library("svf").expect("svf"));
        assert_eq!(svf.bare(), "growl()");
        assert!(svf.around.contains("effect growl("));
        assert!(Subject::of(&of_library("sine").expect("sine")).is_source);
    }

    #[test]
    fn without_an_example_the_ranges_give_them() {
        let library = read("x.mix", "effect a(f: Frequency in 20Hz .. 2kHz, by: Level in -6dB .. 12dB, q: Number = 1) { input }");
        assert_eq!(Subject::of(&library.items[0]).bare(), "a(f: 1kHz, by: (-6dB + (12dB - -6dB) * 0.6667))");
    }
}
