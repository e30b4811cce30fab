//! What a stem is, judged by its name; where it goes and how loud it usually sits.

/// What a stem plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Role {
    Kick,
    Snare,
    Hats,
    Toms,
    Overheads,
    Percussion,
    Bass,
    Guitar,
    Keys,
    Strings,
    Lead,
    Melody,
    Backing,
    Effects,
    Noise,
    Other,
}

/// Words that give a stem away; the first row that matches wins, so the more telling ones stand first.
const WORDS: &[(Role, &[&str])] = &[
    (Role::Backing, &["bgvox", "backing", "bgv", "bvox", "bv", "harmony", "choir", "gang", "double vox"]),
    (Role::Lead, &["vox", "vocal", "voice", "voc", "lead vox", "singer", "rap", "sung"]),
    (Role::Kick, &["kick", "kik", "bass drum", "bassdrum", "bd", "808"]),
    (Role::Snare, &["snare", "snr", "sd", "clap", "rim"]),
    (Role::Hats, &["hat", "hats", "hihat", "hi-hat", "hh", "shaker", "ride"]),
    (Role::Toms, &["tom", "toms"]),
    (Role::Overheads, &["overhead", "overheads", "oh", "ohs", "crash", "cymbal", "room mic", "drum room"]),
    (Role::Percussion, &["perc", "drum", "drums", "beat", "loop", "break", "tabla", "conga", "bongo", "tamb", "cowbell", "cajon"]),
    (Role::Bass, &["bass", "sub", "low"]),
    (Role::Guitar, &["gtr", "guitar", "guit", "overdrive", "dist", "acoustic", "banjo", "mandolin", "ukulele"]),
    (Role::Strings, &["string", "strings", "violin", "viola", "cello", "brass", "horn", "horns", "sax", "trumpet", "flute", "wind"]),
    (Role::Melody, &["lead", "solo", "melody", "theme"]),
    (Role::Keys, &["piano", "key", "keys", "organ", "rhodes", "wurli", "synth", "sy", "pad", "saw", "square", "pluck", "arp", "bell", "chord"]),
    (Role::Noise, &["hum", "hiss", "buzz", "room noise", "room tone", "roomtone", "click track", "metronome", "guide"]),
    (Role::Effects, &["fx", "sfx", "riser", "sweep", "atmo", "ambience", "room", "glitch", "impact"]),
    (Role::Noise, &["noise"]),
];

/// The role that a file's name suggests.
pub fn role(name: &str) -> Role {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let plain = words.join(" ");
    let hits = |w: &str| {
        let short = w.len() <= 3;
        words.iter().any(|x| *x == w || x.trim_end_matches(|c: char| c.is_ascii_digit()) == w) || !short && plain.contains(w)
    };
    WORDS.iter().find(|(_, list)| list.iter().any(|w| hits(w))).map_or(Role::Other, |(r, _)| *r)
}

impl Role {
    /// The bus it goes to.
    pub fn bus(self) -> &'static str {
        match self {
            Role::Kick | Role::Snare | Role::Hats | Role::Toms | Role::Overheads | Role::Percussion => "drums",
            Role::Bass => "low",
            Role::Guitar => "guitars",
            Role::Melody | Role::Keys | Role::Strings => "keys",
            Role::Lead | Role::Backing => "vocals",
            Role::Effects | Role::Noise | Role::Other => "rest",
        }
    }

    /// Where it usually sits, as loudness of the part alone in LUFS, when the whole mix stands near -18.
    pub fn loudness(self) -> f64 {
        match self {
            Role::Lead => -18.5,
            Role::Kick | Role::Snare => -24.0,
            Role::Bass | Role::Melody => -24.0,
            Role::Percussion => -25.0,
            Role::Guitar | Role::Keys => -27.0,
            Role::Strings => -28.0,
            Role::Backing => -26.0,
            Role::Toms | Role::Overheads => -29.0,
            Role::Hats => -32.0,
            Role::Other => -28.0,
            Role::Effects => -34.0,
            Role::Noise => -50.0,
        }
    }

    /// Lines that clean it, in the language.
    pub fn processors(self) -> &'static [&'static str] {
        match self {
            Role::Kick => &["highpass(30Hz)"],
            Role::Snare => &["highpass(80Hz)"],
            Role::Hats => &["highpass(250Hz)"],
            Role::Toms => &["highpass(50Hz)"],
            Role::Overheads => &["highpass(120Hz)"],
            Role::Percussion => &["highpass(40Hz)"],
            Role::Bass => &["highpass(30Hz)", "compressor(threshold: -22dB, ratio: 3, attack: 20ms, release: 150ms)"],
            Role::Guitar => &["highpass(80Hz)"],
            Role::Melody | Role::Keys | Role::Strings => &["highpass(60Hz)"],
            Role::Lead => &["chains.vocal()"],
            Role::Backing => &["highpass(120Hz)", "compressor(threshold: -24dB, ratio: 3)"],
            Role::Effects | Role::Noise | Role::Other => &["highpass(30Hz)"],
        }
    }

    /// How much of it goes to the reverb, in dB.
    pub fn reverb(self) -> Option<f64> {
        match self {
            Role::Lead => Some(-16.0),
            Role::Backing => Some(-13.0),
            Role::Snare => Some(-20.0),
            Role::Melody | Role::Strings | Role::Keys => Some(-20.0),
            Role::Guitar => Some(-24.0),
            _ => None,
        }
    }

    /// Whether it stays in the middle.
    pub fn central(self) -> bool {
        matches!(self, Role::Kick | Role::Snare | Role::Bass | Role::Lead | Role::Melody | Role::Overheads | Role::Noise)
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, role};

    #[test]
    fn names_as_people_write_them() {
        for (name, want) in [
            ("01-kick", Role::Kick),
            ("02-off-kick", Role::Kick),
            ("06-alt-hh", Role::Hats),
            ("08-sy-bass", Role::Bass),
            ("11-vox-lead", Role::Lead),
            ("13-bgvox-1", Role::Backing),
            ("05-overheads", Role::Overheads),
            ("07-saw-1", Role::Keys),
            ("03-dist-guitar", Role::Guitar),
            ("GTR2", Role::Guitar),
            ("13-room-noise", Role::Noise),
            ("amp hum", Role::Noise),
            ("noise riser", Role::Effects),
            ("humming vox", Role::Lead),
            ("09-lead-square", Role::Melody),
            ("lead gtr", Role::Guitar),
            ("take 4", Role::Other),
        ] {
            assert_eq!(role(name), want, "{name}");
        }
    }
}
