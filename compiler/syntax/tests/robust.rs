//! Whatever the text: the parser returns, soon, with spans inside the text. Mutations come from a counter,
//! so a failure comes again.

mod common;

use common::{LIBRARY, SONG, list};
use mixdown_syntax::{FileId, parse};
use std::time::{Duration, Instant};

/// A small generator (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

const BITS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    ";",
    "=",
    "=>",
    "|>",
    "..",
    "-",
    "@",
    ".",
    "\n",
    "\r\n",
    " ",
    "%",
    "/*",
    "*/",
    "//",
    "///",
    "//!",
    "if",
    "else",
    "for",
    "in",
    "let",
    "track x",
    "track x {",
    "during",
    "over",
    "within",
    "of",
    "curve",
    "[",
    "@9",
    "-3dB",
    "3 dB",
    "inf",
    "state",
    "é",
    "\u{FEFF}",
    "“",
    "oversample 4x",
    "not",
    "|x|",
    "0",
    "\0",
];

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(|c: char| !c.is_alphanumeric()).collect()
}

/// One change: a piece cut out, put in, doubled, moved, or the text's end cut off.
fn mutate(text: &str, dice: &mut Dice) -> String {
    let a = boundary(text, dice.roll(text.len() + 1));
    let b = boundary(text, (a + dice.roll(12)).min(text.len()));
    match dice.roll(8) {
        0 => format!("{}{}", &text[..a], &text[b.max(a)..]),
        1 | 2 => format!("{}{}{}", &text[..a], BITS[dice.roll(BITS.len())], &text[a..]),
        3 => format!("{}{}{}", &text[..a], &text[a..b.max(a)], &text[a..]),
        4 => text[..a].to_string(),
        5 => {
            let mut all = words(text);
            if !all.is_empty() {
                all.remove(dice.roll(all.len()));
            }
            all.concat()
        }
        6 => {
            let mut all = words(text);
            if !all.is_empty() {
                let (from, to) = (dice.roll(all.len()), dice.roll(all.len()));
                all.insert(to, all[from]);
            }
            all.concat()
        }
        _ => {
            let mut all: Vec<&str> = text.split_inclusive('\n').collect();
            if all.len() > 1 {
                let (x, y) = (dice.roll(all.len()), dice.roll(all.len()));
                all.swap(x, y);
            }
            all.concat()
        }
    }
}

/// Parses, and looks at every span and the time.
fn survives(text: &str, seed: u64) {
    let start = Instant::now();
    let (tree, diagnostics) = parse(FileId(0), text);
    let took = start.elapsed();
    assert!(took < Duration::from_millis(500), "seed {seed}: {took:?}\n{text}");
    for d in &diagnostics {
        let spans = d.labels.iter().map(|l| l.span).chain(d.fixes.iter().map(|f| f.span));
        for span in spans {
            let (a, b) = (span.start as usize, span.end as usize);
            assert!(text.get(a..b).is_some(), "seed {seed}: {a}..{b} {}\n{text}", d.message);
        }
        assert!(!d.message.contains("cannot be read") || d.message.contains('{'), "seed {seed}: {}\n{text}", d.message);
    }
    for item in &tree.items {
        assert!(text.get(item.span.start as usize..item.span.end as usize).is_some(), "seed {seed}");
    }
    for comment in &tree.comments {
        assert!(text[comment.start as usize..comment.end as usize].starts_with("//"), "seed {seed}");
    }
}

#[test]
fn mutated_files_always_parse() {
    let both = format!("{SONG}{}", LIBRARY.replace("//!", "//"));
    for seed in 0..4_000 {
        let mut dice = Dice(seed);
        let mut text = if seed % 4 == 0 {
            both.clone()
        } else if seed % 4 == 1 {
            LIBRARY.to_string()
        } else {
            SONG.to_string()
        };
        for _ in 0..1 + dice.roll(6) {
            text = mutate(&text, &mut dice);
        }
        survives(&text, seed);
    }
}

