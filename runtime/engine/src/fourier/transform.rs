//! The transform of `n` complex numbers to their values at the `n` roots of `x^n = i`, and back.
//!
//! Of two blocks of `n` real samples, the earlier as real and the later as imaginary parts, it makes what multiplies as
//! a convolution of `2n` samples modulo `x^2n + 1`: half the length a circular one wants and nothing to split. The
//! values come in no order that anybody needs, only in always the same one.
//!
//! Radix 4 from the polynomial `x^n - i` down (each step divides `x^m - c` by the fourth roots of `c`), the last three
//! halvings at once. Sources: D. Bernstein, "Multidigit multiplication for mathematicians", 2001 (the twisted tree);
//! H. Nussbaumer, "Fast Fourier Transform and Convolution Algorithms", 1982 (right-angle convolution).

use crate::sample::Sample;
use std::f64::consts::TAU;

/// Points of the last step.
const LAST: usize = 8;
/// Blocks of the last step that are taken together.
const ROW: usize = 8;

/// A transform of one length.
#[derive(Clone, Debug)]
pub(crate) struct Transform<S> {
    n: usize,
    /// The part of a turn a sample at which each value is taken.
    turns: Vec<f64>,
    /// From the longest blocks to those of 16 or 32 points, each with its roots.
    passes: Vec<Pass<S>>,
    /// Powers 1 to 7 of each block's eighth root: a plane of real and one of imaginary parts a power.
    roots: Vec<Vec<S>>,
}

#[derive(Clone, Debug)]
struct Pass<S> {
    /// Points of a block.
    len: usize,
    /// Blocks are quartered, else halved.
    quarters: bool,
    /// Of each block: the root's powers 1, 2, 3, real and imaginary.
    roots: Vec<[S; 6]>,
}

/// A point of the unit circle, by its part of a turn.
fn point(turn: f64) -> (f64, f64) {
    let angle = TAU * turn.fract();
    (libm::cos(angle), libm::sin(angle))
}

impl<S: Sample> Transform<S> {
    /// A transform of `n` points, a power of two from 64.
    pub(crate) fn new(n: usize) -> Self {
        // Of each block `x^m - c`, the part of a turn that `c` stands at; the first is `i`.
        let mut turns = vec![0.25f64];
        let mut passes = Vec::new();
        let mut len = n;
        while len > LAST {
            let halvings = (len / LAST).trailing_zeros();
            let quarters = halvings.is_multiple_of(2);
            let parts = if quarters { 4 } else { 2 };
            let mut roots = Vec::with_capacity(turns.len());
            let mut next = Vec::with_capacity(turns.len() * parts);
            for turn in &turns {
                let root = turn / parts as f64;
                let powers = [1.0, 2.0, 3.0].map(|k| point(root * k));
                roots.push([powers[0].0, powers[0].1, powers[1].0, powers[1].1, powers[2].0, powers[2].1].map(S::from_f64));
                next.extend([0.0, 0.5, 0.25, 0.75].iter().take(parts).map(|part| root + part));
            }
            passes.push(Pass { len, quarters, roots });
            turns = next;
            len /= parts;
        }
        let plane = |k: usize, im: bool| {
            let part = |turn: &f64| point(turn / LAST as f64 * k as f64);
            turns.iter().map(|t| S::from_f64(if im { part(t).1 } else { part(t).0 })).collect()
        };
        let turn = |k: usize| turns.iter().map(move |t| (t / LAST as f64 + k as f64 / LAST as f64).fract());
        let all = (0..LAST).flat_map(turn).collect();
        let roots = (1..LAST).flat_map(|k| [plane(k, false), plane(k, true)]).collect();
        Transform { n, turns: all, passes, roots }
    }

    /// How many points.
    pub(crate) fn len(&self) -> usize {
        self.n
    }

    /// Of each value, the bin it belongs to where `2n` real samples have `n`: bin `k` stands at `k + 1/2` parts in `2n` of
    /// the rate, and either at it or at its mirror image.
    pub(crate) fn bins(&self) -> impl Iterator<Item = usize> + '_ {
        let whole = 2.0 * self.n as f64;
        self.turns.iter().map(move |turn| (turn.min(1.0 - turn) * whole) as usize)
    }

    /// Transforms `re + i im`, which are overwritten on the way, to `spectrum`: real parts, then imaginary parts.
    pub(crate) fn forward(&self, re: &mut [S], im: &mut [S], spectrum: &mut [S]) {
        for pass in &self.passes {
            pass.each(re, im, if pass.quarters { quarter } else { halve });
        }
        let (out_re, out_im) = spectrum.split_at_mut(self.n);
        eighths(re, im, out_re, out_im, &self.roots);
    }

    /// Back, `n` times as large as before.
    pub(crate) fn inverse(&self, spectrum: &[S], re: &mut [S], im: &mut [S]) {
        let (from_re, from_im) = spectrum.split_at(self.n);
        join_eighths(from_re, from_im, re, im, &self.roots);
        for pass in self.passes.iter().rev() {
            pass.each(re, im, if pass.quarters { join_quarters } else { join_halves });
        }
    }
}

