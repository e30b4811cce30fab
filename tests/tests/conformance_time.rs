//! What moves, moves at its sample: curves, steps, rides, spans, the tempo map, the song's end.

use mixdown_tests::rig::Song;
use mixdown_tests::signal::impulse;

/// Gain of a track of constant ones, in 64 bits; `@48samples` in the text stands for its time.
fn gains(head: &str, body: &str, seconds: f64) -> Vec<f64> {
    let n = (seconds * 48_000.0) as usize;
    let text = format!("{head}\nlength {seconds}s\ntrack t {{ source \"one.wav\"; {body} }}");
    Song::new(text).with("one.wav", vec![vec![1.0; n]]).hear64(&["track.t"]).strip("track.t")[0].clone()
}

/// The position of a sample.
fn at(sample: u32) -> String {
    format!("@{:.9}s", f64::from(sample) / 48_000.0)
}

fn factor(level: f64) -> f64 {
    10f64.powf(level / 20.0)
}

#[track_caller]
fn same(what: &str, got: f64, want: f64) {
    assert!((got - want).abs() < 1e-6, "{what}: {got} instead of {want}");
}

#[test]
fn curves_have_their_value_at_each_breakpoint_and_grid_point() {
    let (a, b) = (1000u32, 5000u32);
    let smooth = |u: f64| 3.0 * u * u - 2.0 * u * u * u;
    let shapes: [(&str, &dyn Fn(f64) -> f64); 3] =
        [("linear", &|u| -24.0 + 18.0 * u), ("smooth", &|u| -24.0 + 18.0 * smooth(u)), ("exp", &|u| -24.0 * (6.0f64 / 24.0).powf(u))];
    for (shape, want) in shapes {
        let forms = [
            format!("gain(curve [-24dB, {} => -6dB over {:.9}s {shape}])", at(a), f64::from(b - a) / 48_000.0),
            format!("gain(curve {shape} [{} => -24dB, {} => -6dB])", at(a), at(b)),
        ];
        for form in forms {
            let g = gains("", &form, 0.2);
            same(&form, g[a as usize - 1], factor(-24.0));
            for k in (a..=b).filter(|k| *k == a || *k == b || k % 64 == 0) {
                let u = f64::from(k - a) / f64::from(b - a);
                same(&format!("{form} at {k}"), g[k as usize], factor(want(u)));
            }
            same(&form, g[b as usize + 700], factor(-6.0));
            // Between two grid points the factor goes straight.
            same(&form, g[1024 + 32], 0.5 * (g[1024] + g[1088]));
        }
    }
}

#[test]
fn a_ramp_that_is_cut_goes_on_from_where_it_is() {
    let text = format!("gain(curve [0dB, {} => -20dB over {:.9}s, {} => -2dB over {:.9}s])", at(640), 0.04, at(1280), 0.02);
    let g = gains("", &text, 0.1);
    let reached = -20.0 * 640.0 / 1920.0;
    same("where it is cut", g[1280], factor(reached));
    same("half way on", g[1280 + 480 - 480 % 64], factor(reached + (-2.0 - reached) * 448.0 / 960.0));
    same("at the end", g[2240], factor(-2.0));
}

#[test]
fn frequencies_move_by_equal_ratios() {
    let effect = "effect show(f: Frequency in 1Hz .. 100kHz) { input * (f / 1kHz) }\n";
    let g = gains(effect, &format!("show(curve linear [{} => 100Hz, {} => 1600Hz])", at(0), at(4096)), 0.1);
    // `linear` is written: by equal steps.
    same("written linear", g[2048], 0.85);
    let g = gains(effect, &format!("show(curve [100Hz, {} => 1600Hz over {:.9}s])", at(0), 4096.0 / 48_000.0), 0.1);
    same("by its own default", g[2048], 0.4);
}

#[test]
fn steps_land_on_their_sample() {
    for sample in [1, 63, 64, 65, 1234, 2047] {
        for body in [
            "gain(X)",
            "limiter(ceiling: 0dBTP); gain(X)",
            "gate(threshold: -60dB, lookahead: 3ms); gain(X); saturate(drive: -24dB, oversample: 1)",
            "parallel { a { limiter(ceiling: 0dBTP); gain(X) } }",
            "compressor(threshold: 0dB, lookahead: 2ms, mix: 50%); gain(X)",
        ] {
            let body = body.replace('X', &format!("curve [0dB, {} => -6dB]", at(sample)));
            let g = gains("", &body, 0.06);
            let ratio = g[sample as usize] / g[sample as usize - 1];
            // Nothing but the step happens from one sample to the next, at the song's start no more than a ripple.
            assert!((20.0 * ratio.log10() + 6.0).abs() < 0.1, "{body}: the step at {sample} is {ratio}");
        }
    }
}

