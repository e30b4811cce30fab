//! What the functions of the language do at their edges, that rounding is exact, that noise is the same in 32 and 64
//! bits, and that a kernel computes what plain numbers compute.

use mixdown_kernel::builder::Builder;
use mixdown_kernel::interpret::Interpreter;
use mixdown_kernel::ir::Value;
use mixdown_kernel::math::{self, Arith, Plain32, Plain64};
use mixdown_kernel::random::{Instance, Random, Rig, same};
use mixdown_layout::{CELL, Float, Packing};
use std::sync::Arc;

const P: fn() -> Plain32 = Plain32::new;
const D: fn() -> Plain64 = Plain64::new;

#[test]
fn logarithms_have_a_floor() {
    for x in [0.0, -0.0, -1.0, 1e-40, f32::NEG_INFINITY, f32::NAN, -f32::NAN] {
        assert_eq!(math::log2(&mut P(), x), -126.0, "{x}");
        assert_eq!(math::to_db(&mut P(), x), -200.0, "{x}");
        assert_eq!(math::to_db(&mut D(), f64::from(x)), -200.0, "{x}");
    }
    for x in [0.0, -1.0, 1e-310, f64::NAN] {
        assert_eq!(math::log2(&mut D(), x), -1022.0);
    }
    assert_eq!(math::log2(&mut P(), f32::INFINITY), 128.0);
    assert_eq!(math::log2(&mut D(), f64::INFINITY), 1024.0);
    assert_eq!(math::to_db(&mut P(), 1.0), 0.0);
    assert_eq!(math::to_db(&mut D(), 1e-10), -200.0);
    for e in -126..128 {
        assert_eq!(math::log2(&mut P(), 2f32.powi(e)), e as f32);
        assert_eq!(math::exp2(&mut P(), e as f32), 2f32.powi(e));
        assert_eq!(math::exp2(&mut D(), f64::from(e)), 2f64.powi(e));
    }
    assert!((math::ln(&mut P(), 0.0) + 87.3365).abs() < 1e-3);
    assert!((math::log10(&mut P(), 0.0) + 37.9298).abs() < 1e-3);
}

#[test]
fn powers_end_in_zero_and_infinity() {
    for x in [-126.6, -200.0, -1e30, f32::NEG_INFINITY] {
        assert_eq!(math::exp2(&mut P(), x), 0.0, "{x}");
    }
    for x in [127.6, 200.0, 1e30, f32::INFINITY] {
        assert_eq!(math::exp2(&mut P(), x), f32::INFINITY, "{x}");
    }
    assert_eq!(math::exp2(&mut D(), -1022.6), 0.0);
    assert_eq!(math::exp2(&mut D(), 1023.6), f64::INFINITY);
    assert!(math::exp2(&mut P(), f32::NAN).is_nan() && math::exp2(&mut D(), f64::NAN).is_nan());
    for x in [f32::NEG_INFINITY, -762.0] {
        assert_eq!(math::factor(&mut P(), x), 0.0);
    }
    assert_eq!(math::factor(&mut D(), f64::NEG_INFINITY), 0.0);
    assert_eq!(math::factor(&mut P(), 0.0), 1.0);
    assert_eq!(math::factor(&mut P(), f32::INFINITY), f32::INFINITY);
    assert!(math::factor(&mut P(), f32::NAN).is_nan());
    assert_eq!(math::exp(&mut P(), f32::NEG_INFINITY), 0.0);
    assert_eq!(math::exp(&mut D(), 0.0), 1.0);
    assert_eq!(math::pow(&mut P(), 0.0, 2.0), 0.0);
    assert_eq!(math::pow(&mut P(), 3.0, 0.0), 1.0);
}

