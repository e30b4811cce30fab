//! The standard library as kernels: every effect lowers on mono and stereo, with the defaults of its parameters, and
//! its kernels are well formed.

use mixdown_analysis::body::{Effect, EffectCall, EffectId, Expr, ExprKind};
use mixdown_analysis::mix::*;
use mixdown_analysis::types::Type;
use mixdown_kernel::lower::{Options, lower};
use mixdown_layout::TempoMap;
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


fn mix(effects: &[Arc<Effect>], effect: u32, channels: u32) -> Mix {
    let span = Default::default();
    let e = &effects[effect as usize];
    let number = |x: f64, ty: &Type| Expr { kind: ExprKind::Number(x), ty: ty.clone(), span };
    let args = e
        .params
        .iter()
        .map(|p| match (&p.default, &p.ty) {
            (Some(_), _) => None,
            (None, Type::File) => Some(Expr { kind: ExprKind::File(0), ty: Type::File, span }),
            (None, Type::Ceiling) => {
                let parts = vec![number(-1.0, &Type::DbFs), Expr { kind: ExprKind::Switch(true), ty: Type::Switch, span }];
                Some(Expr { kind: ExprKind::Tuple(parts), ty: Type::Ceiling, span })
            }
            (None, ty) => Some(match p.range {
                Some((a, b)) => number((a + b) / 2.0, ty),
                None => number(if *ty == Type::Frequency { 1000.0 } else { -6.0 }, ty),
            }),
        })
        .collect();
    let call = EffectCall { effect, input: None, args, path: e.name.clone() };
    let strip = |name: &str, kind, source, nodes, outputs| Strip {
        path: name.into(),
        name: name.into(),
        kind,
        source,
        nodes,
        outputs,
        mute: None,
        solo: false,
        span,
    };
    let process = Process { path: format!("track.a/{}", e.name), labelled: false, call: call.clone(), mix: None, bypass: false, span };
    let (source, nodes) = if e.takes_input {
        (Source::File(FileRef { file: 0, channel: None }), vec![Node::Process(process)])
    } else {
        (Source::Generator(Box::new(call)), vec![])
    };
    Mix {
        song: Song {
            file: "t".into(),
            title: None,
            artist: None,
            tags: vec![],
            sample_rate: 48000,
            tempo: TempoMap::constant(120.0, 0.0),
            meters: vec![],
            pan_law: PanLaw::Db3,
            tail: (-90.0, 10.0),
            length: Some(48000),
            seed: 1,
        },
        sections: vec![],
        options: vec![],
        files: vec![AudioFile { path: "a.wav".into(), rate: 48000, channels, frames: 48000, bits: None, span }],
        curves: vec![],
        effects: effects.to_vec(),
        strips: vec![
            strip("track.a", StripKind::Track, Some(source), nodes, vec![Output { to: 1, open: true, span }]),
            strip("master", StripKind::Master, None, vec![], vec![]),
        ],
        groups: vec![],
        deliveries: vec![],
        checks: vec![],
    }
}

#[test]
fn every_effect_lowers() {
    let mut library = Library::load();
    let all: Vec<_> = library.declared.values().cloned().collect();
    for callable in all {
        if let Callable::Effect(decl) = callable {
            library.effect(&decl);
        }
    }
    let mut wrong = Vec::new();
    for id in 0..library.typed.len() as u32 {
        let name = library.typed[id as usize].name.clone();
        // Private ones are parts: they are lowered inside of what calls them, with what it gives them.
        if name.starts_with('_') {
            continue;
        }
        for channels in [1, 2] {
            match lower(&mix(&library.typed, id, channels), &Options::default()) {
                Ok(l) => {
                    let ops: usize = l.kernels.iter().map(|(k, _)| k.body.len()).sum();
                    println!("{name:20} {channels} kernels {} ops {ops} nodes {}", l.kernels.len(), l.program.nodes.len());
                }
                // What takes a pattern `(l, r)` asks for two channels, and says so.
                Err(d) if channels == 1 && d[0].code == "E0821" => {}
                Err(d) => wrong.push(format!("{name} on {channels}: {}", d[0].message)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