#[test]
fn steps_inside_an_oversampled_block_land_on_their_sample() {
    let sample = 2400;
    let body = format!("oversample 4x {{ gain(curve [0dB, {} => -6dB]) }}", at(sample));
    let g = gains("", &body, 0.1);
    let middle = 0.5 * (1.0 + factor(-6.0));
    let crossed = (0..g.len()).find(|i| *i > 1000 && g[*i] < middle).unwrap_or(0) as i64;
    assert!((crossed - i64::from(sample)).abs() <= 1, "half way at sample {crossed}");
}

#[test]
fn levels_are_declicked_over_five_milliseconds() {
    for body in [format!("fader curve [0dB, {} => -20dB]", at(4800)), format!("fader (curve [0dB, {} => -20dB])", at(4800))] {
        let g = gains("", &body, 0.2);
        same("before", g[4799], 1.0);
        same("at the step", g[4800], 1.0);
        same("on the way", g[4864], factor(-20.0 * 64.0 / 240.0));
        same("there", g[5040], factor(-20.0));
        same("after", g[6000], factor(-20.0));
    }
}

#[test]
fn rides_add_to_the_fader_during_their_span() {
    let head = "tempo 120bpm\nsections { a @1\n b @1.2\n c @1.3 }";
    let g = gains(head, "fader -6dB; ride +2dB during b over 20ms; ride -1dB during b", 2.0);
    // b is 0.5 s .. 1 s; moves are centred on its edges.
    same("outside", g[20_000], factor(-6.0));
    same("inside", g[36_000], factor(-5.0));
    same("half way in", g[24_000], factor(-5.5));
    same("before the long move", g[24_000 - 480], factor(-6.0));
    same("after it", g[24_000 + 480], factor(-5.0));
    same("half way out", g[48_000], factor(-5.5));
    same("outside again", g[60_000], factor(-6.0));
}

