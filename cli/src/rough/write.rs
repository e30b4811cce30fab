//! The text of a rough mix.

use super::listen::Stem;
use super::roles::Role;
use super::sides::sides;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Buses in the order in which they are written, with what is on them.
const BUSES: &[(&str, &str)] = &[
    ("drums", "compressor(threshold: -18dB, ratio: 2, attack: 20ms, release: 120ms)   // holds the kit together"),
    ("low", ""),
    ("guitars", ""),
    ("keys", ""),
    ("vocals", ""),
    ("rest", ""),
];

/// Milliseconds from which a stem is moved to its partner.
const LATE: f64 = 0.2;
/// Correlation of two sides below which one is the other upside down.
const OPPOSITE: f64 = -0.95;
/// Decibels lost in mono from which a stem is odd: sides that have nothing in common lose 3.
const FOLDED: f64 = 4.5;

/// Whether the right side of a stem is its left one upside down.
fn cancels(stem: &Stem) -> bool {
    stem.measured.channels == 2 && stem.measured.correlation.is_some_and(|c| c < OPPOSITE)
}

/// Most a fader is raised.
const RAISE: f64 = 12.0;

/// What rendering the mix has shown so far, in dB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Added to the faders of the leading voices.
    pub voice: f64,
    /// The master's gain; where it is not known yet the master is empty.
    pub gain: Option<f64>,
}

/// The song `title` of these stems, which lie in `stems/`; `refused` are files that could not be read.
pub fn song(title: &str, stems: &[Stem], refused: &[String], found: Found) -> String {
    let rate = common_rate(stems);
    let mut out = format!(
        "// A rough mix of {} stems: tracks named after their files, grouped into buses, faders set from measured\n\
         // loudness. Nothing here is final; every line is yours to change.\n",
        stems.len()
    );
    for note in notes(stems, refused, rate) {
        let _ = writeln!(out, "//  - {note}");
    }
    let _ = write!(out, "\ntitle \"{}\"\nsample_rate {}kHz\n// tempo 120bpm   // stems do not say theirs; write it here before anything counts in bars, beats or notes\n\nimport \"lib/chains.mix\" as chains\n", escaped(title), f64::from(rate) / 1000.0);
    let pairs = sides(stems);
    let pans = pans(stems, &pairs);
    let mut used: Vec<&str> = Vec::new();
    let mut reverb = false;
    for (i, stem) in stems.iter().enumerate() {
        let bus = stem.role.bus();
        if !used.contains(&bus) {
            used.push(bus);
        }
        reverb |= stem.role.reverb().is_some() && loudness(stem).is_some();
        let alike = stems.iter().filter(|s| s.role == stem.role && loudness(s).is_some()).count();
        // Several of a kind share their place, though not all of it: they seldom play at once.
        let share = 5.0 * (alike.max(1) as f64).log10();
        let voice = if stem.role == Role::Lead { found.voice } else { 0.0 };
        let fader = pair_loudness(stems, &pairs, i).map(|loudness| fader(stem, stem.role.loudness() - share - loudness) + voice);
        track(&mut out, stem, fader, pans[i]);
    }
    out.push('\n');
    for (bus, line) in BUSES.iter().filter(|(b, _)| used.contains(b)) {
        if line.is_empty() {
            let _ = writeln!(out, "bus {bus} {{ }}");
        } else {
            let _ = writeln!(out, "bus {bus} {{\n    {line}\n}}");
        }
    }
    if reverb {
        out += "bus reverb {\n    plate(decay: 1.6s, predelay: 20ms)\n    highpass(250Hz)\n}\n";
    }
    match found.gain {
        None => out += "\nmaster { }\n",
        Some(gain) => {
            let _ = write!(
                out,
                "\nmaster {{\n    gain({gain:+}dB){:<12}// found by measuring the mix\n    limiter(ceiling: -1dBTP)   // catches peaks; it should hardly move\n}}\n",
                ""
            );
        }
    }
    out
}

/// A fader that raises a stem so far, though never noise and nothing without end.
fn fader(stem: &Stem, raise: f64) -> f64 {
    raise.min(if stem.role == Role::Noise { 0.0 } else { RAISE })
}

fn track(out: &mut String, stem: &Stem, fader: Option<f64>, pan: i32) {
    // A track is mono or stereo: of more channels it takes one, and says so.
    let channel = match stem.measured.channels {
        0..=2 => String::new(),
        n => format!(", channel: 1   // of {n}"),
    };
    let Some(fader) = fader else {
        let _ = write!(out, "\ntrack {} {{\n    source \"stems/{}\"{channel}\n    mute   // silent\n    to {}\n}}\n",
            stem.track, escaped(&stem.copy), stem.role.bus());
        return;
    };
    let _ = write!(out, "\ntrack {} {{\n    source \"stems/{}\"{channel}\n", stem.track, escaped(&stem.copy));
    if let Some((_, late, _)) = stem.inverted {
        out.push_str("    flip()   // upside down against its partner, see above\n");
        if late >= LATE {
            let _ = writeln!(out, "    nudge(-{late:.2}ms)   // and as late as that");
        }
    }
    if cancels(stem) {
        out.push_str("    left_right { right { flip() } }   // else it vanishes in mono, see above\n");
    }
    if stem.measured.dc.iter().any(|d| d.abs() > 1e-3) {
        out.push_str("    dc_cut()\n");
    }
    for line in stem.role.processors() {
        let _ = writeln!(out, "    {line}");
    }
    let _ = writeln!(out, "    fader {:+}dB", (fader * 2.0).round() / 2.0 + 0.0);
    if stem.role == Role::Noise {
        out.push_str("    mute   // noise, by its name\n");
    }
    if pan != 0 {
        let _ = writeln!(out, "    pan {}{}", if pan < 0 { 'L' } else { 'R' }, pan.abs());
    }
    if let Some(level) = stem.role.reverb() {
        let _ = writeln!(out, "    send reverb {level}dB");
    }
    let _ = write!(out, "    to {}\n}}\n", stem.role.bus());
}

