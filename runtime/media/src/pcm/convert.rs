//! Interleaved bytes to planar floats. Exact: an integer of up to 24 bits is the same number in f32, of up to 53
//! bits in f64; wider ones are rounded once, to nearest. The loops are plain, over arrays of fixed size, so that
//! the compiler can vectorise them; 24 bits have a way of their own where the machine can shuffle bytes. What comes out
//! never hangs on the machine.

use super::Encoding;
use super::g711::{A_LAW, MU_LAW};
use symphonia::core::audio::conv::ConvertibleSample;

/// The two sample types audio is read as.
pub(crate) trait Real: Copy + Default + ConvertibleSample {
    /// A 32-bit integer as a fraction of 2^31.
    fn of_i32(value: i32) -> Self;
    /// A 64-bit integer as a fraction of 2^63.
    fn of_i64(value: i64) -> Self;
    fn of_f32(value: f32) -> Self;
    fn of_f64(value: f64) -> Self;
    fn finite(self) -> bool;
    /// Converts as many frames of 24 bits, little-endian, mono or stereo, as the machine has a faster way for; returns
    /// how many.
    fn shuffle_24(_: &[u8], _: &mut [&mut [Self]]) -> usize {
        0
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of_i32(value: i32) -> f32 {
        value as f32 * (1.0 / 2147483648.0)
    }
    fn of_i64(value: i64) -> f32 {
        value as f32 * (1.0 / 9223372036854775808.0)
    }
    fn of_f32(value: f32) -> f32 {
        value
    }
    fn of_f64(value: f64) -> f32 {
        value as f32
    }
    fn finite(self) -> bool {
        self.is_finite()
    }
    #[cfg(target_arch = "x86_64")]
    fn shuffle_24(bytes: &[u8], planes: &mut [&mut [f32]]) -> usize {
        if !std::arch::is_x86_feature_detected!("ssse3") {
            return 0;
        }
        match planes {
            // SAFETY: the feature has just been seen.
            [mono] => unsafe { shuffle::mono(bytes, mono) },
            // SAFETY: as above.
            [left, right] => unsafe { shuffle::stereo(bytes, left, right) },
            _ => 0,
        }
    }
}

/// 24 bits by shuffling bytes: eight samples at a time.
#[cfg(target_arch = "x86_64")]
mod shuffle {
    use std::arch::x86_64::*;

    /// Bytes read for eight samples: the second half is read as sixteen bytes too.
    const READ: usize = 28;

    /// The eight samples at the front of `bytes`.
    #[inline]
    #[target_feature(enable = "ssse3")]
    fn eight(bytes: &[u8; READ]) -> [__m128; 2] {
        let pattern = _mm_set_epi8(11, 10, 9, -1, 8, 7, 6, -1, 5, 4, 3, -1, 2, 1, 0, -1);
        let unit = _mm_set1_ps(1.0 / 2147483648.0);
        [0, 12].map(|at| {
            // SAFETY: sixteen bytes from 0 or 12 lie within the array.
            let packed = unsafe { _mm_loadu_si128(bytes.as_ptr().add(at).cast()) };
            _mm_mul_ps(_mm_cvtepi32_ps(_mm_shuffle_epi8(packed, pattern)), unit)
        })
    }

    #[target_feature(enable = "ssse3")]
    pub(super) fn mono(bytes: &[u8], out: &mut [f32]) -> usize {
        let mut done = 0;
        for out in out.as_chunks_mut::<8>().0 {
            let Some(bytes) = bytes.get(done * 3..).and_then(<[u8]>::first_chunk) else { break };
            let [a, b] = eight(bytes);
            // SAFETY: eight floats have room there.
            unsafe {
                _mm_storeu_ps(out.as_mut_ptr(), a);
                _mm_storeu_ps(out.as_mut_ptr().add(4), b);
            }
            done += 8;
        }
        done
    }

