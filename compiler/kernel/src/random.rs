//! Random kernels and random data for them: the tests of every room that runs kernels compare two ways of running the
//! same one. Everything follows from a seed, so a failure can be run again.
//!
//! What is made here is well formed ([`verify`](crate::verify::verify) says nothing), and means the same on every
//! machine: the bits of a float are only looked at where it is not NaN. Which NaN an operation gives is nobody's
//! promise, so two results are [`same`] where both are NaN.

mod data;
mod kernel;
mod rig;

pub use data::{Instance, instances};
pub use kernel::kernel;
pub use rig::{Rig, same};

use mixdown_layout::Float;

/// A stream of random numbers: splitmix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number of `0 .. n` (of 0 where `n` is 0).
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number in `-1 .. 1`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// A float as audio has it, and once in eight times one that finds faults: zeros, ones, subnormal, the ends of the
    /// range, infinities, NaN.
    pub fn float(&mut self, float: Float) -> f64 {
        if !self.one_in(8) {
            let scale = [1.0, 1.0, 2.0, 100.0, 1e-3][self.below(5)];
            return self.unit() * scale;
        }
        let (least, most, tiny) = match float {
            Float::F32 => (f64::from(f32::MIN_POSITIVE), f64::from(f32::MAX), f64::from(f32::from_bits(1))),
            Float::F64 => (f64::MIN_POSITIVE, f64::MAX, f64::from_bits(1)),
        };
        let list = [
            0.0,
            1.0,
            0.5,
            least,
            least * 0.75,
            tiny,
            most,
            1e30,
            1e-15,
            f64::INFINITY,
            4_194_304.0,
            8_388_607.5,
            f64::NAN,
        ];
        let x = list[self.below(list.len())];
        if self.one_in(2) { -x } else { x }
    }

    /// The bits of [`Self::float`] as a lane of memory holds them.
    pub fn raw(&mut self, float: Float) -> u64 {
        let x = self.float(float);
        match float {
            Float::F32 => u64::from((x as f32).to_bits()),
            Float::F64 => x.to_bits(),
        }
    }
}
