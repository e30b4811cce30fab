//! Signals that part and meet again meet at the same sample: direct, by bus, send, key, wrapper; splits sum flat.

use mixdown_tests::db;
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{impulse, loudest_at, noise, sine, stimulus};

/// What delays a signal and leaves it as it is, but for the sample it stands on.
const LATE: &[&str] = &[
    "limiter(ceiling: 0dBTP)",
    "limiter(ceiling: 0dBFS, lookahead: 7ms)",
    "gate(threshold: -120dB, lookahead: 5ms, attack: 0.01ms, range: 0dB)",
    "compressor(threshold: 0dB, lookahead: 11ms)",
    "nudge(0ms)",
];

#[test]
fn polarity_pairs_null_on_every_way() {
    let x = noise(5, 20_000, 0.4);
    for late in LATE {
        let ways = [
            format!("track a {{ source \"x.wav\"; {late} }}\ntrack b {{ source \"x.wav\"; flip() }}"),
            format!("track a {{ source \"x.wav\"; {late}; to one }}\nbus one {{ {late}; to two }}\nbus two {{ }}\ntrack b {{ source \"x.wav\"; flip() }}"),
            format!("track a {{ source \"x.wav\"; send fx 0dB; {late}; flip() }}\nbus fx {{ {late} }}"),
            format!("track a {{ source \"x.wav\"; parallel {{ a {{ {late} }}\n b {{ flip() }} }} }}"),
            format!("track a {{ source \"x.wav\"; parallel {{ a {{ {late}; {late} }}\n b {{ {late}; flip() }} }} }}"),
            format!("effect copy(key: Signal) {{ input - key }}\ntrack k {{ source \"x.wav\"; {late}; to none }}\ntrack a {{ source \"x.wav\"; copy(key: k) }}"),
            format!("effect copy(key: Signal) {{ input - key }}\ntrack k {{ source \"x.wav\"; to none }}\ntrack a {{ source \"x.wav\"; {late}; copy(key: k) }}"),
            format!("effect copy(key: Signal) {{ input - key }}\ntrack k {{ source \"x.wav\"; {late}; to none; copy(key: j) }}\ntrack j {{ source \"x.wav\"; gain(off); {late}; to none }}\ntrack a {{ source \"x.wav\"; {late}; copy(key: k.source) }}").replace("to none; copy(key: j)", "copy(key: j); to none"),
        ];
        for way in ways {
            let heard = Song::new(way.clone()).with("x.wav", vec![x.clone()]).hear(&[]);
            let worst = heard.master().iter().flatten().fold(0f32, |m, x| m.max(x.abs()));
            assert_eq!(worst, 0.0, "{:.1} dBFS are left of\n{way}", db(f64::from(worst)));
        }
    }
}

