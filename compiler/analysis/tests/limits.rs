//! Every text ends in a Mix or an error that names its limit; large songs are read in no time.

mod world;

use std::fmt::Write;
use std::time::Instant;
use world::*;

const TRACK: &str = "\ntrack t { source \"a.wav\" }";

#[test]
fn recursion_has_an_end() {
    fault(&format!("fn down(n) {{ down(n - 1) }}\nlet x = down(1){TRACK}"), "E0701", 1, "256");
    fault(
        &format!("let f = |x| x\nfn g(n) {{ if n == 0 {{ 0 }} else {{ 1 + g(n - 1) }} }}\nlet x = g(300){TRACK}"),
        "E0701",
        2,
        "256",
    );
    assert!(
        mix(&format!("fn g(n) {{ if n == 0 {{ 0 }} else {{ 1 + g(n - 1) }} }}\nlet x = g(250){TRACK}")).strips.len()
            == 2
    );
}

#[test]
fn steps_have_an_end() {
    let song = format!(
        "let xs = [i * j for i in 1..10000]\nlet j = 2\nlet y = [sum([i for i in 1..5000]) for k in 1..5000]{TRACK}"
    );
    fault(&song, "E0702", 3, "10,000,000");
    fault(
        &format!("fn f(n) {{ if n == 0 {{ 0 }} else {{ f(n - 1) + f(n - 1) }} }}\nlet x = f(60){TRACK}"),
        "E0702",
        1,
        "10,000,000",
    );
}

#[test]
fn lists_and_texts_have_an_end() {
    fault(&format!("let xs = [i for i in 1..100000000]{TRACK}"), "E0703", 1, "1,000,000");
    fault(
        &format!(
            "let a = \"aaaaaaaaaaaaaaaa\"\nfn f(t, n) {{ if n == 0 {{ t }} else {{ f(\"{{t}}{{t}}\", n - 1) }} }}\nlet b = f(a, 40){TRACK}"
        ),
        "E0703",
        2,
        "1,048,576",
    );
}

#[test]
fn the_graph_has_an_end() {
    fault("for i in 1..20000 {\n track \"t{i}\" { source silence }\n}", "E0704", 2, "10,000");
    fault("track t { source silence\n for i in 1..300000 { gain(1dB) }\n}", "E0704", 2, "200,000");
}

#[test]
fn signals_have_an_end() {
    let song = "fn twice(x, n) { if n == 0 { x } else {\n twice(x + x, n - 1) } }\ntrack t { source \"a.wav\"; fader twice(lfo(1Hz, low: -1dB, high: 1dB), 40) }";
    fault(song, "E0705", 2, "100,000");
}

#[test]
fn deep_chains_of_anything_end_in_an_error() {
    let mut lets = String::new();
    let mut effects = String::from("effect e0() { input * 2 }\nchain c0() { flip() }\n");
    let mut tracks = String::from("track t0 { source \"a.wav\" }\n");
    for i in 1..3000 {
        let _ = writeln!(lets, "let a{} = a{i} + 1dB", i - 1);
        let _ = writeln!(effects, "effect e{i}() {{ input |> e{}() }}\nchain c{i}() {{ c{}() }}", i - 1, i - 1);
        let _ = writeln!(tracks, "track t{i} like t{} {{ }}", i - 1);
    }
    for song in [
        format!("{lets}let a2999 = 1dB{TRACK}"),
        format!("{effects}track t {{ source \"a.wav\"; c2999() }}"),
        format!("{effects}track t {{ source \"a.wav\"; e2999() }}"),
        tracks,
    ] {
        let analysis = Mock::song(&song).run();
        assert!(analysis.diagnostics.iter().any(|d| d.code == "E0701"), "{}", shown(&analysis.diagnostics));
    }
    let moving =
        "let c = curve [0dB, @9 => 1dB]\nlet s = sum([c for i in 1..5000])\ntrack t { source \"a.wav\"; fader s }";
    fault(moving, "E0705", 2, "inside each other");
    let calls = format!(
        "fn g(n) {{ if n == 0 {{ 0 }} else {{ {} g(n - 1) {} }} }}\nlet x = g(250){TRACK}",
        "1 + (".repeat(200),
        ")".repeat(200)
    );
    assert!(Mock::song(&calls).run().mix.is_some());
}

#[test]
fn nested_expressions_do_not_overflow() {
    let deep = format!("let x = {}1{}{TRACK}", "(".repeat(200), ")".repeat(200));
    assert!(mix(&deep).strips.len() == 2);
    let sum = format!("let x = {}1{TRACK}", "1 + ".repeat(500));
    let analysis = Mock::song(&sum).run();
    assert!(analysis.mix.is_some(), "{}", shown(&analysis.diagnostics));
}

/// A song of about so many lines: tracks with a dozen lines each, buses, curves, loops.
fn large(lines: usize) -> String {
    let mut song = String::from(
        "title \"Large\"\ntempo 118bpm\nsections { intro @1 verse @9, @41 chorus @25, @57 }\nbus hall { plate(decay: 2s) }\n",
    );
    let tracks = lines / 13;
    for i in 0..tracks {
        let _ = write!(
            song,
            "track t{i} {{\n source \"stems/{i}.wav\"\n highpass(90Hz)\n body: bell(350Hz, -2dB, q: 1.2)\n bell({}Hz, 1dB)\n \
             compressor(threshold: -20dB, ratio: 3, attack: 8ms, release: 90ms)\n lowpass(curve exp [ intro.start => 400Hz, verse.start => 18kHz ])\n \
             fader -6dB\n ride +2dB during chorus over 1beat\n pan L{}\n send hall -14dB\n to b{}\n}}\n",
            1000 + i,
            i % 100,
            i % 8
        );
    }
    for i in 0..8 {
        let _ = writeln!(song, "bus b{i} {{ bell(1kHz, 1dB) }}");
    }
    song
}

#[test]
fn large_songs_are_linear() {
    let time = |lines: usize| {
        let world = Mock::song(&large(lines));
        world.run();
        let runs = (0..3).map(|_| {
            let start = Instant::now();
            let analysis = world.run();
            assert!(analysis.mix.is_some(), "{}", shown(&analysis.diagnostics));
            start.elapsed().as_secs_f64()
        });
        runs.fold(f64::INFINITY, f64::min)
    };
    let (small, big) = (time(1000), time(8000));
    println!("1,000 lines {:.2} ms, 8,000 lines {:.2} ms", small * 1e3, big * 1e3);
    assert!(big < small * 24.0, "{small} s, then {big} s");
}
