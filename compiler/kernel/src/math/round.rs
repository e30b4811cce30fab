//! Whole numbers: rounding, the parts of a number, and the way between floats and integers without a conversion
//! operation. Adding `1.5 * 2^23` (`2^52` in 64 bits) rounds to the nearest whole number and leaves it in the low bits.

use super::{Arith, Format};
use mixdown_layout::Float;

/// Magnitude of `x` with the sign of `s`.
pub fn copysign<A: Arith>(a: &mut A, x: A::F, s: A::F) -> A::F {
    let x = a.abs(x);
    with_sign_of(a, x, s)
}

/// `x`, which has no sign yet, with the sign of `s`.
pub(super) fn with_sign_of<A: Arith>(a: &mut A, x: A::F, s: A::F) -> A::F {
    let mask = a.int(Format::of(a.precision()).sign_bit());
    let s = a.bits(s);
    let sign = a.iand(s, mask);
    let bits = a.bits(x);
    let bits = a.ior(bits, sign);
    a.from_bits(bits)
}

/// The nearest whole number, ties to even, of every float: large ones, infinities and NaN are themselves.
fn nearest<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let whole = a.float(Format::of(a.precision()).whole());
    let size = a.abs(x);
    let up = a.add(size, whole);
    let near = a.sub(up, whole);
    let small = a.lt(size, whole);
    let near = a.select(small, near, size);
    with_sign_of(a, near, x)
}

/// Largest whole number not above `x`. Exact for every float; `-0`, infinities and NaN are themselves.
pub fn floor<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let near = nearest(a, x);
    let one = a.float(1.0);
    let above = a.lt(x, near);
    let less = a.sub(near, one);
    a.select(above, less, near)
}

/// Smallest whole number not below `x`. Exact for every float; `-0`, infinities and NaN are themselves.
pub fn ceil<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let x = a.neg(x);
    let down = floor(a, x);
    a.neg(down)
}

/// Nearest whole number, halves upwards (`2.5` is 3, `-2.5` is -2), as positions round. Exact for every float.
pub fn round<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let near = nearest(a, x);
    let (one, half) = (a.float(1.0), a.float(0.5));
    let rest = a.sub(x, near);
    let tie = a.eq(rest, half);
    let more = a.add(near, one);
    a.select(tie, more, near)
}

/// `x` without what stands behind the point. Exact for every float, and keeps the sign (`-0.5` is `-0`).
pub fn trunc<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let size = a.abs(x);
    let down = floor(a, size);
    with_sign_of(a, down, x)
}

/// `x - floor(x)`, in `0 .. 1` and never 1 (a tiny negative `x` gives the float before 1); NaN of infinities and NaN.
pub fn fract<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let most = match a.precision() {
        Float::F32 => 1.0 - f64::from(f32::EPSILON) / 2.0,
        Float::F64 => 1.0 - f64::EPSILON / 2.0,
    };
    let down = floor(a, x);
    let rest = a.sub(x, down);
    let most = a.float(most);
    // In this order a NaN passes.
    a.min(most, rest)
}

/// `1`, `-1`, or `x` itself where it is zero or NaN.
pub fn sign<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let (zero, one, minus) = (a.float(0.0), a.float(1.0), a.float(-1.0));
    let negative = a.lt(x, zero);
    let positive = a.lt(zero, x);
    let down = a.select(negative, minus, x);
    a.select(positive, one, down)
}

/// `x` held inside `low ..= high`. NaN gives `low`, so that no range fault reaches a state.
pub fn clamp<A: Arith>(a: &mut A, x: A::F, low: A::F, high: A::F) -> A::F {
    let x = a.max(x, low);
    a.min(x, high)
}

/// The nearest integer, ties to even, for `|x| <= 2^22` (`2^51` in 64 bits); some integer for anything else.
/// Two operations.
pub fn nearest_int<A: Arith>(a: &mut A, x: A::F) -> A::I {
    let format = Format::of(a.precision());
    let (magic, bits) = (a.float(format.magic()), a.int(format.magic_bits()));
    let t = a.add(x, magic);
    let t = a.bits(t);
    a.isub(t, bits)
}

/// `x` as an integer and a rest: the integer is the floor, the rest `x - floor(x)` in `0 ..= 1` (1 only where a tiny
/// negative `x` rounds to it). For `|x| <= 2^22` (`2^51` in 64 bits). This is how a delay is read between samples.
pub fn split<A: Arith>(a: &mut A, x: A::F) -> (A::I, A::F) {
    let format = Format::of(a.precision());
    let (magic, bits, less) = (a.float(format.magic()), a.int(format.magic_bits()), a.int(format.magic_bits() + 1));
    let (zero, one) = (a.float(0.0), a.float(1.0));
    let t = a.add(x, magic);
    let near = a.sub(t, magic);
    let rest = a.sub(x, near);
    let below = a.lt(rest, zero);
    let wrapped = a.add(rest, one);
    let rest = a.select(below, wrapped, rest);
    let t = a.bits(t);
    let (near, down) = (a.isub(t, bits), a.isub(t, less));
    (a.select_int(below, down, near), rest)
}

/// The float of an integer, exact for `|i| < 2^22` (`2^51` in 64 bits); some number for anything else.
pub fn from_int<A: Arith>(a: &mut A, i: A::I) -> A::F {
    let format = Format::of(a.precision());
    let (magic, bits) = (a.float(format.magic()), a.int(format.magic_bits()));
    let t = a.iadd(i, bits);
    let t = a.from_bits(t);
    a.sub(t, magic)
}