/// Loudness of a stem in LUFS; where it is too short or too quiet to be measured so, what its RMS comes to. `None` for
/// digital silence.
fn loudness(stem: &Stem) -> Option<f64> {
    let m = &stem.measured;
    m.integrated.or_else(|| m.rms.map(|rms| rms + 10.0 * f64::from(m.channels).log10() - 0.691))
}

/// The loudness a stem's fader is set by: both sides of a pair get one fader, so that what was recorded stays in its place.
fn pair_loudness(stems: &[Stem], pairs: &[Option<(usize, i32)>], i: usize) -> Option<f64> {
    let own = loudness(&stems[i]);
    match pairs[i].and_then(|(other, _)| loudness(&stems[other])) {
        Some(other) => own.map(|own| f64::midpoint(own, other)),
        None => own,
    }
}

/// Places in the image: sides of a pair at the sides, two of one name left and right, other mono parts spread, the rest in
/// the middle.
fn pans(stems: &[Stem], pairs: &[Option<(usize, i32)>]) -> Vec<i32> {
    let mut pans: Vec<i32> = pairs.iter().map(|p| p.map_or(0, |(_, side)| side * 100)).collect();
    let mut groups: BTreeMap<(Role, String), Vec<usize>> = BTreeMap::new();
    for (i, s) in stems.iter().enumerate() {
        if s.measured.channels == 1 && !s.role.central() && pairs[i].is_none() {
            let base = s.track.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').to_string();
            groups.entry((s.role, base)).or_default().push(i);
        }
    }
    // Single parts stand at the sides by turns; one without a counterpart stays in the middle.
    let singles: Vec<usize> = groups.values().filter_map(|m| if let [only] = m[..] { Some(only) } else { None }).collect();
    for two in singles.chunks_exact(2) {
        (pans[two[0]], pans[two[1]]) = (25, -25);
    }
    for members in groups.values().filter(|m| m.len() > 1) {
        let widest = if members.len() == 2 { 60 } else { 70 };
        for (k, i) in members.iter().enumerate() {
            let place = k as f64 / (members.len() - 1) as f64 * 2.0 - 1.0;
            pans[*i] = (place * f64::from(widest)).round() as i32;
        }
    }
    pans
}

/// What the engineer should know before the first listen.
fn notes(stems: &[Stem], refused: &[String], rate: u32) -> Vec<String> {
    let mut out = Vec::new();
    for s in stems {
        if let Some((other, ms, _)) = s.inverted {
            let (later, moved) = if ms >= LATE { (format!(", {ms:.1} ms later"), " and moved") } else { (String::new(), "") };
            out.push(format!("{} is inverted against {}{later}; it is turned over{moved} below", s.file, stems[other].file));
        }
        if cancels(s) {
            out.push(format!("{}: its right side is its left one upside down; it is turned over below", s.file));
        }
        if let Some(loss) = s.measured.mono_loss.filter(|loss| *loss > FOLDED && !cancels(s)) {
            out.push(format!("{} loses {loss:.1} dB when its sides are folded to mono", s.file));
        }
        if s.role == Role::Noise {
            out.push(format!("{} is noise by its name; it is muted below", s.file));
        }
        if s.measured.clip_runs > 0 {
            out.push(format!("{} is clipped: {} samples in {} places", s.file, s.measured.clipped_samples, s.measured.clip_runs));
        }
        match (s.measured.integrated, s.measured.rms) {
            (Some(_), _) => {}
            (None, None) => out.push(format!("{} is silent; it is muted below", s.file)),
            (None, Some(_)) if s.measured.seconds < 0.4 => {
                out.push(format!("{} is shorter than 400 ms; its fader is set from its RMS", s.file));
            }
            (None, Some(rms)) => out.push(format!("{} has no measurable loudness, its RMS is {rms:.1} dB; its fader is set from that", s.file)),
        }
        if s.measured.rate != rate {
            out.push(format!("{} is at {} Hz; it is converted to {rate} Hz", s.file, s.measured.rate));
        }
        if let Some(dc) = s.measured.dc.iter().find(|d| d.abs() > 1e-3) {
            out.push(format!("{} stands {dc:+.3} off zero (DC); it is cut below", s.file));
        }
        if s.measured.channels > 2 {
            out.push(format!("{} has {} channels; only the first is used below", s.file, s.measured.channels));
        }
        out.extend(s.warnings.iter().map(|w| format!("{}: {w}", s.file)));
    }
    out.extend(refused.iter().map(|r| format!("left out: {r}")));
    // A file's name may hold what would end the comment.
    out.into_iter().map(|line| line.chars().map(|c| if c.is_control() { '_' } else { c }).collect()).collect()
}

/// The rate that most stems have, at least 44.1 kHz.
fn common_rate(stems: &[Stem]) -> u32 {
    let mut count: BTreeMap<u32, usize> = BTreeMap::new();
    for s in stems.iter().filter(|s| s.measured.rate >= 44_100 && s.measured.rate <= 192_000) {
        *count.entry(s.measured.rate).or_default() += 1;
    }
    count.into_iter().max_by_key(|(rate, n)| (*n, *rate)).map_or(48_000, |(rate, _)| rate)
}

/// Text inside a string of the language.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{").replace('}', "\\}")
}
