//! The `mixdown` program.

/// Threads that compile and render allocate at the same time; this allocator lets them, and gives less back to the
/// system in between.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    small_pages();
    mixdown::verbs::main()
}

/// Pages as small as they are asked for: huge ones double the memory of a render and make it no faster.
fn small_pages() {
    #[cfg(target_os = "linux")]
    // SAFETY: a flag of this process, with no memory behind it; where the system does not know it nothing happens.
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
    }
}