#[test]
fn circles_at_their_edges() {
    assert_eq!(math::sin(&mut P(), 0.0), 0.0);
    assert_eq!(math::cos(&mut P(), 0.0), 1.0);
    assert_eq!(math::tan(&mut P(), 0.0), 0.0);
    assert!(math::sin(&mut P(), f32::INFINITY).is_nan() && math::cos(&mut D(), f64::NAN).is_nan());
    assert!(math::tan(&mut P(), f32::NAN).is_nan());
    assert_eq!(math::atan(&mut P(), f32::INFINITY), std::f32::consts::FRAC_PI_2);
    assert_eq!(math::atan(&mut D(), f64::NEG_INFINITY), -std::f64::consts::FRAC_PI_2);
    assert!(math::atan(&mut P(), f32::NAN).is_nan());
    assert_eq!(math::atan(&mut P(), -0.0).to_bits(), (-0.0f32).to_bits());
    for x in [9.02, 10.0, 1e30, f32::INFINITY] {
        assert_eq!((math::tanh(&mut P(), x), math::tanh(&mut P(), -x)), (1.0, -1.0), "{x}");
    }
    for x in [19.1, 30.0, f64::INFINITY] {
        assert_eq!((math::tanh(&mut D(), x), math::tanh(&mut D(), -x)), (1.0, -1.0), "{x}");
    }
    assert!(math::tanh(&mut P(), f32::NAN).is_nan());
    let mut before = 0.0f32;
    for i in 0..=600_000u32 {
        let x = i as f32 * (1.0 / 65536.0);
        let y = math::tanh(&mut P(), x);
        assert_eq!(-y, math::tanh(&mut P(), -x));
        assert!(y <= 1.0 && y >= before - 5e-7, "{x}");
        // Where it matters for sound, it rises at every step of 2^-16.
        assert!(y > before || x == 0.0 || x > 2.0, "{x}");
        before = y;
    }
}

/// Floats of every size and sign, halves and whole numbers among them.
fn floats() -> impl Iterator<Item = f32> {
    let mut random = Random::new(1);
    (0..400_000).map(move |i| match i % 4 {
        0 => f32::from_bits(random.bits() as u32),
        1 => (random.unit() * 1000.0) as f32,
        2 => (random.unit() * 2000.0).trunc() as f32 / 2.0,
        _ => (random.unit() * 9e6).trunc() as f32 / 2.0,
    })
}

#[test]
fn rounding_is_exact() {
    let equal = |a: f32, b: f32, x: f32, what: &str| {
        assert!(same(Float::F32, u64::from(a.to_bits()), u64::from(b.to_bits())), "{what} {x:e}: {a:e} and {b:e}");
    };
    for x in floats() {
        equal(math::floor(&mut P(), x), libm::floorf(x), x, "floor");
        equal(math::ceil(&mut P(), x), libm::ceilf(x), x, "ceil");
        equal(math::trunc(&mut P(), x), libm::truncf(x), x, "trunc");
        let half_up = if x - libm::floorf(x) == 0.5 { libm::ceilf(x) } else { libm::roundf(x) };
        assert!(math::round(&mut P(), x) == half_up || x.is_nan(), "round {x:e}");
        let fract = math::fract(&mut P(), x);
        assert!((0.0..1.0).contains(&fract) || !x.is_finite(), "fract {x:e}: {fract:e}");
        let d = f64::from(x);
        assert!(math::floor(&mut D(), d) == libm::floor(d) || x.is_nan());
        assert!(math::ceil(&mut D(), d) == libm::ceil(d) || x.is_nan());
        if x.abs() < 4_194_304.0 {
            let (whole, rest) = math::split(&mut P(), x);
            assert_eq!(whole as f32, libm::floorf(x), "{x:e}");
            assert_eq!(rest, x - libm::floorf(x), "{x:e}");
            assert_eq!(math::nearest_int(&mut P(), x), libm::rintf(x) as i32, "{x:e}");
            assert_eq!(math::from_int(&mut P(), whole), whole as f32);
            let (whole, rest) = math::split(&mut D(), d);
            assert_eq!((whole as f64, rest), (libm::floor(d), d - libm::floor(d)));
        }
    }
    assert_eq!(math::round(&mut D(), 2.5), 3.0);
    assert_eq!(math::round(&mut D(), -2.5), -2.0);
    assert_eq!(math::round(&mut D(), 0.499_999_999_999_999_94), 0.0);
    assert_eq!(math::fract(&mut P(), -1e-20), 1.0 - f32::EPSILON / 2.0);
    assert_eq!(math::sign(&mut P(), -3.0), -1.0);
    assert_eq!(math::sign(&mut P(), 1e-40), 1.0);
    assert_eq!(math::sign(&mut P(), -0.0).to_bits(), (-0.0f32).to_bits());
    assert!(math::sign(&mut P(), f32::NAN).is_nan());
    assert_eq!(math::clamp(&mut P(), f32::NAN, 1.0, 2.0), 1.0);
    assert_eq!(math::clamp(&mut P(), 3.0, 1.0, 2.0), 2.0);
    assert_eq!(math::copysign(&mut P(), -3.0, 1.0), 3.0);
}

