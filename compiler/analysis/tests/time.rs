//! Bars, tempo, sections, curves and everything that happens at a place of the song.

mod world;

use mixdown_analysis::body::{Expr, ExprKind};
use mixdown_analysis::mix::{Mix, Node};
use mixdown_layout::{Curve, Shape, Side};
use world::*;

/// The curve of the fader of the first strip.
fn fader(mix: &Mix) -> &Curve {
    let level = mix.strips[0].nodes.iter().find_map(|n| match n {
        Node::Fader { level, .. } => Some(level),
        _ => None,
    });
    curve(mix, level.expect("a fader"))
}

fn curve<'a>(mix: &'a Mix, expr: &Expr) -> &'a Curve {
    match &expr.kind {
        ExprKind::Curve(i) => &mix.curves[*i as usize],
        other => panic!("{other:?}"),
    }
}

/// The curve of `lowpass( … )` in the first strip: nothing is declicked there.
fn lowpass(song: &str, value: &str) -> Curve {
    let mix = mix(&format!("{song}\ntrack t {{ source \"a.wav\"; lowpass({value}) }}"));
    let arg = processes(&mix.strips[0].nodes)[0].call.args[0].clone().expect("an argument");
    curve(&mix, &arg).clone()
}

fn at(curve: &Curve, sample: i64) -> f64 {
    curve.eval(sample, Side::Right)
}

/// 120 bpm, 4/4, 48 kHz: a beat is 24,000 samples, a bar 96,000.
const BAR: i64 = 96_000;

#[test]
fn steps_hold_from_their_sample() {
    let c = lowpass("", "curve [ 400Hz, @2 => 1kHz, @3 => 2kHz ]");
    assert_eq!(
        (c.before, at(&c, BAR - 1), at(&c, BAR), at(&c, 2 * BAR - 1), at(&c, 2 * BAR)),
        (400.0, 400.0, 1000.0, 1000.0, 2000.0)
    );
    assert_eq!(c.eval(BAR, Side::Left), 400.0);
    assert_eq!(at(&c, 100 * BAR), 2000.0);
    let c = lowpass("", "curve [ @2 => 1kHz ]");
    assert_eq!((c.before, at(&c, 5 * BAR)), (1000.0, 1000.0));
}

#[test]
fn ramps_start_at_their_point() {
    let c = lowpass("", "curve [ 400Hz, @2 => 1600Hz over 1bar ]");
    assert_eq!(c.segments[0].shape, Shape::Exp);
    assert_eq!((at(&c, BAR), at(&c, 2 * BAR)), (400.0, 1600.0));
    assert!((at(&c, BAR + BAR / 2) - 800.0).abs() < 1e-9);
    let c = lowpass("", "curve [ 400Hz, @2 => 1600Hz over 1bar linear ]");
    assert_eq!(at(&c, BAR + BAR / 2), 1000.0);
    let c = lowpass("", "curve [ 400Hz, @2 => 1600Hz over 1bar smooth ]");
    assert_eq!(at(&c, BAR + BAR / 4), 400.0 + 1200.0 * (3.0 / 16.0 - 2.0 / 64.0));
}

#[test]
fn joined_points() {
    let c = lowpass("", "curve exp [ @1 => 400Hz, @3 => 1600Hz ]");
    assert!((at(&c, BAR) - 800.0).abs() < 1e-9);
    assert_eq!((c.before, at(&c, 2 * BAR), at(&c, 9 * BAR)), (400.0, 1600.0, 1600.0));
    let c = lowpass("", "curve linear [ 100Hz, @2 => 400Hz, @3 => 1000Hz ]");
    assert_eq!((at(&c, 0), at(&c, BAR - 1), at(&c, BAR), at(&c, BAR + BAR / 2)), (100.0, 100.0, 400.0, 700.0));
}

