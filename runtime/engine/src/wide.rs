//! Loops over samples, compiled twice: for the machine's baseline and for AVX2 with FMA.
//!
//! Always true here: both versions compute the same bits, because a product and a sum stay two roundings and
//! only [`Sample::fma`] is one.

use crate::sample::Sample;

/// Whether the wide versions may run.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn has_wide() -> bool {
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
                if $crate::wide::has_wide() {
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

/// Numbers smaller than [`mixdown_layout::FLUSH`] become `+0.0`; true when all are `+0.0` afterwards.
#[inline]
pub(crate) fn flush<S: Sample>(states: &mut [S]) -> bool {
    let (tiny, silent) = look(states);
    if tiny {
        flush_tiny(states);
        return scan(states).silent;
    }
    silent
}

wide! {
    /// Whether a number must be flushed, and whether all are `+0.0`. Looking first pays: hardly ever is anything
    /// to be written, and conditional stores are slow.
    fn look<S>(states: &[S]) -> (bool, bool) {
        let least = S::from_f64(mixdown_layout::FLUSH);
        let mut any = S::Bits::default();
        let mut tiny = false;
        for &s in states {
            any = any | s.bits();
            tiny |= (s.abs() < least) & (s.bits() != S::Bits::default());
        }
        (tiny, any == S::Bits::default())
    }
}

#[cold]
fn flush_tiny<S: Sample>(states: &mut [S]) {
    let least = S::from_f64(mixdown_layout::FLUSH);
    for s in states {
        if s.abs() < least {
            *s = S::ZERO;
        }
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

/// Samples that are summed at a time, in a buffer that overlaps nothing, so that the loops become vectors.
const STRIP: usize = mixdown_layout::CELL;

wide! {
    /// `out = ((e0*g0) + e1*g1) + …` with gains that stand still.
    fn mix_held<S>(out: &mut [S], terms: &[Term<S>]) {
        let mut chunks = out.chunks_exact_mut(STRIP);
        let mut at = 0;
        for out in &mut chunks {
            let mut sum = [S::ZERO; STRIP];
            let (first, rest) = terms.split_at(terms.len().min(4));
            match first {
                [] => {}
                [a] => pass::<S, 1, true>(&mut sum, [a], at),
                [a, b] => pass::<S, 2, true>(&mut sum, [a, b], at),
                [a, b, c] => pass::<S, 3, true>(&mut sum, [a, b, c], at),
                [a, b, c, d, ..] => pass::<S, 4, true>(&mut sum, [a, b, c, d], at),
            }
            for four in rest.chunks(4) {
                match four {
                    [] => {}
                    [a] => pass::<S, 1, false>(&mut sum, [a], at),
                    [a, b] => pass::<S, 2, false>(&mut sum, [a, b], at),
                    [a, b, c] => pass::<S, 3, false>(&mut sum, [a, b, c], at),
                    [a, b, c, d, ..] => pass::<S, 4, false>(&mut sum, [a, b, c, d], at),
                }
            }
            out.copy_from_slice(&sum);
            at += STRIP;
        }
        // Pieces of a cell that a break has split.
        for (i, out) in chunks.into_remainder().iter_mut().enumerate() {
            *out = S::ZERO;
            for (k, term) in terms.iter().enumerate() {
                // SAFETY: `at + i` is below the sum's length; `Term::new` was promised that many readable samples.
                let product = unsafe { *term.from.add(at + i) } * (term.origin + S::ZERO);
                *out = if k == 0 { product } else { *out + product };
            }
        }
    }
}

/// Adds `N` terms from their sample `at` on, one after the other; the first of all is not added to anything.
#[inline(always)]
fn pass<S: Sample, const N: usize, const FIRST: bool>(sum: &mut [S; STRIP], terms: [&Term<S>; N], at: usize) {
    // A still gain is `fma(i, 0, origin)`, which is never minus zero.
    let gains = terms.map(|t| t.origin + S::ZERO);
    // SAFETY: `at + STRIP` is at most the sum's length, and `Term::new` was promised that many readable samples.
    let from = terms.map(|t| unsafe { &*t.from.add(at).cast::<[S; STRIP]>() });
    for i in 0..STRIP {
        let mut x = from[0][i] * gains[0];
        if !FIRST {
            x = sum[i] + x;
        }
        for k in 1..N {
            x = x + from[k][i] * gains[k];
        }
        sum[i] = x;
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
    /// `out[i] += taps[t] * recent[here + i - first - t]` for every tap, from the newest sample to the oldest, each step
    /// rounded once. The last cell of `recent` begins at `here`; before it stand as many samples as `first` and the
    /// taps together reach back, and the number of taps is a multiple of 8.
    fn convolve<S>(out: &mut [S; mixdown_layout::CELL], recent: &[S], taps: &[S], first: usize) {
        let here = recent.len() - mixdown_layout::CELL;
        let mut sum = *out;
        for (k, taps) in taps.chunks_exact(8).enumerate() {
            let Ok(taps) = <&[S; 8]>::try_from(taps) else { return };
            let newest = here - first - k * 8;
            let from = &recent[newest - 7..newest + mixdown_layout::CELL];
            for i in 0..mixdown_layout::CELL {
                let mut x = sum[i];
                for t in 0..8 {
                    x = from[i + 7 - t].fma(taps[t], x);
                }
                sum[i] = x;
            }
        }
        *out = sum;
    }
}
