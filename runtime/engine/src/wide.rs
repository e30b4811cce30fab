//! Loops over samples, compiled twice: for the machine's baseline and for AVX2 with FMA.
//!
//! Always true here: both versions compute the same bits, because a product and a sum stay two roundings and
//! only [`Sample::fma`] is one.

use crate::sample::Sample;

/// Whether the wide versions may run.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_wide() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

/// Defines a function over `S: Sample` whose body is compiled for the baseline and for AVX2 + FMA.
macro_rules! wide {
    ($(#[$meta:meta])* fn $name:ident<S>($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        pub(crate) fn $name<S: Sample>($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn body<S: Sample>($($arg: $ty),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn wide<S: Sample>($($arg: $ty),*) $(-> $ret)? {
                    body::<S>($($arg),*)
                }
                if has_wide() {
                    // SAFETY: the features have just been seen on this machine.
                    return unsafe { wide::<S>($($arg),*) };
                }
            }
            body::<S>($($arg),*)
        }
    };
}

/// What one look over a block tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Every sample is `+0.0`.
    pub silent: bool,
    /// A sample is NaN or infinite.
    pub fault: bool,
}

wide! {
    /// Looks for silence and for numbers that are none.
    fn scan<S>(block: &[S]) -> Scan {
        let mut any = S::Bits::default();
        let mut most = S::Bits::default();
        for &x in block {
            let bits = x.bits();
            any = any | bits;
            most = most.max(bits & S::MAGNITUDE);
        }
        Scan { silent: any == S::Bits::default(), fault: most >= S::INFINITE }
    }
}

wide! {
    /// Numbers smaller than [`mixdown_layout::FLUSH`] become `+0.0`; true when all are `+0.0` afterwards.
    fn flush<S>(states: &mut [S]) -> bool {
        let least = S::from_f64(mixdown_layout::FLUSH);
        let mut any = S::Bits::default();
        for s in states {
            let kept = if s.abs() < least { S::ZERO } else { *s };
            *s = kept;
            any = any | kept.bits();
        }
        any == S::Bits::default()
    }
}

/// A term of a sum: where its samples stand, and its gain as `fma(i, slope, origin)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term<S> {
    from: *const S,
    origin: S,
    slope: S,
}

impl<S> Term<S> {
    /// `origin` is the gain at the cell's first sample, `slope` its change a mix sample.
    ///
    /// # Safety
    /// As long as the term is used, as many samples as the sum has are readable from `from`, nobody writes them,
    /// and the sum's own samples are not among them.
    pub(crate) unsafe fn new(from: *const S, origin: S, slope: S) -> Self {
        Term { from, origin, slope }
    }
}

/// Samples that are summed in registers before the next ones.
const STRIP: usize = 32;

wide! {
    /// `out = ((e0*g0) + e1*g1) + …` with gains that stand still.
    fn mix_held<S>(out: &mut [S], terms: &[Term<S>]) {
        let mut at = 0;
        while at < out.len() {
            let len = STRIP.min(out.len() - at);
            let mut sum = [S::ZERO; STRIP];
            for (k, term) in terms.iter().enumerate() {
                // SAFETY: `at + len <= out.len()`, and `Term::new` was promised that many readable samples.
                let from = unsafe { std::slice::from_raw_parts(term.from.add(at), len) };
                let gain = term.origin + S::ZERO;
                if len == STRIP {
                    let Ok(from) = <&[S; STRIP]>::try_from(from) else { return };
                    if k == 0 {
                        for i in 0..STRIP {
                            sum[i] = from[i] * gain;
                        }
                    } else {
                        for i in 0..STRIP {
                            sum[i] = sum[i] + from[i] * gain;
                        }
                    }
                } else {
                    for i in 0..len {
                        let product = from[i] * gain;
                        sum[i] = if k == 0 { product } else { sum[i] + product };
                    }
                }
            }
            out[at..at + len].copy_from_slice(&sum[..len]);
            at += len;
        }
    }
}

wide! {
    /// The same sum with moving gains. `steps[i]` is the number of mix samples from the cell's start of
    /// `out[i]`.
    fn mix_ramped<S>(out: &mut [S], terms: &[Term<S>], steps: &[S]) {
        let len = out.len().min(steps.len());
        for (k, term) in terms.iter().enumerate() {
            // SAFETY: `Term::new` was promised `out.len()` readable samples apart from `out`.
            let from = unsafe { std::slice::from_raw_parts(term.from, len) };
            for i in 0..len {
                let product = from[i] * steps[i].fma(term.slope, term.origin);
                out[i] = if k == 0 { product } else { out[i] + product };
            }
        }
    }
}


wide! {
    /// `out[i] += taps[t] * recent[64 + i - t]` for every tap, from the newest sample to the oldest, each step
    /// rounded once. `recent` holds two cells, `taps` at most 65.
    fn convolve<S>(out: &mut [S; mixdown_layout::CELL], recent: &[S], taps: &[S]) {
        if size_of::<S>() == 4 {
            convolve_strips::<S, 64>(out, recent, taps);
        } else {
            convolve_strips::<S, 32>(out, recent, taps);
        }
    }
}

/// `N` sums at a time, as many as there are registers for.
#[inline(always)]
fn convolve_strips<S: Sample, const N: usize>(out: &mut [S], recent: &[S], taps: &[S]) {
    for (k, out) in out.chunks_exact_mut(N).enumerate() {
        let Ok(out) = <&mut [S; N]>::try_from(out) else { return };
        let mut sum = *out;
        for (t, &tap) in taps.iter().enumerate() {
            let at = mixdown_layout::CELL + k * N - t;
            let Ok(from) = <&[S; N]>::try_from(&recent[at..at + N]) else { return };
            for i in 0..N {
                sum[i] = from[i].fma(tap, sum[i]);
            }
        }
        *out = sum;
    }
}
