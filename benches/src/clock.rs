//! Time that a busy machine does not stretch: seconds of the processor, not of the wall.

/// Seconds the processor has spent on this thread.
#[cfg(unix)]
pub fn thread() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a valid place for the answer, which stays zero where there is none.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

/// Seconds the processor has spent on all programs that this one has started and waited for.
#[cfg(unix)]
pub fn children() -> f64 {
    // SAFETY: plain numbers, for which all zeros are valid.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: a valid place for the answer.
    unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage) };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Where the system tells neither, the wall has to do.
#[cfg(not(unix))]
fn wall() -> f64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
}

#[cfg(not(unix))]
pub use wall as thread;
#[cfg(not(unix))]
pub use wall as children;

/// What `work` gives, and the seconds of this thread it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = thread();
    let result = work();
    (result, thread() - before)
}

/// The least seconds of this thread in `rounds` rounds.
pub fn least(rounds: usize, mut work: impl FnMut()) -> f64 {
    (0..rounds).map(|_| timed(&mut work).1).fold(f64::INFINITY, f64::min)
}
