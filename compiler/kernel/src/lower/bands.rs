//! The band splitter of `bands`: Linkwitz-Riley of fourth order, each band all-pass compensated so that the bands
//! sum to an all-pass (flat in level). Filters are biquads in the delta form of the standard library: see `biquad.mix`,
//! also for why those of a low corner keep what their sums lose.

use super::Fault;
use super::fun::{Fun, apply};
use super::value::{Num, Sig};
use super::weave::Weave;
use crate::math::Plain;

/// `p0 p1 p2 d1 d2` of `y = p0 x + w1; w1' = w1 + w2 + p1 x - d1 y; w2' = w2 + p2 x - d2 y`.
type Coefficients = [f64; 5];

/// Sums keep what rounding takes from them where `d2` is less than this by the square of how far the gains at DC and at
/// the corner lie from the one at the top, as in `biquad.mix`: for a pass below 0.0039 of the rate.
const LOW: f64 = 0.0006;

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
        let [p0, p1, p2, d1, d2] = c;
        let far = (p2 / d2 - p0).abs().max((p1 / d1 - p0).abs());
        let low = d2 < LOW * far * far;
        let [p0, p1, p2, d1, d2] = c.map(|c| self.number(c));
        let x = self.localize(x)?;
        let mut state = |name| self.new_cell(&format!("{path}.{name}"), x.width, x.at, 0.0);
        let (w1, w2) = (state("w1"), state("w2"));
        let lost = low.then(|| (state("lost1"), state("lost2")));
        let (a, b) = (Num::Audio(self.cell(w1)), Num::Audio(self.cell(w2)));
        let x = Num::Audio(x);
        let y = self.apply(Fun::Fma, &[p0, x, a])?;
        if let Some((lost1, lost2)) = lost {
            let sum = self.apply(Fun::Fma, &[p1, x, b])?;
            let step1 = self.apply(Fun::FnMAdd, &[d1, y, sum])?;
            let rest = Num::Audio(self.cell(lost2));
            let sum = self.apply(Fun::Fma, &[p2, x, rest])?;
            let step2 = self.apply(Fun::FnMAdd, &[d2, y, sum])?;
            let rest = Num::Audio(self.cell(lost1));
            let step1 = self.apply(Fun::Add, &[step1, rest])?;
            self.keep(w1, lost1, step1)?;
            self.keep(w2, lost2, step2)?;
        } else {
            let sum = self.apply(Fun::Add, &[a, b])?;
            let sum = self.apply(Fun::Fma, &[p1, x, sum])?;
            let next = self.apply(Fun::FnMAdd, &[d1, y, sum])?;
            self.assign(w1, next)?;
            let b = self.apply(Fun::Fma, &[p2, x, b])?;
            let next = self.apply(Fun::FnMAdd, &[d2, y, b])?;
            self.assign(w2, next)?;
        }
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
