//! Windows of a signal as spectra and back: Hann windows a quarter of their length apart, before and after, which
//! together add up to 3/2; both, because what a gain on one bin does to the others falls by 18 dB an octave (J. Allen
//! and L. Rabiner, "A unified approach to short-time Fourier analysis", 1977).
//!
//! Always true here: gains of 1 give the signal back; bin `k` stands at `k + 1/2` parts in `size` of the rate.

use super::transform::Transform;
use crate::sample::Sample;

/// Windows that overlap.
const OVERLAP: usize = 4;

/// One channel's windows.
pub(crate) struct Frames<S> {
    transform: Transform<S>,
    window: Vec<S>,
    /// Where each bin's value stands in a spectrum.
    places: Vec<usize>,
    /// The last `size` samples.
    recent: Vec<S>,
    /// What the windows so far add up to, from the first sample that is not complete.
    sum: Vec<S>,
    re: Vec<S>,
    im: Vec<S>,
    spectrum: Vec<S>,
    /// Magnitude of a sine of peak 1 in its bin's spectrum.
    full: f64,
}

impl<S: Sample> Frames<S> {
    /// Windows of `size` samples, a power of two from 256.
    pub(crate) fn new(size: usize) -> Self {
        let transform = Transform::new(size / 2);
        let mut places = vec![0; size / 2];
        transform.bins().enumerate().for_each(|(place, bin)| places[bin] = place);
        let window: Vec<f64> = (0..size).map(|n| libm::pow(libm::sin(std::f64::consts::PI * (n as f64 + 0.5) / size as f64), 2.0)).collect();
        Frames {
            full: window.iter().sum::<f64>() / 2.0,
            window: window.into_iter().map(S::from_f64).collect(),
            places,
            recent: vec![S::ZERO; size],
            sum: vec![S::ZERO; size],
            re: vec![S::ZERO; size / 2],
            im: vec![S::ZERO; size / 2],
            spectrum: vec![S::ZERO; size],
            transform,
        }
    }

    /// Samples from one window to the next.
    pub(crate) fn hop(&self) -> usize {
        self.window.len() / OVERLAP
    }

    /// Takes in samples; what is no number counts as 0.
    pub(crate) fn push(&mut self, samples: &[S]) {
        let kept = self.recent.len() - samples.len();
        self.recent.copy_within(samples.len().., 0);
        for (to, from) in self.recent[kept..].iter_mut().zip(samples) {
            *to = if (from.bits() & S::MAGNITUDE) < S::INFINITE { *from } else { S::ZERO };
        }
    }

    /// Transforms the last window.
    pub(crate) fn look(&mut self) {
        let half = self.re.len();
        for n in 0..half {
            self.re[n] = self.recent[n] * self.window[n];
            self.im[n] = self.recent[half + n] * self.window[half + n];
        }
        self.transform.forward(&mut self.re, &mut self.im, &mut self.spectrum);
    }

    /// The magnitudes of the bins of what was last looked at: a sine of peak 1 between two bins is about 1.
    pub(crate) fn magnitudes(&self, out: &mut [S]) {
        let half = self.re.len();
        for (out, place) in out.iter_mut().zip(&self.places) {
            let (re, im) = (self.spectrum[*place].to_f64(), self.spectrum[half + place].to_f64());
            *out = S::from_f64((re * re + im * im).sqrt() / self.full);
        }
    }

    /// Adds what was last looked at, with these gains, and gives out the samples that are complete: a hop.
    pub(crate) fn shaped(&mut self, gains: &[S], out: &mut [S]) {
        let half = self.re.len();
        let share = S::from_f64(1.0 / half as f64 / (OVERLAP as f64 * 3.0 / 8.0));
        for (gain, place) in gains.iter().zip(&self.places) {
            let gain = *gain * share;
            self.spectrum[*place] = self.spectrum[*place] * gain;
            self.spectrum[half + place] = self.spectrum[half + place] * gain;
        }
        self.transform.inverse(&self.spectrum, &mut self.re, &mut self.im);
        for n in 0..half {
            self.sum[n] = self.sum[n] + self.re[n] * self.window[n];
            self.sum[half + n] = self.sum[half + n] + self.im[n] * self.window[half + n];
        }
        let hop = self.hop();
        out.copy_from_slice(&self.sum[..hop]);
        self.sum.copy_within(hop.., 0);
        let kept = self.sum.len() - hop;
        self.sum[kept..].fill(S::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_of_one_give_the_signal_back_and_bins_stand_where_they_should() {
        let (size, rate) = (1024usize, 48_000.0);
        let mut frames = Frames::<f64>::new(size);
        let hop = frames.hop();
        let freq = 100.5 * rate / size as f64;
        let x: Vec<f64> = (0..size * 8).map(|n| (std::f64::consts::TAU * freq * n as f64 / rate).sin()).collect();
        let (mut y, mut bins, mut out) = (Vec::new(), vec![0.0; size / 2], vec![0.0; hop]);
        for part in x.chunks(hop) {
            frames.push(part);
            frames.look();
            frames.magnitudes(&mut bins);
            frames.shaped(&vec![1.0; size / 2], &mut out);
            y.extend_from_slice(&out);
        }
        let late = size - hop;
        assert!((size..y.len() - late).all(|n| (y[n + late] - x[n]).abs() < 1e-12));
        let most = bins.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(k, x)| (k, *x));
        assert!(most.is_some_and(|(k, x)| k == 100 && (x - 1.0).abs() < 0.01), "{most:?}");
    }
}
