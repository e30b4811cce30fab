//! Four floats side by side: 128 bits, with fused multiply-add. By the machine's own instructions where it is an x86,
//! else by arrays, which the compiler turns into the like.

#[cfg(target_arch = "x86_64")]
mod imp {
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub struct F4(__m128);

    /// Every function of this type needs AVX and FMA; [`super::available`] asks for them before anything here runs.
    impl F4 {
        #[inline(always)]
        pub fn splat(x: f32) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_set1_ps(x) })
        }
        #[inline(always)]
        pub fn load(from: &[f32; 4]) -> F4 {
            // SAFETY: four floats stand there.
            F4(unsafe { _mm_loadu_ps(from.as_ptr()) })
        }
        /// Asks for what will be needed soon, if it is there.
        #[inline(always)]
        pub fn prefetch(from: &[f32], at: usize) {
            // SAFETY: an address that is nobody's is let be.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(at).cast()) }
        }
        #[inline(always)]
        pub fn store(self, to: &mut [f32; 4]) {
            // SAFETY: four floats have room there.
            unsafe { _mm_storeu_ps(to.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        pub fn add(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_add_ps(self.0, b.0) })
        }
        #[inline(always)]
        pub fn sub(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_sub_ps(self.0, b.0) })
        }
        #[inline(always)]
        pub fn mul(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_mul_ps(self.0, b.0) })
        }
        #[inline(always)]
        pub fn div(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_div_ps(self.0, b.0) })
        }
        /// `self * b + c`.
        #[inline(always)]
        pub fn fma(self, b: F4, c: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_fmadd_ps(self.0, b.0, c.0) })
        }
        /// `c - self * b`.
        #[inline(always)]
        pub fn nfma(self, b: F4, c: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_fnmadd_ps(self.0, b.0, c.0) })
        }
        #[inline(always)]
        pub fn max(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_max_ps(self.0, b.0) })
        }
        #[inline(always)]
        pub fn min(self, b: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_min_ps(self.0, b.0) })
        }
        #[inline(always)]
        pub fn abs(self) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_andnot_ps(_mm_set1_ps(-0.0), self.0) })
        }
        #[inline(always)]
        pub fn ceil(self) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_ceil_ps(self.0) })
        }
        /// `yes` where `self < b`, else `no`.
        #[inline(always)]
        pub fn less(self, b: F4, yes: F4, no: F4) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_blendv_ps(no.0, yes.0, _mm_cmplt_ps(self.0, b.0)) })
        }
        /// The bits plus `k`.
        #[inline(always)]
        pub fn bits_add(self, k: i32) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(self.0), _mm_set1_epi32(k))) })
        }
        /// The low 23 bits.
        #[inline(always)]
        pub fn mantissa(self) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_and_ps(self.0, _mm_castsi128_ps(_mm_set1_epi32(0x007f_ffff))) })
        }
        /// The high bits as the low bits of a number of 2^23.
        #[inline(always)]
        pub fn exponent(self) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_castsi128_ps(_mm_or_si128(_mm_srli_epi32::<23>(_mm_castps_si128(self.0)), _mm_set1_epi32(0x4b00_0000))) })
        }
        /// The low bits as an exponent.
        #[inline(always)]
        pub fn power(self) -> F4 {
            // SAFETY: see the impl.
            F4(unsafe { _mm_castsi128_ps(_mm_slli_epi32::<23>(_mm_castps_si128(self.0))) })
        }
        /// Rows become columns.
        #[inline(always)]
        pub fn transpose([a, b, c, d]: [F4; 4]) -> [F4; 4] {
            // SAFETY: see the impl.
            unsafe {
                let (ab, cd) = (_mm_unpacklo_ps(a.0, b.0), _mm_unpacklo_ps(c.0, d.0));
                let (ef, gh) = (_mm_unpackhi_ps(a.0, b.0), _mm_unpackhi_ps(c.0, d.0));
                [F4(_mm_movelh_ps(ab, cd)), F4(_mm_movehl_ps(cd, ab)), F4(_mm_movelh_ps(ef, gh)), F4(_mm_movehl_ps(gh, ef))]
            }
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod imp {
    #[derive(Clone, Copy)]
    pub struct F4([f32; 4]);

    impl F4 {
        #[inline(always)]
        fn by(self, b: F4, f: impl Fn(f32, f32) -> f32) -> F4 {
            F4(std::array::from_fn(|i| f(self.0[i], b.0[i])))
        }
        #[inline(always)]
        fn bits(self, f: impl Fn(u32) -> u32) -> F4 {
            F4(self.0.map(|x| f32::from_bits(f(x.to_bits()))))
        }
        #[inline(always)]
        pub fn splat(x: f32) -> F4 {
            F4([x; 4])
        }
        #[inline(always)]
        pub fn load(from: &[f32; 4]) -> F4 {
            F4(*from)
        }
        #[inline(always)]
        pub fn prefetch(_: &[f32], _: usize) {}
        #[inline(always)]
        pub fn store(self, to: &mut [f32; 4]) {
            *to = self.0;
        }
        #[inline(always)]
        pub fn add(self, b: F4) -> F4 {
            self.by(b, |a, b| a + b)
        }
        #[inline(always)]
        pub fn sub(self, b: F4) -> F4 {
            self.by(b, |a, b| a - b)
        }
        #[inline(always)]
        pub fn mul(self, b: F4) -> F4 {
            self.by(b, |a, b| a * b)
        }
        #[inline(always)]
        pub fn div(self, b: F4) -> F4 {
            self.by(b, |a, b| a / b)
        }
        #[inline(always)]
        pub fn fma(self, b: F4, c: F4) -> F4 {
            F4(std::array::from_fn(|i| self.0[i].mul_add(b.0[i], c.0[i])))
        }
        #[inline(always)]
        pub fn nfma(self, b: F4, c: F4) -> F4 {
            F4(std::array::from_fn(|i| (-self.0[i]).mul_add(b.0[i], c.0[i])))
        }
        #[inline(always)]
        pub fn max(self, b: F4) -> F4 {
            self.by(b, |a, b| if a > b { a } else { b })
        }
        #[inline(always)]
        pub fn min(self, b: F4) -> F4 {
            self.by(b, |a, b| if a < b { a } else { b })
        }
        #[inline(always)]
        pub fn abs(self) -> F4 {
            F4(self.0.map(f32::abs))
        }
        #[inline(always)]
        pub fn ceil(self) -> F4 {
            F4(self.0.map(f32::ceil))
        }
        #[inline(always)]
        pub fn less(self, b: F4, yes: F4, no: F4) -> F4 {
            F4(std::array::from_fn(|i| if self.0[i] < b.0[i] { yes.0[i] } else { no.0[i] }))
        }
        #[inline(always)]
        pub fn bits_add(self, k: i32) -> F4 {
            self.bits(|b| b.wrapping_add(k as u32))
        }
        #[inline(always)]
        pub fn mantissa(self) -> F4 {
            self.bits(|b| b & 0x007f_ffff)
        }
        #[inline(always)]
        pub fn exponent(self) -> F4 {
            self.bits(|b| b >> 23 | 0x4b00_0000)
        }
        #[inline(always)]
        pub fn power(self) -> F4 {
            self.bits(|b| b << 23)
        }
        #[inline(always)]
        pub fn transpose(rows: [F4; 4]) -> [F4; 4] {
            std::array::from_fn(|i| F4(std::array::from_fn(|j| rows[j].0[i])))
        }
    }
}

pub use imp::F4;

/// Whether this machine has the instructions.
pub fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        true
    }
}
