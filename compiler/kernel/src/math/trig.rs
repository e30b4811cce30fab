//! Circular functions and the hyperbolic tangent. An angle is brought to the nearest multiple of π (or π/2) in two
//! fused steps, the first of which is exact; what is left is a minimax polynomial or ratio of two.

use super::round::with_sign_of;
use super::{Arith, Format, polynomial};
use mixdown_layout::Float;
use std::f64::consts::{FRAC_1_PI, FRAC_2_PI, FRAC_PI_2, PI};

/// `(sin(r)/r - 1) / r²` in `r²`, over `|r| <= π/2`; error of the sine 5e-9.
const SIN_F32: [f64; 4] = [
    -0.166_666_571_002_019_81,
    0.008_333_017_354_778_234,
    -0.000_198_066_180_449_343_78,
    2.600_058_291_661_637_7e-6,
];

/// The same with error 2e-19.
const SIN_F64: [f64; 8] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_115,
    -0.000_198_412_698_411_859_65,
    2.755_731_920_778_742e-6,
    -2.505_210_660_667_524_4e-8,
    1.605_892_783_812_414_4e-10,
    -7.642_712_966_630_807e-13,
    2.718_496_743_947_716_4e-15,
];

/// `(cos(r) - 1) / r²` in `r²`, over `|r| <= π/2`; error of the cosine 5e-8.
const COS_F32: [f64; 4] =
    [-0.499_999_322_950_968_44, 0.041_663_989_509_996_856, -0.001_385_592_758_109_161_3, 2.319_439_479_334_316e-5];

/// The same with error 7e-21.
const COS_F64: [f64; 9] = [
    -0.5,
    0.041_666_666_666_666_664,
    -0.001_388_888_888_888_857,
    2.480_158_730_149_998_6e-5,
    -2.755_731_921_041_948_6e-7,
    2.087_675_571_463_461e-9,
    -1.147_067_195_645_978_8e-11,
    4.776_908_717_751_561e-14,
    -1.512_295_170_985_446_5e-16,
];

/// `tan(r)/r` as a ratio in `r²`, over `|r| <= π/4`; relative error 1.4e-8.
const TAN_F32: ([f64; 2], [f64; 3]) = (
    [0.999_999_985_836_696_1, -0.095_801_768_991_071_79],
    [1.0, -0.429_135_774_049_295_9, 0.009_716_857_182_069_662],
);

/// The same with relative error 2e-17.
const TAN_F64: ([f64; 4], [f64; 4]) = (
    [1.0, -0.128_283_470_237_409_66, 0.002_805_918_221_995_276_5, -7.483_634_781_352_876e-6],
    [1.0, -0.461_616_803_570_740_14, 0.023_344_852_745_505_774, -0.000_208_448_041_469_445_47],
);

/// `(atan(t)/t - 1) / t²` in `t²`, over `0 .. 1`; relative error 1.1e-7.
const ATAN_F32: [f64; 7] = [
    -0.333_323_920_179_414_65,
    0.199_742_219_389_003_1,
    -0.140_413_753_416_676_1,
    0.099_686_010_462_325_88,
    -0.060_204_841_844_874_86,
    0.024_735_183_322_098_51,
    -0.004_822_820_443_258_344,
];

/// The same with relative error 3e-17.
const ATAN_F64: [f64; 19] = [
    -0.333_333_333_333_318_6,
    0.199_999_999_997_550_28,
    -0.142_857_142_713_352_43,
    0.111_111_106_787_600_96,
    -0.090_909_012_355_677_6,
    0.076_922_129_323_367_42,
    -0.066_658_603_761_649_27,
    0.058_773_078_401_486_94,
    -0.052_392_332_731_994_09,
    0.046_739_504_164_397_81,
    -0.040_926_400_502_019_93,
    0.034_067_842_535_655_41,
    -0.025_826_838_661_241_25,
    0.016_978_078_039_097_514,
    -0.009_184_590_903_292_896,
    0.003_855_992_083_057_593_7,
    -0.001_164_078_093_617_959_1,
    0.000_223_023_820_534_514_6,
    -2.025_869_913_617_619_3e-5,
];