impl<S> Pass<S> {
    /// Every block with its roots.
    fn each(&self, re: &mut [S], im: &mut [S], step: fn(&mut [S], &mut [S], &[S; 6])) {
        let blocks = re.chunks_exact_mut(self.len).zip(im.chunks_exact_mut(self.len));
        for ((re, im), roots) in blocks.zip(&self.roots) {
            step(re, im, roots);
        }
    }
}

/// A complex number.
#[derive(Clone, Copy)]
struct C<S>(S, S);

impl<S: Sample> C<S> {
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        C(self.0 + b.0, self.1 + b.1)
    }

    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        C(self.0 - b.0, self.1 - b.1)
    }

    /// `self * b`.
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        C((S::ZERO - self.1).fma(b.1, self.0 * b.0), self.1.fma(b.0, self.0 * b.1))
    }

    /// `self` times the conjugate of `b`.
    #[inline(always)]
    fn mul_conj(self, b: Self) -> Self {
        C(self.1.fma(b.1, self.0 * b.0), (S::ZERO - self.0).fma(b.1, self.1 * b.0))
    }

    /// `self + i b`.
    #[inline(always)]
    fn add_i(self, b: Self) -> Self {
        C(self.0 - b.1, self.1 + b.0)
    }

    /// `self - i b`.
    #[inline(always)]
    fn sub_i(self, b: Self) -> Self {
        C(self.0 + b.1, self.1 - b.0)
    }
}

/// A slice as `N` equal parts.
#[inline(always)]
fn parts<S, const N: usize>(mut x: &mut [S]) -> [&mut [S]; N] {
    let len = x.len() / N;
    std::array::from_fn(|_| {
        let (first, rest) = std::mem::take(&mut x).split_at_mut(len);
        x = rest;
        first
    })
}

wide! {
    /// `x^m - c` by its two square roots.
    fn halve<S>(re: &mut [S], im: &mut [S], roots: &[S; 6]) {
        let [r0, r1] = parts(re);
        let [i0, i1] = parts(im);
        let (len, w) = (r0.len(), C(roots[0], roots[1]));
        let (r1, i0, i1) = (&mut r1[..len], &mut i0[..len], &mut i1[..len]);
        for k in 0..len {
            let (a, b) = (C(r0[k], i0[k]), C(r1[k], i1[k]).mul(w));
            let (x, y) = (a.add(b), a.sub(b));
            (r0[k], i0[k], r1[k], i1[k]) = (x.0, x.1, y.0, y.1);
        }
    }
}

wide! {
    /// Undoes [`halve`], twice as large.
    fn join_halves<S>(re: &mut [S], im: &mut [S], roots: &[S; 6]) {
        let [r0, r1] = parts(re);
        let [i0, i1] = parts(im);
        let (len, w) = (r0.len(), C(roots[0], roots[1]));
        let (r1, i0, i1) = (&mut r1[..len], &mut i0[..len], &mut i1[..len]);
        for k in 0..len {
            let (x, y) = (C(r0[k], i0[k]), C(r1[k], i1[k]));
            let (a, b) = (x.add(y), x.sub(y).mul_conj(w));
            (r0[k], i0[k], r1[k], i1[k]) = (a.0, a.1, b.0, b.1);
        }
    }
}

wide! {
    /// `x^m - c` by its four fourth roots `r`, `-r`, `ir`, `-ir`.
    fn quarter<S>(re: &mut [S], im: &mut [S], roots: &[S; 6]) {
        let [r0, r1, r2, r3] = parts(re);
        let [i0, i1, i2, i3] = parts(im);
        let len = r0.len();
        let (r1, r2, r3) = (&mut r1[..len], &mut r2[..len], &mut r3[..len]);
        let (i0, i1, i2, i3) = (&mut i0[..len], &mut i1[..len], &mut i2[..len], &mut i3[..len]);
        let (w1, w2, w3) = (C(roots[0], roots[1]), C(roots[2], roots[3]), C(roots[4], roots[5]));
        for k in 0..len {
            let (a, b) = (C(r0[k], i0[k]), C(r1[k], i1[k]).mul(w1));
            let (c, d) = (C(r2[k], i2[k]).mul(w2), C(r3[k], i3[k]).mul(w3));
            let (ac, bd) = (a.add(c), b.add(d));
            let (ca, db) = (a.sub(c), b.sub(d));
            let (x, y, z, w) = (ac.add(bd), ac.sub(bd), ca.add_i(db), ca.sub_i(db));
            (r0[k], r1[k], r2[k], r3[k]) = (x.0, y.0, z.0, w.0);
            (i0[k], i1[k], i2[k], i3[k]) = (x.1, y.1, z.1, w.1);
        }
    }
}

