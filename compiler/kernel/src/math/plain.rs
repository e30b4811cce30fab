//! The primitive operations on plain numbers: what mix-time evaluation, constant folding and the interpreter
//! compute with, so that there is one meaning of an operation and not three.

use super::Arith;
use mixdown_layout::Float;
use std::marker::PhantomData;

/// Arithmetic on numbers of type `R`, `f32` or `f64`. It holds nothing.
#[derive(Clone, Copy, Debug)]
pub struct Plain<R>(PhantomData<R>);

/// 32-bit arithmetic.
pub type Plain32 = Plain<f32>;
/// 64-bit arithmetic.
pub type Plain64 = Plain<f64>;

impl<R> Plain<R> {
    /// The arithmetic.
    pub fn new() -> Self {
        Plain(PhantomData)
    }
}

impl<R> Default for Plain<R> {
    fn default() -> Self {
        Plain::new()
    }
}

/// Arithmetic on numbers together with their raw form: how a lane stands in memory and in a register.
pub trait Scalar: Arith<F: PartialEq, M = bool> + Default {
    /// Bits of a lane.
    type Raw: Copy + Default + Send + Sync + 'static;
    /// Bits of a float.
    fn of_float(x: Self::F) -> Self::Raw;
    /// Float of bits.
    fn to_float(x: Self::Raw) -> Self::F;
    /// Bits of an integer.
    fn of_int(x: Self::I) -> Self::Raw;
    /// Integer of bits.
    fn to_int(x: Self::Raw) -> Self::I;
    /// Bits of a truth value: all or none.
    fn of_mask(x: bool) -> Self::Raw;
    /// Truth value of bits.
    fn to_mask(x: Self::Raw) -> bool;
    /// Float in 64 bits.
    fn widen(x: Self::F) -> f64;
    /// Integer in 64 bits, with its sign.
    fn widen_int(x: Self::I) -> i64;
}

macro_rules! plain {
    ($r:ty, $i:ty, $u:ty, $float:expr) => {
        impl Arith for Plain<$r> {
            type F = $r;
            type I = $i;
            type M = bool;

            #[inline]
            fn precision(&self) -> Float {
                $float
            }
            #[inline]
            fn float(&mut self, x: f64) -> $r {
                x as $r
            }
            #[inline]
            fn int(&mut self, x: i64) -> $i {
                x as $i
            }
            #[inline]
            fn add(&mut self, a: $r, b: $r) -> $r {
                a + b
            }
            #[inline]
            fn sub(&mut self, a: $r, b: $r) -> $r {
                a - b
            }
            #[inline]
            fn mul(&mut self, a: $r, b: $r) -> $r {
                a * b
            }
            #[inline]
            fn div(&mut self, a: $r, b: $r) -> $r {
                a / b
            }
            #[inline]
            fn fma(&mut self, a: $r, b: $r, c: $r) -> $r {
                a.mul_add(b, c)
            }
            #[inline]
            fn neg(&mut self, a: $r) -> $r {
                -a
            }
            #[inline]
            fn abs(&mut self, a: $r) -> $r {
                a.abs()
            }
            #[inline]
            fn sqrt(&mut self, a: $r) -> $r {
                a.sqrt()
            }
            #[inline]
            fn min(&mut self, a: $r, b: $r) -> $r {
                if a < b { a } else { b }
            }
            #[inline]
            fn max(&mut self, a: $r, b: $r) -> $r {
                if b < a { a } else { b }
            }
            #[inline]
            fn lt(&mut self, a: $r, b: $r) -> bool {
                a < b
            }
            #[inline]
            fn le(&mut self, a: $r, b: $r) -> bool {
                a <= b
            }
            #[inline]
            fn eq(&mut self, a: $r, b: $r) -> bool {
                a == b
            }
            #[inline]
            fn and(&mut self, a: bool, b: bool) -> bool {
                a & b
            }
            #[inline]
            fn or(&mut self, a: bool, b: bool) -> bool {
                a | b
            }
            #[inline]
            fn not(&mut self, a: bool) -> bool {
                !a
            }
            #[inline]
            fn select(&mut self, m: bool, a: $r, b: $r) -> $r {
                if m { a } else { b }
            }
            #[inline]
            fn select_int(&mut self, m: bool, a: $i, b: $i) -> $i {
                if m { a } else { b }
            }
            #[inline]
            fn bits(&mut self, a: $r) -> $i {
                a.to_bits() as $i
            }
            #[inline]
            fn from_bits(&mut self, a: $i) -> $r {
                <$r>::from_bits(a as $u)
            }
            #[inline]
            fn iadd(&mut self, a: $i, b: $i) -> $i {
                a.wrapping_add(b)
            }
            #[inline]
            fn isub(&mut self, a: $i, b: $i) -> $i {
                a.wrapping_sub(b)
            }
            #[inline]
            fn imul(&mut self, a: $i, b: $i) -> $i {
                a.wrapping_mul(b)
            }
            #[inline]
            fn iand(&mut self, a: $i, b: $i) -> $i {
                a & b
            }
            #[inline]
            fn ior(&mut self, a: $i, b: $i) -> $i {
                a | b
            }
            #[inline]
            fn ixor(&mut self, a: $i, b: $i) -> $i {
                a ^ b
            }
            #[inline]
            fn shl(&mut self, a: $i, n: u32) -> $i {
                a.wrapping_shl(n)
            }
            #[inline]
            fn shr(&mut self, a: $i, n: u32) -> $i {
                (a as $u).wrapping_shr(n) as $i
            }
        }

        impl Scalar for Plain<$r> {
            type Raw = $u;

            #[inline]
            fn of_float(x: $r) -> $u {
                x.to_bits()
            }
            #[inline]
            fn to_float(x: $u) -> $r {
                <$r>::from_bits(x)
            }
            #[inline]
            fn of_int(x: $i) -> $u {
                x as $u
            }
            #[inline]
            fn to_int(x: $u) -> $i {
                x as $i
            }
            #[inline]
            fn of_mask(x: bool) -> $u {
                if x { <$u>::MAX } else { 0 }
            }
            #[inline]
            fn to_mask(x: $u) -> bool {
                x != 0
            }
            #[inline]
            fn widen(x: $r) -> f64 {
                f64::from(x)
            }
            #[inline]
            fn widen_int(x: $i) -> i64 {
                i64::from(x)
            }
        }
    };
}

plain!(f32, i32, u32, Float::F32);
plain!(f64, i64, u64, Float::F64);