/// `tanh(x)/x` as a ratio in `x²`, over `|x| <= 9.02`; relative error 2e-8.
const TANH_F32: ([f64; 5], [f64; 5]) = (
    [
        0.999_999_979_017_877_8,
        0.133_797_237_683_399_38,
        0.003_494_041_398_589_215,
        2.058_358_900_369_926e-5,
        1.331_920_869_483_512e-8,
    ],
    [1.0, 0.467_130_390_100_046_26, 0.025_871_099_446_553_99, 0.000_328_310_383_783_035, 7.762_078_259_091_011e-7],
);

/// The same over `|x| <= 19.1`, with relative error 4e-18.
const TANH_F64: ([f64; 10], [f64; 11]) = (
    [
        1.0,
        0.152_678_201_367_823_54,
        0.006_106_201_459_586_825,
        9.866_665_399_754_657e-5,
        7.590_712_010_183_719e-7,
        2.955_921_879_217_504_5e-9,
        5.803_085_253_689_582e-12,
        5.357_166_056_846_343e-15,
        1.954_888_401_976_994_5e-18,
        1.809_165_799_885_064e-22,
    ],
    [
        1.0,
        0.486_011_534_701_156_8,
        0.034_776_713_026_639_205,
        0.000_857_620_337_643_574_9,
        9.442_846_961_412_266e-6,
        5.151_734_198_146_248e-8,
        1.430_510_513_031_006_7e-10,
        1.952_273_373_338_446_3e-13,
        1.169_512_984_195_689e-16,
        2.350_239_578_194_906e-20,
        6.695_431_791_993_852e-25,
    ],
);

/// `x - k unit` for the whole number `k` nearest to `x / unit`, and a float whose low bits are those of `k`.
/// `unit` is given as a number of 64 bits and the rest to it.
fn reduce<A: Arith>(a: &mut A, x: A::F, per_unit: f64, unit: f64, rest: f64) -> (A::F, A::I) {
    let (high, low) = match a.precision() {
        Float::F64 => (unit, rest),
        Float::F32 => (f64::from(unit as f32), unit - f64::from(unit as f32)),
    };
    let magic = a.float(Format::of(a.precision()).magic());
    let (per_unit, high, low) = (a.float(per_unit), a.float(high), a.float(low));
    let t = a.fma(x, per_unit, magic);
    let minus_k = a.sub(magic, t);
    let r = a.fma(minus_k, high, x);
    let r = a.fma(minus_k, low, r);
    (r, a.bits(t))
}

/// π in 64 bits, and the rest to 107.
const PI_PARTS: (f64, f64) = (PI, 1.224_646_799_147_353_2e-16);

/// `x`, negated where the integer is odd.
fn negate_odd<A: Arith>(a: &mut A, x: A::F, odd: A::I) -> A::F {
    let sign = a.shl(odd, Format::of(a.precision()).width - 1);
    let x = a.bits(x);
    let x = a.ixor(x, sign);
    a.from_bits(x)
}

/// Sine of radians. Error below 1.5e-7 for `|x| <= 1e4` (32 bits), 2.3e-16 for `|x| <= 1e6` (64 bits); farther out it
/// loses accuracy, and beyond `2^22` (`2^51`) turns it is no sine. Infinities and NaN give NaN. 12 operations in 32 bits.
pub fn sin<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let (r, k) = reduce(a, x, FRAC_1_PI, PI_PARTS.0, PI_PARTS.1);
    let y = a.mul(r, r);
    let p = match a.precision() {
        Float::F32 => polynomial(a, y, &SIN_F32),
        Float::F64 => polynomial(a, y, &SIN_F64),
    };
    let cube = a.mul(y, r);
    let s = a.fma(cube, p, r);
    negate_odd(a, s, k)
}

