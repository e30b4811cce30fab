//! The library as code: every effect types without a diagnostic, alone and with all that it calls.

use mixdown_analysis::body::{Effect, EffectId};
use mixdown_analysis::builtins;
use mixdown_analysis::effects::type_effect;
use mixdown_analysis::names::{Callable, Constant, DeclRef, ModuleId, Names};
use mixdown_analysis::units::SongUnits;
use mixdown_std_lib::{FILES, declares};
use mixdown_syntax::tree::{Ident, ItemKind};
use mixdown_syntax::{CodeInfo, Diagnostic, FileId, parse};
use std::collections::HashMap;
use std::sync::Arc;

static UNKNOWN: CodeInfo = CodeInfo { code: "E0000", title: "unknown name", explanation: "" };

/// The files of the library, each a module that sees its own names, the language's and the public ones of the others.
#[derive(Default)]
struct Library {
    declared: HashMap<(usize, String), Callable>,
    ids: HashMap<(u32, String), Option<EffectId>>,
    typed: Vec<Arc<Effect>>,
    said: Vec<String>,
}

impl Library {
    fn load() -> Self {
        let mut library = Library::default();
        for (i, (_, text)) in FILES.iter().enumerate() {
            let (file, _) = parse(FileId(i as u32), text);
            for item in file.items {
                let doc = item.doc.map(|d| d.text).unwrap_or_default();
                let (decl, kind): (_, fn(DeclRef) -> Callable) = match item.kind {
                    ItemKind::Effect(decl) => (decl, Callable::Effect),
                    ItemKind::Fn(decl) => (decl, Callable::Function),
                    ItemKind::Chain(decl) => (decl, Callable::Chain),
                    other => panic!("the library declares effects, functions and chains, not {other:?}"),
                };
                let name = decl.name.name.clone();
                let decl = DeclRef { module: ModuleId(i as u32), decl, doc: doc.into() };
                library.declared.insert((i, name), kind(decl));
            }
        }
        library
    }
}

impl Names for Library {
    fn callable(&mut self, module: ModuleId, path: &[Ident]) -> Result<Callable, Diagnostic> {
        let name = &path[0].name;
        let own = self.declared.get(&(module.0 as usize, name.clone())).cloned();
        let function = || builtins::find(name).map(Callable::Builtin);
        let public = || {
            let (file, _) = declares(name)?;
            let index = FILES.iter().position(|(f, _)| *f == file)?;
            self.declared.get(&(index, name.clone())).cloned()
        };
        own.or_else(function)
            .or_else(public)
            .ok_or_else(|| Diagnostic::error(&UNKNOWN, path[0].span, format!("no `{name}`")))
    }

    fn constant(&mut self, _: ModuleId, _: &Ident) -> Result<Option<Constant>, Diagnostic> {
        Ok(None)
    }

    fn effect(&mut self, decl: &DeclRef) -> Option<EffectId> {
        let key = (decl.module.0, decl.decl.name.name.clone());
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = type_effect(self, decl).map(|effect| {
            self.typed.push(Arc::new(effect));
            self.typed.len() as EffectId - 1
        });
        self.ids.insert(key, id);
        id
    }

    fn typed(&self, id: EffectId) -> Arc<Effect> {
        self.typed[id as usize].clone()
    }

    fn song_units(&self) -> SongUnits {
        SongUnits { sample_rate: Some(48000.0), beats_per_bar: Some(4.0), beat_unit: Some(4) }
    }

    fn report(&mut self, fault: Diagnostic) {
        let place = fault.labels.first().map_or(String::new(), |label| {
            let (name, text) = FILES[label.span.file.0 as usize];
            let line = text[..label.span.start as usize].lines().count();
            format!("{name}:{line}: `{}`: ", &text[label.span.start as usize..label.span.end as usize])
        });
        self.said.push(format!("{place}{} ({})", fault.message, fault.help.unwrap_or_default()));
    }
}

#[test]
fn every_effect_types() {
    let mut library = Library::load();
    let mut all: Vec<_> = library.declared.iter().map(|(key, callable)| (key.clone(), callable.clone())).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, callable) in all {
        if let Callable::Effect(decl) = callable {
            library.effect(&decl);
        }
    }
    assert!(library.said.is_empty(), "{}", library.said.join("\n"));
    assert!(library.ids.values().all(Option::is_some));
}
