//! Every code that any room can say is explained, and belongs to one room.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Codes named in the source of a room, tests left out.
fn named(folder: &Path, out: &mut BTreeSet<String>) {
    for e in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = e.path();
        if path.is_dir() {
            if !["tests", "benches", "target", "examples"].contains(&e.file_name().to_string_lossy().as_ref()) {
                named(&path, out);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            let code = text.split("#[cfg(test)]").next().expect("a beginning");
            for word in code.split(|c: char| !c.is_ascii_alphanumeric()) {
                let mut chars = word.chars();
                let letter = chars.next().is_some_and(|c| c == 'E' || c == 'W');
                if letter && word.len() == 5 && word[1..].starts_with('0') && chars.all(|c| c.is_ascii_digit()) {
                    out.insert(word.to_string());
                }
            }
        }
    }
}

#[test]
fn every_code_is_explained() {
    let known: BTreeSet<String> = mixdown::codes::all().iter().map(|e| e.0.to_string()).collect();
    let mut said = BTreeSet::new();
    for room in ["compiler", "runtime", "std-lib", "cli/src"] {
        named(&mixdown_tests::root().join(room), &mut said);
    }
    assert!(said.len() > 100, "only {} codes were found", said.len());
    let unexplained: Vec<_> = said.difference(&known).collect();
    assert!(unexplained.is_empty(), "`explain` does not know {unexplained:?}");
}

#[test]
fn a_code_has_one_meaning() {
    let mut meanings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (code, title, text) in mixdown::codes::all() {
        meanings.entry(code).or_default().push(title);
        assert!(!title.is_empty() && !title.ends_with('.'), "{code}: {title:?}");
        assert!(text.len() > 40, "{code} is not explained: {text:?}");
    }
    let twice: Vec<_> = meanings.iter().filter(|(_, titles)| titles.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
