//! The language's own words, for "did you mean" and for telling a slip from a name. Effect names are not
//! among them.

/// Words that begin an item.
pub(crate) const ITEMS: &[&str] = &[
    "track", "bus", "master", "group", "chain", "effect", "fn", "let", "import", "sections", "deliver", "check",
    "option", "for", "if",
];

/// Words that begin a song setting.
pub(crate) const SONG: &[&str] = &[
    "title",
    "artist",
    "tempo",
    "signature",
    "sample_rate",
    "pan_law",
    "tail",
    "length",
    "seed",
    "pickup",
    "album_artist",
    "album",
    "year",
    "isrc",
    "comment",
    "genre",
    "composer",
    "lyricist",
    "producer",
    "engineer",
    "mixer",
    "copyright",
    "label",
    "track_number",
];

/// Words that begin a setting of a strip.
pub(crate) const SETTINGS: &[&str] =
    &["source", "clips", "fader", "ride", "pan", "send", "to", "mute", "solo", "trim", "oversample"];

/// The setting that other systems call otherwise.
pub(crate) fn borrowed_setting(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "volume" | "vol" | "level" => "fader",
        "panning" | "panorama" | "pan_position" => "pan",
        "output" | "out" | "route" => "to",
        "aux" => "send",
        "input" | "file" | "sample" | "audio" => "source",
        "automation" => "ride",
        _ => return None,
    })
}

/// Words that begin a statement of code.
pub(crate) const CODE: &[&str] = &["let", "state", "for", "if", "latency", "line", "oversample"];

/// Wrappers: their blocks hold named branches.
pub(crate) const WRAPPERS: &[&str] = &["parallel", "bands", "mid_side", "left_right"];

/// The words that are never names.
pub(crate) const HARD: &[&str] = &[
    "let", "fn", "if", "else", "for", "in", "and", "or", "not", "true", "false", "inf", "curve", "state", "match",
    "while",
];

/// Units as they are written.
pub(crate) const UNITS: &[&str] = &[
    "dB", "dBFS", "dBTP", "LUFS", "LU", "Hz", "kHz", "ms", "s", "us", "min", "samples", "st", "ct", "oct", "beat",
    "beats", "bar", "bars", "bpm", "deg", "x", "%",
];
