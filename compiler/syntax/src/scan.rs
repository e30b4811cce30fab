//! One walk over the bytes before the grammar sees them: where comments lie, whether brackets are nested
//! too deep to be read, which `}` stands crooked, which brackets are never closed, and block comments (which
//! the language does not have) blanked out so that one of them costs one error. Linear, and no offset ever
//! moves.

use std::borrow::Cow;

/// How deep brackets may be nested.
pub(crate) const MAX_DEPTH: usize = 256;

/// What the walk found.
pub(crate) struct Scan<'a> {
    /// The text as given, with block comments turned to blanks of the same length.
    pub(crate) text: Cow<'a, str>,
    /// The same for the grammar, where brackets that are never closed are control characters ([`LOST_BRACE`],
    /// [`LOST_BRACKET`]): it need not walk to the file's end for each to find that out.
    pub(crate) marked: Option<String>,
    /// `//` comments, in order; the line's end is not part of them.
    pub(crate) comments: Vec<(usize, usize)>,
    /// Block comments and whether they are closed.
    pub(crate) block_comments: Vec<(usize, usize, bool)>,
    /// The first bracket nested deeper than [`MAX_DEPTH`].
    pub(crate) too_deep: Option<usize>,
    /// How often something may nest without a bracket: `|x|`, `if`, `else`, `of`, `within`, `oversample`, `spectral`.
    pub(crate) links: usize,
    /// Pairs of `{` and `}` on different lines where the `}` begins its line less indented than the line
    /// of its `{`: where a missing `}` probably belongs.
    pub(crate) crooked: Vec<(usize, usize)>,
}

/// Stands for a `{` that no `}` closes; the grammar knows it as `lbrace`.
const LOST_BRACE: &str = "\u{2}";
/// Stands for a `(` or `[` that is never closed; the grammar knows it nowhere.
const LOST_BRACKET: &str = "\u{1}";

/// Words that nest without a bracket; words that only begin like them count in vain.
const LINKS: &[&[u8]] = &[b"if", b"else", b"of", b"within", b"oversample", b"spectral"];

struct Open {
    byte: u8,
    at: usize,
    line: usize,
    indent: usize,
}

struct Walk<'a> {
    bytes: &'a [u8],
    open: Vec<Open>,
    /// Place in `open` of the outermost string that is open.
    string: Option<usize>,
    line: usize,
    indent: usize,
    /// Only blanks so far on this line.
    fresh: bool,
    /// Brackets that are never closed, and control characters that could be taken for their marks.
    lost: Vec<(usize, &'static str)>,
}

/// Walks over `text`.
pub(crate) fn scan(text: &str) -> Scan<'_> {
    let mut out = Scan {
        text: Cow::Borrowed(text),
        marked: None,
        comments: Vec::new(),
        block_comments: Vec::new(),
        too_deep: None,
        links: 0,
        crooked: Vec::new(),
    };
    let bytes = text.as_bytes();
    let mut walk = Walk { bytes, open: Vec::new(), string: None, line: 0, indent: 0, fresh: true, lost: Vec::new() };
    let mut no_close = false;
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        let next = bytes.get(i + 1).copied().unwrap_or(0);
        if walk.open.last().is_some_and(|o| o.byte == b'"') {
            i += walk.in_string(i, byte, next);
            continue;
        }
        match byte {
            b'\n' | b'\r' => walk.new_line(i),
            b' ' | b'\t' => walk.indent += usize::from(walk.fresh),
            b'/' if next == b'/' => {
                let end = line_end(bytes, i);
                let third = bytes.get(i + 2).copied().unwrap_or(0);
                let doc = third == b'!' || third == b'/' && bytes.get(i + 3) != Some(&b'/');
                if !doc {
                    out.comments.push((i, end));
                }
                i = end;
                continue;
            }
            b'/' if next == b'*' => {
                let close = if no_close { None } else { text[i + 2..].find("*/") };
                no_close |= close.is_none();
                let end = close.map_or_else(|| line_end(bytes, i), |c| i + 2 + c + 2);
                out.block_comments.push((i, end, close.is_some()));
                i = end;
                continue;
            }
            b'"' | b'(' | b'[' | b'{' => walk.push(i, byte, &mut out),
            b')' | b']' | b'}' => walk.close(i, byte, &mut out),
            1 | 2 => walk.lost.push((i, "\0")),
            b'|' => out.links += 1,
            _ => {
                let word = byte.is_ascii_lowercase() && !i.checked_sub(1).is_some_and(|b| bytes[b].is_ascii_alphanumeric());
                out.links += usize::from(word && LINKS.iter().any(|l| bytes[i..].starts_with(l)));
                if walk.fresh && byte.is_ascii_lowercase() && is_item_head(&bytes[i..]) {
                    walk.item_head();
                }
                walk.fresh = false;
            }
        }
        i += 1;
    }
    walk.lose(0);
    if !out.block_comments.is_empty() {
        out.text = Cow::Owned(blank_out(text, &out.block_comments));
    }
    if !walk.lost.is_empty() {
        out.marked = Some(mark(&out.text, walk.lost));
    }
    out
}

