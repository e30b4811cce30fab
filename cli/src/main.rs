//! The `mixdown` program.

fn main() -> std::process::ExitCode {
    mixdown::verbs::main()
}
