//! The whole library: every page is there, whole and true.

use super::{data, kinds, xml};
use mixdown_tests::rig::{How, Song};
use mixdown_tests::{Audio, Project};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static BUILT: LazyLock<Project> = LazyLock::new(|| {
    let p = Project::new();
    let run = p.run(&["doc", "-o", "ref"]).ok();
    assert!(run.err.contains("documented") && !run.err.contains("not measured"), "{}", run.err);
    p
});

fn reference() -> PathBuf {
    BUILT.path("ref")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(reference().join(folder)).expect(folder).flatten().map(|e| e.path()).collect();
    all.sort();
    all
}

#[test]
fn everything_has_a_page_and_a_picture_that_fits() {
    let data = data(&reference());
    let kinds = kinds(&data);
    let names: Vec<&str> = kinds.iter().map(|k| k.0.as_str()).collect();
    assert_eq!(names, mixdown_std_lib::names().collect::<Vec<_>>());
    assert_eq!(files("pages").len(), names.len());
    let without: Vec<&str> = kinds.iter().filter(|k| k.1.is_empty()).map(|k| k.0.as_str()).collect();
    assert!(without.is_empty(), "no picture of {without:?}");
    // What was measured, not a list in the program, found these.
    for (name, wanted) in [
        ("bell", "response"), ("highpass", "phase"), ("allpass", "delay"), ("graphic", "response"), ("compressor", "levels"), ("compressor", "step"),
        ("gate", "step"), ("limiter", "levels"), ("deesser", "gains"), ("dynamic_eq", "gains"), ("saturate", "spectrum"), ("clipper", "spectrum"),
        ("crush", "spectrum"), ("dither", "spectrum"), ("hall", "decay"), ("hall", "times"), ("delay", "decay"), ("pingpong", "decay"), ("early", "decay"),
        ("tremolo", "level"), ("autopan", "level"), ("vibrato", "pitch"), ("flanger", "motion"), ("phaser", "motion"), ("ring_mod", "spectrum"),
        ("width", "place"), ("rotate", "place"), ("mono_below", "response"), ("haas", "delay"), ("nudge", "delay"), ("sine", "waveform"),
        ("sweep", "spectrogram"), ("pink_noise", "spectrum"), ("declick", "wave"), ("declip", "wave"), ("dropout", "wave"), ("vocal_strip", "gains"),
        ("transient", "step"), ("convolve", "decay"), ("convolve", "times"),
    ] {
        let own = &kinds.iter().find(|k| k.0 == name).expect(name).1;
        assert!(own.iter().any(|k| k == wanted), "{name} has {own:?}, not {wanted}");
    }
}

#[test]
fn pictures_stand_alone() {
    for path in files("pictures") {
        let text = read(&path);
        let shown = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(xml::fault(&text), None, "{shown}");
        for word in ["NaN", "inf", "<script", "href", "url(", "@import"] {
            assert!(!text.contains(word), "{shown} has {word}");
        }
        assert_eq!(text.matches("http").count(), 1, "{shown}: nothing but the name of SVG");
        assert!(text.contains("prefers-color-scheme:dark") && text.contains("<title>"), "{shown}");
        assert!(text.len() < 150_000, "{shown} has {} bytes", text.len());
        // A line or a plane is drawn.
        assert!(text.contains("class=\"l s0") || text.contains("class=\"p\""), "{shown} shows nothing");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut reached = BTreeSet::new();
    for path in files("pages").into_iter().chain([reference().join("index.html")]) {
        let text = read(&path);
        for part in text.split("href=\"").skip(1).chain(text.split("src=\"").skip(1)) {
            let link = part.split('"').next().expect("an end");
            if link.starts_with("https://") {
                continue;
            }
            let to = path.parent().expect("a folder").join(link);
            assert!(to.is_file(), "{}: {link}", path.display());
            reached.insert(to.canonicalize().expect("a path"));
        }
    }
    for folder in ["pages", "pictures", "sounds"] {
        for path in files(folder) {
            assert!(reached.contains(&path.canonicalize().expect("a path")), "nothing leads to {}", path.display());
        }
    }
}

#[test]
fn before_and_after_are_equally_loud() {
    let mut heard = 0;
    for path in files("pages") {
        let text = read(&path);
        let sounds: Vec<PathBuf> = text.split("<audio").skip(1).map(|part| {
            let link = part.split("src=\"").nth(1).and_then(|p| p.split('"').next()).expect("a sound");
            path.parent().expect("a folder").join(link)
        }).collect();
        let [before, after] = &sounds[..] else { continue };
        let loud = |path: &Path| mixdown::project::measure_file(path).expect("audio").integrated;
        if let (Some(a), Some(b)) = (loud(before), loud(after)) {
            assert!((a - b).abs() < 0.2, "{}: {a} and {b} LUFS", path.display());
            heard += 1;
        }
        assert_ne!(Audio::read(before), Audio::read(after), "{}", path.display());
    }
    assert!(heard > 60, "only {heard} pairs");
}

#[test]
fn what_a_text_says_of_its_latency_is_true() {
    for item in data(&reference())["files"].as_array().expect("files").iter().flat_map(|f| f["items"].as_array().expect("items")) {
        let (name, doc) = (item["name"].as_str().expect("a name"), item["doc"].as_str().expect("a doc").replace('\n', " "));
        let latency = item["measured"]["latency_samples"].as_u64().expect("a latency");
        if item["kind"] == "chain" {
            continue;
        }
        if doc.contains("No latency.") || doc.contains("No latency;") {
            assert_eq!(latency, 0, "{name} says it has none");
        }
        assert!(latency == 0 || doc.contains("Latency") || doc.contains("latency that is declared"), "{name} has {latency} samples and does not say so");
    }
}

#[test]
fn every_example_renders() {
    for name in mixdown_std_lib::names() {
        let declared = mixdown::declared::of_library(name).expect(name);
        let example = declared.example().unwrap_or_else(|| panic!("{name} has no example"));
        let heard = Song::new(example).with("hall.flac", vec![vec![0.5, 0.25, 0.125]; 2]).try_hear::<f32>(&How::default()).unwrap_or_else(|e| panic!("{name}: {e}\n{example}"));
        let loud = heard.master().iter().flatten().fold(0f32, |m, x| m.max(x.abs()));
        assert!(loud > 0.0 || name == "silence", "nothing is heard in the example of {name}");
        assert_eq!(heard.report.faults.len(), 0, "{name}");
    }
}