/// `text` with single bytes replaced.
fn mark(text: &str, mut lost: Vec<(usize, &'static str)>) -> String {
    lost.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, sign) in lost {
        out.push_str(&text[from..at]);
        out.push_str(sign);
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out
}

/// Whether a line that begins so begins an item, as the grammar's `item_head` has it.
fn is_item_head(line: &[u8]) -> bool {
    let length = line.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let rest = line[length..].iter().position(|b| !matches!(b, b' ' | b'\t'));
    let next = rest.map_or(0, |n| line[length + n]);
    match &line[..length] {
        b"track" | b"bus" | b"chain" | b"effect" | b"import" | b"fn" | b"group" | b"option" | b"monitor" => {
            rest != Some(0) && (matches!(next, b'"' | b'_') || next.is_ascii_alphabetic() || !next.is_ascii())
        }
        b"master" | b"deliver" | b"check" | b"sections" => next == b'{',
        _ => false,
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |n| from + n)
}

/// `text` with the places turned to blanks, line ends kept.
fn blank_out(text: &str, places: &[(usize, usize, bool)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for &(start, end, _) in places {
        out.push_str(&text[from..start]);
        out.extend(text[start..end].bytes().map(|b| if matches!(b, b'\n' | b'\r') { b as char } else { ' ' }));
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

impl Walk<'_> {
    /// One step inside a string's text; how many bytes it took.
    fn in_string(&mut self, i: usize, byte: u8, next: u8) -> usize {
        match byte {
            b'\\' if !matches!(next, b'\n' | b'\r' | 0) => return 2,
            b'\n' | b'\r' => self.new_line(i),
            b'"' => self.pop(),
            b'{' => {
                let (line, indent) = (self.line, self.indent);
                self.open.push(Open { byte: b'{', at: i, line, indent });
            }
            _ => {}
        }
        1
    }

    /// A line's end ends every string that is open.
    fn new_line(&mut self, i: usize) {
        if let Some(depth) = self.string.take() {
            self.open.truncate(depth);
        }
        if self.bytes[i] == b'\n' || self.bytes.get(i + 1) != Some(&b'\n') {
            self.line += 1;
        }
        self.indent = 0;
        self.fresh = true;
    }

    fn push(&mut self, at: usize, byte: u8, out: &mut Scan<'_>) {
        if byte == b'"' {
            self.string.get_or_insert(self.open.len());
        }
        self.open.push(Open { byte, at, line: self.line, indent: self.indent });
        self.fresh = false;
        if self.open.len() > MAX_DEPTH && out.too_deep.is_none() {
            out.too_deep = Some(at);
        }
    }

    /// Drops what is open from `depth` on: it will never be closed.
    fn lose(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { break };
            let in_string = self.string.is_some_and(|s| s <= self.open.len());
            match open.byte {
                // What lies in a string ends with its line and needs no mark.
                _ if in_string => {}
                b'{' => self.lost.push((open.at, LOST_BRACE)),
                _ => self.lost.push((open.at, LOST_BRACKET)),
            }
        }
        if self.string.is_some_and(|s| s >= self.open.len()) {
            self.string = None;
        }
    }

    /// An item's head at the beginning of a line stands in no `(` or `[`.
    fn item_head(&mut self) {
        let depth = self.open.iter().rposition(|o| o.byte == b'{').map_or(0, |n| n + 1);
        self.lose(depth);
    }

    fn pop(&mut self) {
        self.open.pop();
        if self.string.is_some_and(|s| s >= self.open.len()) {
            self.string = None;
        }
    }

    fn close(&mut self, at: usize, byte: u8, out: &mut Scan<'_>) {
        let crooked = self.fresh;
        self.fresh = false;
        let Some(top) = self.open.last() else { return };
        match byte {
            b')' if top.byte == b'(' => self.pop(),
            b']' if top.byte == b'[' => self.pop(),
            b'}' => {
                // A brace closes what is left open inside it, but never reaches out of a string.
                let floor = self.string.map_or(0, |s| s + 1);
                let Some(n) = self.open[floor..].iter().rposition(|o| o.byte == b'{') else { return };
                let open = &self.open[floor + n];
                if crooked && open.line != self.line && self.indent < open.indent {
                    out.crooked.push((open.at, at));
                }
                self.lose(floor + n + 1);
                self.pop();
            }
            _ => {}
        }
    }
}
