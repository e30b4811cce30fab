//! The pest parser made from `grammar.pest`. Nothing outside this crate sees its rules: the tree is the
//! border, and messages use the words of a mix.
#![allow(missing_docs)]

/// Reads text by the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar.pest"]
pub(crate) struct Grammar;