wide! {
    /// Undoes [`quarter`], four times as large.
    fn join_quarters<S>(re: &mut [S], im: &mut [S], roots: &[S; 6]) {
        let [r0, r1, r2, r3] = parts(re);
        let [i0, i1, i2, i3] = parts(im);
        let len = r0.len();
        let (r1, r2, r3) = (&mut r1[..len], &mut r2[..len], &mut r3[..len]);
        let (i0, i1, i2, i3) = (&mut i0[..len], &mut i1[..len], &mut i2[..len], &mut i3[..len]);
        let (w1, w2, w3) = (C(roots[0], roots[1]), C(roots[2], roots[3]), C(roots[4], roots[5]));
        for k in 0..len {
            let (x, y, z, w) = (C(r0[k], i0[k]), C(r1[k], i1[k]), C(r2[k], i2[k]), C(r3[k], i3[k]));
            let (ac, bd) = (x.add(y), x.sub(y));
            let (ca, i_db) = (z.add(w), z.sub(w));
            let (a, c) = (ac.add(ca), ac.sub(ca).mul_conj(w2));
            let (b, d) = (bd.sub_i(i_db).mul_conj(w1), bd.add_i(i_db).mul_conj(w3));
            (r0[k], r1[k], r2[k], r3[k]) = (a.0, b.0, c.0, d.0);
            (i0[k], i1[k], i2[k], i3[k]) = (a.1, b.1, c.1, d.1);
        }
    }
}

/// The planes of the last step's roots, `ROW` values of each.
#[inline(always)]
fn root_rows<S: Sample>(roots: &[Vec<S>], first: usize) -> [[S; ROW]; 2 * (LAST - 1)] {
    let mut rows = [[S::ZERO; ROW]; 2 * (LAST - 1)];
    for (row, plane) in rows.iter_mut().zip(roots) {
        row.copy_from_slice(&plane[first..][..ROW]);
    }
    rows
}

/// Eight values by the eighth roots of one: forwards, or backwards where `back`.
#[inline(always)]
fn eight<S: Sample>(t: [C<S>; 8], back: bool) -> [C<S>; 8] {
    let turn = |a: C<S>, b: C<S>, plus: bool| if plus != back { a.add_i(b) } else { a.sub_i(b) };
    let (e0, e1, e2, e3) = (t[0].add(t[4]), t[0].sub(t[4]), t[2].add(t[6]), t[2].sub(t[6]));
    let (o0, o1, o2, o3) = (t[1].add(t[5]), t[1].sub(t[5]), t[3].add(t[7]), t[3].sub(t[7]));
    let even = [e0.add(e2), turn(e1, e3, true), e0.sub(e2), turn(e1, e3, false)];
    let odd = [o0.add(o2), turn(o1, o3, true), o0.sub(o2), turn(o1, o3, false)];
    let half = S::from_f64(std::f64::consts::FRAC_1_SQRT_2);
    // An eighth of a turn is h(1 + i), three are h(-1 + i); backwards their conjugates.
    let s = turn(odd[1], odd[1], true);
    let first = C(s.0 * half, s.1 * half);
    let s = turn(C(S::ZERO - odd[3].0, S::ZERO - odd[3].1), odd[3], true);
    let third = C(s.0 * half, s.1 * half);
    [
        even[0].add(odd[0]),
        even[1].add(first),
        turn(even[2], odd[2], true),
        even[3].add(third),
        even[0].sub(odd[0]),
        even[1].sub(first),
        turn(even[2], odd[2], false),
        even[3].sub(third),
    ]
}

