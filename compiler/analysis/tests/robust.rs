//! Broken songs: whatever the text, analysis ends without a crash, and an error explains why there is no Mix.

mod world;

use mixdown_analysis::Analysis;
use world::*;

const SONG: &str = include_str!("language_page/song.mix");
const VOCALS: &str = include_str!("language_page/vocals.mix");
const SCRIPT: &str = r#"option up: Level = 0dB in -3dB .. 3dB
fn twice(x, n = 2) { if n <= 0 { x } else { twice(x + x, n - 1) } }
let xs = [x * 2 for x in 1..4 if x != 2]
let side = (name: "a", pan: L30, at: [@3, @5.2, @90s])
for (i, p) in enumerate(sort(xs, |x| -x)) { track "t{i}" { source "a{p}.wav"; pan -10% * i; fader twice(up); to "b{1}" } }
bus b1 { parallel(mix: 40%) { dry { } wet { gain(lfo(1Hz, low: -3dB, high: 3dB)); send fx curve [-6dB, @9 => off over 1bar smooth] } } }
bus fx { delay(dotted(1/8), tone: 400Hz during @3 .. @5 over 1beat else 4kHz); compressor(key: t1 |> highpass(90Hz)) }
chain c(x: Level, fx: Bus, key: Signal) { gain(x); send fx -3dB; compressor(key: key); if x > 0dB { flip() } }
track z { clips [clip("z.wav", at: side.at[0], loop: 2), clip("y.wav", at: @9, crossfade: 5ms)]; c(1dB, fx, key: t2.pre) }
group g { t1, t2; fader -1dB }
check { loudness(g) <= -14LUFS }
"#;

/// A small generator of numbers: the same faults in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// Pieces that parse on their own: words, numbers with units, signs.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let kind = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2
        }
    };
    let mut last = 3;
    for c in text.chars() {
        match out.last_mut() {
            Some(piece) if kind(c) == last && last != 2 => piece.push(c),
            _ => out.push(c.into()),
        }
        last = kind(c);
    }
    out
}

fn sound(analysis: &Analysis) {
    let errors = analysis.diagnostics.iter().filter(|d| d.is_error()).count();
    assert_eq!(analysis.mix.is_none(), errors > 0, "{}", shown(&analysis.diagnostics));
    for d in &analysis.diagnostics {
        let helps = d.code.starts_with("E01") || d.help.as_ref().is_some_and(|h| !h.is_empty());
        assert!(helps, "{}", shown(&analysis.diagnostics));
        assert!(analysis.sources.file(d.span().file).is_some(), "{}", shown(&analysis.diagnostics));
        assert!(!d.code.is_empty() && !d.message.is_empty());
    }
}

#[test]
fn mutated_songs_end_without_a_crash() {
    let mut dice = Dice(7);
    for text in [SONG, SCRIPT] {
        let whole = pieces(text);
        for _ in 0..250 {
            let mut parts = whole.clone();
            for _ in 0..=dice.below(4) {
                let (a, b) = (dice.below(parts.len()), dice.below(parts.len()));
                match dice.below(4) {
                    0 => drop(parts.remove(a)),
                    1 => parts.swap(a, b),
                    2 => {
                        let piece = parts[b].clone();
                        parts.insert(a, piece);
                    }
                    _ => parts[a] = parts[b].clone(),
                }
            }
            let mut world = Mock::song(&parts.concat())
                .with("lib/vocals.mix", VOCALS)
                .with("packages/drumkit/lib.mix", "chain punch() { gain(1dB) }");
            world.packages.insert("drumkit".into(), "packages/drumkit".into());
            sound(&world.run());
        }
    }
}
