//! Names formats by their first bytes, to refuse by name what no decoder here can read. The extension of a file's
//! name is never looked at.

/// The name of a format that is known and not supported; `None` where the decoders should try.
pub(crate) fn unsupported(head: &[u8]) -> Option<String> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let named = |name: &str| Some(name.to_string());
    if starts(b"OggS") {
        // The first page's payload begins behind its header of 27 bytes and one byte a segment.
        let segments = usize::from(*head.get(26)?);
        let payload = head.get(27 + segments..)?;
        return match payload {
            [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => named("Ogg Opus"),
            [b'S', b'p', b'e', b'e', b'x', ..] => named("Ogg Speex"),
            [0x80, b't', b'h', b'e', b'o', b'r', b'a', ..] => named("Ogg Theora (video)"),
            _ => None,
        };
    }
    if starts(&[0x1a, 0x45, 0xdf, 0xa3]) {
        return contains(head, b"A_OPUS").then(|| format!("{} with Opus audio", if contains(head, b"webm") { "WebM" } else { "Matroska" }));
    }
    if starts(b"RIFF") && head.get(8..12) == Some(b"AVI ") {
        return named("AVI (video)");
    }
    for (magic, name) in MAGICS {
        if starts(magic) {
            return named(name);
        }
    }
    None
}

/// Beginnings of files that are audio, or are often named as if they were.
const MAGICS: &[(&[u8], &str)] = &[
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio (APE)"),
    (b"TTA1", "True Audio (TTA)"),
    (b"MPCK", "Musepack"),
    (b"MP+", "Musepack"),
    (b"DSD ", "DSD (DSF)"),
    (b"FRM8", "DSD (DFF)"),
    (b"OFR ", "OptimFROG"),
    (b"#!AMR", "AMR"),
    (b".RMF", "RealMedia"),
    (&[0x30, 0x26, 0xb2, 0x75], "Windows Media (WMA)"),
    (&[0x0b, 0x77], "AC-3"),
    (b"MThd", "MIDI, which holds notes and no audio"),
    (b"FORM", "IFF that is not AIFF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
];

/// The name of a format that is read, by how the file begins; for what is said when it then cannot be.
pub(crate) fn supported(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'f', b'L', b'a', b'C', ..] => Some("FLAC"),
        [b'O', b'g', b'g', b'S', ..] => Some("Ogg"),
        [b'c', b'a', b'f', b'f', ..] => Some("CAF"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("Matroska"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("MP4"),
        _ => None,
    }
}

/// Whether the bytes are words for people: printable, with line ends at most.
pub(crate) fn is_text(head: &[u8]) -> bool {
    !head.is_empty() && std::str::from_utf8(head).map_or_else(|fault| fault.valid_up_to() + 4 >= head.len(), |_| true) && head.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\n' | b'\r' | b'\t'))
}

fn contains(head: &[u8], word: &[u8]) -> bool {
    head.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_refuses() {
        let mut opus = b"OggS".to_vec();
        opus.resize(26, 0);
        opus.extend([1, 19]);
        opus.extend(b"OpusHead");
        assert_eq!(unsupported(&opus).as_deref(), Some("Ogg Opus"));
        assert_eq!(unsupported(b"wvpk....").as_deref(), Some("WavPack"));
        assert_eq!(unsupported(b"fLaC"), None);
        assert!(is_text("These are words,\nnot sound: né".as_bytes()));
        assert!(!is_text(b"\x00\x01\x02"));
    }
}
