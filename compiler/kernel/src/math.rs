//! The definition of the language's functions. Each is an expansion into primitive operations of the IR, written
//! once over [`Arith`]: the [`Builder`](crate::builder::Builder) turns the text into instructions, [`Plain`] works it
//! out on numbers, and both give the same bits because every operation is the same IEEE operation.
//!
//! Always true here: no branch, no table, no library function, no conversion operation. Whether a constant is right
//! can be read from the formula beside it; how large an error is stands in the function's documentation, and a test
//! holds it there. "Never NaN from a number" and the like are part of the definitions, not accidents.

mod exp_log;
mod noise;
mod plain;
mod round;
mod trig;

pub use exp_log::{exp, exp2, factor, ln, log2, log10, pow, to_db};
pub use noise::{hash, noise, noise_bits, uniform};
pub use plain::{Plain, Plain32, Plain64, Scalar};
pub use round::{ceil, clamp, copysign, floor, fract, from_int, nearest_int, round, sign, split, trunc};
pub use trig::{atan, cos, sin, tan, tanh};

use mixdown_layout::Float;

/// The primitive operations, over whatever carries a value: an instruction of a kernel, or a number.
/// Their meaning is that of the operations of the same name in [`Op`](crate::ir::Op).
pub trait Arith {
    /// A number of the kernel's float.
    type F: Copy;
    /// An integer of the float's width.
    type I: Copy;
    /// A truth value.
    type M: Copy;

    /// Which float this is; polynomials have the degree that it needs.
    fn precision(&self) -> Float;
    /// A constant, rounded to the float.
    fn float(&mut self, x: f64) -> Self::F;
    /// An integer constant, cut to the float's width.
    fn int(&mut self, x: i64) -> Self::I;

    /// `a + b`
    fn add(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// `a - b`
    fn sub(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b`
    fn mul(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// `a / b`
    fn div(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b + c`, rounded once
    fn fma(&mut self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// `-a`
    fn neg(&mut self, a: Self::F) -> Self::F;
    /// `|a|`
    fn abs(&mut self, a: Self::F) -> Self::F;
    /// `√a`
    fn sqrt(&mut self, a: Self::F) -> Self::F;
    /// `a < b ? a : b`
    fn min(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// `b < a ? a : b`
    fn max(&mut self, a: Self::F, b: Self::F) -> Self::F;

    /// `a < b`
    fn lt(&mut self, a: Self::F, b: Self::F) -> Self::M;
    /// `a <= b`
    fn le(&mut self, a: Self::F, b: Self::F) -> Self::M;
    /// `a == b`
    fn eq(&mut self, a: Self::F, b: Self::F) -> Self::M;
    /// Both.
    fn and(&mut self, a: Self::M, b: Self::M) -> Self::M;
    /// Either.
    fn or(&mut self, a: Self::M, b: Self::M) -> Self::M;
    /// Not.
    fn not(&mut self, a: Self::M) -> Self::M;
    /// `m ? a : b`
    fn select(&mut self, m: Self::M, a: Self::F, b: Self::F) -> Self::F;
    /// `m ? a : b` of integers
    fn select_int(&mut self, m: Self::M, a: Self::I, b: Self::I) -> Self::I;

    /// The bits of a float.
    fn bits(&mut self, a: Self::F) -> Self::I;
    /// The float of bits.
    #[expect(clippy::wrong_self_convention, reason = "named after the operation")]
    fn from_bits(&mut self, a: Self::I) -> Self::F;
    /// Wrapping `a + b`
    fn iadd(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// Wrapping `a - b`
    fn isub(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// Wrapping `a * b`
    fn imul(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// Bitwise and
    fn iand(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// Bitwise or
    fn ior(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// Bitwise exclusive or
    fn ixor(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// `a << n`
    fn shl(&mut self, a: Self::I, n: u32) -> Self::I;
    /// `a >> n`, logical
    fn shr(&mut self, a: Self::I, n: u32) -> Self::I;
}

/// What the bit tricks need to know of a float.
#[derive(Clone, Copy)]
struct Format {
    /// Bits of the mantissa that are stored.
    mantissa: u32,
    /// Bias of the exponent.
    bias: i64,
    /// Bits in all.
    width: u32,
}

impl Format {
    fn of(float: Float) -> Self {
        match float {
            Float::F32 => Format { mantissa: 23, bias: 127, width: 32 },
            Float::F64 => Format { mantissa: 52, bias: 1023, width: 64 },
        }
    }

    /// `1.5 * 2^mantissa`: adding it rounds a number of less than a quarter of that to the nearest whole one (ties to
    /// even), which then stands in the low bits.
    fn magic(self) -> f64 {
        1.5 * self.whole()
    }

    /// `2^mantissa`: from here on every float is whole.
    fn whole(self) -> f64 {
        (1i64 << self.mantissa) as f64
    }

    /// Bits of [`Self::magic`].
    fn magic_bits(self) -> i64 {
        ((self.bias + i64::from(self.mantissa)) << self.mantissa) | 1 << (self.mantissa - 1)
    }

    /// The sign bit alone.
    fn sign_bit(self) -> i64 {
        (1u64 << (self.width - 1)) as i64
    }
}

/// `c[0] + x c[1] + x² c[2] + …` by Horner's rule.
fn polynomial<A: Arith>(a: &mut A, x: A::F, c: &[f64]) -> A::F {
    let (last, rest) = c.split_last().unwrap_or((&0.0, &[]));
    let mut sum = a.float(*last);
    for &k in rest.iter().rev() {
        let k = a.float(k);
        sum = a.fma(sum, x, k);
    }
    sum
}