#[test]
fn a_send_during_a_span() {
    let n = 96_000;
    let text = "tempo 120bpm\nlength 2s\nsections { a @1\n b @1.2\n c @1.3 }
        track t { source \"one.wav\"; send fx -6dB during b; to none }\nbus fx { to none }";
    let heard = Song::new(text).with("one.wav", vec![vec![1.0; n]]).hear64(&["bus.fx"]);
    let g = &heard.strip("bus.fx")[0];
    assert_eq!([g[1000], g[23_000], g[49_000], g[90_000]], [0.0; 4]);
    same("inside", g[36_000], factor(-6.0));
    // 10 ms, centred on the edge, straight in amplitude because one end is silence.
    same("half way", g[24_000], 0.5 * factor(-6.0));
    assert!(g[24_000 - 241] == 0.0 && (g[24_000 + 240] - factor(-6.0)).abs() < 1e-6);
}

#[test]
fn pickup_and_length() {
    let head = "tempo 120bpm\npickup 1beat";
    let g = gains(head, "gain(curve [0dB, @1 => -6dB, @2 => -12dB])", 3.0);
    assert_eq!(g.len(), 144_000);
    same("before the first bar", g[23_999], 1.0);
    same("@1 is a beat after the song's first sample", g[24_000], factor(-6.0));
    same("@2", g[24_000 + 96_000], factor(-12.0));
}

fn frames(text: &str, planes: Vec<Vec<f32>>) -> (usize, Song) {
    let song = Song::new(text).with("x.wav", planes);
    (song.hear(&[]).master()[0].len(), song)
}

#[test]
fn the_song_ends_with_its_last_audible_sample() {
    for way in ["delay(300ms, feedback: 50%)", "plate(decay: 700ms)", "gain(0dB)", "delay(2.5s)", "limiter(ceiling: -1dBTP); nudge(100ms)"] {
        // What goes nowhere would last longer, and does not count.
        let text = format!("track t {{ source \"x.wav\"; {way} }}\ntrack u {{ source \"x.wav\"; {way}; gain(+6dB); to none }}");
        let (n, song) = frames(&text, vec![impulse(700, 1000, 0.8)]);
        let mut long = song;
        long.text = format!("length 14s\n{}", long.text);
        let heard = long.hear(&["track.t"]);
        let loud = |x: &f32| f64::from(x.abs()) >= 10f64.powf(-4.5);
        // No more than ten seconds after the sources.
        let last = heard.outputs.values().flatten().filter_map(|c| c[..481_000].iter().rposition(loud)).max().unwrap_or(0);
        assert_eq!(n, (last + 1).max(1000), "{way}");
    }
}

#[test]
fn the_song_ends_no_later_than_ten_seconds_after_its_sources() {
    let (n, _) = frames("track t { source \"x.wav\"; plate(decay: 30s) }", vec![impulse(700, 1000, 0.8)]);
    assert_eq!(n, 1000 + 480_000);
    let (n, _) = frames("track t { source \"x.wav\"; gain(off) }", vec![vec![0.1; 12_345]]);
    assert_eq!(n, 12_345, "not before the sources are over");
}

/// Samples at which an echo of an impulse stands.
fn echoes(head: &str, time: &str, from: usize) -> Vec<usize> {
    let text = format!("{head}\nlength 4s\ntrack t {{ source \"x.wav\"; wait({time}) }}");
    let text = format!("effect wait(time: Time in 0ms .. 5s) {{ state tape = line(5s)\n let y = tape.read(time)\n tape.write(input)\n y }}\n{text}");
    let heard = Song::new(text).with("x.wav", vec![impulse(from, 192_000, 1.0)]).hear64(&["track.t"]);
    let x = &heard.strip("track.t")[0];
    // Where the tempo slows down the line is read slower, and neighbours of the echo are heard too.
    (0..x.len()).filter(|i| x[*i] > 0.95).collect()
}

#[test]
fn echoes_in_notes_follow_the_tempo_to_the_sample() {
    // 120 bpm: a beat is 24 000 samples; 60 bpm from @1.3 (sample 48 000) on: 48 000.
    let step = "tempo 120bpm\ntempo 60bpm from @1.3";
    assert_eq!(echoes(step, "note(1/4)", 6_000), [30_000], "before the change");
    assert_eq!(echoes(step, "note(1/4)", 36_000), [72_000], "across the change: half a beat fast, half a beat slow");
    assert_eq!(echoes(step, "note(1/4)", 60_000), [108_000], "after it");
    assert_eq!(echoes(step, "dotted(1/8)", 47_999), [48_000 + 36_000 - 2], "a sample before the change");
    assert_eq!(echoes(step, "note(1/8)", 36_010), [48_020], "just behind the change");
    // 160 bpm: a beat is 18 000 samples, between two grid points.
    let odd = "tempo 160bpm\ntempo 80bpm from @1.2";
    assert_eq!(echoes(odd, "note(1/4)", 10), [18_020], "just behind a change that no grid point meets");
    assert_eq!(echoes(odd, "note(1/4)", 17_990), [53_980], "just before the echo is at full speed again");
    assert_eq!(echoes(odd, "note(1/4)", 18_010), [54_010], "and just behind");
}

#[test]
fn one_during_stands_behind_the_else_of_another() {
    let head = "tempo 60bpm\nsignature 1/4\nsections { verse @1 .. @2; chorus @2 .. @3; coda @3 }";
    let g = gains(head, "gain(-3dB during chorus else -6dB during verse else 0dB)", 3.0);
    for (second, level) in [(0.5, -6.0), (1.5, -3.0), (2.5, 0.0)] {
        same(&format!("at {second} s"), g[(second * 48_000.0) as usize], factor(level));
    }
    // The outer one has the edges it has alone, and leaves for what the inner one is there.
    same("half way into the chorus", g[48_000], factor(-4.5));
    same("half way out of it", g[96_000], factor(-1.5));
    let off = gains(head, "gain(-3dB during chorus else off during verse else 0dB)", 3.0);
    assert_eq!((off[24_000], off[47_000]), (0.0, 0.0), "silence is no number to count with");
    same("out of silence", off[72_000], factor(-3.0));
    let curve = gains(head, "gain(-3dB during chorus else curve [ -12dB, @1.5s => 0dB over 1s ])", 3.0);
    for (sample, level) in [(20_000, -12.0), (72_000, -3.0), (108_032, -12.0 + 12.0 * 36_032.0 / 48_000.0), (130_000, 0.0)] {
        same(&format!("a curve at {sample}"), curve[sample], factor(level));
    }
    let list = gains(head, "gain(-3dB during [verse, coda] else 0dB)", 3.0);
    same("of a list the first", list[10_000], factor(-3.0));
    same("between", list[72_000], 1.0);
    same("and the last", list[130_000], factor(-3.0));
}

#[test]
fn musical_times_are_rates_and_constants() {
    let noise: Vec<f32> = (0..48_000).map(|i| (i as f32 * 0.37).sin() * 0.5).collect();
    let render = |head: &str, body: &str| {
        let song = Song::new(format!("{head}\nlength 1s\ntrack t {{ source \"a.wav\"; {body} }}"));
        song.with("a.wav", vec![noise.clone()]).hear(&[]).master().to_vec()
    };
    for (musical, plain) in [
        ("tremolo(rate: note(1/8))", "tremolo(rate: 4Hz)"),
        ("tremolo(rate: 0.5bars)", "tremolo(rate: 1Hz)"),
        ("phaser(rate: 1bar)", "phaser(rate: 0.5Hz)"),
        ("stereo(); plate(predelay: note(1/32))", "stereo(); plate(predelay: 62.5ms)"),
        ("nudge(0.5beats)", "nudge(250ms)"),
    ] {
        assert!(render("tempo 120bpm", musical) == render("tempo 120bpm", plain), "{musical} is not {plain}");
    }
    // Under a tempo that changes a rate follows it.
    let head = "tempo 120bpm\ntempo 60bpm from @1.3";
    let g = gains(&format!("{head}\neffect probe(rate: Frequency) {{ input * 0 + rate / 100Hz }}"), "probe(rate: 1beat)", 3.0);
    same("before the change", g[20_000], 0.02);
    same("a slow beat later", g[110_016], 0.01);
}

/// Frames of a render of this song, whose tracks play one impulse each.
fn length(text: &str) -> usize {
    let p = mixdown_tests::Project::song(text);
    p.wav("imp.wav", 48_000, &[impulse(0, 480, 0.9)]);
    p.render(&[]).frames()
}

#[test]
fn delays_in_a_row_are_heard_to_their_end() {
    let delay = "delay(3s, feedback: 0%)";
    for (what, song) in [
        ("on a strip", format!("track a {{ source \"imp.wav\"; {delay}; {delay} }}")),
        ("strip after strip", format!("track a {{ source \"imp.wav\"; {delay}; to b }}\nbus b {{ {delay} }}")),
        ("by a send", format!("track a {{ source \"imp.wav\"; fader -inf dB; to none }}\ntrack c {{ source \"imp.wav\"; {delay}; send b 0dB; to none }}\nbus b {{ {delay} }}")),
    ] {
        let frames = length(&song);
        assert!((288_001..290_000).contains(&frames), "{what}: {frames} frames");
    }
    // `tail` says how long at the most.
    assert!(length(&format!("tail 5s\ntrack a {{ source \"imp.wav\"; {delay}; {delay} }}")) < 48_480);
    // What nobody hears lengthens nothing.
    let unheard = "track a { source \"imp.wav\"; send hall 0dB }\nbus hall { plate(decay: 4s); to none }";
    assert!(length(unheard) < 1000, "{}", length(unheard));
}

#[test]
fn samples_are_a_length_in_effects_too() {
    let song = |time: &str| format!("length 100ms\neffect late(time: Time = {time}) {{\n state t = line(100samples)\n t.write(input)\n t.read(time) }}\ntrack a {{ source \"imp.wav\"; late() }}");
    let heard = Song::new(song("48samples")).with("imp.wav", vec![impulse(0, 480, 1.0)]);
    let plane = heard.hear64(&["track.a"]).strip("track.a")[0].clone();
    let at = plane.iter().position(|x| x.abs() > 0.5);
    assert_eq!(at, Some(48));
}

#[test]
fn spans_in_a_list_are_sections_and_places_alike() {
    let head = "tempo 120bpm\nsections { one @1.2 .. @1.3 }";
    let heard = gains(head, "fader off during [one, @1.4 .. @2] else 0dB", 3.0);
    let at = |seconds: f64| heard[(seconds * 48_000.0) as usize];
    for (seconds, level) in [(0.25, 1.0), (0.75, 0.0), (1.25, 1.0), (1.75, 0.0), (2.25, 1.0)] {
        same(&format!("{seconds} s"), at(seconds), level);
    }
    let named = gains(head, "let spans = [@1.4 .. @2, one]; fader off during spans else 0dB", 3.0);
    assert!(named == heard);
}
