//! WAV in all its dress: RIFF, RIFX (big-endian), RF64 and BW64 (64-bit sizes), plain and extensible formats.
//! Chunks may come in any order, be padded or not at the end, and lie about their length at the end.
//!
//! Sources: Multimedia Programming Interface and Data Specifications 1.0 (RIFF); EBU Tech 3306 (RF64);
//! ITU-R BS.2088 (BW64).

use super::bytes::{FileBytes, Order};
use super::{Encoding, Found, Layout, count_frames};
use crate::codes;
use crate::error::{MediaError, Warning};
use crate::info::check_shape;

const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_ALAW: u16 = 6;
const TAG_MULAW: u16 = 7;
const TAG_EXTENSIBLE: u16 = 0xfffe;
/// Sizes that mean "not known when the header was written".
const UNKNOWN: [u64; 2] = [0, 0xffff_ffff];
/// More chunks than any real file has; a guard against files made of empty chunks.
const MAX_CHUNKS: usize = 100_000;

/// The fields of a `fmt ` chunk.
pub(super) struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    block: u16,
    bits: u16,
}

impl Format {
    /// Reads a `fmt ` chunk of at least 16 bytes.
    pub fn read(bytes: &[u8], order: Order) -> Self {
        let mut tag = order.u16(bytes, 0);
        if tag == TAG_EXTENSIBLE && bytes.len() >= 28 {
            // The sub-format's GUID begins with the tag as a 32-bit number.
            tag = order.u32(bytes, 24) as u16;
        }
        Format { tag, channels: order.u16(bytes, 2), rate: order.u32(bytes, 4), block: order.u16(bytes, 12), bits: order.u16(bytes, 14) }
    }

    /// The sample encoding; `None` for a compressed codec of `tag`.
    pub fn encoding(&self, file: &FileBytes, warnings: &mut Vec<Warning>) -> Result<Option<Encoding>, MediaError> {
        let used = usize::from(self.bits).div_ceil(8);
        let refuse = |what: String| Err(MediaError::new(codes::UNSUPPORTED, file.path(), what, "convert it to 16, 24 or 32-bit PCM"));
        let (width, encoding) = match self.tag {
            TAG_PCM => {
                let channels = usize::from(self.channels);
                let block = usize::from(self.block);
                // A container wider than needed (24 bits in 4 bytes) is believed only where the block says so.
                let width = if channels > 0 && block.is_multiple_of(channels) && (used..=8).contains(&(block / channels)) { block / channels } else { used };
                match width {
                    _ if self.bits == 0 => return refuse("its header says 0 bits per sample".into()),
                    1 => (1, Encoding::U8),
                    2..=8 => (width, Encoding::Int(width)),
                    _ => return refuse(format!("it is PCM of {} bits", self.bits)),
                }
            }
            TAG_FLOAT => match self.bits {
                32 => (4, Encoding::F32),
                64 => (8, Encoding::F64),
                bits => return refuse(format!("it is floating-point audio of {bits} bits")),
            },
            TAG_ALAW => (1, Encoding::ALaw),
            TAG_MULAW => (1, Encoding::MuLaw),
            _ => return Ok(None),
        };
        let block = u32::from(self.channels) * width as u32;
        if u32::from(self.block) != block {
            warnings.push(Warning::new(codes::ODD_HEADER, format!("the header says {} bytes a frame, its channels and bits make {block}; {block} is right", self.block)));
        }
        Ok(Some(encoding))
    }

    /// Name of a compressed codec by its tag, where it is one that is not decoded here.
    fn refused_codec(&self) -> Option<String> {
        match self.tag {
            // Microsoft and IMA ADPCM, MP2 and MP3 in WAV go to the general decoders.
            0x0002 | 0x0011 | 0x0050 | 0x0055 => None,
            0x0031 => Some("GSM 6.10".into()),
            0x0092 | 0x2000 => Some("AC-3".into()),
            0x0160..=0x0163 => Some("Windows Media Audio".into()),
            0x0270 => Some("ATRAC3".into()),
            0x00ff | 0x1600 | 0x1610 => Some("AAC in WAV".into()),
            0x0069 => Some("a DVI/IMA ADPCM variant".into()),
            tag => Some(format!("codec {tag:#06x}")),
        }
    }

    /// Rate and channels, or why they cannot be.
    pub fn shape(&self, file: &FileBytes) -> Result<(u32, u32), MediaError> {
        check_shape(file.path(), u64::from(self.rate), u64::from(self.channels))
    }

