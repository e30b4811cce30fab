//! What the processors promise in figures, measured on what comes out of a song.

#[path = "conformance_effects/dynamics.rs"]
mod dynamics;
#[path = "conformance_effects/filters.rs"]
mod filters;
#[path = "conformance_effects/limiting.rs"]
mod limiting;
#[path = "conformance_effects/sources.rs"]
mod sources;
#[path = "conformance_effects/spaces.rs"]
mod spaces;

use mixdown_tests::rig::{Heard, Song};

/// A song of one track with a way of processors on `x`.
fn song(way: &str, rate: u32, x: &[Vec<f32>], seconds: f64) -> Song {
    let text = format!("sample_rate {rate}Hz\nlength {seconds}s\ntrack t {{ source \"x.wav\"; {way} }}");
    Song::new(text).at(rate).with("x.wav", x.to_vec())
}

/// What comes out of a way of processors.
#[track_caller]
fn through(way: &str, rate: u32, x: &[Vec<f32>], seconds: f64) -> Vec<Vec<f32>> {
    strip(song(way, rate, x, seconds).hear(&["track.t"]))
}

fn strip<S: mixdown_engine::Sample>(heard: Heard<S>) -> Vec<Vec<S>> {
    heard.strip("track.t").to_vec()
}
