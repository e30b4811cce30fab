//! How an impulse response dies away (ISO 3382-1).

/// Energy that is still to come, in dB against all of it: Schroeder's backward integral, a value a sample.
pub fn schroeder(x: &[f64]) -> Vec<f64> {
    let mut left = 0.0;
    let mut curve: Vec<f64> = x.iter().rev().map(|x| { left += x * x; left }).collect();
    curve.reverse();
    let all = curve.first().copied().unwrap_or(0.0);
    curve.iter().map(|e| if all > 0.0 && *e > 0.0 { 10.0 * (e / all).log10() } else { f64::NEG_INFINITY }).collect()
}

/// The time in which it falls by 60 dB, in seconds, from the fall between -5 and -35 dB (T30); `None` where it does not
/// fall that far.
pub fn t30(x: &[f64], rate: f64) -> Option<f64> {
    let curve = schroeder(x);
    let from = curve.iter().position(|l| *l <= -5.0)?;
    let to = curve.iter().position(|l| *l <= -35.0)?;
    // A straight line through what lies between, least squares.
    let part = &curve[from..to];
    if part.len() < 2 || curve.last().is_none_or(|l| *l > -45.0 && l.is_finite()) {
        return None;
    }
    let n = part.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = part.iter().sum::<f64>() / n;
    let (mut up, mut down) = (0.0, 0.0);
    for (i, l) in part.iter().enumerate() {
        up += (i as f64 - middle) * (l - mean);
        down += (i as f64 - middle).powi(2);
    }
    (up < 0.0).then(|| -60.0 / (up / down) / rate)
}

#[cfg(test)]
mod tests {
    use super::{schroeder, t30};

    #[test]
    fn an_even_fall_is_measured() {
        let x: Vec<f64> = (0..96_000).map(|i| 10f64.powf(-3.0 * f64::from(i) / 48_000.0 / 1.5) * if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(t30(&x, 48_000.0).is_some_and(|t| (t - 1.5).abs() < 0.01), "{:?}", t30(&x, 48_000.0));
        assert_eq!(schroeder(&x)[0], 0.0);
        assert_eq!(t30(&[1.0; 100], 48_000.0), None);
        assert_eq!(t30(&[], 48_000.0), None);
    }
}
