//! Logarithms and powers. A float is `m 2^e`, and both halves can be taken from, or put into, its bits; what is left is
//! a polynomial over a short interval. Coefficients are minimax (Remez), of the degree the float needs.

use super::{Arith, Format, polynomial};
use mixdown_layout::Float;
use std::f64::consts::{LN_2, LOG2_E, LOG10_2};

/// `log2(1 + r) / r` over `√½-1 .. √2-1`, error of the logarithm 5e-8.
const LOG2_F32: [f64; 8] = [
    1.442_694_772_471_640_8,
    -0.721_357_149_159_355_9,
    0.480_939_441_062_573_9,
    -0.360_087_203_054_840_7,
    0.286_707_508_403_270_75,
    -0.250_069_207_714_544_05,
    0.236_890_217_601_615_72,
    -0.145_743_957_169_070_32,
];

/// `log2((1 + s) / (1 - s)) / s` over `s²` of `m = √½ .. √2`, where `s = (m - 1) / (m + 1)`; relative error 1e-18.
const LOG2_F64: [f64; 8] = [
    2.885_390_081_777_926_8,
    0.961_796_693_925_989_8,
    0.577_078_016_345_470_6,
    0.412_198_585_851_047_7,
    0.320_598_533_926_678,
    0.262_334_401_791_264_8,
    0.220_911_864_585_820_93,
    0.213_670_810_404_326_23,
];

/// `(2^f - 1) / f` over `-½ .. ½`, relative error of `2^f` 9e-8.
const EXP2_F32: [f64; 5] = [
    0.693_146_977_824_158_9,
    0.240_222_420_476_169_87,
    0.055_507_334_820_370_915,
    0.009_671_514_511_346_674,
    0.001_326_479_809_327_399_1,
];

/// The same with relative error 3e-18.
const EXP2_F64: [f64; 11] = [
    LN_2,
    0.240_226_506_959_101_3,
    0.055_504_108_664_820_084,
    0.009_618_129_107_594_109,
    0.001_333_355_814_677_424_3,
    0.000_154_035_304_571_247_22,
    1.525_273_349_340_579_6e-5,
    1.321_543_527_661_546_7e-6,
    1.017_819_947_651_193_4e-7,
    7.073_784_144_344_114e-9,
    4.434_783_678_851_177_4e-10,
];

/// `log2(10) / 20`, rounded once.
const LOG2_10_BY_20: f64 = 0.166_096_404_744_368_13;

/// `scale * log2(max(x, least))`; NaN counts as `least`, a normal number.
fn log_scaled<A: Arith>(a: &mut A, x: A::F, scale: f64, least: f64) -> A::F {
    let float = a.precision();
    let format = Format::of(float);
    let one = format.bias << format.mantissa;
    let root_half = match float {
        Float::F32 => i64::from(std::f32::consts::FRAC_1_SQRT_2.to_bits()),
        Float::F64 => std::f64::consts::FRAC_1_SQRT_2.to_bits() as i64,
    };
    let least = a.float(least);
    let x = a.max(x, least);

    // Moved by the distance of √½ to 1, the exponent changes at √½ instead of at 1, and m lies in √½ .. √2.
    let bits = a.bits(x);
    let shift = a.int(one - root_half);
    let bits = a.iadd(bits, shift);
    // Put under the exponent of 2^mantissa, an integer is that plus 2^mantissa.
    let exponent = a.shr(bits, format.mantissa);
    let under = a.int((format.bias + i64::from(format.mantissa)) << format.mantissa);
    let e = a.ior(exponent, under);
    let e = a.from_bits(e);
    let offset = a.float(format.whole() + format.bias as f64);
    let e = a.sub(e, offset);
    let mask = a.int((1 << format.mantissa) - 1);
    let m = a.iand(bits, mask);
    let root_half = a.int(root_half);
    let m = a.iadd(m, root_half);
    let m = a.from_bits(m);

    let unit = a.float(1.0);
    let r = a.sub(m, unit);
    let (r, q) = match float {
        Float::F32 => (r, polynomial(a, r, &LOG2_F32.map(|c| c * scale))),
        Float::F64 => {
            let sum = a.add(m, unit);
            let s = a.div(r, sum);
            let y = a.mul(s, s);
            (s, polynomial(a, y, &LOG2_F64.map(|c| c * scale)))
        }
    };
    if scale == 1.0 {
        return a.fma(r, q, e);
    }
    let rest = a.mul(r, q);
    let scale = a.float(scale);
    a.fma(e, scale, rest)
}

/// Smallest normal number: what a logarithm takes for everything below it.
fn smallest(float: Float) -> f64 {
    match float {
        Float::F32 => f64::from(f32::MIN_POSITIVE),
        Float::F64 => f64::MIN_POSITIVE,
    }
}

