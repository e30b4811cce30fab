//! The band splitter of `bands`: Linkwitz-Riley of fourth order, each band all-pass compensated so that the bands
//! sum to an all-pass (flat in level). Filters are biquads in the delta form of the standard library.

use super::Fault;
use super::fun::{Fun, apply};
use super::value::{Num, Sig};
use super::weave::Weave;
use crate::math::Plain;

/// `p0 p1 p2 d1 d2` of `y = p0 x + w1; w1' = w1 + w2 + p1 x - d1 y; w2' = w2 + p2 x - d2 y`.
type Coefficients = [f64; 5];

enum Half {
    Low,
    High,
    All,
}

impl Weave<'_, '_> {
    /// Splits at ascending frequencies into one more band than there are frequencies, low first.
    pub fn split_bands(&mut self, path: &str, input: Sig, crossovers: &[f64]) -> Result<Vec<Sig>, Fault> {
        let mut bands = Vec::new();
        let mut rest = input;
        for (i, f) in crossovers.iter().enumerate() {
            let low = self.twice(&format!("{path}.low{i}"), rest, *f, Half::Low)?;
            let high = self.twice(&format!("{path}.high{i}"), rest, *f, Half::High)?;
            let mut band = low;
            for (j, g) in crossovers.iter().enumerate().skip(i + 1) {
                let c = coefficients(*g / self.rate(), Half::All);
                band = self.biquad(&format!("{path}.all{i}.{j}"), band, c)?;
            }
            bands.push(band);
            rest = high;
        }
        bands.push(rest);
        Ok(bands)
    }

    fn twice(&mut self, path: &str, x: Sig, f: f64, half: Half) -> Result<Sig, Fault> {
        let c = coefficients(f / self.rate(), half);
        let y = self.biquad(&format!("{path}.a"), x, c)?;
        self.biquad(&format!("{path}.b"), y, c)
    }

    fn biquad(&mut self, path: &str, x: Sig, c: Coefficients) -> Result<Sig, Fault> {
        let [p0, p1, p2, d1, d2] = c.map(|c| self.number(c));
        let x = self.localize(x)?;
        let w1 = self.new_cell(&format!("{path}.w1"), x.width, x.at, 0.0);
        let w2 = self.new_cell(&format!("{path}.w2"), x.width, x.at, 0.0);
        let (a, b) = (Num::Audio(self.cell(w1)), Num::Audio(self.cell(w2)));
        let x = Num::Audio(x);
        let y = self.apply(Fun::Fma, &[p0, x, a])?;
        let sum = self.apply(Fun::Add, &[a, b])?;
        let sum = self.apply(Fun::Fma, &[p1, x, sum])?;
        let next = self.apply(Fun::FnMAdd, &[d1, y, sum])?;
        self.assign(w1, next)?;
        let b = self.apply(Fun::Fma, &[p2, x, b])?;
        let next = self.apply(Fun::FnMAdd, &[d2, y, b])?;
        self.assign(w2, next)?;
        self.audio(y)
    }
}

/// Butterworth halves and their all-pass, by the Audio EQ Cookbook with Q = √½, written so that nothing cancels at low
/// frequencies: with `s = sin²(w/2)`, `1 - cos w = 2 s`.
fn coefficients(f: f64, half: Half) -> Coefficients {
    let m = &mut Plain::<f64>::new();
    let w = std::f64::consts::TAU * f.clamp(1e-6, 0.4999);
    let sin = apply(Fun::Sin, m, &[w]);
    let h = apply(Fun::Sin, m, &[w * 0.5]);
    let s = h * h;
    let alpha = sin * std::f64::consts::FRAC_1_SQRT_2;
    let a0 = 1.0 + alpha;
    // a1 + 2 = (2 a0 - 2 cos w) / a0 and 1 + a1 + a2 = (2 - 2 cos w) / a0.
    let d1 = (2.0 * alpha + 4.0 * s) / a0;
    let d2 = 4.0 * s / a0;
    match half {
        // b = (1 - cos w)/2 * [1 2 1]
        Half::Low => [s / a0, 4.0 * s / a0, 4.0 * s / a0, d1, d2],
        // b = (1 + cos w)/2 * [1 -2 1]
        Half::High => [(1.0 - s) / a0, 0.0, 0.0, d1, d2],
        // b = [1 - alpha, -2 cos w, 1 + alpha]
        Half::All => [(1.0 - alpha) / a0, (4.0 * s - 2.0 * alpha) / a0, d2, d1, d2],
    }
}
