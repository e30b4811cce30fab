//! Reading a file into a [`Module`]. Always true: names of one file and namespace are unique (a second one is
//! reported and dropped); a library holds no strips and no song settings.

use super::cut::Waiting;
use super::{CallKind, Global, GlobalState, GlobalTree, Module, ModuleKind, ValueKind, ValueRef};
use crate::codes;
use crate::names::{DeclRef, ModuleId};
use crate::session::Session;
use mixdown_syntax::tree::{self, Ident, ItemKind, Pattern};
use mixdown_syntax::{Diagnostic, FileId, Parsed, SourceFile, Span};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

impl Module {
    /// A file that declares nothing yet.
    fn new(name: &str, kind: ModuleKind, file: FileId) -> Module {
        Module {
            name: name.to_string(),
            kind,
            callables: HashMap::new(),
            values: HashMap::new(),
            aliases: HashMap::new(),
            picked: HashMap::new(),
            entries: Rc::new(Vec::new()),
            settings: Vec::new(),
            broken: HashSet::new(),
            doubtful: false,
            decls: Vec::new(),
            waiting: Waiting::default(),
            file,
        }
    }
}

impl Session<'_> {
    /// Parses a text and enters its names; imports are followed.
    pub(super) fn load_text(&mut self, name: &str, text: &str, kind: ModuleKind) -> ModuleId {
        let file = self.sources.add(name, text);
        let parsed = match self.texts.remove(name) {
            Some(mut parsed) => {
                parsed.change(file, text);
                parsed
            }
            None => Parsed::new(file, text),
        };
        self.parsed.push((file, parsed.read()));
        let (tree, faults) = (parsed.tree(), parsed.faults());
        let inside = |s: Span| tree.items.iter().any(|i| i.span.start <= s.start && s.end <= i.span.end);
        let doubtful = faults.iter().any(|f| f.is_error() && !inside(f.span()));
        for fault in faults {
            self.report(fault.clone());
        }
        let id = ModuleId(self.modules.list.len() as u32);
        let broken = tree.broken_names.iter().cloned().collect();
        self.modules.list.push(Module { broken, doubtful, ..Module::new(name, kind, file) });
        let mut entries = Vec::new();
        let mut imports = Vec::new();
        for item in &tree.items {
            let span = item.span;
            let doc = || item.doc.as_ref().map_or("", |d| &d.text);
            match item.kind.clone() {
                ItemKind::Import(import) => imports.push((import, span)),
                ItemKind::Fn(decl) => self.declare_callable(id, CallKind::Function, decl, doc()),
                ItemKind::Chain(decl) => self.declare_callable(id, CallKind::Chain, decl, doc()),
                ItemKind::Effect(decl) => self.declare_callable(id, CallKind::Effect, decl, doc()),
                ItemKind::Let(it) => self.declare_let(id, it),
                ItemKind::Option(param) => {
                    if self.belongs_to_song(kind, span, "an `option`") {
                        let name = param.name.clone();
                        self.declare_global(id, &[name], GlobalTree::Option(param));
                    }
                }
                ItemKind::Sections(sections) => {
                    if self.belongs_to_song(kind, span, "`sections`") {
                        for section in sections {
                            let name = section.name.clone();
                            let index = self.song.add_section(section);
                            self.declare_value(id, &name, ValueKind::Section(index));
                        }
                    }
                }
                ItemKind::Setting(setting) => {
                    let what = format!("the song setting `{}`", setting.word.name);
                    if self.belongs_to_song(kind, span, &what) {
                        self.modules.get_mut(id).settings.push(setting);
                    }
                }
                kind_of_item => {
                    let what = describe(&kind_of_item);
                    if what.is_none_or(|what| self.belongs_to_song(kind, span, what)) {
                        let item = tree::Item { doc: None, span, kind: kind_of_item };
                        entries.extend(self.entry(item, false));
                    }
                }
            }
        }
        self.modules.get_mut(id).entries = Rc::new(entries);
        self.texts.insert(name.to_string(), parsed);
        for (import, span) in imports {
            self.import(id, import, span);
        }
        id
    }

    /// Enters a file of the standard library; its declarations are parsed when they are asked for.
    pub(super) fn load_std(&mut self, name: &str, text: &'static str) -> ModuleId {
        let source = Arc::new(SourceFile::new(name, text));
        let file = self.sources.add_library(source.clone());
        let library = &mut self.modules.library;
        library.sources.push(source);
        library.files.push(Module { waiting: Waiting::new(text), ..Module::new(name, ModuleKind::Std, file) });
        ModuleId(ModuleId::LIBRARY + library.files.len() as u32 - 1)
    }

    /// What a file declares under a name that can be called.
    pub(super) fn declared(&mut self, id: ModuleId, name: &str) -> Option<(CallKind, DeclRef)> {
        let module = self.modules.get_mut(id);
        if let Some(known) = module.callables.get(name) {
            return Some(known.clone());
        }
        let ((text, part), file) = (module.waiting.take(name)?, module.file);
        let (tree, faults) = mixdown_syntax::parse(file, &text);
        self.parsed.push((file, part));
        for fault in faults {
            self.report(fault);
        }
        for item in tree.items {
            let doc = item.doc.map_or(String::new(), |d| d.text);
            match item.kind {
                ItemKind::Fn(decl) => self.declare_callable(id, CallKind::Function, decl, &doc),
                ItemKind::Chain(decl) => self.declare_callable(id, CallKind::Chain, decl, &doc),
                ItemKind::Effect(decl) => self.declare_callable(id, CallKind::Effect, decl, &doc),
                _ => {}
            }
        }
        self.modules.get(id).callables.get(name).cloned()
    }

    fn belongs_to_song(&mut self, kind: ModuleKind, span: Span, what: &str) -> bool {
        if kind == ModuleKind::Song {
            return true;
        }
        self.report(
            Diagnostic::error(&codes::E0207, span, format!("{what} stands in a library"))
                .at("belongs to the song")
                .help("a library holds `effect`, `chain`, `fn` and `let` only; move this to the song that imports it"),
        );
        false
    }

    fn declare_callable(&mut self, id: ModuleId, kind: CallKind, decl: Rc<tree::Decl>, doc: &str) {
        let name = decl.name.clone();
        let decl = DeclRef { module: id, decl, doc: doc.into() };
        if let Some((_, first)) = self.modules.get(id).callables.get(&name.name) {
            let first = first.decl.name.span;
            self.report(twice(&name, first));
            return;
        }
        let module = self.modules.get_mut(id);
        module.decls.push((kind, decl.clone()));
        module.callables.insert(name.name, (kind, decl));
    }

    fn declare_let(&mut self, id: ModuleId, it: Rc<tree::Let>) {
        let mut names = Vec::new();
        pattern_names(&it.pattern, &mut names);
        self.declare_global(id, &names, GlobalTree::Let(it));
    }

    fn declare_global(&mut self, id: ModuleId, names: &[Ident], tree: GlobalTree) {
        let index = self.modules.globals.len();
        self.modules.globals.push(Global { module: id, tree, state: GlobalState::Waiting });
        for name in names {
            self.declare_value(id, name, ValueKind::Global(index));
        }
    }

    fn declare_value(&mut self, id: ModuleId, name: &Ident, kind: ValueKind) {
        if name.name == "_" {
            return;
        }
        match self.modules.get(id).values.get(&name.name) {
            Some(first) => {
                let first = first.span;
                self.report(twice(name, first));
            }
            None => {
                self.modules.get_mut(id).values.insert(name.name.clone(), ValueRef { kind, span: name.span });
            }
        }
    }
}

