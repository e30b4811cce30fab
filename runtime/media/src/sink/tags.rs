//! What a file says of itself: title, artist, album and the like. WAV files carry them twice, as `LIST`/`INFO` for
//! old readers and as an `id3 ` chunk, which has a place for every one of them; FLAC carries Vorbis comments.

/// A tag: its name in a song, and what it is called in `LIST`/`INFO`, in ID3v2.4 and in Vorbis comments.
struct Name(&'static str, Option<&'static [u8; 4]>, &'static [u8; 4], &'static str);

/// `INFO` has an `ISRC`, which means something else. `TIPL` is a list of people and what each did.
const NAMES: &[Name] = &[
    Name("title", Some(b"INAM"), b"TIT2", "TITLE"),
    Name("artist", Some(b"IART"), b"TPE1", "ARTIST"),
    Name("album", Some(b"IPRD"), b"TALB", "ALBUM"),
    Name("album_artist", None, b"TPE2", "ALBUMARTIST"),
    Name("year", Some(b"ICRD"), b"TDRC", "DATE"),
    Name("isrc", None, b"TSRC", "ISRC"),
    Name("comment", Some(b"ICMT"), b"COMM", "COMMENT"),
    Name("genre", Some(b"IGNR"), b"TCON", "GENRE"),
    Name("composer", Some(b"IMUS"), b"TCOM", "COMPOSER"),
    Name("lyricist", Some(b"IWRI"), b"TEXT", "LYRICIST"),
    Name("producer", Some(b"IPRO"), b"TIPL", "PRODUCER"),
    Name("engineer", Some(b"IENG"), b"TIPL", "ENGINEER"),
    Name("mixer", None, b"TIPL", "MIXER"),
    Name("copyright", Some(b"ICOP"), b"TCOP", "COPYRIGHT"),
    Name("label", None, b"TPUB", "LABEL"),
    Name("track_number", Some(b"ITRK"), b"TRCK", "TRACKNUMBER"),
];

/// Tags of a file that have a name here, with it.
fn named(tags: &[(String, String)]) -> impl Iterator<Item = (&'static Name, &str)> {
    tags.iter().filter_map(|(key, text)| NAMES.iter().find(|n| n.0 == key).map(|n| (n, text.as_str())))
}

/// As fields of a Vorbis comment.
pub(super) fn vorbis(tags: &[(String, String)]) -> impl Iterator<Item = (&'static str, &str)> {
    named(tags).map(|(name, text)| (name.3, text))
}

/// As chunks that follow the audio of a WAV file; nothing where there are no tags.
pub(super) fn chunks(tags: &[(String, String)]) -> Vec<u8> {
    if named(tags).next().is_none() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut info = b"INFO".to_vec();
    for (name, text) in named(tags) {
        if let Some(id) = name.1 {
            chunk(&mut info, id, &[text.as_bytes(), b"\0"].concat());
        }
    }
    if info.len() > 4 {
        chunk(&mut out, b"LIST", &info);
    }
    chunk(&mut out, b"id3 ", &id3(tags));
    out
}

fn chunk(out: &mut Vec<u8>, id: &[u8; 4], bytes: &[u8]) {
    out.extend_from_slice(id);
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
    if bytes.len() % 2 == 1 {
        out.push(0);
    }
}

/// ID3v2.4, all texts in UTF-8.
fn id3(tags: &[(String, String)]) -> Vec<u8> {
    const UTF8: u8 = 3;
    let mut frames = Vec::new();
    let mut frame = |id: &[u8; 4], body: &[u8]| {
        frames.extend_from_slice(id);
        frames.extend_from_slice(&syncsafe(body.len()));
        frames.extend_from_slice(&[0, 0]);
        frames.extend_from_slice(body);
    };
    let mut people = vec![UTF8];
    for (name, text) in named(tags) {
        match name.2 {
            b"TIPL" => {
                let role = if name.0 == "mixer" { "mix" } else { name.0 };
                people.extend_from_slice(format!("{role}\0{text}\0").as_bytes());
            }
            // A comment has a language and a title of its own.
            id @ b"COMM" => frame(id, &[&[UTF8], &b"XXX\0"[..], text.as_bytes()].concat()),
            id => frame(id, &[&[UTF8], text.as_bytes()].concat()),
        }
    }
    if people.len() > 1 {
        people.pop();
        frame(b"TIPL", &people);
    }
    let mut out = b"ID3\x04\0\0".to_vec();
    out.extend_from_slice(&syncsafe(frames.len()));
    out.extend_from_slice(&frames);
    out
}

/// 28 bits in four bytes, the highest bit of each clear.
fn syncsafe(n: usize) -> [u8; 4] {
    let n = n.min(0x0fff_ffff);
    [(n >> 21) as u8 & 0x7f, (n >> 14) as u8 & 0x7f, (n >> 7) as u8 & 0x7f, n as u8 & 0x7f]
}
