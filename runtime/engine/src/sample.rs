//! The two widths of audio, `f32` and `f64`, behind one trait.

use mixdown_layout::Float;
use std::fmt::Debug;
use std::ops::{Add, BitAnd, BitOr, Mul, Sub};

/// A number of a stream: `f32` or `f64`.
pub trait Sample:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + sealed::Sealed
    + 'static
{
    /// Which width it is.
    const FLOAT: Float;
    /// `+0.0`.
    const ZERO: Self;
    /// Rounds to this width.
    fn from_f64(value: f64) -> Self;
    /// Exact.
    fn to_f64(self) -> f64;
    /// The number whose bits are the low bits of `bits`.
    fn from_low_bits(bits: u64) -> Self;
    /// `self * a + b`, rounded once.
    fn fma(self, a: Self, b: Self) -> Self;
    /// Magnitude.
    fn abs(self) -> Self;
    /// The bits as an unsigned integer of the same width.
    #[doc(hidden)]
    type Bits: Copy + Default + Ord + BitOr<Output = Self::Bits> + BitAnd<Output = Self::Bits>;
    /// Mask of everything but the sign.
    #[doc(hidden)]
    const MAGNITUDE: Self::Bits;
    /// Bits of infinity: magnitudes from here on are not finite.
    #[doc(hidden)]
    const INFINITE: Self::Bits;
    #[doc(hidden)]
    fn bits(self) -> Self::Bits;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! sample {
    ($float:ident, $bits:ident, $width:expr) => {
        impl Sample for $float {
            const FLOAT: Float = $width;
            const ZERO: Self = 0.0;
            type Bits = $bits;
            const MAGNITUDE: $bits = $bits::MAX >> 1;
            const INFINITE: $bits = $float::INFINITY.to_bits();
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn from_low_bits(bits: u64) -> Self {
                $float::from_bits(bits as $bits)
            }
            #[inline(always)]
            fn fma(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }
            #[inline(always)]
            fn bits(self) -> $bits {
                self.to_bits()
            }
        }
    };
}

sample!(f32, u32, Float::F32);
sample!(f64, u64, Float::F64);
