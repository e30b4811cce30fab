//! Where the audio of an AAC track in MP4 begins and ends. The encoder's delay is 1024 to 2112 samples; played with
//! it a track is late by up to 48 ms. The general decoders leave it in, so it is read here, from the comment that
//! iTunes writes or from the edit list.
//!
//! Sources: ISO/IEC 14496-12 (boxes, edit lists); Apple, Technical Note TN2258 and QuickTime File Format, appendix G.

use crate::error::MediaError;
use crate::pcm::{FileBytes, Order};

/// Largest `moov` box that is looked into; its size is believed only up to the file's end.
const MAX_MOOV: u64 = 64 << 20;
const BIG: Order = Order { big: true };

/// The part of a track that is heard, in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Samples to drop at the start.
    pub front: u64,
    /// Samples that remain, where that is said.
    pub frames: Option<u64>,
}

/// The edit of a file's first sound track; `None` where it says nothing, or nothing simple.
pub(crate) fn edit(file: &mut FileBytes) -> Result<Option<Edit>, MediaError> {
    let Some(moov) = load_moov(file)? else { return Ok(None) };
    if let Some(edit) = itunes(&moov) {
        return Ok(Some(edit));
    }
    let sound = |track: &[u8]| find(track, b"mdia").and_then(|media| find(media, b"hdlr")).and_then(|handler| handler.get(8..12)) == Some(b"soun");
    Ok(boxes(&moov).filter(|(kind, _)| kind == b"trak").map(|(_, track)| track).find(|track| sound(track)).and_then(edit_list))
}

fn load_moov(file: &mut FileBytes) -> Result<Option<Vec<u8>>, MediaError> {
    let mut at = 0u64;
    while let Some(head) = file.array::<8>(at)? {
        let (mut size, mut body) = (u64::from(BIG.u32(&head, 0)), at + 8);
        if size == 1 {
            let Some(long) = file.array::<8>(body)? else { break };
            (size, body) = (BIG.u64(&long, 0), at + 16);
        }
        let end = if size == 0 { file.len() } else { at.saturating_add(size).min(file.len()) };
        if end < body {
            break;
        }
        if &head[4..] == b"moov" {
            let mut moov = vec![0u8; (end - body).min(MAX_MOOV) as usize];
            let got = file.read_at(body, &mut moov)?;
            moov.truncate(got);
            return Ok(Some(moov));
        }
        at = end;
    }
    Ok(None)
}

/// The boxes inside another, each with its body; stops at the first that does not fit.
fn boxes(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = BIG.u32(rest.get(..8)?, 0) as usize;
        let body = rest.get(8..size)?;
        let kind = [rest[4], rest[5], rest[6], rest[7]];
        rest = &rest[size..];
        Some((kind, body))
    })
}

fn find<'a>(inside: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(inside).find(|(kind, _)| kind == wanted).map(|(_, body)| body)
}

/// A track with one edit that plays a part of it at its own speed.
fn edit_list(track: &[u8]) -> Option<Edit> {
    let list = find(find(track, b"edts")?, b"elst")?;
    let entries = BIG.u32(list.get(..8)?, 4);
    let media_time = match list[0] {
        0 => u64::from(BIG.u32(list.get(..20)?, 12)),
        _ => BIG.u64(list.get(..28)?, 16),
    };
    let header = find(find(track, b"mdia")?, b"mdhd")?;
    let length = match header.first()? {
        0 => u64::from(BIG.u32(header.get(..20)?, 16)),
        _ => BIG.u64(header.get(..32)?, 24),
    };
    // The segment's own duration counts in the movie's clock, often milliseconds; the track's counts samples.
    (entries == 1 && media_time < length).then_some(Edit { front: media_time, frames: Some(length - media_time) })
}

/// ` 00000000 00000840 000001CA 0000000000B6A1F6 ...`: delay, padding and length in hexadecimal.
fn itunes(moov: &[u8]) -> Option<Edit> {
    let name = b"iTunSMPB";
    let at = moov.windows(name.len()).position(|window| window == name)?;
    let text = moov.get(at + name.len()..)?;
    let data = text.windows(4).take(64).position(|window| window == b"data")?;
    // Behind the name of the box stand its type and its locale.
    let words = text.get(data + 12..)?;
    let words = &words[..words.len().min(200)];
    let words: String = words.iter().take_while(|byte| **byte == b' ' || byte.is_ascii_hexdigit()).map(|byte| char::from(*byte)).collect();
    let mut numbers = words.split_whitespace().skip(1).map(|word| u64::from_str_radix(word, 16).ok());
    let (front, _, frames) = (numbers.next()??, numbers.next()??, numbers.next()??);
    (frames > 0).then_some(Edit { front, frames: Some(frames) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    #[test]
    fn edits_are_read() {
        let mut list = vec![0u8; 8];
        list[7] = 1;
        list.extend(250u32.to_be_bytes());
        list.extend(1024u32.to_be_bytes());
        list.extend(0x0001_0000u32.to_be_bytes());
        let mut header = vec![0u8; 24];
        header[16..20].copy_from_slice(&12049u32.to_be_bytes());
        let track = [wrap(b"edts", &wrap(b"elst", &list)), wrap(b"mdia", &wrap(b"mdhd", &header))].concat();
        assert_eq!(edit_list(&track), Some(Edit { front: 1024, frames: Some(11025) }));
        assert_eq!(edit_list(&track[..40]), None);
    }

    #[test]
    fn the_comment_of_itunes_is_read() {
        let mut comment = b"....iTunSMPB\0\0\0\x84data\0\0\0\x01\0\0\0\0".to_vec();
        comment.extend(b" 00000000 00000840 000001CA 0000000000002B11 00000000");
        assert_eq!(itunes(&comment), Some(Edit { front: 2112, frames: Some(11025) }));
        assert_eq!(itunes(b"iTunSMPB"), None);
    }
}
