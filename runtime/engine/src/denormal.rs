//! Flush-to-zero on the thread that computes. Bits never hang on it (states are flushed on the grid), speed does.

/// Denormals are zero on this thread until it is dropped; then the thread's setting is as it was.
pub(crate) struct FlushDenormals {
    #[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), allow(dead_code))]
    before: u64,
}

#[cfg(target_arch = "x86_64")]
mod register {
    /// Flush-to-zero and denormals-are-zero.
    pub(super) const BITS: u64 = 0x8040;

    pub(super) fn get() -> u64 {
        let mut value = 0u32;
        // SAFETY: stores the control register of SSE, which every x86-64 has, into a valid place.
        unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &mut value, options(nostack, preserves_flags)) };
        u64::from(value)
    }

    pub(super) fn set(value: u64) {
        let value = value as u32;
        // SAFETY: the value came from `get` with only the two documented denormal bits added.
        unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, preserves_flags, readonly)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod register {
    /// FPCR.FZ.
    pub(super) const BITS: u64 = 1 << 24;

    pub(super) fn get() -> u64 {
        let value: u64;
        // SAFETY: reads the floating-point control register, allowed in user mode.
        unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack, preserves_flags)) };
        value
    }

    pub(super) fn set(value: u64) {
        // SAFETY: the value came from `get` with only the flush bit added.
        unsafe { std::arch::asm!("msr fpcr, {}", in(reg) value, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod register {
    pub(super) const BITS: u64 = 0;
    pub(super) fn get() -> u64 {
        0
    }
    pub(super) fn set(_: u64) {}
}

impl FlushDenormals {
    pub(crate) fn on() -> Self {
        let before = register::get();
        register::set(before | register::BITS);
        FlushDenormals { before }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        register::set(self.before);
    }
}
