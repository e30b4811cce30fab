//! The example song and library of the language page, and one whole Mix as it is written.

mod world;

use mixdown_analysis::mix::Mix;
use world::*;

const SONG: &str = include_str!("language_page/song.mix");
const VOCALS: &str = include_str!("language_page/vocals.mix");

fn page() -> Mock {
    let mut world = Mock::song(SONG)
        .with("lib/vocals.mix", VOCALS)
        .with("packages/drumkit/lib.mix", "//! Drums.\nchain punch() { gain(1dB) }\n");
    world.packages.insert("drumkit".into(), "packages/drumkit".into());
    world
}

#[test]
fn the_song_of_the_page_has_no_faults() {
    let analysis = page().run();
    assert_eq!(shown(&analysis.diagnostics), "");
    let mix = analysis.mix.expect("a mix");
    assert_eq!(mix.strips.len(), 10);
    assert_eq!(
        paths(&strip(&mix, "vocal").nodes),
        [
            "track.vocal/lead/highpass",
            "track.vocal/lead/bell",
            "track.vocal/lead/compressor",
            "track.vocal/lead/highshelf",
            "track.vocal/compressor",
            "track.vocal/fader",
            "track.vocal/send.hall",
            "track.vocal/send.throw",
        ]
    );
    assert_eq!(mix.deliveries.len(), 4);
    assert_eq!(mix.checks.len(), 3);
    assert_eq!(mix.groups[0].name, "band");
}

/// A small song whose Mix is kept as JSON beside this file, so that a change of the data is seen.
#[test]
fn a_mix_as_it_is_written() {
    let mix = mix("title \"Golden\"
tempo 120bpm
sections { verse @1 chorus @3 }
track kick { source \"kick.wav\"; low: bell(60Hz, +3dB); fader -2dB; ride +1dB during chorus; pan L20; send hall -12dB; to drums }
bus drums { parallel { dry { } crush { gain(-9dB) } } }
bus hall { delay(note(1/8), feedback: 30%) }
master { limiter(ceiling: -1dBTP) }
deliver { wav(\"out/{title}.wav\") }
check { loudness(master) within 0.5LU of -14LUFS }
");
    let text = serde_json::to_string_pretty(&mix).expect("plain data");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/language_page/golden.json");
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        std::fs::write(file, format!("{text}\n")).expect("written");
    }
    let golden = std::fs::read_to_string(file).expect("the golden file");
    assert_eq!(text.trim(), golden.trim(), "the Mix has changed; if that is meant, run this test with WRITE_GOLDEN=1");
    let back: Mix = serde_json::from_str(&golden).expect("readable");
    assert_eq!(back, mix);
}

/// `off` is minus infinity, which JSON has no number for.
#[test]
fn a_mix_with_silence_reads_back() {
    let mix = mix("sections { verse @1 chorus @3 }
track kick { source \"kick.wav\"; send hall -6dB during chorus; fader curve [ off, @2 => -3dB over 1bar ] }
bus hall { delay(note(1/8), feedback: 30%) }
");
    let text = serde_json::to_string(&mix).expect("plain data");
    assert!(text.contains("\"-inf\""), "{text}");
    let back: Mix = serde_json::from_str(&text).expect("readable");
    assert_eq!(back, mix);
}
