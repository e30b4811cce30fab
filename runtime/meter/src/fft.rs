//! A plain fast Fourier transform of a power of two, in double precision.
//!
//! Source: Cooley and Tukey, 1965; iterative, decimation in time.

/// Twiddle factors and order for one length.
pub(crate) struct Fft {
    size: usize,
    twiddles: Vec<(f64, f64)>,
}

impl Fft {
    /// For `size` points, a power of two.
    pub fn new(size: usize) -> Self {
        let turn = -std::f64::consts::TAU / size as f64;
        Fft { size, twiddles: (0..size / 2).map(|k| { let (sin, cos) = (turn * k as f64).sin_cos(); (cos, sin) }).collect() }
    }

    /// Transforms in place; `re` and `im` hold `size` numbers each.
    pub fn run(&self, re: &mut [f64], im: &mut [f64]) {
        let shift = usize::BITS - self.size.trailing_zeros();
        for index in 0..self.size {
            let mirror = index.reverse_bits() >> shift;
            if index < mirror {
                re.swap(index, mirror);
                im.swap(index, mirror);
            }
        }
        let mut half = 1;
        while half < self.size {
            let stride = self.size / (2 * half);
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let (re_low, re_high) = re.split_at_mut(half);
                let (im_low, im_high) = im.split_at_mut(half);
                for k in 0..half {
                    let (cos, sin) = self.twiddles[k * stride];
                    let (x, y) = (re_high[k] * cos - im_high[k] * sin, re_high[k] * sin + im_high[k] * cos);
                    (re_high[k], im_high[k]) = (re_low[k] - x, im_low[k] - y);
                    (re_low[k], im_low[k]) = (re_low[k] + x, im_low[k] + y);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fft;

    #[test]
    fn against_the_definition() {
        let size = 16;
        let signal: Vec<(f64, f64)> = (0..size).map(|k| ((k as f64 * 0.7).sin(), (k as f64 * 1.3).cos())).collect();
        let (mut re, mut im): (Vec<f64>, Vec<f64>) = signal.iter().copied().unzip();
        Fft::new(size).run(&mut re, &mut im);
        for bin in 0..size {
            let (mut x, mut y) = (0.0, 0.0);
            for (k, (a, b)) in signal.iter().enumerate() {
                let (sin, cos) = (-std::f64::consts::TAU * (k * bin) as f64 / size as f64).sin_cos();
                (x, y) = (x + a * cos - b * sin, y + a * sin + b * cos);
            }
            assert!((re[bin] - x).abs() < 1e-12 && (im[bin] - y).abs() < 1e-12, "bin {bin}");
        }
    }
}