/// Words for an item that only the song may hold; `None` for loops, whose insides say it.
fn describe(kind: &ItemKind) -> Option<&'static str> {
    match kind {
        ItemKind::Track(_) => Some("a track"),
        ItemKind::Bus(_) => Some("a bus"),
        ItemKind::Monitor(_) => Some("a monitor"),
        ItemKind::Master(_) => Some("the master"),
        ItemKind::Group(_) => Some("a group"),
        ItemKind::Deliver(_) => Some("`deliver`"),
        ItemKind::Check(_) => Some("`check`"),
        ItemKind::For(_) => Some("a loop over strips"),
        ItemKind::If(_) => Some("a condition around strips"),
        _ => None,
    }
}

/// Two file-level names of one spelling.
pub(super) fn twice(name: &Ident, first: Span) -> Diagnostic {
    Diagnostic::error(&codes::E0203, name.span, format!("`{}` is declared twice in this file", name.name))
        .at("declared again here")
        .label(first, "first declared here")
        .help("rename one of the two")
}

/// All names a pattern binds.
pub(crate) fn pattern_names(pattern: &Pattern, out: &mut Vec<Ident>) {
    match pattern {
        Pattern::Name(name) => out.push(name.clone()),
        Pattern::Tuple(parts, _) => parts.iter().for_each(|p| pattern_names(p, out)),
    }
}