#[test]
fn an_impulse_stands_on_its_sample_everywhere() {
    let at = 5000;
    let text = "effect copy(key: Signal) { key + input * 0 }
        track direct { source \"x.wav\"; to none }
        track over { source \"x.wav\"; oversample 2x { gain(0dB) }; to none }
        track deep { source \"x.wav\"; oversample 2x { oversample 8x { gain(0dB) } }; to none }
        track held { source \"x.wav\"; limiter(ceiling: 0dBTP); to bus1 }
        track keyed { source \"x.wav\"; copy(key: over); to none }
        track keyed_over { source \"x.wav\"; oversample 4x { copy(key: held) }; to none }
        track by_label { source \"x.wav\"; saturate(drive: -24dB); it: gain(-6dB); limiter(ceiling: 0dBTP); to none }
        track keyed_label { source \"x.wav\"; copy(key: by_label.it); to none }
        track both { source \"x.wav\"; parallel { a { limiter(ceiling: 0dBTP) }\n b { oversample 4x { gain(0dB) } }\n c { } }; send bus2 0dB; to none }
        bus bus1 { saturate(drive: -24dB); to bus2 }
        bus bus2 { gate(threshold: -60dB, lookahead: 4ms); to none }";
    let names = ["direct", "over", "deep", "held", "keyed", "keyed_over", "by_label", "keyed_label", "both"];
    let paths: Vec<String> = names.iter().map(|n| format!("track.{n}")).chain(["bus.bus1".into(), "bus.bus2".into()]).collect();
    let refs: Vec<&str> = paths.iter().map(String::as_str).collect();
    let heard = Song::new(text).with("x.wav", vec![impulse(at, 9000, 0.4)]).hear(&refs);
    for path in &paths {
        assert_eq!(loudest_at(&heard.strip(path)[0]), at, "{path}");
    }
}

#[test]
fn mix_blends_what_is_aligned() {
    let x = noise(6, 12_000, 0.4);
    for late in ["held(mix: 37%)", "limiter(ceiling: 0dBTP, mix: 37%)", "compressor(threshold: 0dB, lookahead: 3ms, mix: 50%)", "parallel(mix: 30%) { a { limiter(ceiling: 0dBTP) } }"] {
        let heard = Song::new(format!("length 0.25s\nchain held() {{ gain(0dB); limiter(ceiling: 0dBTP) }}\ntrack t {{ source \"x.wav\"; {late} }}")).with("x.wav", vec![x.clone()]).hear(&["track.t"]);
        let worst = heard.strip("track.t")[0].iter().zip(&x).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
        assert!(worst < 1e-7, "{late}: {worst:e}");
    }
}

#[test]
fn a_chain_is_blended_with_what_arrives() {
    let x = noise(7, 12_000, 0.4);
    let heard = |call: &str| {
        let text = format!("length 0.25s\nchain loud() {{ gain(6dB); limiter(ceiling: 0dBTP); gain(6dB) }}\ntrack t {{ source \"x.wav\"; {call} }}");
        Song::new(text).with("x.wav", vec![x.clone()]).hear(&["track.t"]).strip("track.t")[0].clone()
    };
    let (wet, blended, dry) = (heard("loud()"), heard("loud(mix: 25%)"), heard("bypass loud(mix: 25%)"));
    let worst = (0..x.len()).map(|i| (blended[i] - (0.25 * wet[i] + 0.75 * x[i])).abs()).fold(0f32, f32::max);
    assert!(worst < 1e-6, "{worst:e}");
    assert!((0..x.len()).all(|i| (dry[i] - x[i]).abs() < 1e-7) && wet[5000] != x[5000]);
}

#[test]
fn the_elements_of_a_list_are_joined_in_order() {
    let x = noise(8, 12_000, 0.4);
    let heard = |value: &str| {
        let text = format!(
            "length 0.25s\neffect e() {{ state d = line(10ms)\n d.write(input)\n let times = [1ms, 2ms, 5ms]\n {value} }}\n\
             track t {{ source \"x.wav\"; e() }}"
        );
        Song::new(text).with("x.wav", vec![x.clone()]).hear(&["track.t"]).strip("track.t")[0].clone()
    };
    for (list, written) in [
        ("sum([d.read(t) for t in times])", "d.read(1ms) + d.read(2ms) + d.read(5ms)"),
        ("min([d.read(t) for t in times])", "min(min(d.read(1ms), d.read(2ms)), d.read(5ms))"),
        ("max([d.read(t) for t in times])", "max(max(d.read(1ms), d.read(2ms)), d.read(5ms))"),
        ("input * factor(sum([-1dB, -2dB]))", "input * factor(-3dB)"),
        ("input + sum([1 for t in times if t > 1s])", "input + 0"),
        ("d.read(sum(times))", "d.read(8ms)"),
    ] {
        assert_eq!(heard(list), heard(written), "{list}");
    }
}

/// Magnitude of an impulse response at a frequency.
fn magnitude(h: &[f64], freq: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in h.iter().enumerate() {
        let (s, c) = (std::f64::consts::TAU * freq * i as f64 / 48_000.0).sin_cos();
        re += x * c;
        im += x * s;
    }
    re.hypot(im)
}

#[test]
fn bands_sum_flat() {
    for points in ["1kHz", "120Hz, 2.5kHz", "80Hz, 500Hz, 4kHz", "60Hz, 300Hz, 2kHz, 9kHz"] {
        let text = format!("length 1s\ntrack t {{ source \"x.wav\"; bands({points}) {{ low {{ }} }} }}");
        let text = if points.contains(',') && points.matches(',').count() > 1 { text.replace("low {", "band1 {") } else { text };
        let heard = Song::new(text).with("x.wav", vec![impulse(0, 48_000, 1.0)]).hear64(&["track.t"]);
        let h = &heard.strip("track.t")[0];
        let mut worst = 0f64;
        for i in 0..60 {
            worst = worst.max(db(magnitude(h, 20.0 * 1000f64.powf(f64::from(i) / 59.0))).abs());
        }
        println!("bands({points}) sum flat within {worst:.6} dB");
        assert!(worst < 0.01, "{points}: {worst} dB");
    }
}

#[test]
fn bands_part_at_their_frequencies() {
    for (low, high, at, want) in [("", "gain(off)", 1000.0, -6.0206), ("gain(off)", "", 1000.0, -6.0206), ("", "gain(off)", 4000.0, -48.0), ("gain(off)", "", 250.0, -48.0)] {
        let text = format!("length 1s\ntrack t {{ source \"x.wav\"; bands(1kHz) {{ low {{ {low} }}\n high {{ {high} }} }} }}");
        let heard = Song::new(text).with("x.wav", vec![impulse(0, 48_000, 1.0)]).hear64(&["track.t"]);
        let got = db(magnitude(&heard.strip("track.t")[0], at));
        // Two octaves away 24 dB an octave, and what the bilinear transform adds up there.
        let room = if want < -10.0 { 2.0 } else { 0.01 };
        assert!((got - want).abs() < room, "low {{ {low} }} high {{ {high} }} at {at} Hz: {got:.3} dB");
    }
}

#[test]
fn mid_side_and_left_right_are_what_they_split() {
    let x: Vec<Vec<f32>> = stimulus(7, 9600, 2).iter().map(|c| c.iter().map(|x| x * 0.4).collect()).collect();
    for way in ["mid_side { mid { }\n side { } }", "left_right { left { }\n right { } }", "mid_side { side { limiter(ceiling: 0dBTP) } }", "left_right { right { limiter(ceiling: 0dBTP) } }"] {
        let heard = Song::new(format!("length 0.2s\ntrack t {{ source \"x.wav\"; {way} }}")).with("x.wav", x.clone()).hear(&["track.t"]);
        let worst = heard.strip("track.t").iter().flatten().zip(x.iter().flatten()).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
        assert!(worst <= 1.2e-7, "{way}: {worst:e}");
    }
}

#[test]
fn oversampling_is_nothing_in_the_pass_band() {
    for n in [2, 4, 8, 16] {
        for freq in [50.0, 1000.0, 5000.0, 10_000.0, 16_000.0] {
            let x = sine(freq, 48_000.0, 24_000, 0.5);
            let text = format!("length 0.5s\ntrack t {{ source \"x.wav\"; oversample {n}x {{ gain(0dB) }} }}");
            let heard = Song::new(text).with("x.wav", vec![x.clone()]).hear64(&["track.t"]);
            let out = &heard.strip("track.t")[0];
            let worst = (4000..20_000).fold(0f64, |m, i| m.max((out[i] - f64::from(x[i])).abs()));
            if n == 4 || freq == 16_000.0 {
                println!("{n}x at {freq} Hz: {:.1} dB", db(worst / 0.5));
            }
            assert!(db(worst / 0.5) < -80.0, "{n}x at {freq} Hz: {:.1} dB", db(worst / 0.5));
        }
    }
}

/// `input` in what a node is given is the signal that arrives at it, wherever the node stands.
#[test]
fn input_in_arguments_is_what_arrives() {
    let x = [noise(7, 12_000, 0.4), noise(8, 12_000, 0.1)];
    let effects = "effect keyed() { input |> compressor(threshold: -30dB, key: input |> highpass(900Hz)) }
        effect ducked() { input * factor(-9dB * follow(loudest(input), 1ms, 80ms)) }\n";
    for (inline, own) in [
        ("compressor(threshold: -30dB, key: input |> highpass(900Hz))", "keyed()"),
        ("gain(-9dB * follow(loudest(input), 1ms, 80ms))", "ducked()"),
        ("fader -9dB * follow(loudest(input), 1ms, 80ms)", "ducked()"),
        ("flip(); gain(-9dB * follow(loudest(input), 1ms, 80ms)); flip()", "ducked()"),
        ("oversample 2x { gain(-9dB * follow(loudest(input), 1ms, 80ms)) }", "oversample 2x { ducked() }"),
        ("parallel { a { gain(-3dB); gain(-9dB * follow(loudest(input), 1ms, 80ms)) }\n b { flip() } }", "parallel { a { gain(-3dB); ducked() }\n b { flip() } }"),
        ("mid_side { side { gain(-9dB * follow(loudest(input), 1ms, 80ms)) } }", "mid_side { side { ducked() } }"),
        // `mix:` of a wrapper hears what arrives at the wrapper, not what its branches hold.
        ("parallel(mix: clamp(loudest(input), 0, 1)) { a { gain(off) } }", "effect_of_mix()"),
    ] {
        let hear = |line: &str| {
            let text = format!("{effects}effect effect_of_mix() {{ input * (1 - clamp(loudest(input), 0, 1)) }}\nlength 0.3s\ntrack t {{ source \"x.wav\"; {line} }}");
            Song::new(text).with("x.wav", x.to_vec()).hear(&[]).master().to_vec()
        };
        let (a, b) = (hear(inline), hear(own));
        let worst = a.iter().flatten().zip(b.iter().flatten()).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
        assert!(worst < 2e-7, "{inline}: {worst:e}");
        assert!(a.iter().flatten().any(|x| x.abs() > 0.01), "{inline} is silent");
    }
}
