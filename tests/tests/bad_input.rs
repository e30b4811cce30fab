//! Bad input: each kind has its own code and a line of help, ends soon, writes nothing and never panics.

mod bad_input {
    pub mod audio;
    pub mod limits;
    pub mod song;
}

use mixdown_tests::{Project, Run};
use std::time::{Duration, Instant};

/// Longest that a refusal may take: far less than what it refuses would.
const SOON: Duration = Duration::from_secs(20);

/// Renders and demands a refusal with one of these codes, a help line, and no new file.
#[track_caller]
pub fn refused(p: &Project, code: i32, codes: &[&str]) -> Run {
    let before = p.files();
    mixdown_tests::program();
    let started = Instant::now();
    let run = p.run(&["render", "song.mix"]);
    assert!(started.elapsed() < SOON, "took {:?}", started.elapsed());
    assert!(!run.err.contains("panicked"), "{}", run.err);
    assert_eq!(run.code, code, "ended otherwise:\n{}", run.err);
    assert!(codes.iter().any(|c| run.err.contains(c)), "none of {codes:?}:\n{}", run.err);
    assert!(run.err.contains("help: "), "no help:\n{}", run.err);
    assert_eq!(p.files(), before, "something was written");
    run
}
