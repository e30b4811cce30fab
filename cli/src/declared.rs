//! What a text declares, as it says it itself: for `explain` and `doc`. Names that begin with `_` are private.

use mixdown_syntax::tree::{Decl, ItemKind};
use mixdown_syntax::{FileId, Span, parse};

/// A file that declares effects, chains and functions.
#[derive(Clone, Debug)]
pub struct Library {
    /// Its name.
    pub file: String,
    /// Its `//!` text.
    pub opening: String,
    /// What is public in it, in the order of the text.
    pub items: Vec<Declared>,
}

/// Kinds of declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Effect,
    Chain,
    Function,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Effect => "effect",
            Kind::Chain => "chain",
            Kind::Function => "function",
        }
    }
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Name and parameters as they stand in the text.
    pub head: String,
    /// Its `///` text, the example with it.
    pub doc: String,
    /// Its parameters.
    pub params: Vec<Parameter>,
}

/// A parameter as the text says it.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `const` stands before it.
    pub constant: bool,
    /// Its type; empty where a function gives none.
    pub ty: String,
    /// Value where none is given.
    pub default: Option<String>,
    /// Range or list of values.
    pub range: Option<String>,
    /// Its `///` text, joined to one line.
    pub doc: String,
}

/// Reads a file. What is wrong with it is not said here.
pub fn read(name: &str, text: &str) -> Library {
    let (file, _) = parse(FileId(0), text);
    let items = file.items.iter().filter_map(|item| {
        let (kind, decl) = match &item.kind {
            ItemKind::Effect(decl) => (Kind::Effect, decl),
            ItemKind::Chain(decl) => (Kind::Chain, decl),
            ItemKind::Fn(decl) => (Kind::Function, decl),
            _ => return None,
        };
        let doc = item.doc.as_ref().map_or(String::new(), |d| d.text.clone());
        (!decl.name.name.starts_with('_')).then(|| declared(text, kind, decl, item.span, doc))
    });
    Library { file: name.into(), opening: file.doc.as_ref().map_or(String::new(), |d| d.text.clone()), items: items.collect() }
}

/// A declaration of the standard library.
pub fn of_library(name: &str) -> Option<Declared> {
    let (file, text) = mixdown_std_lib::declares(name)?;
    read(file, text).items.into_iter().find(|item| item.name == name)
}

fn declared(text: &str, kind: Kind, decl: &Decl, span: Span, doc: String) -> Declared {
    let said = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or_default().trim().to_string();
    // The head ends with the bracket that opens the body.
    let mut head = Vec::new();
    for line in said(span).lines() {
        head.push(line.strip_suffix('{').unwrap_or(line).trim_end().to_string());
        if line.ends_with('{') {
            break;
        }
    }
    let params = decl.params.iter().map(|p| {
        let default = p.default.as_ref().map(|e| said(e.span));
        // The type stands between the name and what follows it.
        let after = p.default.as_ref().or(p.range.as_ref()).map_or(p.span.end, |e| e.span.start);
        let rest = said(Span { start: p.name.span.end, end: after, ..p.span });
        let ty = rest.trim_start_matches(':').trim().trim_end_matches('=').trim_end();
        let ty = if p.default.is_none() && p.range.is_some() { ty.strip_suffix("in").unwrap_or(ty).trim_end() } else { ty };
        Parameter {
            name: p.name.name.clone(),
            constant: p.constant,
            ty: ty.trim_end_matches(',').to_string(),
            default,
            range: p.range.as_ref().map(|e| said(e.span)),
            doc: p.doc.as_ref().map_or(String::new(), |d| d.text.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    });
    Declared { name: decl.name.name.clone(), kind, head: head.join("\n"), doc, params: params.collect() }
}

impl Declared {
    /// The first sentence of its doc.
    pub fn gist(&self) -> String {
        let paragraph: Vec<&str> = self.doc.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
        let text = paragraph.join(" ");
        text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
    }

    /// Its doc without the example.
    pub fn prose(&self) -> String {
        match self.doc.split_once("```mix\n") {
            Some((before, rest)) => format!("{before}{}", rest.split_once("```").map_or("", |(_, after)| after)).trim().to_string(),
            None => self.doc.trim().to_string(),
        }
    }

    /// Its example: a song.
    pub fn example(&self) -> Option<&str> {
        let (_, rest) = self.doc.split_once("```mix\n")?;
        Some(rest.split_once("```")?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, read};

    #[test]
    fn a_declaration_is_read_as_it_is_written() {
        let text = "//! Tools.\n\n/// Makes it loud. Really.\n///\n/// ```mix\n/// track t { loud() }\n/// ```\neffect loud(\n    /// How\n    /// much.\n    \
                    const by: Level = 3dB in 0dB .. 6dB,\n    key: Signal = input, at: Frequency in 20Hz .. 20kHz,\n) {\n    input\n}\n\nfn _own(x) { x }\nfn twice(x) { 2 * x }\n";
        let library = read("tools.mix", text);
        assert_eq!(library.opening, "Tools.");
        assert_eq!(library.items.iter().map(|i| (i.name.as_str(), i.kind)).collect::<Vec<_>>(), [("loud", Kind::Effect), ("twice", Kind::Function)]);
        let loud = &library.items[0];
        assert_eq!((loud.gist().as_str(), loud.prose().as_str()), ("Makes it loud.", "Makes it loud. Really."));
        assert_eq!(loud.example(), Some("track t { loud() }\n"));
        let said: Vec<_> = loud.params.iter().map(|p| (p.name.as_str(), p.constant, p.ty.as_str(), p.default.as_deref(), p.range.as_deref(), p.doc.as_str())).collect();
        assert_eq!(said[0], ("by", true, "Level", Some("3dB"), Some("0dB .. 6dB"), "How much."));
        assert_eq!(said[1], ("key", false, "Signal", Some("input"), None, ""));
        assert_eq!(said[2], ("at", false, "Frequency", None, Some("20Hz .. 20kHz"), ""));
        assert_eq!((library.items[1].params[0].ty.as_str(), library.items[1].example()), ("", None));
    }
}