#[test]
fn noise_is_the_same_in_both_widths_and_even() {
    let (mut sum, mut squares, mut product, mut last) = (0.0, 0.0, 0.0, 0.0);
    let mut buckets = [0u32; 16];
    const N: u32 = 1 << 20;
    for t in 0..N {
        let short = math::noise_bits(&mut P(), t as i32, 77) as u32;
        let long = math::noise_bits(&mut D(), i64::from(t), 77 | 0x5A5A << 32);
        assert_eq!(i64::from(short), long, "{t}");
        let x = math::uniform(&mut P(), short as i32);
        let y = math::uniform(&mut D(), long);
        assert!((-1.0..1.0).contains(&x) && (f64::from(x) - y).abs() <= 2.4e-7);
        sum += y;
        squares += y * y;
        product += y * last;
        last = y;
        buckets[((y + 1.0) * 8.0) as usize] += 1;
    }
    let n = f64::from(N);
    assert!((sum / n).abs() < 3e-3, "{}", sum / n);
    assert!((squares / n - 1.0 / 3.0).abs() < 2e-3);
    assert!((product / n).abs() < 3e-3);
    assert!(buckets.iter().all(|b| (f64::from(*b) / n * 16.0 - 1.0).abs() < 0.02), "{buckets:?}");
    // No stream is another one shifted.
    let stream = |seed: i32| (0..4096).map(|t| math::noise_bits(&mut P(), t, seed)).collect::<Vec<_>>();
    let (a, b) = (stream(1), stream(2));
    assert!((0..4096).all(|shift| (0..4096 - shift).filter(|i| a[i + shift] == b[*i]).count() < 3));
    assert_eq!(math::hash(&mut P(), 1), math::hash(&mut P(), 1));
    assert_eq!(math::uniform(&mut P(), -1), 1.0 - 2.4e-7_f32);
    assert_eq!(math::uniform(&mut P(), 0), -1.0);
}

type OfBuilder = fn(&mut Builder, Value) -> Value;

/// Runs a function as a kernel over numbers.
fn in_kernel(float: Float, f: OfBuilder, inputs: &[u64]) -> Vec<u64> {
    let mut b = Builder::new("f", float, 1);
    let (port, out) = (b.declare_input("x", 1), b.declare_output("y", 1));
    let x = b.input(port);
    let y = f(&mut b, x);
    b.output(out, y);
    let k = Arc::new(b.finish().unwrap());
    let code = Interpreter::new(k.clone(), Packing::Instances).unwrap();
    let data = [Instance { inputs: vec![inputs.to_vec()], ..Instance::default() }];
    let mut rig = Rig::new(k, Packing::Instances, &data, inputs.len() / CELL, 0);
    rig.run(&code);
    rig.outputs(0).remove(0)
}

#[test]
fn a_kernel_computes_what_plain_numbers_compute() {
    macro_rules! check {
        ($($f:ident)*) => {$(
            for float in [Float::F32, Float::F64] {
                let mut random = Random::new(3);
                let inputs: Vec<u64> = (0..64 * CELL).map(|_| random.raw(float)).collect();
                let outputs = in_kernel(float, |b, x| math::$f(b, x), &inputs);
                for (x, y) in inputs.iter().zip(outputs) {
                    let want = match float {
                        Float::F32 => u64::from(math::$f(&mut P(), f32::from_bits(*x as u32)).to_bits()),
                        Float::F64 => math::$f(&mut D(), f64::from_bits(*x)).to_bits(),
                    };
                    assert!(same(float, want, y), "{} of {x:x}: {want:x} and {y:x}", stringify!($f));
                }
            }
        )*};
    }
    check!(log2 ln log10 to_db exp2 exp factor sin cos tan atan tanh floor ceil round trunc fract sign);
    let mut p = P();
    let (x, y) = (p.float(0.3), p.float(7.0));
    assert_eq!(math::pow(&mut p, x, y), {
        let e = math::log2(&mut p, x);
        math::exp2(&mut p, e * y)
    });
}
