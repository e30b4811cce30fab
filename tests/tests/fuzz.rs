//! Hundreds of broken songs through the front end and the lowering, in this process: none panics, none hangs, each is
//! a mix or has an error.

use mixdown::project::Project as Folder;
use mixdown_tests::{Project, root};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// A generator with its seed in sight.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below.max(1)
    }
}

/// Words that stand where they should not.
const WORDS: &[&str] = &[
    "{", "}", "(", ")", "[", "]", "..", "=>", "@0", "@-1", "@99999", "-", "+", "*", "/", "%", "\"", "{x}", "1e308", "0", "-inf dB", "off", "on",
    "NaN", "1/0", "track", "bus", "master", "for i in 1 .. 1000000000 {", "like", "to", "send", "like vocal", "input", "state x = 0", "curve [",
    "0Hz", "-1s", "1000000s", "9999999999999999999999", "dotted(1/0)", "follow", "key: vocal", "//", "///", "\u{feff}", "\u{0}", "é", "日本", "\n\n",
    "import \"song.mix\" as a", "parallel {", "oversample 3x {", "bands(1Hz, 1Hz) {", "mid_side {", "..=", "seed -1", "length 0s", "tempo 0bpm",
    "sample_rate 1Hz", "signature 0/0", "pickup 9999bars", "ride +2dB during", "pan L999", "fader +999dB", "limiter(ceiling: 5)", "channel: 99",
];

/// One to four changes: cut, doubled, swapped, replaced or a strange word put in.
fn broken(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(4) {
        let n = chars.len();
        let (at, len) = (dice.roll(n), 1 + dice.roll(40));
        let end = (at + len).min(n);
        match dice.roll(6) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let copy: Vec<char> = chars[at..end].to_vec();
                let to = dice.roll(n);
                chars.splice(to..to, copy);
            }
            2 => chars.truncate(at),
            3 => {
                let word = WORDS[dice.roll(WORDS.len())];
                chars.splice(at..end.min(at + dice.roll(6)), word.chars());
            }
            4 => {
                let word = WORDS[dice.roll(WORDS.len())];
                chars.splice(at..at, format!(" {word} ").chars());
            }
            _ => {
                // A digit becomes another: numbers out of their range.
                if let Some(d) = chars[at..].iter_mut().find(|c| c.is_ascii_digit()) {
                    *d = char::from(b'0' + dice.roll(10) as u8);
                }
            }
        }
    }
    chars.into_iter().collect()
}

/// Checks a song as `mixdown check` does; why it is not as it should be.
fn judged(song: &Path) -> Result<bool, String> {
    let started = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let folder = Folder::open(song, false).map_err(|e| format!("{e:?}"))?;
        let analysis = mixdown::build::check(&folder, &Default::default());
        let errors = mixdown::build::has_errors(&analysis.diagnostics);
        match &analysis.mix {
            None if errors => Ok(false),
            None => Err("no mix and no error".to_string()),
            Some(_) if errors => Err("a mix with errors".to_string()),
            Some(mix) => match mixdown_kernel::lower::lower(mix, &Default::default()) {
                Ok(_) => Ok(true),
                Err(list) if list.iter().any(|d| d.code == "E0899") => Err(format!("a fault of the compiler: {}", list[0].message)),
                Err(list) if list.is_empty() => Err("refused without a word".to_string()),
                Err(_) => Ok(false),
            },
        }
    }));
    if started.elapsed() > Duration::from_secs(20) {
        return Err(format!("took {:?}", started.elapsed()));
    }
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