#[test]
fn heaps_of_signs_always_parse() {
    for seed in 0..2_000 {
        let mut dice = Dice(seed ^ 0xABCD);
        let text: String = (0..dice.roll(120)).map(|_| BITS[dice.roll(BITS.len())]).flat_map(|s| [s, " "]).collect();
        survives(&text, seed);
        survives(&format!("track t {{\n{text}\n}}"), seed);
        survives(&format!("effect e() {{\n{text}\n}}"), seed);
    }
}

#[test]
fn one_change_costs_few_diagnostics() {
    // A single deleted character in one statement must not bury the writer.
    let mut most = 0;
    let mut total = 0;
    for (at, _) in SONG.char_indices() {
        let mut text = SONG.to_string();
        text.remove(at);
        let (tree, diagnostics) = parse(FileId(0), &text);
        assert!(diagnostics.len() <= 4, "{at}\n{}", list(&text, &diagnostics));
        assert!(tree.items.len() >= 15, "{at}: {}", tree.items.len());
        most = most.max(diagnostics.len());
        total += diagnostics.len();
    }
    assert!(most >= 1 && total < 2 * SONG.len(), "{most} {total}");
}

#[test]
fn nesting_without_end_is_answered() {
    for piece in [
        "(",
        "[",
        "{",
        "f(",
        "if a {",
        "|x| ",
        "not ",
        "a during b else ",
        "oversample 2x ",
        "- ",
        "\"{",
        "track a {\n",
    ] {
        for prefix in ["let a = ", "track t {\n", "effect e() {\n", ""] {
            survives_long(&format!("{prefix}{}", piece.repeat(20_000)));
        }
    }
}

/// Text at which only an answer matters, in a thread with a small stack as tests and servers have it.
fn survives_long(text: &str) {
    let start = Instant::now();
    let (_, diagnostics) = parse(FileId(0), text);
    assert!(!diagnostics.is_empty());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?} {}", start.elapsed(), &text[..40.min(text.len())]);
}

#[test]
fn nested_constructs_at_the_limit_do_not_explode() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("(a: ", "1", ")"),
        ("[", "1", "]"),
        ("f(", "x", ")"),
        ("if a { ", "b", " }"),
        ("oversample 2x { ", "b", " }"),
        ("xs[", "1", "]"),
        ("@(", "1", ")"),
        ("curve [ @1 => ", "1", " ]"),
    ] {
        for broken in ["", " ?"] {
            let text = format!("let a = {}{middle}{broken}{}", open.repeat(250), close.repeat(250));
            let start = Instant::now();
            let (_, diagnostics) = parse(FileId(0), &text);
            assert_eq!(diagnostics.len(), usize::from(!broken.is_empty()), "{}", list(&text, &diagnostics));
            assert!(start.elapsed() < Duration::from_millis(500), "{open} {:?}", start.elapsed());
        }
    }
}

/// What nests without a bracket ends as well, in the grammar and in what follows from it.
#[test]
fn nesting_without_brackets_ends() {
    for (link, end) in [
        ("|a| ", "1"),
        ("|a| 2 + ", "1"),
        ("|a| if c { 1 } else { 2 } + ", "1"),
        ("|a| \"{x}\" + ", "1"),
        ("x during a else ", "1"),
        ("if ", "x { 1 }"),
        ("oversample ", "x { 1 }"),
        ("x within ", "1 of 2"),
        ("- ", "1"),
        ("not ", "x"),
    ] {
        for n in [300, 5_000, 19_000, 200_000] {
            let text = format!("let a = {}{end}\ntitle \"x\"\n", link.repeat(n));
            let start = Instant::now();
            let (_, diagnostics) = parse(FileId(0), &text);
            assert!(n == 300 || diagnostics.iter().any(|d| d.is_error()) || link == "- " || link == "not ", "{link} {n}");
            assert!(start.elapsed() < Duration::from_secs(10), "{link} {n}: {:?}", start.elapsed());
        }
    }
    let types = format!("effect e(a: {}Number) {{ input }}\n", "List of ".repeat(19_000));
    assert!(parse(FileId(0), &types).1.iter().any(|d| d.is_error()));
    // Many beside each other are no fault.
    let beside = "let f = |a| if a > 0 { 1 } else { 2 }\n".repeat(5_000);
    assert!(parse(FileId(0), &beside).1.is_empty());
}

