//! `mixdown check` is quick, and takes twice as long for twice the text. What is compared is processor time, the least
//! of several runs, so that a busy machine changes nothing. One test alone: it counts what all children of this process take.

use mixdown_tests::Project;

/// Most milliseconds of processor time for 2,000 lines: half as much again as they may take by the clock.
const MOST: f64 = 150.0;

/// A song of so many lines: tracks of ten.
fn song(lines: usize) -> String {
    let track = |i: usize| {
        format!(
            "track t{i} {{\n  source \"a.wav\"\n  highpass({}Hz)\n  bell(300Hz, -2.5dB, q: 1.4)\n  compressor(threshold: -{}dB, ratio: 3)\n  \
             saturate(drive: 2dB)\n  gain(-1.5dB)\n  fader -6dB\n  pan L{}\n}}\n",
            40 + i % 60,
            12 + i % 12,
            i % 90,
        )
    };
    let text: String = (0..lines / 10).map(track).collect();
    assert_eq!(text.lines().count(), lines);
    text
}

/// Milliseconds of processor time that ended children took so far; ticks are of 10 ms.
fn children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a system that tells");
    let fields = stat.rsplit_once(')').expect("a name in brackets").1.split_whitespace();
    fields.skip(13).take(2).map(|f| f.parse::<f64>().expect("a number")).sum::<f64>() * 10.0
}

/// The least that a check of a text takes in some rounds, each of several runs, so that ticks are small against it.
fn least(p: &Project, text: &str) -> f64 {
    const RUNS: usize = 4;
    p.write("song.mix", text);
    let round = || {
        let before = children();
        (0..RUNS).for_each(|_| drop(p.run(&["check", "song.mix"])));
        (children() - before) / RUNS as f64
    };
    (0..4).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// A text of one kind with so many of its things in it.
type Text = fn(usize) -> String;

/// What songs may hold many of, besides lines of strips.
const KINDS: &[(&str, Text)] = &[
    ("faults", |n| {
        let lines = (0..n).map(|i| format!("gainn{i}(2dB)\npan Q{i}\nfader -6; bell(250 Hz, 2dB)\n"));
        format!("track t {{ source \"a.wav\"\n{}}}\n", lines.collect::<String>())
    }),
    ("sections", |n| {
        let lines: String = (0..n).map(|i| format!("s{i} @{}\n", i + 1)).collect();
        format!("tempo 120bpm\nsections {{\n{lines}}}\ntrack t {{ source \"a.wav\"; ride +1dB during s3 }}\n")
    }),
    ("lets", |n| {
        let lines: String = (0..n).map(|i| format!("let a{i} = {}dB\n", i % 20)).collect();
        format!("{lines}track t {{ source \"a.wav\"; gain(a3) }}\n")
    }),
    ("imports", |n| {
        let lines: String = (0..n).map(|i| format!("import \"lib/l{i}.mix\" as l{i}\n")).collect();
        let calls: String = (0..n).map(|i| format!("l{i}.c()\n")).collect();
        format!("{lines}track t {{ source \"a.wav\"\n{calls}}}\n")
    }),
];

#[test]
fn two_thousand_lines_and_eight_times_as_many() {
    if !std::path::Path::new("/proc/self/stat").exists() {
        println!("skipped: this system does not say what processor time children take");
        return;
    }
    let p = Project::new();
    p.wav("a.wav", 48_000, &[vec![0.1; 48_000]]);
    let (small, large) = (least(&p, &song(2_000)), least(&p, &song(16_000)));
    println!("2,000 lines {small:.1} ms, 16,000 lines {large:.1} ms");
    assert!(small <= MOST, "2,000 lines take {small:.1} ms");
    assert!(large <= small.max(5.0) * 16.0, "2,000 lines take {small:.1} ms, 16,000 lines {large:.1} ms");
    (0..800).for_each(|i| p.write(&format!("lib/l{i}.mix"), "chain c() { gain(1dB) }\n"));
    for (what, text) in KINDS {
        let most = if *what == "sections" { 8_000 } else { 800 };
        let (small, large) = (least(&p, &text(most / 8)), least(&p, &text(most)));
        println!("{} {what} {small:.1} ms, {most} {large:.1} ms", most / 8);
        assert!(large <= small.max(5.0) * 16.0, "{} {what} take {small:.1} ms, {most} {large:.1} ms", most / 8);
    }
}
