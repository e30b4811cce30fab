//! Plain PCM, read by our own small parsers: where the samples lie in the file and how each is stored. The parsers
//! read headers only; a file of any length is read in bounded memory.

mod aiff;
mod au;
mod bytes;
mod convert;
mod g711;
mod reader;
mod w64;
mod wav;

pub(crate) use bytes::{FileBytes, Order};
pub(crate) use convert::Real;
pub(crate) use reader::PcmReader;

use crate::error::{MediaError, Warning};
use crate::info::SampleFormat;

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Unsigned 8 bits around 128.
    U8,
    /// Two's complement, left-justified in this many bytes, 1 to 8.
    Int(usize),
    /// IEEE single.
    F32,
    /// IEEE double.
    F64,
    /// G.711 A-law.
    ALaw,
    /// G.711 mu-law.
    MuLaw,
}

impl Encoding {
    /// Bytes of one sample.
    pub fn bytes(self) -> usize {
        match self {
            Encoding::U8 | Encoding::ALaw | Encoding::MuLaw => 1,
            Encoding::Int(bytes) => bytes,
            Encoding::F32 => 4,
            Encoding::F64 => 8,
        }
    }

    /// What the file's facts say of it.
    pub fn sample(self) -> SampleFormat {
        match self {
            Encoding::U8 | Encoding::Int(_) => SampleFormat::Int,
            Encoding::F32 | Encoding::F64 => SampleFormat::Float,
            Encoding::ALaw | Encoding::MuLaw => SampleFormat::Companded,
        }
    }

    /// Its name as a codec.
    pub fn codec(self) -> &'static str {
        match self {
            Encoding::ALaw => "alaw",
            Encoding::MuLaw => "mulaw",
            _ => "pcm",
        }
    }
}

/// Where the samples of a PCM file lie and what they are.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub container: &'static str,
    pub rate: u32,
    pub channels: u32,
    pub encoding: Encoding,
    /// Whether the most significant byte comes first.
    pub big_endian: bool,
    /// First byte of the audio.
    pub start: u64,
    /// Whole frames that the file truly holds.
    pub frames: u64,
    pub warnings: Vec<Warning>,
}

/// What a container turned out to hold.
pub(crate) enum Found {
    /// PCM, read here.
    Pcm(Layout),
    /// A compressed codec inside the container, for the general decoders.
    Coded,
}

/// Recognises the PCM containers by their first bytes. `None`: not one of them.
pub(crate) fn parse(file: &mut FileBytes) -> Result<Option<Found>, MediaError> {
    let mut head = [0u8; 40];
    let got = file.read_at(0, &mut head)?;
    let head = &head[..got];
    let form = head.get(8..12);
    match head.get(..4) {
        Some(b"RIFF" | b"RIFX" | b"RF64" | b"BW64") if form.is_none_or(|form| form == b"WAVE") => wav::parse(file).map(Some),
        Some(b"riff") if head.len() >= 40 && head[24..28] == *b"wave" => w64::parse(file).map(Some),
        Some(b"FORM") if form.is_some_and(|form| form == b"AIFF" || form == b"AIFC") => aiff::parse(file).map(Some),
        Some(b".snd" | b"dns.") => au::parse(file).map(Some),
        _ => Ok(None),
    }
}

/// How many whole frames of `frame_bytes` lie in the file from `start`, where the header promises `promised` bytes
/// (`None`: it does not say, the audio goes to the file's end). Warns where the file holds less.
pub(crate) fn count_frames(file: &FileBytes, start: u64, promised: Option<u64>, frame_bytes: u64, warnings: &mut Vec<Warning>) -> u64 {
    let there = file.len().saturating_sub(start);
    let bytes = match promised {
        Some(promised) if promised > there => {
            let (want, have) = (promised / frame_bytes, there / frame_bytes);
            warnings.push(Warning::new(crate::codes::TRUNCATED, format!("the header promises {want} frames, the file holds {have}; these are read")));
            there
        }
        Some(promised) => promised,
        None => there,
    };
    bytes / frame_bytes
}
