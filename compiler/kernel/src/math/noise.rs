//! Random numbers without a generator: a number is a hash of what it belongs to, so it hangs on no order, no thread
//! and no start. All of it is arithmetic on 32 bits; kernels of 64-bit integers cut to 32 where a shift would tell.

use super::Arith;
use mixdown_layout::Float;

/// The low 32 bits; nothing to do where an integer has no more.
fn low<A: Arith>(a: &mut A, x: A::I) -> A::I {
    match a.precision() {
        Float::F32 => x,
        Float::F64 => {
            let mask = a.int(0xFFFF_FFFF);
            a.iand(x, mask)
        }
    }
}

/// `x ^ (x >> n)` of a number that is cut already.
fn fold<A: Arith>(a: &mut A, x: A::I, n: u32) -> A::I {
    let down = a.shr(x, n);
    a.ixor(x, down)
}

/// A permutation of the 32-bit integers without a pattern: `lowbias32` of Chris Wellons' hash prospector. Of a 64-bit
/// integer it reads the low 32 bits, and its result is `0 .. 2^32` there.
pub fn hash<A: Arith>(a: &mut A, x: A::I) -> A::I {
    let (k, l) = (a.int(0x7FEB_352D), a.int(0x846C_A68B));
    let x = low(a, x);
    let x = fold(a, x, 16);
    let x = a.imul(x, k);
    let x = low(a, x);
    let x = fold(a, x, 15);
    let x = a.imul(x, l);
    let x = low(a, x);
    fold(a, x, 16)
}

/// The random 32 bits of a counter (timeline sample) in the stream of a seed. Streams of different seeds are not
/// each other shifted, because the counter is scattered before the seed joins it.
pub fn noise_bits<A: Arith>(a: &mut A, counter: A::I, seed: A::I) -> A::I {
    // 2^32 divided by the golden ratio, made odd.
    let golden = a.int(0x9E37_79B1);
    let x = a.imul(counter, golden);
    let x = low(a, x);
    let x = fold(a, x, 15);
    let x = a.ixor(x, seed);
    hash(a, x)
}

/// A number in `-1 .. 1` (never 1) from 32 random bits: 23 of them in a 32-bit float, all in a 64-bit one, so the
/// two agree to `2^-22`.
pub fn uniform<A: Arith>(a: &mut A, bits: A::I) -> A::F {
    // Put under the exponent of 2 they are a number in 2 .. 4.
    let (mantissa, two) = match a.precision() {
        Float::F32 => (a.shr(bits, 9), a.int(0x4000_0000)),
        Float::F64 => {
            let bits = low(a, bits);
            (a.shl(bits, 20), a.int(0x4000_0000_0000_0000))
        }
    };
    let x = a.ior(mantissa, two);
    let x = a.from_bits(x);
    let three = a.float(3.0);
    a.sub(x, three)
}

/// White noise in `-1 .. 1`: [`uniform`] of [`noise_bits`].
pub fn noise<A: Arith>(a: &mut A, counter: A::I, seed: A::I) -> A::F {
    let bits = noise_bits(a, counter, seed);
    uniform(a, bits)
}
