//! AIFF and AIFC: big-endian PCM, little-endian (`sowt`), floats, A-law and mu-law.
//!
//! Sources: Apple, "Audio Interchange File Format AIFF", 1989; "AIFF-C", draft of 1991.

use super::bytes::{FileBytes, Order};
use super::{Encoding, Found, Layout, count_frames};
use crate::codes;
use crate::error::{MediaError, Warning};
use crate::info::check_shape;

/// The fields of a `COMM` chunk.
struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    rate: f64,
    compression: [u8; 4],
}

/// Reads the headers of a file that begins `FORM....AIFF` or `AIFC`.
pub(super) fn parse(file: &mut FileBytes) -> Result<Found, MediaError> {
    let order = Order { big: true };
    let broken = |file: &FileBytes, what: &str| MediaError::new(codes::BAD_HEADER, file.path(), what, "export or fetch it again");
    let compressed = file.array::<12>(0)?.is_some_and(|head| &head[8..] == b"AIFC");
    let (mut common, mut sound) = (None, None);
    let mut at = 12u64;
    while let Some(head) = file.array::<8>(at)? {
        let (body, size) = (at + 8, u64::from(order.u32(&head, 4)));
        match &head[..4] {
            b"COMM" => {
                let mut bytes = [0u8; 22];
                let wanted = if compressed { 22 } else { 18 };
                if size < wanted as u64 || file.read_at(body, &mut bytes[..wanted])? < wanted {
                    return Err(broken(file, "its `COMM` chunk is cut short"));
                }
                common = Some(Common {
                    channels: order.u16(&bytes, 0),
                    frames: order.u32(&bytes, 2),
                    bits: order.u16(&bytes, 6),
                    rate: extended(&bytes[8..18]),
                    compression: if compressed { [bytes[18], bytes[19], bytes[20], bytes[21]] } else { *b"NONE" },
                });
            }
            b"SSND" if sound.is_none() => {
                let offset = file.array::<8>(body)?.map_or(0, |bytes| u64::from(order.u32(&bytes, 0)));
                sound = Some((body.saturating_add(8).saturating_add(offset), size.saturating_sub(8).saturating_sub(offset)));
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size & 1);
    }
    let common = common.ok_or_else(|| broken(file, "it is an AIFF file without a `COMM` chunk"))?;
    let rate = if common.rate.is_finite() { common.rate.round().clamp(0.0, u32::MAX.into()) as u64 } else { 0 };
    let (rate, channels) = check_shape(file.path(), rate, u64::from(common.channels))?;
    let width = usize::from(common.bits).div_ceil(8);
    let int = |big| match width {
        1..=8 => Ok((Encoding::Int(width), big)),
        _ => Err(broken(file, &format!("its header says {} bits per sample", common.bits))),
    };
    let (encoding, big_endian) = match &common.compression {
        b"NONE" | b"twos" | b"in24" | b"in32" => int(true)?,
        b"sowt" => int(false)?,
        b"raw " => (Encoding::U8, true),
        b"fl32" | b"FL32" => (Encoding::F32, true),
        b"fl64" | b"FL64" => (Encoding::F64, true),
        b"alaw" | b"ALAW" => (Encoding::ALaw, true),
        b"ulaw" | b"ULAW" => (Encoding::MuLaw, true),
        other => {
            let name = String::from_utf8_lossy(other).into_owned();
            return Err(MediaError::new(codes::UNSUPPORTED, file.path(), format!("it is AIFC compressed with `{name}`, which is not supported"), "convert it to WAV (PCM) or FLAC"));
        }
    };
    let mut warnings = Vec::new();
    let frame = u64::from(channels) * encoding.bytes() as u64;
    let (start, promised) = match sound {
        Some(sound) => sound,
        None if common.frames == 0 => (file.len(), 0),
        None => return Err(broken(file, "it is an AIFF file without an `SSND` chunk: there is a header and no audio")),
    };
    let mut frames = count_frames(file, start, Some(promised), frame, &mut warnings);
    if frames != u64::from(common.frames) && warnings.is_empty() {
        warnings.push(Warning::new(codes::ODD_HEADER, format!("the header says {} frames, its audio chunk holds {frames}; the smaller count is read", common.frames)));
        frames = frames.min(u64::from(common.frames));
    }
    let container = if compressed { "aifc" } else { "aiff" };
    Ok(Found::Pcm(Layout { container, rate, channels, encoding, big_endian, start, frames, warnings }))
}

/// An 80-bit IEEE 754 extended number, as AIFF stores its sample rate. Sign, 15 bits of exponent biased by 16383,
/// 64 bits of mantissa with its leading one.
fn extended(bytes: &[u8]) -> f64 {
    let order = Order { big: true };
    let head = order.u16(bytes, 0);
    let mantissa = order.u64(bytes, 2) as f64;
    let exponent = i32::from(head & 0x7fff) - 16383 - 63;
    let value = mantissa * 2f64.powi(exponent);
    if head & 0x8000 == 0 { value } else { -value }
}

#[cfg(test)]
mod tests {
    use super::extended;

    #[test]
    fn sample_rates_in_80_bits() {
        assert_eq!(extended(&[0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]), 44100.0);
        assert_eq!(extended(&[0x40, 0x0f, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]), 96000.0);
    }
}
