//! The benchmark sessions as data, and as the text they are in the language.
//!
//! **T**: tracks alone: high-pass, shelf, bell, shelf, compressor, fader, pan. **S**: T with four groups, a reverb, a
//! ping-pong delay and a mastered output. **A**: S with every fader and one band of every track moving.

use std::fmt::Write;

/// Sample rate of everything.
pub const RATE: u32 = 48_000;
/// Tracks of the plain sessions; larger ones repeat them.
pub const TRACKS: usize = 24;
/// Of these the first are mono.
pub const MONO: usize = 16;
/// The groups, in the order that tracks are dealt out to them.
pub const GROUPS: [&str; 4] = ["drums", "band", "keys", "vox"];

/// The numbers of one track.
#[derive(Clone, Copy, Debug)]
pub struct Track {
    /// Which stem it plays.
    pub stem: usize,
    /// Its low shelf: hertz, decibels.
    pub low: (f64, f64),
    /// Its bell, of Q 1.1.
    pub bell: (f64, f64),
    /// Its high shelf.
    pub high: (f64, f64),
    /// Decibels.
    pub fader: f64,
    /// -1 to 1.
    pub pan: f64,
    /// Sends to the hall and the echo, in decibels.
    pub sends: (f64, f64),
}

impl Track {
    /// Track `i`.
    pub fn new(i: usize) -> Track {
        let stem = i % TRACKS;
        let n = stem as f64;
        Track {
            stem,
            low: (120.0 + 10.0 * n, n % 3.0 - 1.0),
            bell: (400.0 + 150.0 * n, n % 5.0 - 2.0),
            high: (6000.0 + 200.0 * n, 1.0 + n % 2.0),
            fader: -2.0 - n % 3.0,
            pan: ((n * 37.0) % 120.0 - 60.0) / 100.0,
            sends: (-14.0 - n % 6.0, -18.0 - n % 5.0),
        }
    }

    /// 1 or 2.
    pub fn channels(&self) -> usize {
        if self.stem < MONO { 1 } else { 2 }
    }
}

/// Bells of the groups, in hertz.
pub fn group_bell(group: usize) -> f64 {
    200.0 + 300.0 * group as f64
}

/// Which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tracks alone.
    T,
    /// All of it.
    S,
    /// All of it, moving.
    A,
}

/// The text of a session of `tracks` tracks.
pub fn text(kind: Kind, tracks: usize) -> String {
    let mut s = String::from("sample_rate 48kHz\ntempo 120bpm\n");
    for i in 0..tracks {
        track(&mut s, i, kind);
    }
    if kind != Kind::T {
        for (k, group) in GROUPS.iter().enumerate() {
            let _ = writeln!(
                s,
                "bus {group} {{\n    bell({}Hz, 1.5dB)\n    highshelf(9kHz, -1dB)\n    compressor(threshold: -16dB, ratio: 2, attack: 20ms, release: 150ms)\n}}",
                group_bell(k)
            );
        }
        s += "bus hall { hall(decay: 1.8s) }\nbus echo { pingpong(time: 375ms, feedback: 35%, tone: 4kHz) }\n";
        s += "master {\n    highpass(25Hz)\n    lowshelf(100Hz, 1dB)\n    bell(3kHz, -1dB)\n    highshelf(10kHz, 1dB)\n    compressor(threshold: -14dB, ratio: 2, attack: 20ms, release: 200ms)\n    limiter(ceiling: -1dBFS)\n    gain(-0.5dB)\n}\n";
    }
    s
}

fn track(s: &mut String, i: usize, kind: Kind) {
    let t = Track::new(i);
    let n = t.stem as f64;
    let moving = kind == Kind::A;
    let bell = if moving {
        format!("curve linear [ @1 => {}dB, @15 => {}dB, @30 => 0dB ]", t.bell.1, 3.0 - n % 4.0)
    } else {
        format!("{}dB", t.bell.1)
    };
    let fader = if moving {
        format!("curve linear [ @1 => {}dB, @10 => {}dB, @31 => -9dB ]", t.fader, -9.0 - n % 4.0)
    } else {
        format!("{}dB", t.fader)
    };
    let _ = writeln!(
        s,
        "track t{i} {{\n    source \"stems/{:02}.wav\"\n    highpass(80Hz)\n    lowshelf({}Hz, {}dB)\n    bell({}Hz, {bell}, q: 1.1)\n    highshelf({}Hz, {}dB)\n    compressor(threshold: -18dB, ratio: 3, attack: 10ms, release: 120ms, knee: 6dB)\n    fader {fader}\n    pan {:.0}%",
        t.stem,
        t.low.0,
        t.low.1,
        t.bell.0,
        t.high.0,
        t.high.1,
        t.pan * 100.0
    );
    if kind != Kind::T {
        let _ = writeln!(s, "    send hall {}dB\n    send echo {}dB\n    to {}", t.sends.0, t.sends.1, GROUPS[i % GROUPS.len()]);
    }
    *s += "}\n";
}
