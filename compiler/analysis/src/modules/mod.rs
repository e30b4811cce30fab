//! Files as modules: what each declares, what it imports, what its names mean. Always true: a file is read once;
//! nothing of it is evaluated before something asks for it.

mod cut;
pub(crate) mod effects;
mod entry;
mod imports;
pub(crate) mod library;
mod load;
mod lookup;
mod resolve;
mod synonyms;

pub(crate) use entry::Entry;
pub(crate) use imports::listed;
pub(crate) use lookup::{Place, suggest};
pub use synonyms::also_called;

use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::names::{DeclRef, ModuleId};
use cut::Waiting;
use library::Library;
use mixdown_syntax::{FileId, Span, tree};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What a file is to the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModuleKind {
    /// The file that is rendered.
    Song,
    /// An imported file.
    Library,
    /// A file of the standard library.
    Std,
}

/// Kinds of declared callables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    Effect,
    Chain,
    Function,
}

/// A `let` of a file, evaluated on demand.
pub(crate) struct Global {
    /// Where it stands.
    pub module: ModuleId,
    /// Its text.
    pub tree: GlobalTree,
    /// How far it is.
    pub state: GlobalState,
}

/// A `let` or an `option`.
#[derive(Clone)]
pub(crate) enum GlobalTree {
    Let(Rc<tree::Let>),
    Option(Rc<tree::Param>),
}

/// How far a [`Global`] is.
pub(crate) enum GlobalState {
    Waiting,
    Running,
    Done(Value),
}

/// What a name that is not called means in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueRef {
    /// What it is.
    pub kind: ValueKind,
    /// Where it is declared.
    pub span: Span,
}

/// Kinds of [`ValueRef`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// Index into [`Modules::globals`].
    Global(usize),
    /// Index into the song's sections.
    Section(usize),
}

/// One file.
pub(crate) struct Module {
    /// Path relative to the song, or `std:file.mix`.
    pub name: String,
    /// What it is.
    pub kind: ModuleKind,
    /// `fn`, `chain`, `effect`.
    pub callables: HashMap<String, (CallKind, DeclRef)>,
    /// `let`, `option`, sections.
    pub values: HashMap<String, ValueRef>,
    /// `import … as x`.
    pub aliases: HashMap<String, (Option<ModuleId>, Span)>,
    /// `import …: a, b`; no module where the import failed.
    pub picked: HashMap<String, (Option<ModuleId>, Span)>,
    /// Strips, groups, deliveries, checks and the loops around them.
    pub entries: Rc<Vec<Entry>>,
    /// Song settings in order.
    pub settings: Vec<Rc<tree::SongSetting>>,
    /// Names that broken lines seem to declare: nothing is said of them.
    pub broken: HashSet<String>,
    /// A whole item could not be read: names that seem unknown may be its.
    pub doubtful: bool,
    /// In the order of the text; of the standard library what was asked for.
    pub decls: Vec<(CallKind, DeclRef)>,
    /// Of the standard library: what nothing has asked for yet.
    pub waiting: Waiting,
    /// Its text.
    pub file: FileId,
}

/// All files.
#[derive(Default)]
pub(crate) struct Modules {
    /// Files of the project by [`ModuleId`].
    pub list: Vec<Module>,
    /// Those of the standard library.
    pub library: Library,
    by_path: HashMap<String, Option<ModuleId>>,
    loading: Vec<(String, Span)>,
    /// File-level values of all files.
    pub globals: Vec<Global>,
    running: Vec<usize>,
    /// Declarations that something called.
    pub used: HashSet<*const tree::Decl>,
}

impl Modules {
    /// No files but those of the standard library.
    pub fn with_library(library: Library) -> Modules {
        Modules { library, ..Modules::default() }
    }

    /// A file by its id.
    pub fn get(&self, id: ModuleId) -> &Module {
        match id.0.checked_sub(ModuleId::LIBRARY) {
            Some(n) => &self.library.files[n as usize],
            None => &self.list[id.0 as usize],
        }
    }

    /// A file by its id.
    pub fn get_mut(&mut self, id: ModuleId) -> &mut Module {
        match id.0.checked_sub(ModuleId::LIBRARY) {
            Some(n) => &mut self.library.files[n as usize],
            None => &mut self.list[id.0 as usize],
        }
    }

    /// A scope with no locals in a file.
    pub fn scope(id: ModuleId) -> Env {
        Env::file(id)
    }
}