#[test]
fn the_next_point_cuts_a_ramp() {
    let world = Mock::song(
        "track t { source \"a.wav\"\n lowpass(curve [ 400Hz, @2 => 800Hz over 2bars linear, @3 => 1kHz ])\n}",
    );
    fault_of(&world, "E0344", 2, "cut");
    let mix = world.run().mix.expect("a mix");
    let c = &mix.curves[0];
    assert_eq!((c.eval(2 * BAR, Side::Left), at(c, 2 * BAR)), (600.0, 1000.0));
    let world = Mock::song(
        "track t { source \"a.wav\"\n lowpass(curve [ 400Hz, @2 => 800Hz over 2bars smooth, @3 => 1kHz over 1bar ])\n}",
    );
    let mix = world.run().mix.expect("a mix");
    let c = &mix.curves[0];
    assert!((at(c, 2 * BAR) - 600.0).abs() < 1e-9);
    let u: f64 = 0.25;
    assert!((at(c, BAR + BAR / 2) - (400.0 + 400.0 * (3.0 * u * u - 2.0 * u * u * u))).abs() < 1e-9);
}

#[test]
fn levels_that_end_in_silence_move_in_amplitude() {
    let mix = mix("track t { source \"a.wav\"; fader curve [ 0dB, @2 => off over 1bar ] }");
    let c = fader(&mix);
    assert_eq!(c.segments[0].shape, Shape::Amplitude);
    assert!((at(c, BAR + BAR / 2) - -6.0206).abs() < 1e-4);
}

#[test]
fn fader_steps_are_declicked_over_five_milliseconds() {
    let mix = mix("track t { source \"a.wav\"; fader curve [ 0dB, @2 => -6dB, @3 => -12dB over 1bar ] }");
    let c = fader(&mix);
    assert_eq!((at(c, BAR), at(c, BAR + 120), at(c, BAR + 240)), (0.0, -3.0, -6.0));
    assert_eq!((at(c, 2 * BAR), at(c, 3 * BAR)), (-6.0, -12.0));
    let bare = world::mix("track t { source \"a.wav\"; gain(curve [ 0dB, @2 => -6dB ]) }");
    assert_eq!(bare.curves[0].segments.len(), 1, "a step of any other parameter lands on its sample");
}

#[test]
fn during_is_a_curve_around_the_edges() {
    let song = "sections { verse @1, @5 chorus @3, @7 .. @8 }";
    let c = lowpass(song, "400Hz during chorus else 1600Hz");
    assert_eq!(c.before, 1600.0);
    assert_eq!((at(&c, 2 * BAR - 240), at(&c, 2 * BAR + 240)), (1600.0, 400.0));
    assert!((at(&c, 2 * BAR) - 800.0).abs() < 1e-9, "10 ms, centred on the edge");
    assert_eq!((at(&c, 4 * BAR + 240), at(&c, 6 * BAR + 240), at(&c, 7 * BAR + 240)), (1600.0, 400.0, 1600.0));
    let c = lowpass(song, "400Hz during @2 .. @3 over 1beat else 1600Hz");
    assert_eq!((at(&c, BAR - 12_000), at(&c, BAR + 12_000)), (1600.0, 400.0));
    let c = lowpass(song, "400Hz during verse[2] else 1600Hz");
    assert_eq!((at(&c, 2 * BAR), at(&c, 5 * BAR)), (1600.0, 400.0));
    let c = lowpass(song, "400Hz during verse else 1600Hz");
    assert_eq!(c.before, 400.0, "an edge at the first sample is no edge");
    let c = lowpass(song, "400Hz during [verse[1], chorus[1]] else 1600Hz");
    assert_eq!((c.segments.len(), at(&c, 2 * BAR)), (2, 400.0));
}

