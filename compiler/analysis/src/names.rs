//! The border between name resolution (modules, imports, file-level values) and the typing of effect bodies:
//! what a name means in a module.

use crate::body::{Builtin, EffectId};
use crate::types::Type;
use crate::units::SongUnits;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::{Decl, Ident};
use std::rc::Rc;
use std::sync::Arc;

/// A loaded file: the song, a library, a file of the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

impl ModuleId {
    /// Numbers from here on are files of the standard library, counted on their own.
    pub(crate) const LIBRARY: u32 = 1 << 31;
}

/// A declaration of a module.
#[derive(Clone, Debug)]
pub struct DeclRef {
    /// The module it stands in: names in its body are looked up there.
    pub module: ModuleId,
    /// The declaration.
    pub decl: Rc<Decl>,
    /// Its `///` text.
    pub doc: Rc<str>,
}

/// What a callable name means.
#[derive(Clone, Debug)]
pub enum Callable {
    /// An `effect`.
    Effect(DeclRef),
    /// A `chain`.
    Chain(DeclRef),
    /// A `fn`.
    Function(DeclRef),
    /// A function of the language that works in effect bodies and scripts alike.
    Builtin(Builtin),
    /// A function that exists at mix time only (`measure`, `files`, `clip`, `wav`, …).
    Script(&'static str),
}

/// A file-level value, option or section, reduced for use in an effect body.
#[derive(Clone, Debug)]
pub enum Constant {
    /// A number in the canonical unit of its type.
    Number(f64, Type),
    /// A switch.
    Switch(bool),
    /// Text.
    Text(String),
    /// A list of constants.
    List(Vec<Constant>),
}

/// Looks names up. Errors are complete diagnostics (unknown name with a "did you mean", private, ambiguous).
pub trait Names {
    /// The callable that `path` (`bell`, `vox.lead`) names in `module`.
    fn callable(&mut self, module: ModuleId, path: &[Ident]) -> Result<Callable, Diagnostic>;
    /// The file-level value that a plain name has in `module`; `Ok(None)` where there is none (the caller then
    /// reports the unknown name with its own locals as candidates).
    fn constant(&mut self, module: ModuleId, name: &Ident) -> Result<Option<Constant>, Diagnostic>;
    /// The id of an effect in the Mix; the first call for a declaration types its body. `None` where its body has
    /// errors (already reported) or calls itself (reported with the ring).
    fn effect(&mut self, decl: &DeclRef) -> Option<EffectId>;
    /// The typed effect of an id handed out by [`Names::effect`].
    fn typed(&self, id: EffectId) -> Arc<crate::body::Effect>;
    /// What units need to know of the song: `12samples`, `2bars`, `note(1/8)` in an effect body.
    fn song_units(&self) -> SongUnits;
    /// Reports a fault.
    fn report(&mut self, diagnostic: Diagnostic);
}