/// `log2(x)`. Absolute error below 1.2e-7 plus half a unit in the last place of the result (32 bits); relative error
/// below 5e-16 (64 bits).
/// Zero, negative and subnormal numbers and NaN give -126 (-1022), infinity gives 128 (1024): never NaN, never
/// infinite. 16 operations in 32 bits.
pub fn log2<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let least = smallest(a.precision());
    log_scaled(a, x, 1.0, least)
}

/// Natural logarithm, with the ends of [`log2`] times `ln 2` (so -87.3 at 0 in 32 bits). 17 operations in 32 bits.
pub fn ln<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let least = smallest(a.precision());
    log_scaled(a, x, LN_2, least)
}

/// Logarithm of base 10, with the ends of [`log2`] times `log10 2` (so -37.9 at 0 in 32 bits).
pub fn log10<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let least = smallest(a.precision());
    log_scaled(a, x, LOG10_2, least)
}

/// Decibels of a factor: `20 log10(x)`. What is below 1e-10, zero, negative or NaN gives -200. Error below 1.1e-5 dB in 32
/// bits, most of it the rounding of numbers beyond 128 dB. 17 operations in 32 bits.
pub fn to_db<A: Arith>(a: &mut A, x: A::F) -> A::F {
    log_scaled(a, x, 20.0 * LOG10_2, 1e-10)
}

/// A constant as a number of the kernel's float and what is missing to it, which 0 says is not worth an operation.
struct Base {
    high: f64,
    low: f64,
}

impl Base {
    /// `high + low` is the constant in 107 bits.
    fn new(float: Float, high: f64, low: f64) -> Self {
        match float {
            Float::F64 => Base { high, low },
            Float::F32 => {
                let short = f64::from(high as f32);
                Base { high: short, low: high - short }
            }
        }
    }
}

/// `2^(base x)`.
fn exp_scaled<A: Arith>(a: &mut A, x: A::F, base: &Base) -> A::F {
    let format = Format::of(a.precision());
    let bias = format.bias as f64;
    // In this order a NaN passes. At the lower end the exponent's field is 0, which is the number 0; at the upper end it
    // is that of infinity.
    let (low, high) = (a.float(-bias / base.high), a.float((bias + 1.0) / base.high));
    let x = a.max(low, x);
    let x = a.min(high, x);

    // The low bits of t are the nearest whole number to the exponent, its bias added already.
    let magic = a.float(format.magic() + bias);
    let c = a.float(base.high);
    let t = a.fma(x, c, magic);
    let minus_k = a.sub(magic, t);
    let f = a.fma(x, c, minus_k);
    let f = if base.low == 0.0 {
        f
    } else {
        let low = a.float(base.low);
        a.fma(x, low, f)
    };
    let q = match a.precision() {
        Float::F32 => polynomial(a, f, &EXP2_F32),
        Float::F64 => polynomial(a, f, &EXP2_F64),
    };
    let one = a.float(1.0);
    let p = a.fma(f, q, one);
    let t = a.bits(t);
    let scale = a.shl(t, format.mantissa);
    let scale = a.from_bits(scale);
    a.mul(p, scale)
}

/// `2^x`, exact for whole `x`. Relative error below 2e-7 (32 bits), 4e-16 (64 bits). Below -126.5 (-1022.5) it is 0,
/// from 127.5 (1023.5) on infinity; NaN gives NaN. 12 operations in 32 bits.
pub fn exp2<A: Arith>(a: &mut A, x: A::F) -> A::F {
    exp_scaled(a, x, &Base { high: 1.0, low: 0.0 })
}

/// `e^x`, with the ends of [`exp2`]. 13 operations in 32 bits.
pub fn exp<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let base = Base::new(a.precision(), LOG2_E, 2.035_527_374_093_103_3e-17);
    exp_scaled(a, x, &base)
}

/// The factor of decibels: `10^(x / 20)`, so 1 at 0 dB and 0 at minus infinity (and below -761 dB in 32 bits). NaN gives
/// NaN. 12 operations in 32 bits.
pub fn factor<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let mut base = Base::new(a.precision(), LOG2_10_BY_20, -8.345_257_784_509_387e-18);
    if a.precision() == Float::F32 {
        // log2(10) / 20 happens to be a 32-bit number to 3e-9 of itself.
        base.low = 0.0;
    }
    exp_scaled(a, x, &base)
}

/// `x^y` for `x > 0`: `exp2(y log2(x))`, so its relative error grows with the size of the exponent `y log2(x)`. 0 and
/// negative `x` count as the smallest normal number, so `pow(0, y)` is 0 for `y > 1.01` and small below; `pow(x, 0)` is 1.
/// 29 operations in 32 bits.
pub fn pow<A: Arith>(a: &mut A, x: A::F, y: A::F) -> A::F {
    let e = log2(a, x);
    let e = a.mul(e, y);
    exp2(a, e)
}
