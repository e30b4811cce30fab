//! The errors that the documentation of [`mixdown_kernel::math`] states, measured against a reference of 64 bits (for
//! 64-bit functions against one of twice as many), densely, over the whole range. Run with `--nocapture` for the maxima.

use mixdown_kernel::math::{self, Plain32, Plain64};

/// Largest value of `error` over a sweep.
fn worst(name: &str, limit: f64, points: impl Iterator<Item = f64>, error: impl Fn(f64) -> f64) {
    let (mut most, mut at) = (0.0f64, 0.0);
    for x in points {
        let e = error(x);
        assert!(!e.is_nan(), "{name}: NaN at {x:e}");
        if e > most {
            (most, at) = (e, x);
        }
    }
    println!("{name:<28} {most:.3e} at {at:.9e} (limit {limit:.1e})");
    assert!(most <= limit, "{name}: {most:e} at {at:e}, limit {limit:e}");
}

const STEPS: u32 = 1_000_003;

fn linear(from: f64, to: f64) -> impl Iterator<Item = f64> {
    (0..=STEPS).map(move |i| from + (to - from) * f64::from(i) / f64::from(STEPS))
}

fn ratios(from: f64, to: f64) -> impl Iterator<Item = f64> {
    linear(from.ln(), to.ln()).map(f64::exp)
}

fn f32(f: impl Fn(&mut Plain32, f32) -> f32) -> impl Fn(f64) -> f64 {
    move |x| f64::from(f(&mut Plain32::new(), x as f32))
}

