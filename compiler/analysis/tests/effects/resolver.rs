//! A resolver over one text, without files: its effects, functions, chains and plain `let`s.

use mixdown_analysis::body::{Effect, EffectId};
use mixdown_analysis::builtins;
use mixdown_analysis::effects::type_effect;
use mixdown_analysis::names::{Callable, Constant, DeclRef, ModuleId, Names};
use mixdown_analysis::units::{SongUnits, quantity};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Decl, Expr, ExprKind, Ident, ItemKind, Pattern};
use mixdown_syntax::{CodeInfo, Diagnostic, FileId, parse};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Small effects that the tests call.
pub const LIBRARY: &str = "
effect highpass(freq: Frequency in 10Hz .. 22kHz, const slope: Number = 12 in 6 .. 96, q: Number = 0.7071) {
    state y = 0
    y = y + (input - y) * (freq / sample_rate) * q * slope
    input - y
}
effect sine(freq: Frequency, level: Level = 0dB) {
    state phase = 0
    phase = fract(phase + freq / sample_rate)
    sin(tau * phase) * factor(level)
}
effect delay(time: Time in 0ms .. 2s, mode: one of [tape, clean] = clean, loop_on: Switch = off) {
    state tail = line(2s)
    tail.write(input)
    if loop_on and mode == tape { tail.read(time) * 0.9 } else { tail.read(time) }
}
";

static UNKNOWN: CodeInfo = CodeInfo { code: "E0201", title: "unknown", explanation: "" };

/// What a text declares.
pub struct World {
    callables: HashMap<String, Callable>,
    constants: HashMap<String, Constant>,
    ids: HashMap<String, Option<EffectId>>,
    running: Vec<String>,
    typed: Vec<Arc<Effect>>,
    /// What was reported.
    pub said: Vec<Diagnostic>,
    /// What it answers of the song.
    pub song: SongUnits,
}

impl World {
    /// Parses texts; faults of the grammar end the test.
    pub fn new(texts: &[&str]) -> Self {
        let mut world = World {
            callables: HashMap::new(),
            constants: HashMap::new(),
            ids: HashMap::new(),
            running: Vec::new(),
            typed: Vec::new(),
            said: Vec::new(),
            song: SongUnits { sample_rate: Some(48000.0), beats_per_bar: Some(4.0), beat_unit: Some(4) },
        };
        for (i, text) in texts.iter().enumerate() {
            let (file, faults) = parse(FileId(i as u32), text);
            assert!(faults.is_empty(), "the text does not parse: {faults:#?}\n{text}");
            for item in file.items {
                let doc = item.doc.map(|d| d.text).unwrap_or_default();
                let module = ModuleId(i as u32);
                match item.kind {
                    ItemKind::Effect(decl) => world.add(decl, doc, module, Callable::Effect),
                    ItemKind::Fn(decl) => world.add(decl, doc, module, Callable::Function),
                    ItemKind::Chain(decl) => world.add(decl, doc, module, Callable::Chain),
                    ItemKind::Let(bound) => {
                        if let Pattern::Name(name) = bound.pattern.clone() {
                            world.constants.insert(name.name, constant(&bound.value));
                        }
                    }
                    other => panic!("not for this test: {other:?}"),
                }
            }
        }
        world
    }

    fn add(&mut self, decl: Rc<Decl>, doc: String, module: ModuleId, kind: fn(DeclRef) -> Callable) {
        let name = decl.name.name.clone();
        self.callables.insert(name, kind(DeclRef { module, decl, doc: doc.into() }));
    }

    /// Types the effect of a name.
    pub fn effect(&mut self, name: &str) -> Option<Arc<Effect>> {
        let Some(Callable::Effect(decl)) = self.callables.get(name).cloned() else {
            panic!("no effect {name}");
        };
        let id = Names::effect(self, &decl)?;
        Some(self.typed(id))
    }
}

fn constant(e: &Expr) -> Constant {
    match &e.kind {
        ExprKind::Quantity(q) => {
            let (value, ty) = quantity(q, e.span, &SongUnits::default()).expect("a quantity");
            Constant::Number(value, ty)
        }
        ExprKind::List(items) => Constant::List(items.iter().map(constant).collect()),
        ExprKind::Str(_) => Constant::Text("text".into()),
        ExprKind::Name(n) => Constant::Switch(n.name == "on"),
        other => panic!("not for this test: {other:?}"),
    }
}

impl Names for World {
    fn callable(&mut self, _: ModuleId, path: &[Ident]) -> Result<Callable, Diagnostic> {
        let name = path.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(".");
        if let Some(callable) = self.callables.get(&name) {
            return Ok(callable.clone());
        }
        if let Some(builtin) = builtins::find(&name) {
            return Ok(Callable::Builtin(builtin));
        }
        if let Some(word) = ["measure", "note", "dotted", "triplet"].into_iter().find(|w| *w == name) {
            return Ok(Callable::Script(word));
        }
        let near = did_you_mean(&name, builtins::names()).unwrap_or("nothing");
        Err(Diagnostic::error(&UNKNOWN, path[0].span, format!("unknown `{name}`"))
            .at("unknown")
            .help(format!("write `{near}`")))
    }

    fn constant(&mut self, _: ModuleId, name: &Ident) -> Result<Option<Constant>, Diagnostic> {
        Ok(self.constants.get(&name.name).cloned())
    }

    fn effect(&mut self, decl: &DeclRef) -> Option<EffectId> {
        let name = decl.decl.name.name.clone();
        if let Some(id) = self.ids.get(&name) {
            return *id;
        }
        if self.running.contains(&name) {
            let ring = format!("{} -> {name}", self.running.join(" -> "));
            self.said.push(Diagnostic::error(&UNKNOWN, decl.decl.name.span, ring).help("break the ring"));
            return None;
        }
        self.running.push(name.clone());
        let typed = type_effect(self, decl);
        self.running.pop();
        let id = typed.map(|effect| {
            self.typed.push(Arc::new(effect));
            self.typed.len() as u32 - 1
        });
        self.ids.insert(name, id);
        id
    }

    fn typed(&self, id: EffectId) -> Arc<Effect> {
        Arc::clone(&self.typed[id as usize])
    }

    fn song_units(&self) -> SongUnits {
        self.song
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.said.push(diagnostic);
    }
}

/// Types the effect `name` of a text, with the little library at hand; nothing may be reported.
pub fn typed(text: &str, name: &str) -> Arc<Effect> {
    let mut world = World::new(&[text, LIBRARY]);
    let effect = world.effect(name);
    assert!(world.said.is_empty(), "{:#?}\n{text}", world.said);
    effect.expect("typed")
}

/// What is reported for the effect `f` of a text.
pub fn said(text: &str) -> Vec<Diagnostic> {
    let mut world = World::new(&[text, LIBRARY]);
    let effect = world.effect("f");
    let failed = world.said.iter().any(Diagnostic::is_error);
    assert_eq!(effect.is_none(), failed, "an effect comes out exactly when no error was reported: {:#?}", world.said);
    world.said
}
