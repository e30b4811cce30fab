//! Parsing again after an edit gives what parsing the whole gives: tree, spans, comments and faults.

use mixdown_syntax::{FileId, Parsed, parse};

/// A generator of numbers that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

const SONG: &str = include_str!("files/song.mix");
const LIBRARY: &str = include_str!("files/library.mix");

#[track_caller]
fn same(parsed: &Parsed, file: FileId, text: &str) {
    let (tree, faults) = parse(file, text);
    assert_eq!(format!("{:?}", parsed.tree()), format!("{tree:?}"), "{text}");
    assert_eq!(format!("{:?}", parsed.faults()), format!("{faults:?}"), "{text}");
}

/// A place in a text where a character begins.
fn place(dice: &mut Dice, text: &str) -> usize {
    let mut at = dice.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[test]
fn random_edits() {
    let pieces = [
        "3", "12.5", "dB", "\n", "\n\n", " ", "{", "}", "(", ")", "[", "\"", "// said\n", "/// told\n", "//! top\n", "/* no */",
        "track x {\n}\n", "let y = 3dB\n", "|> gain(1dB)", "else { }", "if true { }\n", "tempo 90bpm\n", ";", ",", "+", "for i in 1..3 {\n}\n",
        "title \"é\"", "master {\n  limiter()\n}\n", "effect e() {\n  input\n}\n", "from @9", "deliver {\n}\n", "as x", ": a, b",
    ];
    let mut dice = Dice(7);
    let (mut parts, mut whole) = (0, 0);
    for start in [SONG, LIBRARY, "", "track a { source \"a.wav\" }"] {
        for _ in 0..12 {
            let mut text = start.to_string();
            let mut parsed = Parsed::new(FileId(0), &text);
            for _ in 0..60 {
                let before = text.clone();
                let at = place(&mut dice, &text);
                match dice.below(4) {
                    // Cut a little.
                    0 => {
                        let end = (at..=(at + 1 + dice.below(12)).min(text.len())).rev().find(|e| text.is_char_boundary(*e));
                        text.replace_range(at..end.unwrap_or(at), "");
                    }
                    // Cut a line, or say it twice.
                    1 => {
                        let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
                        let end = text[at..].find('\n').map_or(text.len(), |n| at + n + 1);
                        let said = text[line..end].to_string();
                        text.replace_range(line..end, &said.repeat(dice.below(3)));
                    }
                    _ => text.insert_str(at, pieces[dice.below(pieces.len())]),
                }
                parsed.change(FileId(0), &text);
                same(&parsed, FileId(0), &text);
                if parsed.read().len() < text.len() { parts += 1 } else { whole += 1 }
                // A text that is wrong is mostly mended again.
                if !parsed.faults().is_empty() && dice.below(4) > 0 {
                    text = before;
                    parsed.change(FileId(0), &text);
                    same(&parsed, FileId(0), &text);
                }
            }
        }
    }
    assert!(parts > 200, "{parts} edits were read in part, {whole} as a whole");
}

#[test]
fn a_number_reads_its_neighbourhood() {
    let text: String = (0..40).map(|i| format!("track t{i} {{\n    source \"{i}.wav\"\n    fader -{i}dB\n}}\n")).collect();
    let mut parsed = Parsed::new(FileId(0), &text);
    let other = text.replace("fader -20dB", "fader -120dB");
    parsed.change(FileId(0), &other);
    same(&parsed, FileId(0), &other);
    assert!(parsed.read().len() < text.len() / 10, "{:?} of {}", parsed.read(), text.len());
    parsed.change(FileId(0), &other);
    assert!(parsed.read().is_empty());
}

#[test]
fn another_file_moves_nothing() {
    let mut parsed = Parsed::new(FileId(0), SONG);
    parsed.change(FileId(3), SONG);
    same(&parsed, FileId(3), SONG);
}