fn f64(f: impl Fn(&mut Plain64, f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| f(&mut Plain64::new(), x)
}

/// Error of a 32-bit function, absolute and relative, whose reference sees the rounded argument.
fn off32(f: impl Fn(f64) -> f64, reference: fn(f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| (f(x) - reference(f64::from(x as f32))).abs()
}

fn relative32(f: impl Fn(f64) -> f64, reference: fn(f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| {
        let r = reference(f64::from(x as f32));
        if r == 0.0 { f(x).abs() } else { (f(x) / r - 1.0).abs() }
    }
}

fn relative64(f: impl Fn(f64) -> f64, reference: fn(f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| {
        let r = reference(x);
        if r == 0.0 { f(x).abs() } else { ((f(x) - r) / r).abs() }
    }
}

fn db(x: f64) -> f64 {
    20.0 * libm::log10(x)
}

fn from_db(x: f64) -> f64 {
    libm::exp2(x * (std::f64::consts::LOG2_10 / 20.0))
}

#[test]
fn logarithms_in_32_bits() {
    worst("log2 f32 near 1", 2e-7, ratios(0.7, 1.42), off32(f32(math::log2), libm::log2));
    worst("log2 f32 relative at 1", 1.5e-6, ratios(0.99, 1.01), relative32(f32(math::log2), libm::log2));
    worst("log2 f32 all", 4.1e-6, ratios(1.3e-38, 3.4e38), off32(f32(math::log2), libm::log2));
    worst("ln f32 relative", 2e-6, ratios(1.3e-38, 3.4e38), relative32(f32(math::ln), libm::log));
    worst("log10 f32 all", 4.1e-6, ratios(1.3e-38, 3.4e38), off32(f32(math::log10), libm::log10));
    worst("to_db f32", 1.1e-5, ratios(1.001e-10, 1e4), off32(f32(math::to_db), db));
}

#[test]
fn logarithms_in_64_bits() {
    worst("log2 f64", 5e-16, ratios(1e-300, 1e300), relative64(f64(math::log2), libm::log2));
    worst("log2 f64 near 1", 7e-16, ratios(0.7, 1.42), relative64(f64(math::log2), libm::log2));
    worst("ln f64", 7e-16, ratios(1e-300, 1e300), relative64(f64(math::ln), libm::log));
    worst("ln f64 near 1", 7e-16, ratios(0.7, 1.42), relative64(f64(math::ln), libm::log));
    worst("log10 f64", 7e-16, ratios(1e-300, 1e300), relative64(f64(math::log10), libm::log10));
    worst("to_db f64", 1e-13, ratios(1e-10, 1e4), |x| (math::to_db(&mut Plain64::new(), x) - db(x)).abs());
}

#[test]
fn powers_in_32_bits() {
    worst("exp2 f32", 2e-7, linear(-125.9, 127.4), relative32(f32(math::exp2), libm::exp2));
    worst("exp f32", 3e-7, linear(-87.0, 88.0), relative32(f32(math::exp), libm::exp));
    worst("factor f32", 3e-7, linear(-200.0, 80.0), |x| {
        let x = f64::from(x as f32);
        (f32(math::factor)(x) / from_db(x) - 1.0).abs()
    });
    worst("pow f32 (x^2.5)", 2e-6, ratios(1e-3, 1e3), |x| {
        let x = x as f32;
        (f64::from(math::pow(&mut Plain32::new(), x, 2.5)) / libm::pow(f64::from(x), 2.5) - 1.0).abs()
    });
}

#[test]
fn powers_in_64_bits() {
    worst("exp2 f64", 4e-16, linear(-1021.0, 1023.0), relative64(f64(math::exp2), libm::exp2));
    worst("exp f64", 5e-16, linear(-700.0, 700.0), relative64(f64(math::exp), libm::exp));
    // The reference rounds its exponent, which is worth up to 3e-16 a unit of it.
    worst("factor f64", 3e-15, linear(-60.0, 60.0), relative64(f64(math::factor), from_db));
    worst("pow f64 (x^2.5)", 2e-14, ratios(1e-3, 1e3), |x| {
        (math::pow(&mut Plain64::new(), x, 2.5) / libm::pow(x, 2.5) - 1.0).abs()
    });
}

#[test]
fn circles_in_32_bits() {
    worst("sin f32 turn", 1.5e-7, linear(-7.0, 7.0), off32(f32(math::sin), libm::sin));
    worst("sin f32 1e4", 1.5e-7, linear(-1e4, 1e4), off32(f32(math::sin), libm::sin));
    worst("cos f32 turn", 2e-7, linear(-7.0, 7.0), off32(f32(math::cos), libm::cos));
    worst("cos f32 1e4", 2e-7, linear(-1e4, 1e4), off32(f32(math::cos), libm::cos));
    let end = 0.49 * std::f64::consts::PI;
    worst("tan f32 0.49 pi", 3e-7, linear(-end, end), relative32(f32(math::tan), libm::tan));
    worst("tan f32 small", 3e-7, ratios(1e-30, end), relative32(f32(math::tan), libm::tan));
    worst("atan f32", 3e-7, ratios(1e-30, 1e30), relative32(f32(math::atan), libm::atan));
    worst("tanh f32", 4e-7, ratios(1e-30, 100.0), relative32(f32(math::tanh), libm::tanh));
    worst("tanh f32 linear", 4e-7, linear(-10.0, 10.0), relative32(f32(math::tanh), libm::tanh));
}

#[test]
fn circles_in_64_bits() {
    worst("sin f64 turn", 2.3e-16, linear(-7.0, 7.0), |x| (math::sin(&mut Plain64::new(), x) - libm::sin(x)).abs());
    worst("sin f64 1e6", 2.3e-16, linear(-1e6, 1e6), |x| (math::sin(&mut Plain64::new(), x) - libm::sin(x)).abs());
    worst("sin f64 relative", 7e-16, ratios(1e-30, 1.5), relative64(f64(math::sin), libm::sin));
    worst("cos f64 turn", 3e-16, linear(-7.0, 7.0), |x| (math::cos(&mut Plain64::new(), x) - libm::cos(x)).abs());
    worst("cos f64 1e6", 3e-16, linear(-1e6, 1e6), |x| (math::cos(&mut Plain64::new(), x) - libm::cos(x)).abs());
    let end = 0.49 * std::f64::consts::PI;
    worst("tan f64 0.49 pi", 6e-16, linear(-end, end), relative64(f64(math::tan), libm::tan));
    worst("tan f64 small", 6e-16, ratios(1e-30, end), relative64(f64(math::tan), libm::tan));
    worst("atan f64", 5e-16, ratios(1e-30, 1e30), relative64(f64(math::atan), libm::atan));
    worst("tanh f64", 9e-16, ratios(1e-30, 100.0), relative64(f64(math::tanh), libm::tanh));
    worst("tanh f64 linear", 9e-16, linear(-20.0, 20.0), relative64(f64(math::tanh), libm::tanh));
}
