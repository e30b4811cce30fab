//! The words of the language as `docs/words.md` explains them: a heading lists words, what stands below it is said of each.

/// The page.
const PAGE: &str = include_str!("../../docs/words.md");

/// Words that are explained together.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    heading: &'static str,
    /// What is said of them.
    pub text: &'static str,
}

impl Entry {
    /// Its words.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.heading.split(", ")
    }
}

/// All of the page.
pub fn entries() -> impl Iterator<Item = Entry> {
    PAGE.split("\n### ").skip(1).filter_map(|part| {
        let (heading, text) = part.split_once('\n')?;
        // The heading of the next group of words ends an entry as well.
        let text = text.split_once("\n## ").map_or(text, |(text, _)| text);
        Some(Entry { heading, text: text.trim() })
    })
}

/// What is said of a word; where it is spelled so nowhere, of words that differ in capitals alone.
pub fn find(word: &str) -> Vec<Entry> {
    let spelled = |same: fn(&str, &str) -> bool| entries().filter(|e| e.words().any(|w| same(w, word))).collect::<Vec<_>>();
    let found = spelled(|a, b| a == b);
    if found.is_empty() { spelled(str::eq_ignore_ascii_case) } else { found }
}
