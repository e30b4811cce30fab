//! The sessions that lie in the folder are those of the generator, and the references by hand are their sound.

use mixdown_benches::inside::{Session, difference};
use mixdown_benches::reference::{lanes, scalar};
use mixdown_benches::session::{Kind, TRACKS, text};
use mixdown_benches::stems;
use std::path::Path;

/// Seconds of audio.
const LENGTH: f64 = 2.0;
/// How near the references must come, in dB below full scale.
const NEAR: f64 = -110.0;

#[test]
fn the_files_are_what_the_generator_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
    for (name, kind) in [("S", Kind::S), ("T", Kind::T), ("A", Kind::A)] {
        let path = folder.join(format!("{name}.mix"));
        let there = std::fs::read_to_string(&path).expect("a session");
        assert!(there == text(kind, TRACKS), "{} is not what `make_sessions` writes", path.display());
    }
}

#[test]
fn the_references_are_the_same_sound() {
    let stems = stems::stems(LENGTH);
    for (kind, full) in [(Kind::T, false), (Kind::S, true)] {
        let ours = Session::new::<f32>(&text(kind, TRACKS), &stems).expect("it compiles").run::<f32>().expect("it runs");
        let peak = ours.out.iter().flatten().fold(0f32, |peak, x| peak.max(x.abs()));
        assert!(peak > 0.3, "{kind:?} is hardly heard: {peak}");
        for (name, reference) in [("lanes", lanes::render(&stems, full)), ("scalar", scalar::render(&stems, full))] {
            let apart = difference(&ours.out, &reference);
            assert!(apart < NEAR, "{kind:?} by {name} is {apart:.1} dBFS away");
        }
    }
}
