//! Units: every word, its type and canonical number; what is meant by a wrong one; numbers in a musician's words.

#![allow(clippy::result_large_err)]

use mixdown_analysis::types::Type;
use mixdown_analysis::units::{SongUnits, UNITS, find, literal, meant, note_value, quantity, say};
use mixdown_syntax::tree::{Ident, Quantity};
use mixdown_syntax::{Diagnostic, Span};

const SONG: SongUnits = SongUnits { sample_rate: Some(48000.0), beats_per_bar: Some(3.0), beat_unit: Some(4) };

fn read(value: f64, unit: &str, song: &SongUnits) -> Result<(f64, Type), Diagnostic> {
    let unit = (!unit.is_empty()).then(|| Ident { name: unit.to_string(), span: Span::default() });
    quantity(&Quantity { value, signed: false, unit }, Span::default(), song)
}

#[test]
fn canonical_numbers() {
    let cases = [
        (3.0, "", 3.0, Type::Number),
        (30.0, "%", 0.3, Type::Number),
        (4.0, "x", 4.0, Type::Number),
        (90.0, "deg", 0.25, Type::Number),
        (-3.0, "dB", -3.0, Type::Level),
        (0.5, "LU", 0.5, Type::Level),
        (f64::NEG_INFINITY, "dB", f64::NEG_INFINITY, Type::Level),
        (-18.0, "dBFS", -18.0, Type::DbFs),
        (-1.0, "dBTP", -1.0, Type::DbTp),
        (-14.0, "LUFS", -14.0, Type::Lufs),
        (1.5, "s", 1.5, Type::Time),
        (120.0, "ms", 0.12, Type::Time),
        (50.0, "us", 0.00005, Type::Time),
        (2.0, "min", 120.0, Type::Time),
        (480.0, "samples", 0.01, Type::Time),
        (440.0, "Hz", 440.0, Type::Frequency),
        (3.2, "kHz", 3200.0, Type::Frequency),
        (7.0, "st", 7.0 / 12.0, Type::Interval),
        (50.0, "ct", 50.0 / 1200.0, Type::Interval),
        (2.0, "oct", 2.0, Type::Interval),
        (1.0, "beat", 1.0, Type::Musical),
        (2.0, "bars", 6.0, Type::Musical),
        (118.0, "bpm", 118.0, Type::Tempo),
    ];
    for (written, unit, canonical, ty) in cases {
        assert_eq!(read(written, unit, &SONG), Ok((canonical, ty)), "{written}{unit}");
    }
}

#[test]
fn each_word_is_one_unit() {
    for (i, unit) in UNITS.iter().enumerate() {
        assert!(UNITS[..i].iter().all(|u| u.word != unit.word), "{}", unit.word);
        assert_eq!(find(unit.word).map(|u| &u.ty), Some(&unit.ty));
        assert!(read(1.0, unit.word, &SONG).is_ok());
    }
}

#[test]
fn what_is_meant() {
    let cases = [
        ("db", "dB"),
        ("DB", "dB"),
        ("hz", "Hz"),
        ("HZ", "Hz"),
        ("khz", "kHz"),
        ("KHz", "kHz"),
        ("Ms", "ms"),
        ("dbfs", "dBFS"),
        ("lufs", "LUFS"),
        ("lu", "LU"),
        ("dBtp", "dBTP"),
        ("sec", "s"),
        ("seconds", "s"),
        ("semitones", "st"),
        ("cents", "ct"),
        ("k", "kHz"),
        ("percent", "%"),
        ("BPM", "bpm"),
        ("beast", "beat"),
        ("LKFS", "LUFS"),
        ("smaples", "samples"),
    ];
    for (word, unit) in cases {
        assert_eq!(meant(word), Some(unit), "{word}");
        let fault = read(1.0, word, &SONG).expect_err("unknown");
        assert_eq!(fault.code, "E0301");
        assert_eq!(fault.fixes[0].replacement, unit);
    }
    let fault = read(1.0, "furlongs", &SONG).expect_err("unknown");
    assert!(fault.fixes.is_empty() && fault.help.is_some_and(|h| h.contains("`kHz`")));
}

#[test]
fn some_units_need_the_song() {
    for (unit, help) in [("samples", "1ms"), ("bars", "4beats")] {
        let fault = read(1.0, unit, &SongUnits::default()).expect_err("not known");
        assert_eq!(fault.code, "E0302");
        assert!(fault.help.is_some_and(|h| h.contains(help)));
    }
}

#[test]
fn notes() {
    assert_eq!(note_value("note", 0.125, &SONG), Some(0.5));
    assert_eq!(note_value("dotted", 0.125, &SONG), Some(0.75));
    assert_eq!(note_value("triplet", 0.25, &SONG), Some(2.0 / 3.0));
    assert_eq!(note_value("quaver", 0.25, &SONG), None);
    let eighths = SongUnits { beat_unit: Some(8), ..SONG };
    assert_eq!(note_value("note", 0.25, &eighths), Some(2.0));
}

#[test]
fn said_to_musicians() {
    let cases = [
        (-18.0, Type::DbFs, "-18 dBFS", "-18dBFS"),
        (3200.0, Type::Frequency, "3.2 kHz", "3.2kHz"),
        (440.0, Type::Frequency, "440 Hz", "440Hz"),
        (0.12, Type::Time, "120 ms", "120ms"),
        (0.3, Type::Time, "300 ms", "300ms"),
        (1.2, Type::Time, "1.2 s", "1.2s"),
        (0.00005, Type::Time, "0.05 ms", "0.05ms"),
        (0.000002, Type::Time, "2 us", "2us"),
        (0.0, Type::Time, "0 ms", "0ms"),
        (f64::NEG_INFINITY, Type::Level, "-inf dB", "off"),
        (f64::NEG_INFINITY, Type::DbFs, "-inf dBFS", "-inf dBFS"),
        (2.5, Type::Level, "2.5 dB", "2.5dB"),
        (7.0 / 12.0, Type::Interval, "7 st", "7st"),
        (0.05 / 12.0, Type::Interval, "5 ct", "5ct"),
        (1.0, Type::Musical, "1 beat", "1beat"),
        (1.5, Type::Musical, "1.5 beats", "1.5beats"),
        (118.0, Type::Tempo, "118 bpm", "118bpm"),
        (0.7072, Type::Number, "0.7072", "0.7072"),
        (-14.0, Type::Lufs, "-14 LUFS", "-14LUFS"),
        (0.0, Type::Frequency, "0 Hz", "0Hz"),
    ];
    for (value, ty, said, written) in cases {
        assert_eq!(say(value, &ty), said);
        assert_eq!(literal(value, &ty), written);
    }
    assert_eq!(say(1.0 / 3.0, &Type::Number), "0.333333");
}

#[test]
fn literals_read_back_exactly() {
    let types = [Type::Level, Type::Time, Type::Frequency, Type::Interval, Type::Musical, Type::Tempo, Type::Number];
    let mut x = 0.000_123_456_789_f64;
    for i in 0..400 {
        x = (x * 1.0731 + 0.000_01).min(1e6);
        let value = if i % 2 == 0 { x } else { -x };
        for ty in &types {
            let text = literal(value, ty);
            let cut = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
            let number: f64 = text[..cut].parse().expect("a number");
            assert_eq!(read(number, &text[cut..], &SONG), Ok((value, ty.clone())), "{text}");
        }
    }
}