#[test]
fn brackets_left_open_cost_no_more_than_others() {
    let rest = "gain(3dB)\n".repeat(2_000);
    for head in ["foo (\n", "foo {\n", "foo [\n", "let a = f(\n", "track a { gain(\n", "if a {\n"] {
        let text = format!("{}{rest}", head.repeat(100));
        let start = Instant::now();
        let (_, diagnostics) = parse(FileId(0), &text);
        assert!(!diagnostics.is_empty());
        assert!(start.elapsed() < Duration::from_secs(2), "{head} {:?}", start.elapsed());
    }
    for (open, close) in
        [("f(if a { let b = ", ""), ("f(if a { let b = ", " } ! )"), ("x { y ( z [ ", ""), ("{ ( ", "")]
    {
        for head in ["let a = ", "track t {\n", "effect e() {\n"] {
            let text = format!("{head}{} ? {}", open.repeat(60), close.repeat(60));
            let start = Instant::now();
            let (_, diagnostics) = parse(FileId(0), &text);
            assert!(!diagnostics.is_empty());
            assert!(start.elapsed() < Duration::from_secs(1), "{head}{open} {:?}", start.elapsed());
        }
    }
}

#[test]
fn marks_of_the_scan_cannot_be_written() {
    // The scan marks lost brackets with control characters; in a song these are as odd as any other.
    for text in ["track a \u{2} }", "let a = f\u{1}1)", "track a { gain(3dB)\n\u{2}"] {
        assert!(parse(FileId(0), text).1.iter().any(|d| d.is_error()), "{text:?}");
    }
    let (tree, diagnostics) = parse(FileId(0), "title \"a\u{1}b\u{2}\"");
    assert!(diagnostics.is_empty());
    assert!(format!("{:?}", tree.items[0].kind).contains("a\\u{1}b\\u{2}"));
}

/// Seconds that this thread has computed: others that use the machine as well do not count.
#[cfg(unix)]
fn computed() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time is written into a place of ours.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0, "the thread has no clock");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
fn computed() -> f64 {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGIN.elapsed().as_secs_f64()
}

fn best_of(n: usize, text: &str) -> f64 {
    (0..n)
        .map(|_| {
            let start = computed();
            std::hint::black_box(parse(FileId(0), text));
            computed() - start
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn time_grows_with_length_only() {
    let line = "    compressor(threshold: -18dB, ratio: 4, attack: 10ms)\n";
    let good = |n: usize| format!("track a {{\n{}}}\n", line.repeat(n));
    let bad = |n: usize| format!("track a {{\n{}}}\n", "    fader -2 dB\n    plate\n".repeat(n / 2));
    let open = |n: usize| format!("track a {{\n{}}}\n", "    gain(3dB\n    /* x\n".repeat(n / 2));
    let flat = |n: usize| format!("let a = [{}]\n", "1, -2dB, f(x),\n".repeat(n));
    for (name, make) in [("good", &good as &dyn Fn(usize) -> String), ("bad", &bad), ("flat", &flat)] {
        let ratio = best_of(5, &make(8_000)) / best_of(5, &make(500));
        assert!(ratio < 16.0 * 4.0, "{name}: {ratio}");
    }
    // Brackets that are opened again and again are refused, not walked.
    assert!(best_of(1, &open(8_000)) < 5.0);
}