/// Cosine of radians: exactly 1 at 0. Error below 2e-7 for `|x| <= 1e4` (32 bits), 3e-16 for `|x| <= 1e6` (64 bits), and
/// the ends of [`sin`]. 11 operations in 32 bits.
pub fn cos<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let (r, k) = reduce(a, x, FRAC_1_PI, PI_PARTS.0, PI_PARTS.1);
    let y = a.mul(r, r);
    let p = match a.precision() {
        Float::F32 => polynomial(a, y, &COS_F32),
        Float::F64 => polynomial(a, y, &COS_F64),
    };
    let one = a.float(1.0);
    let c = a.fma(y, p, one);
    negate_odd(a, c, k)
}

/// Tangent of radians. Relative error below 3e-7 (32 bits), 6e-16 (64 bits) for `|x| <= 0.49 π`, and over more turns
/// where `x` stays as far from the poles. Infinities and NaN give NaN. 16 operations in 32 bits.
pub fn tan<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let float = a.precision();
    let format = Format::of(float);
    let (r, k) = reduce(a, x, FRAC_2_PI, PI_PARTS.0 / 2.0, PI_PARTS.1 / 2.0);
    let y = a.mul(r, r);
    let (p, q) = match float {
        Float::F32 => (polynomial(a, y, &TAN_F32.0), polynomial(a, y, &TAN_F32.1)),
        Float::F64 => (polynomial(a, y, &TAN_F64.0), polynomial(a, y, &TAN_F64.1)),
    };
    let p = a.mul(r, p);
    // -1 after an odd number of quarter turns, where the tangent is -1/tan(r).
    let one = a.int(format.bias << format.mantissa);
    let sign = a.shl(k, format.width - 1);
    let sign = a.ior(sign, one);
    let sign = a.from_bits(sign);
    let zero = a.float(0.0);
    let turned = a.lt(sign, zero);
    let above = a.select(turned, q, p);
    let below = a.select(turned, p, q);
    let above = a.mul(above, sign);
    a.div(above, below)
}

/// Arc tangent in radians, `-π/2 ..= π/2`. Relative error below 3e-7 (32 bits), 5e-16 (64 bits). `±∞` gives `±π/2`, `-0`
/// gives `-0`, NaN gives NaN. 18 operations in 32 bits.
pub fn atan<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let one = a.float(1.0);
    let size = a.abs(x);
    // In this order a NaN passes.
    let (above, below) = (a.min(one, size), a.max(one, size));
    let t = a.div(above, below);
    let y = a.mul(t, t);
    let p = match a.precision() {
        Float::F32 => polynomial(a, y, &ATAN_F32),
        Float::F64 => polynomial(a, y, &ATAN_F64),
    };
    let cube = a.mul(t, y);
    let angle = a.fma(cube, p, t);
    let right = a.float(FRAC_PI_2);
    let rest = a.sub(right, angle);
    let steep = a.lt(one, size);
    let angle = a.select(steep, rest, angle);
    with_sign_of(a, angle, x)
}

/// Hyperbolic tangent, odd to the last bit. Relative error below 4e-7 (32 bits), 1e-15 (64 bits); exactly ±1 from ±9.02
/// (±19.1) on and never beyond; rises everywhere but for the rounding of a few last places. NaN gives NaN. 15 operations
/// in 32 bits.
pub fn tanh<A: Arith>(a: &mut A, x: A::F) -> A::F {
    let float = a.precision();
    // Where the ratio, as it is rounded, is 1 or a little more, which is cut below.
    let end = match float {
        Float::F32 => 9.02,
        Float::F64 => 19.1,
    };
    let x = within(a, x, end);
    let y = a.mul(x, x);
    let (p, q) = match float {
        Float::F32 => (polynomial(a, y, &TANH_F32.0), polynomial(a, y, &TANH_F32.1)),
        Float::F64 => (polynomial(a, y, &TANH_F64.0), polynomial(a, y, &TANH_F64.1)),
    };
    let p = a.mul(x, p);
    let ratio = a.div(p, q);
    within(a, ratio, 1.0)
}

/// `x` held inside `-end ..= end`; NaN passes.
fn within<A: Arith>(a: &mut A, x: A::F, end: f64) -> A::F {
    let (low, high) = (a.float(-end), a.float(end));
    let x = a.max(low, x);
    a.min(high, x)
}