    #[target_feature(enable = "ssse3")]
    pub(super) fn stereo(bytes: &[u8], left: &mut [f32], right: &mut [f32]) -> usize {
        let mut done = 0;
        for (left, right) in left.as_chunks_mut::<4>().0.iter_mut().zip(right.as_chunks_mut::<4>().0) {
            let Some(bytes) = bytes.get(done * 6..).and_then(<[u8]>::first_chunk) else { break };
            let [a, b] = eight(bytes);
            // SAFETY: four floats have room in each.
            unsafe {
                _mm_storeu_ps(left.as_mut_ptr(), _mm_shuffle_ps::<0b10_00_10_00>(a, b));
                _mm_storeu_ps(right.as_mut_ptr(), _mm_shuffle_ps::<0b11_01_11_01>(a, b));
            }
            done += 4;
        }
        done
    }
}

impl Real for f64 {
    #[inline(always)]
    fn of_i32(value: i32) -> f64 {
        f64::from(value) * (1.0 / 2147483648.0)
    }
    fn of_i64(value: i64) -> f64 {
        value as f64 * (1.0 / 9223372036854775808.0)
    }
    fn of_f32(value: f32) -> f64 {
        f64::from(value)
    }
    fn of_f64(value: f64) -> f64 {
        value
    }
    fn finite(self) -> bool {
        self.is_finite()
    }
}

/// Converts whole frames: `bytes` holds as many as each of `planes`, one plane a channel.
pub(super) fn convert<T: Real>(bytes: &[u8], encoding: Encoding, big: bool, planes: &mut [&mut [T]]) {
    match (encoding, big) {
        (Encoding::U8, _) => spread(bytes, planes, |[b]: [u8; 1]| T::of_i32(i32::from(b ^ 0x80) << 24)),
        (Encoding::ALaw, _) => spread(bytes, planes, |[b]: [u8; 1]| T::of_i32(i32::from(A_LAW[usize::from(b)]) << 16)),
        (Encoding::MuLaw, _) => spread(bytes, planes, |[b]: [u8; 1]| T::of_i32(i32::from(MU_LAW[usize::from(b)]) << 16)),
        (Encoding::Int(1), _) => spread(bytes, planes, |[b]: [u8; 1]| T::of_i32(i32::from(b) << 24)),
        (Encoding::Int(2), false) => spread(bytes, planes, |[a, b]: [u8; 2]| T::of_i32(i32::from_le_bytes([0, 0, a, b]))),
        (Encoding::Int(2), true) => spread(bytes, planes, |[a, b]: [u8; 2]| T::of_i32(i32::from_be_bytes([a, b, 0, 0]))),
        (Encoding::Int(3), false) if planes.len() <= 2 => packed_24(bytes, planes),
        (Encoding::Int(3), false) => spread(bytes, planes, |[a, b, c]: [u8; 3]| T::of_i32(i32::from_le_bytes([0, a, b, c]))),
        (Encoding::Int(3), true) => spread(bytes, planes, |[a, b, c]: [u8; 3]| T::of_i32(i32::from_be_bytes([a, b, c, 0]))),
        (Encoding::Int(4), false) => spread(bytes, planes, |bytes: [u8; 4]| T::of_i32(i32::from_le_bytes(bytes))),
        (Encoding::Int(4), true) => spread(bytes, planes, |bytes: [u8; 4]| T::of_i32(i32::from_be_bytes(bytes))),
        (Encoding::Int(width), big) => wide(bytes, width, big, planes),
        (Encoding::F32, false) => spread(bytes, planes, |bytes: [u8; 4]| T::of_f32(f32::from_le_bytes(bytes))),
        (Encoding::F32, true) => spread(bytes, planes, |bytes: [u8; 4]| T::of_f32(f32::from_be_bytes(bytes))),
        (Encoding::F64, false) => spread(bytes, planes, |bytes: [u8; 8]| T::of_f64(f64::from_le_bytes(bytes))),
        (Encoding::F64, true) => spread(bytes, planes, |bytes: [u8; 8]| T::of_f64(f64::from_be_bytes(bytes))),
    }
}

/// Deals samples of `W` bytes out to their channels.
#[inline(always)]
fn spread<T: Real, const W: usize>(bytes: &[u8], planes: &mut [&mut [T]], decode: impl Fn([u8; W]) -> T) {
    let samples = bytes.as_chunks::<W>().0;
    match planes {
        [mono] => {
            for (out, sample) in mono.iter_mut().zip(samples) {
                *out = decode(*sample);
            }
        }
        [left, right] => {
            for ((left, right), [l, r]) in left.iter_mut().zip(right.iter_mut()).zip(samples.as_chunks::<2>().0) {
                *left = decode(*l);
                *right = decode(*r);
            }
        }
        many => {
            let channels = many.len();
            for (channel, plane) in many.iter_mut().enumerate() {
                for (out, frame) in plane.iter_mut().zip(samples.chunks_exact(channels)) {
                    *out = decode(frame[channel]);
                }
            }
        }
    }
}

/// 24-bit little-endian mono and stereo, the commonest: four samples lie in three words of 32 bits, which takes far
/// fewer steps than byte by byte.
fn packed_24<T: Real>(bytes: &[u8], planes: &mut [&mut [T]]) {
    let done = T::shuffle_24(bytes, planes);
    let bytes = &bytes[done * 3 * planes.len()..];
    let (groups, rest) = bytes.as_chunks::<12>();
    let unpack = |group: &[u8; 12]| {
        let word = |at: usize| u32::from_le_bytes([group[at], group[at + 1], group[at + 2], group[at + 3]]);
        let (a, b, c) = (word(0), word(4), word(8));
        [a << 8, (a >> 16) & 0xff00 | b << 16, (b >> 8) & 0x00ff_ff00 | c << 24, c & 0xffff_ff00].map(|top| T::of_i32(top as i32))
    };
    let single = |[a, b, c]: [u8; 3]| T::of_i32(i32::from_le_bytes([0, a, b, c]));
    match planes {
        [left, right] => {
            let (left, right) = (&mut left[done..], &mut right[done..]);
            let (left, left_rest) = left.as_chunks_mut::<2>();
            let (right, right_rest) = right.as_chunks_mut::<2>();
            for ((left, right), group) in left.iter_mut().zip(right).zip(groups) {
                let [l0, r0, l1, r1] = unpack(group);
                (*left, *right) = ([l0, l1], [r0, r1]);
            }
            spread(rest, &mut [left_rest, right_rest], single);
        }
        [mono] => {
            let (out, out_rest) = mono[done..].as_chunks_mut::<4>();
            for (out, group) in out.iter_mut().zip(groups) {
                *out = unpack(group);
            }
            spread(rest, &mut [out_rest], single);
        }
        _ => {}
    }
}

/// Integers of 5 to 8 bytes: rare enough to go one by one.
fn wide<T: Real>(bytes: &[u8], width: usize, big: bool, planes: &mut [&mut [T]]) {
    let channels = planes.len();
    for (channel, plane) in planes.iter_mut().enumerate() {
        for (out, frame) in plane.iter_mut().zip(bytes.chunks_exact(width * channels)) {
            let sample = &frame[channel * width..][..width];
            let byte = |value: i64, byte: &u8| value << 8 | i64::from(*byte);
            let value = if big { sample.iter().fold(0, byte) } else { sample.iter().rev().fold(0, byte) };
            *out = T::of_i64(value << (64 - 8 * width));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<T: Real>(bytes: &[u8], encoding: Encoding, big: bool) -> T {
        let mut out = [T::default()];
        convert(bytes, encoding, big, &mut [&mut out[..]]);
        out[0]
    }

    #[test]
    fn every_24_bit_integer_is_exact_in_f32() {
        for value in (-8388608i32..=8388607).step_by(251).chain([-8388608, -1, 0, 1, 8388607]) {
            let bytes = value.to_le_bytes();
            let read: f32 = one(&bytes[..3], Encoding::Int(3), false);
            assert_eq!(f64::from(read), f64::from(value) / 8388608.0);
            let reversed = [bytes[2], bytes[1], bytes[0]];
            assert_eq!(one::<f32>(&reversed, Encoding::Int(3), true), read);
        }
    }

    #[test]
    fn wide_integers_are_exact_in_f64_and_rounded_once_in_f32() {
        for value in [i32::MIN, -1, 0, 1, 0x1234_5678, i32::MAX] {
            let exact = f64::from(value) / 2147483648.0;
            assert_eq!(one::<f64>(&value.to_le_bytes(), Encoding::Int(4), false), exact);
            assert_eq!(one::<f64>(&value.to_be_bytes(), Encoding::Int(4), true), exact);
            assert_eq!(one::<f32>(&value.to_le_bytes(), Encoding::Int(4), false), exact as f32);
        }
        // 40 bits: -2^39 is -1, 2^38 is a half.
        assert_eq!(one::<f64>(&[0, 0, 0, 0, 0x80], Encoding::Int(5), false), -1.0);
        assert_eq!(one::<f64>(&[0x40, 0, 0, 0, 0], Encoding::Int(5), true), 0.5);
    }

    #[test]
    fn small_integers_have_their_own_full_scale() {
        assert_eq!(one::<f32>(&[0], Encoding::U8, false), -1.0);
        assert_eq!(one::<f32>(&[128], Encoding::U8, false), 0.0);
        assert_eq!(one::<f32>(&[0x80], Encoding::Int(1), false), -1.0);
        assert_eq!(one::<f32>(&[0x00, 0x80], Encoding::Int(2), false), -1.0);
        assert_eq!(one::<f32>(&[0xff, 0x7f], Encoding::Int(2), false), 32767.0 / 32768.0);
    }

    #[test]
    fn packed_24_bits_are_the_same_as_one_by_one() {
        for (channels, frames) in [(1, 13), (1, 4), (1, 9), (1, 61), (2, 7), (2, 1), (2, 5), (2, 33), (3, 5)] {
            let bytes: Vec<u8> = (0..channels * frames * 3).map(|k| (k * 89 + 200) as u8).collect();
            let mut planes = vec![vec![0f32; frames]; channels];
            let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
            convert(&bytes, Encoding::Int(3), false, &mut slices);
            for (index, sample) in bytes.chunks(3).enumerate() {
                let want = i32::from_le_bytes([0, sample[0], sample[1], sample[2]]) as f32 / 2147483648.0;
                assert_eq!(planes[index % channels][index / channels], want, "sample {index} of {channels} channels");
            }
        }
    }

    #[test]
    fn channels_go_where_they_belong() {
        for channels in 1..6usize {
            let bytes: Vec<u8> = (0..channels * 7).flat_map(|k| (k as i16).to_le_bytes()).collect();
            let mut planes = vec![vec![0f32; 7]; channels];
            let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
            convert(&bytes, Encoding::Int(2), false, &mut slices);
            for (channel, plane) in planes.iter().enumerate() {
                for (frame, sample) in plane.iter().enumerate() {
                    assert_eq!(*sample, (frame * channels + channel) as f32 / 32768.0);
                }
            }
        }
    }
}
