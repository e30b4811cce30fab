//! G.711 A-law and mu-law as tables of 16-bit values, worked out at compile time.
//!
//! Source: ITU-T G.711 (1988), in the 16-bit scaling of the Sun reference code (A-law peak 32256, mu-law 32124).

/// A-law byte to sample.
pub(super) static A_LAW: [i16; 256] = table(true);
/// Mu-law byte to sample.
pub(super) static MU_LAW: [i16; 256] = table(false);

const fn table(a_law: bool) -> [i16; 256] {
    let mut out = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        out[byte] = if a_law { a(byte as u8) } else { mu(byte as u8) };
        byte += 1;
    }
    out
}

/// Even bits are inverted; 3 bits of exponent, 4 of mantissa with a half step, sign bit set is positive.
const fn a(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let step = ((code & 0x0f) as i16) << 4;
    let size = match (code & 0x70) >> 4 {
        0 => step + 8,
        exponent => (step + 0x108) << (exponent - 1),
    };
    if code & 0x80 != 0 { size } else { -size }
}

/// All bits are inverted; the bias of 33 quarter steps (0x84) is taken off again; sign bit set is negative.
const fn mu(byte: u8) -> i16 {
    let code = !byte;
    let size = (((((code & 0x0f) as i16) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    if code & 0x80 != 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_signs() {
        assert_eq!(A_LAW.iter().max(), Some(&32256));
        assert_eq!(A_LAW.iter().min(), Some(&-32256));
        assert_eq!(MU_LAW.iter().max(), Some(&32124));
        assert_eq!((MU_LAW[0xff], MU_LAW[0x7f]), (0, 0));
        assert_eq!((A_LAW[0xd5], A_LAW[0x55]), (8, -8));
    }
}
