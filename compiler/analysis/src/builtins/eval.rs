//! Values of the language's functions at mix time, on canonical numbers.
//!
//! Always true here: only `libm` and exact operations are used, so a script gives the same number on every machine;
//! a result that is no number (`sqrt(-1)`) comes back as NaN and is the caller's to report.

use crate::body::Builtin;

/// The lowest level that `to_db` and `to_dbfs` answer.
pub const FLOOR_DB: f64 = -200.0;

/// The value of a pure function; `None` for one that needs audio, or for a wrong number of arguments. `len` is
/// `None` too: its argument is no number.
pub fn evaluate(builtin: Builtin, args: &[f64]) -> Option<f64> {
    match *args {
        [x] => one(builtin, x),
        [a, b] => two(builtin, a, b),
        [x, low, high] if builtin == Builtin::Clamp => Some(maximum(low, minimum(x, high))),
        _ => None,
    }
}

fn one(builtin: Builtin, x: f64) -> Option<f64> {
    Some(match builtin {
        Builtin::Factor if x == f64::NEG_INFINITY => 0.0,
        Builtin::Factor => libm::exp10(x / 20.0),
        Builtin::ToDb | Builtin::ToDbFs => to_db(x),
        Builtin::Exp => libm::exp(x),
        Builtin::Exp2 => libm::exp2(x),
        Builtin::Ln => libm::log(x),
        Builtin::Log2 => libm::log2(x),
        Builtin::Log10 => libm::log10(x),
        Builtin::Sqrt => libm::sqrt(x),
        Builtin::Sin => libm::sin(x),
        Builtin::Cos => libm::cos(x),
        Builtin::Tan => libm::tan(x),
        Builtin::Atan => libm::atan(x),
        Builtin::Tanh => libm::tanh(x),
        Builtin::Abs => x.abs(),
        Builtin::Sign if x == 0.0 => 0.0,
        Builtin::Sign => x.signum(),
        Builtin::Floor => libm::floor(x),
        Builtin::Ceil => libm::ceil(x),
        Builtin::Round => libm::round(x),
        Builtin::Trunc => libm::trunc(x),
        Builtin::Fract => x - libm::floor(x),
        _ => return None,
    })
}

fn two(builtin: Builtin, a: f64, b: f64) -> Option<f64> {
    Some(match builtin {
        Builtin::Pow => libm::pow(a, b),
        Builtin::Min => minimum(a, b),
        Builtin::Max => maximum(a, b),
        Builtin::SoftKnee => soft_knee(a, b),
        _ => return None,
    })
}

fn to_db(x: f64) -> f64 {
    // `NaN` stays one: the comparison is false for it.
    let db = 20.0 * libm::log10(x.abs());
    if db < FLOOR_DB { FLOOR_DB } else { db }
}

fn minimum(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

fn maximum(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// Giannoulis, Massberg, Reiss: "Digital Dynamic Range Compressor Design", JAES 60 (2012), eq. 4, as the part above
/// the threshold.
fn soft_knee(over: f64, knee: f64) -> f64 {
    if 2.0 * over.abs() <= knee && knee > 0.0 {
        let into = over + knee / 2.0;
        into * into / (2.0 * knee)
    } else if over > 0.0 {
        over
    } else {
        0.0
    }
}
