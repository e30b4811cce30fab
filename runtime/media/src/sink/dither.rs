//! Dither without memory: the noise of a sample is a hash of the seed, its channel and its place in time, so it is
//! the same however the audio is cut into blocks, on whatever thread, and wherever a render begins.

use serde::{Deserialize, Serialize};

/// Noise added before rounding to integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dither {
    /// Triangular noise of ±1 step (TPDF) where fewer than 24 bits are written, and there only on samples that fall
    /// between two steps. So what was on the steps already passes bit for bit (an untouched 16-bit source, digital
    /// silence), and what was not is dithered. The mean error is 0 in either case.
    #[default]
    Auto,
    /// TPDF on every sample, at 16 and at 24 bits. Constant noise of 1/4 step squared (with rounding), whatever the
    /// signal: -93.3 dB re a full-scale sine at 16 bits. Source: Lipshitz, Wannamaker, Vanderkooy, "Quantization and
    /// Dither", JAES 40, 1992.
    Tpdf,
    /// Plain rounding to the nearest step, ties to even.
    Off,
}

/// What the quantiser does with a sample of `bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noise {
    None,
    Between,
    Always,
}

impl Dither {
    pub(super) fn noise(self, bits: u32) -> Noise {
        match self {
            Dither::Off => Noise::None,
            Dither::Auto if bits >= 24 => Noise::None,
            Dither::Auto => Noise::Between,
            Dither::Tpdf => Noise::Always,
        }
    }
}

/// The stream of one channel: a base that its frames are hashed with.
pub(super) fn stream(seed: u64, channel: usize) -> u64 {
    mix(seed ^ mix(channel as u64 + 1))
}

/// Triangular noise in steps, in (-1, 1), of variance 1/6, for one frame of a stream.
#[inline]
pub(super) fn tpdf(stream: u64, frame: u64) -> f64 {
    let bits = mix(stream.wrapping_add(frame.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let (first, second) = (bits >> 32, bits & 0xffff_ffff);
    (first as i64 - second as i64) as f64 * (1.0 / 4294967296.0)
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014; constants by Stafford, variant 13).
#[inline]
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
