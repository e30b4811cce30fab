//! A file of one's own: the same pages, and the right pictures without a word about them; and what is refused.

use super::{data, kinds};
use mixdown_tests::Project;
use std::collections::BTreeMap;
use std::path::Path;

const TOOLS: &str = r#"//! Tools of mine.

import "more.mix": softly

let deep = 60Hz

/// A hump.
///
/// ```mix
/// track bass { source sine(60Hz, -12dB); hump(gain: 5dB) }
/// length 1s
/// ```
effect hump(
    /// How high.
    gain: Level = 3dB in -12dB .. 12dB,
) { input |> bell(deep, gain) }

/// Bends. No example, no doc of its parameter.
effect bent(drive: Level in 0dB .. 24dB) { let d = factor(drive); tanh(input * d) / d }

/// Comes back.
effect back(time: Time = 200ms in 10ms .. 1s) { state tape = line(2s); tape.write(input); tape.read(time) }

/// Sways.
effect sways() { input * (0.75 + 0.25 * sin(tau * cycles(4Hz))) }

/// To one side.
effect aside() { let (l, r) = input; frame(l * 0.3, r) }

/// Plays.
effect plays() { sine(300Hz, -12dB) }

/// Holds back what is loud.
chain held(threshold: dBFS = -30dBFS in -60dBFS .. 0dBFS) { compressor(threshold: threshold, ratio: 8); softly() }

/// Makes room for `key`.
///
/// ```mix
/// track voice { source sine(300Hz, -12dB) }
/// track pad { source white_noise(-20dB); below(key: voice) }
/// length 1s
/// ```
effect below(key: Signal = input) { input * factor(0dB - follow(max(to_dbfs(loudest(key)) - -60dBFS, 0dB) * 0.1, 5ms, 50ms)) }

/// Twice.
fn twice(x: Number) { 2 * x }

effect _mine() { input }

/// Nothing that can be called without more.
effect odd(gains: List of Level) { input * factor(gains[0]) }
"#;

fn project() -> Project {
    let p = Project::new();
    p.write("tools.mix", TOOLS);
    p.write("more.mix", "/// A little.\neffect softly() { input * 0.9 }\n");
    p
}

fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(at) = left.pop() {
        for e in std::fs::read_dir(at).expect("a folder").flatten() {
            if e.path().is_dir() {
                left.push(e.path());
            } else {
                out.insert(e.path().strip_prefix(folder).expect("inside").display().to_string(), std::fs::read(e.path()).expect("a file"));
            }
        }
    }
    out
}

#[test]
fn the_right_pictures_are_found_by_measuring() {
    let p = project();
    let run = p.run(&["doc", "tools.mix", "-o", "out/ref"]).ok();
    assert!(run.err.contains("documented 10 pages (1 of functions)"), "{}", run.err);
    // What cannot be called is said, and has its page.
    assert!(run.err.contains("not measured: odd"), "{}", run.err);
    let data = data(&p.path("out/ref"));
    let kinds: BTreeMap<String, Vec<String>> = kinds(&data).into_iter().collect();
    for (name, wanted) in [
        ("hump", "response"), ("bent", "spectrum"), ("back", "decay"), ("sways", "level"), ("aside", "place"), ("plays", "waveform"),
        ("held", "levels"), ("held", "step"), ("below", "levels"),
    ] {
        assert!(kinds[name].iter().any(|k| k == wanted), "{name}: {:?}", kinds[name]);
    }
    assert!(kinds["twice"].is_empty() && kinds["odd"].is_empty() && !kinds.contains_key("_mine"));
    // The hump is where it was put, as high as the example asks.
    let items = data["files"][0]["items"].as_array().expect("items");
    let points = items[0]["measured"]["pictures"][0]["series"][0]["points"].as_array().expect("points").clone();
    let point = |i: usize, k: usize| points[i][k].as_f64().expect("a number");
    let top = (0..points.len()).max_by(|a, b| point(*a, 1).total_cmp(&point(*b, 1))).expect("points");
    assert!((point(top, 0) - 60.0).abs() < 2.0 && (point(top, 1) - 5.0).abs() < 0.02, "{} Hz, {} dB", point(top, 0), point(top, 1));
    let page = std::fs::read_to_string(p.path("out/ref/pages/hump.html")).expect("a page");
    for text in ["A hump.", "-12dB .. 12dB", "How high.", "<h2>Example</h2>", "<h2>Listen</h2>"] {
        assert!(page.contains(text), "{text}");
    }
    let page = std::fs::read_to_string(p.path("out/ref/pages/odd.html")).expect("a page");
    assert!(page.contains("Not measured"), "{page}");
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let p = project();
    p.run(&["doc", "tools.mix", "-o", "a", "--threads", "1"]).ok();
    p.run(&["doc", "tools.mix", "-o", "b", "--threads", "3"]).ok();
    let (a, b) = (all(&p.path("a")), all(&p.path("b")));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs");
    }
    let plain = String::from_utf8(a["doc.json"].clone()).expect("text");
    assert!(!plain.contains("nanoseconds"));
    // A reference is replaced; what it costs is in it where that was asked for.
    p.write("tools.mix", "/// Half.\neffect half() { input * 0.5 |> lowpass(1kHz) }\n");
    p.run(&["doc", "tools.mix", "-o", "a", "--cost"]).ok();
    let a = all(&p.path("a"));
    assert!(a.contains_key("pages/half.html") && !a.contains_key("pages/hump.html"));
    let cost = data(&p.path("a"))["files"][0]["items"][0]["measured"]["nanoseconds_per_frame"].as_f64();
    assert!(cost.is_some_and(|c| c >= 0.0), "{cost:?}");
    assert!(!p.files().iter().any(|f| f.contains(".part") || f.contains(".old")), "{:?}", p.files());
}

#[test]
fn only_a_reference_is_ever_replaced() {
    let p = project();
    p.write("doc/notes.txt", "mine");
    p.run(&["doc", "tools.mix"]).fails(2, "E0947");
    p.write("file", "mine");
    p.run(&["doc", "tools.mix", "-o", "file"]).fails(2, "E0947");
    assert_eq!(std::fs::read_to_string(p.path("doc/notes.txt")).expect("still there"), "mine");
    std::fs::create_dir(p.path("empty")).expect("a folder");
    p.write("half.mix", "/// Half.\neffect half() { input * 0.5 }\n");
    p.run(&["doc", "half.mix", "-o", "empty"]).ok();
    // What is wrong leaves what was there.
    let before = all(&p.path("empty"));
    p.write("half.mix", "effect half() { input * }\n");
    p.run(&["doc", "half.mix", "-o", "empty"]).fails(1, "half.mix:1");
    assert_eq!(all(&p.path("empty")), before);
}

#[test]
fn what_declares_nothing_is_refused() {
    let p = Project::song("track t { source sine(440Hz, -20dB) }\nlength 1s\n");
    p.run(&["doc", "song.mix"]).fails(2, "E0948");
    p.run(&["doc", "none.mix"]).fails(2, "E0941");
    assert_eq!(p.files(), ["song.mix"]);
}
