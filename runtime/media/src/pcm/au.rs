//! Sun and NeXT audio (`.au`, `.snd`), big-endian and its little-endian twin.
//!
//! Source: Sun Microsystems, audio(4) and `<audio/au.h>`.

use super::bytes::{FileBytes, Order};
use super::{Encoding, Found, Layout, count_frames};
use crate::codes;
use crate::error::MediaError;
use crate::info::check_shape;

/// Reads the header of a file that begins `.snd` or `dns.`.
pub(super) fn parse(file: &mut FileBytes) -> Result<Found, MediaError> {
    let Some(head) = file.array::<24>(0)? else {
        return Err(MediaError::new(codes::BAD_HEADER, file.path(), "it is an AU file that ends inside its header", "export or fetch it again"));
    };
    let order = Order { big: head[0] == b'.' };
    let (start, size, kind) = (order.u32(&head, 4), order.u32(&head, 8), order.u32(&head, 12));
    let (rate, channels) = check_shape(file.path(), u64::from(order.u32(&head, 16)), u64::from(order.u32(&head, 20)))?;
    let encoding = match kind {
        1 => Encoding::MuLaw,
        2 => Encoding::Int(1),
        3 => Encoding::Int(2),
        4 => Encoding::Int(3),
        5 => Encoding::Int(4),
        6 => Encoding::F32,
        7 => Encoding::F64,
        27 => Encoding::ALaw,
        other => {
            return Err(MediaError::new(codes::UNSUPPORTED, file.path(), format!("it is AU with encoding {other}, which is not supported"), "convert it to WAV (PCM) or FLAC"));
        }
    };
    let mut warnings = Vec::new();
    let promised = (size != u32::MAX).then_some(u64::from(size));
    let frames = count_frames(file, u64::from(start), promised, u64::from(channels) * encoding.bytes() as u64, &mut warnings);
    Ok(Found::Pcm(Layout { container: "au", rate, channels, encoding, big_endian: order.big, start: u64::from(start), frames, warnings }))
}
