//! Sony Wave64: WAV with chunk names of 16 bytes and sizes of 64 bits that count the chunk's head.
//!
//! Source: Sonic Foundry, "Wave64 file format", 2000.

use super::bytes::{FileBytes, Order};
use super::wav::Format;
use super::Found;
use crate::codes;
use crate::error::MediaError;

/// Reads the headers of a file that begins with the GUIDs `riff` and `wave`.
pub(super) fn parse(file: &mut FileBytes) -> Result<Found, MediaError> {
    let order = Order { big: false };
    let broken = |file: &FileBytes, what: &str| MediaError::new(codes::BAD_HEADER, file.path(), what, "export or fetch it again");
    let mut format = None;
    let mut at = 40u64;
    // Chunks stand on multiples of 8, so a loop that always moves on ends with the file.
    while let Some(head) = file.array::<24>(at)? {
        let size = order.u64(&head, 16);
        match &head[..4] {
            b"fmt " => {
                let mut bytes = [0u8; 40];
                let wanted = size.saturating_sub(24).min(40) as usize;
                if file.read_at(at + 24, &mut bytes[..wanted])? < 16 {
                    return Err(broken(file, "its `fmt ` chunk is cut short"));
                }
                format = Some(Format::read(&bytes[..wanted], order));
            }
            b"data" => {
                let format: Format = format.ok_or_else(|| broken(file, "it is a Wave64 file without a `fmt ` chunk before its audio"))?;
                return format.layout(file, "w64", false, at + 24, Some(size.saturating_sub(24)), Vec::new());
            }
            _ => {}
        }
        at = at.saturating_add(size.max(24).next_multiple_of(8).max(24));
    }
    Err(broken(file, "it is a Wave64 file without audio"))
}