/// `count` mutations of a text, checked in a folder.
///
/// `MIXDOWN_FUZZ_SEED` shifts the seed and `MIXDOWN_FUZZ_TIMES` multiplies the count, for longer hunts.
fn fuzz(p: &Project, name: &str, text: &str, count: usize, seed: u64) {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let (seed, count) = (seed + number("MIXDOWN_FUZZ_SEED", 0), count * number("MIXDOWN_FUZZ_TIMES", 1) as usize);
    p.write(name, text);
    p.run(&["check", name]).ok();
    assert_eq!(judged(&p.path(name)), Ok(true));
    let mut dice = Dice(seed);
    let mut wrong = Vec::new();
    let mut good = 0;
    for i in 0..count {
        let song = broken(text, &mut dice);
        p.write(name, &song);
        match judged(&p.path(name)) {
            Ok(fine) => good += usize::from(fine),
            Err(why) => wrong.push(format!("mutation {i} of seed {seed}: {why}\n{song}")),
        }
    }
    println!("{name}: {good} of {count} mutations are songs still");
    if let Ok(folder) = std::env::var("MIXDOWN_FUZZ_KEEP") {
        for (i, text) in wrong.iter().enumerate() {
            std::fs::write(Path::new(&folder).join(format!("{name}-{seed}-{i}.txt")), text).expect("kept");
        }
    }
    let first: Vec<&str> = wrong.iter().map(|w| w.lines().next().unwrap_or("")).collect();
    assert!(wrong.is_empty(), "{} of {count}:\n{}\n\n{}", wrong.len(), first.join("\n"), wrong[0]);
    assert!(good < count, "nothing was broken");
}

#[test]
fn night_drive() {
    let p = Project::new();
    let folder = root().join("examples/night-drive");
    for part in ["lib", "stems"] {
        p.bring(&folder.join(part), part);
    }
    let text = std::fs::read_to_string(folder.join("night-drive.mix")).expect("the example");
    fuzz(&p, "night-drive.mix", &text, 300, 1);
}

#[test]
fn small_examples() {
    let p = Project::new();
    let folder = root().join("examples");
    let mut names: Vec<_> = std::fs::read_dir(&folder).expect("examples").flatten().map(|e| e.path()).collect();
    names.sort();
    for path in names.iter().filter(|f| f.extension().is_some_and(|e| e == "mix")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if judged(path) != Ok(true) {
            panic!("{name} is wrong: {:?}", judged(path));
        }
        let text = std::fs::read_to_string(path).expect("an example");
        if !text.contains("source \"") {
            fuzz(&p, &name, &text, 60, 2);
        }
    }
}

/// A bit of everything that the language has.
const SONG: &str = r#"
title "Fuzz {1 + 1}"
tempo 118bpm
signature 4/4
length 20s
option depth: Level = -6dB
sections { intro @1
           verse @3, @7
           outro @9 .. @10 }
let levels = [-3dB, -6dB, -9dB]
fn louder(x: Level) { x + 2dB }
effect wobble(rate: Frequency = 2Hz in 0.1Hz .. 20Hz, amount: Number = 40%) {
    state phase = 0
    phase = phase + rate / sample_rate
    input * (1 - amount * 0.5)
}
chain strip(cut: Frequency = 90Hz) { highpass(cut)
    compressor(threshold: -20dB, ratio: 3) }
for (i, side) in [(1, L80), (2, R80)] { track "bv{i}" { source sine(220Hz * i, -30dB)
    pan side
    fader levels[i]
    to voices } }
track lead { source sine(440Hz, level: -20dB)
    strip(cut: 120Hz)
    fader -4dB
    ride +2dB during verse over 1beat
    send hall -14dB
    to voices }
track low { source sine(55Hz, -12dB)
    lowpass(curve exp [ intro.start => 400Hz, verse.start => 8kHz ])
    parallel { dry { }
               hot { saturate(drive: 4dB)
                     gain(louder(-6dB)) } } }
bus voices { bands(200Hz, 3kHz) { low { compressor(threshold: -16dB, ratio: 2) } } }
bus hall { plate(decay: 1.4s, predelay: 20ms) }
master { mid_side { side { highshelf(8kHz, +1dB) } }
         limiter(ceiling: -1dBTP) }
check { true_peak(master) <= -1dBTP }
"#;

#[test]
fn a_bit_of_everything() {
    fuzz(&Project::new(), "song.mix", SONG, 600, 3);
}