    /// The layout of a container that holds this format's audio from `start`.
    pub fn layout(&self, file: &FileBytes, container: &'static str, big_endian: bool, start: u64, promised: Option<u64>, mut warnings: Vec<Warning>) -> Result<Found, MediaError> {
        let (rate, channels) = self.shape(file)?;
        let Some(encoding) = self.encoding(file, &mut warnings)? else {
            return match self.refused_codec() {
                Some(name) => Err(MediaError::new(codes::UNSUPPORTED, file.path(), format!("it is {container} holding {name}, which is not supported"), "convert it to WAV (PCM) or FLAC")),
                None => Ok(Found::Coded),
            };
        };
        let frames = count_frames(file, start, promised, u64::from(channels) * encoding.bytes() as u64, &mut warnings);
        Ok(Found::Pcm(Layout { container, rate, channels, encoding, big_endian, start, frames, warnings }))
    }
}

/// Reads the headers of a file that begins `RIFF`, `RIFX`, `RF64` or `BW64`.
pub(super) fn parse(file: &mut FileBytes) -> Result<Found, MediaError> {
    let broken = |file: &FileBytes, what: &str| Err(MediaError::new(codes::BAD_HEADER, file.path(), what, "export or fetch it again"));
    let Some(head) = file.array::<12>(0)? else {
        return broken(file, "it is a WAV file that ends inside its first 12 bytes");
    };
    let (container, order) = match &head[..4] {
        b"RIFX" => ("rifx", Order { big: true }),
        b"RF64" => ("rf64", Order { big: false }),
        b"BW64" => ("bw64", Order { big: false }),
        _ => ("wav", Order { big: false }),
    };
    let mut warnings = Vec::new();
    let mut format: Option<Format> = None;
    // Where the audio starts and how many bytes it is said to have; the length of an RF64 file's.
    let mut data: Option<(u64, Option<u64>)> = None;
    let mut long_data = None;
    let mut at = 12u64;
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = file.array::<8>(at)? else { break };
        let (id, mut size) = (&chunk[..4], u64::from(order.u32(&chunk, 4)));
        let body = at + 8;
        let left = file.len().saturating_sub(body);
        match id {
            b"ds64" => {
                if let Some(sizes) = file.array::<24>(body)? {
                    long_data = Some(order.u64(&sizes, 8));
                }
            }
            b"fmt " if format.is_none() => {
                let mut bytes = [0u8; 40];
                let wanted = size.min(40) as usize;
                let got = file.read_at(body, &mut bytes[..wanted])?;
                if got < 16 {
                    return broken(file, "its `fmt ` chunk is cut short");
                }
                format = Some(Format::read(&bytes[..got], order));
            }
            b"data" if data.is_some() => {
                let frames = data.and_then(|(_, size)| size).zip(format.as_ref()).map_or(0, |(size, format)| size / u64::from(format.block.max(1)));
                warnings.push(Warning::new(codes::SECOND_DATA, format!("there is a second `data` chunk of {size} bytes; only the first, {frames} frames, is read")));
                break;
            }
            b"data" => {
                if size == 0xffff_ffff && let Some(long) = long_data {
                    size = long;
                }
                // A writer that could not go back to its header leaves 0 or all ones: the audio goes to the end. A
                // 0 with another chunk behind it is truly empty.
                let open_end = UNKNOWN.contains(&size) && left > 0 && !(size == 0 && chunk_follows(file, body)?);
                data = Some((body, (!open_end).then_some(size)));
                if open_end {
                    break;
                }
            }
            _ if !plausible(id) => break,
            _ => {}
        }
        let next = body.saturating_add(size).saturating_add(size & 1);
        if next >= file.len() {
            break;
        }
        at = next;
    }
    let Some(format) = format else {
        return broken(file, "it is a WAV file without a `fmt ` chunk before its end");
    };
    let Some((start, promised)) = data else {
        format.shape(file)?;
        return broken(file, "it is a WAV file without a `data` chunk: there is a header and no audio");
    };
    format.layout(file, container, order.big, start, promised, warnings)
}

/// Chunk names are printable; anything else is garbage behind the last chunk.
fn plausible(id: &[u8]) -> bool {
    id.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// Whether a chunk with a well-known name starts at `at`.
fn chunk_follows(file: &mut FileBytes, at: u64) -> Result<bool, MediaError> {
    let id = file.array::<4>(at)?;
    Ok(id.is_some_and(|id| matches!(&id, b"LIST" | b"fmt " | b"fact" | b"bext" | b"smpl" | b"cue " | b"id3 " | b"iXML" | b"JUNK" | b"PEAK" | b"data")))
}
