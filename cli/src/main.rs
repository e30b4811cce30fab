//! The `mixdown` program.

/// Threads that compile and render allocate at the same time; this allocator lets them, and gives less back to the
/// system in between.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    mixdown::verbs::main()
}
