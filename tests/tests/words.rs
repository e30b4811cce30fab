//! `docs/words.md` and `mixdown explain`: every word of the language is explained, in one place, and what is shown works.

use mixdown_tests::{Project, root};

#[test]
fn every_word_is_explained() {
    let functions = mixdown_analysis::functions();
    let units = mixdown_analysis::units::UNITS.iter().map(|u| u.word);
    let words = mixdown_syntax::words().chain(mixdown_analysis::measures()).chain(units).chain(mixdown_analysis::args::types());
    let fields = ["like", "during", "over", "mix", "key", "bypass", "wav", "flac", "stems", "bits", "without", "only", "tags", "within", "glob"];
    let mut count = 0;
    for word in words.chain(fields) {
        count += 1;
        let said = mixdown::words::find(word).iter().any(|e| e.text.len() > 20 && e.words().any(|w| w == word));
        assert!(said || functions.iter().any(|f| f.name == word), "`{word}` is not explained");
    }
    assert!(count > 120, "only {count} words were found");
    for f in &functions {
        assert!(f.doc.len() > 2 && f.shape.starts_with(f.name), "{f:?}");
    }
}

#[test]
fn a_heading_says_each_word_once() {
    let mut seen = std::collections::BTreeSet::new();
    for entry in mixdown::words::entries() {
        assert!(!entry.text.is_empty() && !entry.text.contains("\n#"), "{entry:?}");
        for word in entry.words() {
            assert!(!word.contains([' ', '`']) && seen.insert(word), "`{word}` stands in two headings, or is none");
        }
    }
}

/// `WRITE_GOLDEN=1` writes the table where functions have changed.
#[test]
fn the_functions_of_the_page_are_those_that_there_are() {
    let file = root().join("docs/words.md");
    let page = std::fs::read_to_string(&file).expect("the page");
    let (before, _) = page.split_once("## Functions\n").expect("a heading");
    let row = |f: &mixdown_analysis::Explained| format!("| `{}` | {} |\n", f.shape.replace('|', "\\|"), f.doc.replace('|', "\\|"));
    let rows: String = mixdown_analysis::functions().iter().map(row).collect();
    let wanted = format!("{before}## Functions\n\n| call | gives |\n|---|---|\n{rows}");
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        std::fs::write(&file, &wanted).expect("written");
    }
    assert!(std::fs::read_to_string(&file).expect("the page") == wanted, "functions have changed; run this test with WRITE_GOLDEN=1");
}

#[test]
fn the_examples_of_the_page_have_no_faults() {
    let p = Project::new();
    for name in ["vocal", "double", "drums", "synth"] {
        p.wav(&format!("{name}.wav"), 48_000, &[vec![0.1; 4800]]);
    }
    let mut count = 0;
    for entry in mixdown::words::entries() {
        for part in entry.text.split("```mix\n").skip(1) {
            count += 1;
            p.write("song.mix", part.split("```").next().expect("an example"));
            let run = p.run(&["check", "song.mix", "--message-format", "short"]);
            assert!(run.code == 0 && !run.err.contains("error"), "{part}\n{}", run.err);
        }
    }
    assert!(count > 6, "{count} examples");
}

#[test]
fn explain_knows_the_language_and_other_programs() {
    let p = Project::new();
    for (word, said) in [
        ("send", "send hall -14dB"),
        ("during", "ride +2dB during chorus"),
        ("mix:", "Dry and wet are aligned"),
        ("pan law", "pan_law 3dB"),
        ("mid-side", "mid_side {"),
        ("TRACK", "A strip with a source."),
        ("khz", "3.2kHz"),
        ("loudness", "BS.1770"),
        ("lfo", "lfo(rate, shape: sine|triangle|saw|square"),
        ("glob", "glob(pattern)"),
        ("functions", "clamp(x, low, high)"),
        ("words", "mid_side"),
        ("volume", "is called `fader` here"),
        ("autotune", "no pitch shifting"),
        ("seconds", "the time since"),
        ("semitones", "is called `st` here"),
        ("volume", "`gain`: "),
        ("sidechain", "key: kick"),
    ] {
        let run = p.run(&["explain", word]).ok();
        assert!(run.out.contains(said), "{word}: {}", run.out);
    }
    // Several things of one name are all told; another program's name of a processor leads to it.
    let mono = p.run(&["explain", "mono"]).ok().out;
    assert!(mono.contains("effect mono") && mono.contains("mono(x)"), "{mono}");
    for name in mixdown_std_lib::names() {
        let doc = mixdown::declared::of_library(name).expect("a processor").doc;
        let own = |word: &str| mixdown::declared::of_library(word).is_none() && mixdown::words::find(word).is_empty();
        if let Some(also) = mixdown_analysis::also_called(&doc).find(|also| own(also)) {
            assert!(p.run(&["explain", also]).ok().out.contains(&format!("`{name}`")), "{also}");
        }
    }
    p.run(&["explain", "durng"]).fails(2, "did you mean during?");
    p.run(&["explain", "fadr"]).fails(2, "did you mean fader?");
    p.run(&["explain", "qqqqqqqq"]).fails(2, "explain words");
}
