//! Every public effect and generator of the standard library, found by name and called by what its text declares, so that
//! none is forgotten: same bits on both engines, safe with every input, no parameter without an effect, everything in its
//! place.

#[path = "every_effect/bits.rs"]
mod bits;
#[path = "every_effect/chains.rs"]
mod chains;
#[path = "every_effect/parameters.rs"]
mod parameters;
#[path = "every_effect/places.rs"]
mod places;
#[path = "every_effect/rates.rs"]
mod rates;
#[path = "every_effect/safety.rs"]
mod safety;
#[path = "every_effect/zipper.rs"]
mod zipper;

use mixdown_tests::library::Known;
use mixdown_tests::rig::Song;

/// A song of one track with a call on `x.wav`, or with the call as its source.
fn song(known: &Known, call: &str, x: &[Vec<f32>], seconds: f64) -> Song {
    let way = if known.takes_input { format!("source \"x.wav\"\n    {call}") } else { format!("source {call}") };
    // What parameters may follow.
    let key = if call.contains("loudest(k)") { "track k { source \"k.wav\"; to none }\n" } else { "" };
    let song = Song::new(format!("tempo 600bpm\nlength {seconds}s\n{key}track t {{\n    {way}\n}}\n"));
    let song = song.with("k.wav", vec![mixdown_tests::signal::noise(6, 14_400, 1.0)]);
    if known.takes_input { song.with("x.wav", x.to_vec()) } else { song }
}

/// Widths that an effect is tried with.
fn widths(known: &Known) -> &'static [usize] {
    match (known.takes_input, known.stereo_only) {
        (false, _) => &[1],
        (_, true) => &[2],
        _ => &[1, 2],
    }
}

#[test]
fn stereo_effects_say_so_on_mono() {
    for known in mixdown_tests::library::library().iter().filter(|k| k.stereo_only) {
        let e = song(known, &known.call(&[]), &[vec![0.0; 64]], 0.01).try_hear::<f32>(&Default::default());
        assert!(e.as_ref().is_err_and(|e| e.contains("stereo")), "{}: {:?}", known.name, e.err());
    }
}