wide! {
    /// Every block of eight by the eight roots of its own constant, the values a plane each.
    fn eighths<S>(re: &[S], im: &[S], out_re: &mut [S], out_im: &mut [S], roots: &[Vec<S>]) {
        let blocks = re.len() / LAST;
        // Some blocks at a time, turned so that the loop over them is along the rows.
        for first in (0..blocks).step_by(ROW) {
            let mut rows = [[[S::ZERO; ROW]; LAST]; 2];
            for k in 0..LAST {
                for j in 0..ROW {
                    rows[0][k][j] = re[(first + j) * LAST + k];
                    rows[1][k][j] = im[(first + j) * LAST + k];
                }
            }
            let w = root_rows(roots, first);
            let mut values = [[[S::ZERO; ROW]; LAST]; 2];
            for j in 0..ROW {
                let t: [C<S>; 8] = std::array::from_fn(|k| {
                    let x = C(rows[0][k][j], rows[1][k][j]);
                    if k == 0 { x } else { x.mul(C(w[2 * k - 2][j], w[2 * k - 1][j])) }
                });
                let y = eight(t, false);
                for k in 0..LAST {
                    (values[0][k][j], values[1][k][j]) = (y[k].0, y[k].1);
                }
            }
            for k in 0..LAST {
                out_re[k * blocks + first..][..ROW].copy_from_slice(&values[0][k]);
                out_im[k * blocks + first..][..ROW].copy_from_slice(&values[1][k]);
            }
        }
    }
}

wide! {
    /// Undoes [`eighths`], eight times as large.
    fn join_eighths<S>(from_re: &[S], from_im: &[S], re: &mut [S], im: &mut [S], roots: &[Vec<S>]) {
        let blocks = re.len() / LAST;
        for first in (0..blocks).step_by(ROW) {
            let mut rows = [[[S::ZERO; ROW]; LAST]; 2];
            for k in 0..LAST {
                rows[0][k].copy_from_slice(&from_re[k * blocks + first..][..ROW]);
                rows[1][k].copy_from_slice(&from_im[k * blocks + first..][..ROW]);
            }
            let w = root_rows(roots, first);
            let mut values = [[[S::ZERO; ROW]; LAST]; 2];
            for j in 0..ROW {
                let t: [C<S>; 8] = std::array::from_fn(|k| C(rows[0][k][j], rows[1][k][j]));
                let y = eight(t, true);
                for k in 0..LAST {
                    let x = if k == 0 { y[0] } else { y[k].mul_conj(C(w[2 * k - 2][j], w[2 * k - 1][j])) };
                    (values[0][k][j], values[1][k][j]) = (x.0, x.1);
                }
            }
            for j in 0..ROW {
                for k in 0..LAST {
                    re[(first + j) * LAST + k] = values[0][k][j];
                    im[(first + j) * LAST + k] = values[1][k][j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64, len: usize) -> Vec<f64> {
        let mut x = seed;
        (0..len)
            .map(|_| {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            })
            .collect()
    }

    #[test]
    fn there_and_back_is_where_it_began() {
        for n in [64, 128, 256, 1024, 8192] {
            let (re, im) = (noise(1, n), noise(2, n));
            let transform = Transform::<f64>::new(n);
            let (mut a, mut b, mut s) = (re.clone(), im.clone(), vec![0.0; 2 * n]);
            transform.forward(&mut a, &mut b, &mut s);
            transform.inverse(&s, &mut a, &mut b);
            let worst = (0..n).map(|k| (a[k] / n as f64 - re[k]).abs().max((b[k] / n as f64 - im[k]).abs())).fold(0.0, f64::max);
            assert!(worst < 1e-14, "{n}: {worst}");
        }
    }

    #[test]
    fn products_are_convolutions_modulo_a_sign() {
        let n = 64;
        let (x, h) = (noise(3, 2 * n), noise(4, n));
        let transform = Transform::<f64>::new(n);
        let (mut xs, mut hs) = (vec![0.0; 2 * n], vec![0.0; 2 * n]);
        transform.forward(&mut x[..n].to_vec(), &mut x[n..].to_vec(), &mut xs);
        transform.forward(&mut h.clone(), &mut vec![0.0; n], &mut hs);
        let mut y = vec![0.0; 2 * n];
        for k in 0..n {
            y[k] = xs[k] * hs[k] - xs[n + k] * hs[n + k];
            y[n + k] = xs[k] * hs[n + k] + xs[n + k] * hs[k];
        }
        let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
        transform.inverse(&y, &mut re, &mut im);
        for t in 0..2 * n {
            let want: f64 = (0..n).map(|k| if k <= t { h[k] * x[t - k] } else { -h[k] * x[2 * n + t - k] }).sum();
            let got = if t < n { re[t] } else { im[t - n] } / n as f64;
            assert!((got - want).abs() < 1e-12, "{t}: {got} {want}");
        }
    }
}
