//! What the tests of this crate share: parsing with short answers.
#![allow(dead_code, reason = "each suite is a program of its own and uses a part")]

use mixdown_syntax::tree::File;
use mixdown_syntax::{Diagnostic, FileId, SourceMap, parse};

pub const SONG: &str = include_str!("../files/song.mix");
pub const LIBRARY: &str = include_str!("../files/library.mix");

/// The tree of a text that must be read without a word.
pub fn good(text: &str) -> File {
    let (tree, diagnostics) = parse(FileId(0), text);
    assert!(diagnostics.is_empty(), "{text}\n{}", list(text, &diagnostics));
    tree
}

/// The diagnostics as lines of `CODE line:column message`.
pub fn list(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut map = SourceMap::default();
    let id = map.add("test.mix", text);
    let mut out = String::new();
    for d in diagnostics {
        let (line, column) = map.file(id).map_or((0, 0), |f| f.line_column(d.span().start));
        out += &format!("{} {line}:{column} {}\n", d.code, d.message);
    }
    out
}

/// `CODE line:column` of each diagnostic.
pub fn places(text: &str) -> Vec<String> {
    let (_, diagnostics) = parse(FileId(0), text);
    list(text, &diagnostics).lines().map(|l| l.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}
