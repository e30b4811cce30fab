//! Source files and places in them. A [`Span`] is a byte range of one file; lines and columns are worked
//! out only where a person or an editor asks for them.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which file of a [`SourceMap`] a span lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// Numbers from here on are files of the library, counted on their own: they stay what they are whatever a song imports.
const LIBRARY: u32 = 1 << 31;

/// A byte range `start..end` of one file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

impl Span {
    /// A span over `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Span { file, start: start as u32, end: end as u32 }
    }

    /// The smallest span that holds both; `other` must lie in the same file (else `self` comes back).
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One file: its name as the user knows it, its text, and where its lines begin.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as shown in messages (`lib/vocals.mix`, `std:compressor`).
    pub name: String,
    /// The whole text.
    pub text: String,
    lines: Vec<u32>,
}

impl SourceFile {
    /// One-based line and column (in characters) of a byte offset; offsets past the end give the end.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let offset = (offset as usize).min(self.text.len());
        let line = self.lines.partition_point(|&l| l as usize <= offset) - 1;
        let start = self.lines[line] as usize;
        let column = self.text.get(start..offset).map_or(offset - start, |s| s.chars().count());
        (line + 1, column + 1)
    }
}

/// All files of one compilation.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    library: Vec<Arc<SourceFile>>,
}

impl SourceFile {
    /// A file.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        let text = text.into();
        let mut lines = vec![0u32];
        lines.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        SourceFile { name: name.into(), text, lines }
    }
}

impl SourceMap {
    /// Adds a file and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile::new(name, text));
        FileId(self.files.len() as u32 - 1)
    }

    /// A map that knows files of the library already, in their order.
    pub fn with_library(library: Vec<Arc<SourceFile>>) -> SourceMap {
        SourceMap { files: Vec::new(), library }
    }

    /// Adds a file of the library.
    pub fn add_library(&mut self, file: Arc<SourceFile>) -> FileId {
        self.library.push(file);
        FileId(LIBRARY + self.library.len() as u32 - 1)
    }

    /// Gives a file another text.
    pub fn retext(&mut self, id: FileId, text: impl Into<String>) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            *file = SourceFile::new(std::mem::take(&mut file.name), text);
        }
    }

    /// The file of an id that this map handed out; `None` for an id of another map.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        match id.0.checked_sub(LIBRARY) {
            Some(n) => self.library.get(n as usize).map(|file| &**file),
            None => self.files.get(id.0 as usize),
        }
    }

    /// The text a span covers; empty where the span does not fit the file.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).and_then(|f| f.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Gives files (not those of the library) other names, such as paths from where the user stands.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<String>) {
        for file in &mut self.files {
            if let Some(name) = name(&file.name) {
                file.name = name;
            }
        }
    }

    /// All files in the order they were added, those of the library last.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let library = self.library.iter().enumerate().map(|(i, f)| (FileId(LIBRARY + i as u32), &**f));
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f)).chain(library)
    }
}