#[test]
fn sends_and_rides_know_what_is_outside() {
    let mix = mix("sections { a @1 b @3 c @5 }
        track t { source \"a.wav\"; send hall -6dB during b; ride +2dB during b over 1beat } bus hall { }");
    let Node::Send { level, .. } = &mix.strips[0].nodes[1] else { panic!() };
    let c = curve(&mix, level);
    assert_eq!((c.before, at(c, 3 * BAR), c.segments[0].shape), (f64::NEG_INFINITY, -6.0, Shape::Amplitude));
    let c = fader(&mix);
    assert_eq!((c.before, at(c, 2 * BAR - 12_000), at(c, 2 * BAR), at(c, 3 * BAR)), (0.0, 0.0, 1.0, 2.0));
}

#[test]
fn switches_and_moving_values_during() {
    let mix = mix("sections { a @1 b @3 c @5 }
        track t { source \"a.wav\"; compressor(listen: on during b else off); gain(curve [0dB, @2 => 1dB] during b else 0dB) }");
    let all = processes(&mix.strips[0].nodes);
    assert!(matches!(all[0].call.args[8].as_ref().map(|e| &e.kind), Some(ExprKind::Binary(..))));
    assert!(matches!(all[1].call.args[0].as_ref().map(|e| &e.kind), Some(ExprKind::Binary(..))));
}

#[test]
fn positions() {
    let c = lowpass(
        "let here = @2",
        "curve [ 1kHz, here + 1beat => 2kHz, @3.2 => 3kHz, @8s => 4kHz, @0:10.5 => 5kHz, @(9 + 1) => 6kHz ]",
    );
    let starts: Vec<i64> = c.segments.iter().map(|s| s.start).collect();
    assert_eq!(starts, [120_000, 216_000, 384_000, 504_000, 864_000]);
    let c = lowpass("let d = @3 - @2", "curve [ 1kHz, @2 + d => 2kHz, @5 - note(1/8) => 3kHz, @5 + 10ms => 4kHz ]");
    let starts: Vec<i64> = c.segments.iter().map(|s| s.start).collect();
    assert_eq!(starts, [192_000, 372_000, 384_480]);
}

#[test]
fn tempo_that_changes() {
    let mix = mix(
        "tempo 120bpm\ntempo 60bpm from @3\ntrack t { source \"a.wav\"; lowpass(curve [ 1kHz, @3 => 2kHz, @4 => 3kHz ]); delay(note(1/8)) }",
    );
    let starts: Vec<i64> = mix.curves[0].segments.iter().map(|s| s.start).collect();
    assert_eq!(starts, [192_000, 384_000]);
    let delay = processes(&mix.strips[0].nodes)[1];
    assert_eq!(delay.call.args[0].as_ref().map(|e| e.kind.clone()), Some(ExprKind::LookBack(0.5)));
    let steady = world::mix("tempo 120bpm\ntrack t { source \"a.wav\"; delay(dotted(1/8)) }");
    let delay = processes(&steady.strips[0].nodes)[0];
    assert_eq!(delay.call.args[0].as_ref().map(|e| e.kind.clone()), Some(ExprKind::Number(0.375)));
}

#[test]
fn tempo_ramps_are_linear_over_beats() {
    let mix = mix(
        "tempo curve [ 120bpm, @2 => 240bpm over 1bar ]\ntrack t { source \"a.wav\"; lowpass(curve [ 1kHz, @2 => 2kHz, @3 => 3kHz, @4 => 4kHz ]) }",
    );
    let starts: Vec<i64> = mix.curves[0].segments.iter().map(|s| s.start).collect();
    // t = 60 ln(b1/b0) / slope, slope = 30 bpm a beat.
    let ramp = 60.0 * 2f64.ln() / 30.0;
    let second = (48_000.0 * (2.0 + ramp) + 0.5).floor() as i64;
    assert_eq!(starts, [96_000, second, (48_000.0 * (3.0 + ramp) + 0.5).floor() as i64]);
}

#[test]
fn meters_that_change() {
    let c = lowpass(
        "signature 4/4\nsignature 7/8 from @3",
        "curve [ 1kHz, @3 => 2kHz, @4 => 3kHz, @5.3 => 4kHz, @2 + 2bars => 5kHz ]"
            .replace(", @2 + 2bars => 5kHz", "")
            .as_str(),
    );
    let starts: Vec<i64> = c.segments.iter().map(|s| s.start).collect();
    // A bar of 7/8 is 3.5 quarters; its third beat is two eighths in.
    assert_eq!(starts, [192_000, 276_000, 360_000 + 24_000]);
    let c = lowpass("signature 4/4\nsignature 7/8 from @3", "curve [ 1kHz, @2 + 2bars => 2kHz over 1bar ]");
    assert_eq!((c.segments[0].start, c.segments[0].end), (276_000, 360_000));
    fault("signature 4/4\nsignature 7/8 from @3\ntrack t { source \"a.wav\"; delay(1bar) }", "E0328", 3, "beats");
    let six = lowpass("signature 6/8", "curve [ 1kHz, @2 => 2kHz, @2 + note(1/4) => 3kHz ]");
    assert_eq!((six.segments[0].start, six.segments[1].start), (144_000, 192_000));
}

#[test]
fn pickup_stands_before_bar_one() {
    let c = lowpass("pickup 1beat", "curve [ 1kHz, @1 => 2kHz ]");
    assert_eq!(c.segments[0].start, 24_000);
}

#[test]
fn sections() {
    let mix = mix("sections { intro @1 verse @3, @7 chorus @5 outro @9 .. @11 }\ntrack t { source \"a.wav\" }");
    let spans: Vec<_> = mix.sections.iter().map(|s| (s.name.as_str(), s.spans.clone())).collect();
    let bars = |a: i64, b: i64| (BAR * (a - 1), Some(BAR * (b - 1)));
    assert_eq!(
        spans,
        [
            ("intro", vec![bars(1, 3)]),
            ("verse", vec![bars(3, 5), bars(7, 9)]),
            ("chorus", vec![bars(5, 7)]),
            ("outro", vec![bars(9, 11)]),
        ]
    );
    let open = world::mix(
        "sections { a @1 b @3 }\ntrack t { source \"a.wav\"; lowpass(curve [ 1kHz, a.end => 2kHz, b.start + (a.end - a.start) => 3kHz, b[1].start + a.length + a.length => 4kHz ]) }",
    );
    assert_eq!(open.sections[1].spans, [(2 * BAR, None)]);
    let starts: Vec<i64> = open.curves[0].segments.iter().map(|s| s.start).collect();
    assert_eq!(starts, [2 * BAR, 4 * BAR, 6 * BAR]);
}

#[test]
fn song_settings() {
    let mix = mix(
        "title \"Night Drive\"\nartist \"Vera\"\nalbum \"A\"\nyear 2026\nsample_rate 44.1kHz\npan_law 4.5dB\ntail -80dB\ntail 20s\nlength @5\nseed 7\ntrack t { source \"a.wav\" }",
    );
    assert_eq!(
        (mix.song.title.as_deref(), mix.song.artist.as_deref(), mix.song.file.as_str()),
        (Some("Night Drive"), Some("Vera"), "song")
    );
    let tags: Vec<(&str, &str)> = mix.song.tags.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(tags, [("title", "Night Drive"), ("artist", "Vera"), ("album", "A"), ("year", "2026")]);
    assert_eq!(
        (mix.song.sample_rate, mix.song.tail, mix.song.length, mix.song.seed),
        (44_100, (-80.0, 20.0), Some(352_800), 7)
    );
}

#[test]
fn what_is_wrong_with_time() {
    let t = "track t { source \"a.wav\" }";
    for (line, code, piece) in [
        ("tempo 0bpm", "E0501", "1bpm"),
        ("tempo 118", "E0320", "tempo"),
        ("signature 4/3", "E0502", "4/4"),
        ("signature 7/8 from @2.2", "E0502", "@2"),
        ("sample_rate 48", "E0320", "frequency"),
        ("sample_rate 1Hz", "E0501", "8kHz"),
        ("pan_law 2dB", "E0501", "4.5dB"),
        ("tail 3dB", "E0501", "tail -90dB"),
        ("length 0s", "E0501", "length"),
        ("seed 1.5", "E0501", "whole"),
        ("pickup -1beat", "E0501", "pickup"),
        ("title 3dB", "E0501", "quotes"),
        ("tempo curve [ 120bpm, @2 => 130bpm over 2s ]", "E0503", "beats"),
        ("tempo curve exp [ @1 => 120bpm, @2 => 130bpm ]", "E0503", "linear"),
        ("sections { a @3, @2 }", "E0342", "order of time"),
        ("sections { a 9 }", "E0321", "@9"),
        ("sections { a @3 .. @2 }", "E0347", "earlier"),
        ("let x = @0", "E0322", "from 1"),
        ("let x = @9.10", "E0322", "beat 10"),
        ("let x = @3dB", "E0321", "clock"),
        ("seed 1 from @3", "E0504", "tempo"),
    ] {
        fault(&format!("{line}\n{t}"), code, 1, piece);
    }
    fault(&format!("tempo 120bpm\ntempo 130bpm\n{t}"), "E0504", 2, "from");
    fault(&format!("seed 1\nseed 2\n{t}"), "E0504", 2, "twice");
    fault(&format!("tempo 120bpm from @9\ntempo 130bpm from @5\n{t}"), "E0502", 2, "later");
}

#[test]
fn what_is_wrong_with_curves() {
    let strip = |c: &str| format!("sections {{ a @1 b @3 }}\ntrack t {{ source \"a.wav\"\n lowpass({c})\n}}");
    for (c, code, piece) in [
        ("curve [ @9 => 1kHz, @5 => 2kHz ]", "E0342", "order of time"),
        ("curve [ @9 => 1kHz over 1bar ]", "E0341", "from nowhere"),
        ("curve [ 1kHz, 2kHz ]", "E0341", "first place"),
        ("curve exp [ @1 => 1kHz, @5 => 2kHz over 1bar ]", "E0341", "joined"),
        ("curve [ 1kHz, @5 => 3dB ]", "E0320", "same unit"),
        ("curve [ 1kHz, @5 => 0Hz over 1bar ]", "E0345", "equal ratios"),
        ("curve [ 1kHz, @5 => 2kHz over 3dB ]", "E0343", "over 1bar"),
        ("curve [ 1kHz, @5 => 2kHz over -1bar ]", "E0343", "forward"),
        ("curve [ 1kHz, 5 => 2kHz ]", "E0320", "position"),
        ("1kHz during b", "E0346", "outside"),
        ("1kHz during 3 else 2kHz", "E0347", "section"),
        ("1kHz during @5 .. @4 else 2kHz", "E0347", "earlier"),
        ("1kHz during b over 2dB else 2kHz", "E0343", "200ms"),
        ("1kHz during c else 2kHz", "E0202", "`a`"),
        ("curve [ 1kHz, b.end => 2kHz ]", "E0348", "written end"),
        ("1kHz during b[2] else 2kHz", "E0348", "1 to 1"),
        ("1kHz during b else 3dB", "E0320", "frequency"),
    ] {
        fault(&strip(c), code, 3, piece);
    }
}

#[test]
fn musical_times_ask_for_a_tempo_once() {
    let said = |song: &str| {
        let analysis = Mock { asks_for_tempo: true, ..Mock::song(song) }.run();
        assert!(analysis.mix.is_some(), "{}", shown(&analysis.diagnostics));
        let places = analysis.diagnostics.iter().map(|d| (d.code.clone(), analysis.sources.text(d.span()).to_string()));
        places.collect::<Vec<_>>()
    };
    let track = "track t { source \"a.wav\"";
    for (text, place) in [
        ("ride -3dB during @2 .. @3", "@2"),
        ("gain(3dB * lfo(2beats))", "2beats"),
        ("lowpass(curve [ 400Hz, @1 => 1kHz over 0.5bars ])", "0.5bars"),
        ("delay(note(1/8))", "note(1/8)"),
    ] {
        let song = format!("{track}; send hall -9dB; {text}; pan curve [ 0%, @9 => 20% ] }}\nbus hall {{ }}");
        let found = said(&song);
        assert_eq!(found, [("E0507".to_string(), place.to_string())], "{song}");
        assert_eq!(said(&format!("tempo 90bpm\n{song}")), []);
    }
    assert_eq!(said(&format!("length 3s\nsections {{ all @1 }}\n{track}; pan curve [ 0%, @2s => 20% ] }}")), []);
}
