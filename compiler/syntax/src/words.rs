//! The language's own words, for "did you mean" and for telling a slip from a name. Effect names are not
//! among them.

/// Words that begin an item.
pub(crate) const ITEMS: &[&str] = &[
    "track", "bus", "master", "monitor", "group", "chain", "effect", "fn", "let", "import", "sections", "deliver", "check",
    "option", "for", "if",
];

/// What files say of themselves, in the order they say it; settings of the song, and fields of a delivery's `tags`.
pub const TAGS: &[&str] = &[
    "title",
    "artist",
    "album",
    "album_artist",
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

/// What a song says besides its tags.
const FACTS: &[&str] = &["tempo", "signature", "sample_rate", "pan_law", "tail", "length", "seed", "pickup"];

/// Words that begin a song setting.
pub(crate) const SONG: &[&str] = &{
    let mut all = [""; TAGS.len() + FACTS.len()];
    let mut n = 0;
    while n < all.len() {
        all[n] = if n < TAGS.len() { TAGS[n] } else { FACTS[n - TAGS.len()] };
        n += 1;
    }
    all
};

/// Words that begin a setting of a strip.
pub(crate) const SETTINGS: &[&str] =
    &["source", "clips", "fader", "ride", "pan", "send", "to", "mute", "solo", "trim", "oversample"];

/// The setting that other systems call otherwise.
pub fn borrowed_setting(word: &str) -> Option<&'static str> {
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

/// Words of other programs for what is no processor, no setting or not there at all, and what to write instead.
const FOREIGN: &[(&[&str], &str)] = &[
    (&["note", "notes", "color", "colour", "description", "icon"], "what is said of a strip stands in a comment: `// …`"),
    (
        &["bpm", "song_tempo"],
        "the tempo belongs to the song: write `tempo 120bpm` at the file's level",
    ),
    (&["time_signature", "meter_signature"], "write `signature 4/4` at the file's level"),
    (&["samplerate", "rate"], "write `sample_rate 48kHz` at the file's level"),
    (
        &["fade", "fades", "fade_in", "fade_out", "fadein", "fadeout", "crossfade"],
        "a fade is a curve: `fader curve [ off, @1 => 0dB over 2s ]`; a clip has its own: `clip(\"a.wav\", fade_in: 5ms)`",
    ),
    (
        &[
            "pitch", "pitch_shift", "pitch_correct", "transpose", "autotune", "auto_tune", "tune", "detune", "harmonizer",
            "formant", "vocoder", "time_stretch", "timestretch", "stretch", "warp",
        ],
        "there is no pitch shifting and no time stretching here: give the file its pitch and length before the mix",
    ),
    (
        &["sidechain", "side_chain", "sidechain_compressor", "sc"],
        "a side-chain is a parameter of what listens: `compressor(threshold: -20dB, key: kick)`",
    ),
    (
        &["normalize", "normalise", "normalizer", "lufs", "match_loudness"],
        "nothing is normalised by itself: write `trim to -18LUFS` in a strip; a master wants `gain( … )` and a `limiter`",
    ),
    (
        &["multiband", "multi_band", "crossover", "split", "splitter"],
        "parts of the spectrum are a wrapper: `bands(120Hz, 2.5kHz) { low { … } high { … } }`",
    ),
    (
        &["midside", "ms", "ms_encode", "ms_decode", "mid", "side"],
        "middle and sides are a wrapper: `mid_side { mid { … } side { … } }`",
    ),
    (
        &["parallel_compression", "parallel_compressor", "new_york", "ny_compression", "blend", "dry_wet"],
        "write `mix: 40%` in the brackets of a processor, or `parallel { dry { } crush { … } }`",
    ),
    (&["upsample", "oversampling"], "write `oversample 4x { … }` around the processors"),
    (
        &["plugin", "plugins", "vst", "vst3", "au", "insert", "inserts", "fx", "effects", "rack"],
        "processors stand on lines of their own, top to bottom: `mixdown explain library` lists them; no plug-ins are loaded",
    ),
    (
        &["amp_sim", "cabinet", "cab", "guitar_amp"],
        "there is no amplifier here: `tube`, `tape` and `saturate` colour, and filters do the rest",
    ),
    (
        &["automate", "envelope", "keyframes", "keyframe"],
        "a number that moves is a curve: `fader curve [ -6dB, @9 => -3dB over 1bar ]`",
    ),
    (
        &["analyzer", "analyser", "spectrum", "spectrum_analyzer", "lufs_meter", "loudness_meter", "meter"],
        "`mixdown measure FILE` measures, and `check { loudness(master) within 0.5LU of -14LUFS }` judges a mix",
    ),
    (
        &["render", "export", "bounce", "output_file", "master_file", "wav", "flac", "mp3", "aac", "stems"],
        "what is written stands in `deliver { wav(\"out/{title}.wav\", bits: 24) }`",
    ),
    (&["channel", "channel_strip", "audio_track", "instrument", "stem"], "write `track name { source \"stems/name.wav\" }`"),
    (&["aux_track", "return", "return_track", "fx_track", "submix", "subgroup", "folder", "fx_bus"], "write `bus name { … }`"),
    (&["vca", "dca"], "write `group name { drums, guitars; fader -0.5dB }`: it moves faders and carries no audio"),
    (&["marker", "markers", "region", "regions", "arrangement", "structure"], "write `sections { verse @9, @25; chorus @17 }`"),
    (&["song", "project", "session", "mix"], "a file is one song: its settings and tracks stand at the file's level"),
    (&["include", "require", "use", "load"], "write `import \"lib/vocals.mix\" as vox`"),
    (&["def", "function", "func", "proc", "macro"], "write `fn name(x) { x * 2 }`, or `chain name() { … }` for processors"),
    (&["var", "set", "define", "const"], "write `let name = …`"),
    (&["range"], "a range is written `1 .. 3`: 1, 2, 3"),
    (&["repeat", "foreach", "loop", "each"], "write `for i in 1 .. 3 { … }`"),
    (&["print", "echo_line", "log", "println"], "nothing is printed; `mixdown dump --mix SONG.mix` shows what a script left"),
];

/// Every word of other programs that there is an answer to, and the answer.
pub fn foreigners() -> impl Iterator<Item = (&'static str, &'static str)> {
    FOREIGN.iter().flat_map(|(words, help)| words.iter().map(|word| (*word, *help)))
}

/// What to write instead of a word of other programs.
pub fn foreign(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase().replace('-', "_");
    FOREIGN.iter().find(|(words, _)| words.contains(&lower.as_str())).map(|(_, help)| *help)
}

/// How the names of audio files end.
pub const AUDIO: &[&str] = &["wav", "wave", "flac", "aif", "aiff", "mp3", "ogg", "m4a", "mp4", "caf"];

/// Words that begin a statement of code.
pub(crate) const CODE: &[&str] = &["let", "state", "for", "if", "latency", "line", "oversample", "spectral"];

/// Wrappers: their blocks hold named branches.
pub(crate) const WRAPPERS: &[&str] = &["parallel", "bands", "mid_side", "left_right"];

/// All words of the language but effects, functions, measures, units and types.
pub fn words() -> impl Iterator<Item = &'static str> {
    [ITEMS, SONG, SETTINGS, CODE, WRAPPERS, HARD].into_iter().flatten().copied()
}

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
