//! The inner loop of the conversion: sums of products in one fixed order.
//!
//! Sixteen running sums, then a fixed tree: the order is part of the result. It is plain single precision without
//! fused operations, so vectors of 4 lanes (any machine) and of 8 (where the machine has AVX) give the same bits.
//! Single precision: measured, its rounding stands at -137 dB, and double takes twice as long.

/// Running sums; rows are whole multiples of this.
pub(super) const LANES: usize = 16;

/// Which vectors the machine has; found out once a conversion.
#[derive(Clone, Copy)]
pub(super) struct Machine {
    wide: bool,
}

impl Machine {
    pub fn here() -> Self {
        #[cfg(target_arch = "x86_64")]
        let wide = std::arch::is_x86_feature_detected!("avx");
        #[cfg(not(target_arch = "x86_64"))]
        let wide = false;
        Machine { wide }
    }

    /// Sum of products of one channel.
    #[inline]
    pub fn dot(self, samples: &[f32], row: &[f32]) -> f32 {
        #[cfg(target_arch = "x86_64")]
        if self.wide {
            // SAFETY: `wide` is only set where the machine was asked and has AVX.
            return unsafe { wide_one(samples, row) };
        }
        narrow_one(samples, row)
    }

    /// Sums of products of two channels at once, which loads each coefficient once.
    #[inline]
    pub fn dot_pair(self, left: &[f32], right: &[f32], row: &[f32]) -> (f32, f32) {
        #[cfg(target_arch = "x86_64")]
        if self.wide {
            // SAFETY: `wide` is only set where the machine was asked and has AVX.
            return unsafe { wide(left, right, row) };
        }
        narrow(left, right, row)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn wide(left: &[f32], right: &[f32], row: &[f32]) -> (f32, f32) {
    products(left, right, row)
}

#[inline(never)]
fn narrow(left: &[f32], right: &[f32], row: &[f32]) -> (f32, f32) {
    products(left, right, row)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn wide_one(samples: &[f32], row: &[f32]) -> f32 {
    product(samples, row)
}

#[inline(never)]
fn narrow_one(samples: &[f32], row: &[f32]) -> f32 {
    product(samples, row)
}

#[inline(always)]
fn product(samples: &[f32], row: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    for (samples, row) in samples.as_chunks::<LANES>().0.iter().zip(row.as_chunks::<LANES>().0) {
        accumulate(&mut sums, samples, row);
    }
    gather(&sums)
}

#[inline(always)]
fn products(left: &[f32], right: &[f32], row: &[f32]) -> (f32, f32) {
    let (mut first, mut second) = ([0f32; LANES], [0f32; LANES]);
    let pairs = left.as_chunks::<LANES>().0.iter().zip(right.as_chunks::<LANES>().0);
    for ((left, right), row) in pairs.zip(row.as_chunks::<LANES>().0) {
        accumulate(&mut first, left, row);
        accumulate(&mut second, right, row);
    }
    (gather(&first), gather(&second))
}

#[inline(always)]
fn accumulate(sums: &mut [f32; LANES], samples: &[f32; LANES], row: &[f32; LANES]) {
    for lane in 0..LANES {
        sums[lane] += samples[lane] * row[lane];
    }
}

// Not inlined: seen together with the loop above, the tree's order makes the compiler shuffle lanes in every step.
#[inline(never)]
fn gather(sums: &[f32; LANES]) -> f32 {
    let mut half = [0f32; LANES / 2];
    for (lane, slot) in half.iter_mut().enumerate() {
        *slot = sums[lane] + sums[lane + LANES / 2];
    }
    let quarter = [half[0] + half[4], half[1] + half[5], half[2] + half[6], half[3] + half[7]];
    (quarter[0] + quarter[2]) + (quarter[1] + quarter[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_vector_widths_give_the_same_bits() {
        let numbers = |seed: u32| (0..320u32).map(|k| (k.wrapping_mul(2654435761).wrapping_add(seed) as i32) as f32 * 4e-10).collect::<Vec<f32>>();
        let (left, right, row) = (numbers(1), numbers(77), numbers(4321));
        let plain = Machine { wide: false };
        assert_eq!(plain.dot_pair(&left, &right, &row), Machine::here().dot_pair(&left, &right, &row));
        assert_eq!(plain.dot(&left, &row), plain.dot_pair(&left, &right, &row).0);
        assert_eq!(plain.dot(&right, &row), Machine::here().dot(&right, &row));
        let exact: f64 = left.iter().zip(&row).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        assert!((f64::from(plain.dot(&left, &row)) - exact).abs() < 1e-4 * exact.abs().max(1.0));
    }
}
