//! Text to tree: files, spans, the pest grammar, the tree and diagnostics as data.
//!
//! Always true here: parsing never fails (a tree *and* a list of diagnostics come back), nothing touches
//! the disk, and no effect name is known to the grammar.

pub mod again;
pub mod codes;
pub mod diagnostic;
mod faults;
mod grammar;
mod lower;
pub mod parse;
mod scan;
mod shift;
pub mod source;
pub mod tree;
mod words;

pub use again::Parsed;
pub use codes::CODES;
pub use diagnostic::{CodeInfo, Diagnostic, Fix, Label, Severity};
pub use parse::parse;
pub use source::{FileId, SourceFile, SourceMap, Span};
pub use words::{AUDIO, TAGS, borrowed_setting, foreign, foreigners, words};
