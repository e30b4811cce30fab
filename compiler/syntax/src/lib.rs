//! Text to tree: files, spans, the pest grammar, the tree and diagnostics as data.
//!
//! Always true here: parsing never fails (a tree *and* a list of diagnostics come back), nothing touches
//! the disk, and no effect name is known to the grammar.

pub mod diagnostic;
pub mod source;
pub mod tree;

pub use diagnostic::{CodeInfo, Diagnostic, Fix, Label, Severity};
pub use source::{FileId, SourceMap, Span};
