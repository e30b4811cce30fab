//! The progress bar: on a terminal only, at most ten times a second.

use crate::say::Voice;
use std::time::{Duration, Instant};

/// Shows how far a render is.
#[derive(Debug)]
pub struct Progress {
    voice: Voice,
    active: bool,
    started: Instant,
    last: Option<Instant>,
}

impl Progress {
    /// A bar that is only drawn on a terminal, and not when `quiet`.
    pub fn new(voice: Voice, quiet: bool) -> Progress {
        let active = voice.terminal && !quiet && voice.format == crate::args::MessageFormat::Human;
        Progress { voice, active, started: Instant::now(), last: None }
    }

    /// `done` of `total` frames at `rate`.
    pub fn show(&mut self, what: &str, done: u64, total: u64, rate: u32) {
        let now = Instant::now();
        if !self.active || self.last.is_some_and(|l| now - l < Duration::from_millis(100)) {
            return;
        }
        self.last = Some(now);
        let part = done as f64 / (total.max(1)) as f64;
        let cells = 24;
        let full = ((part * f64::from(cells)) as usize).min(cells as usize);
        let elapsed = (now - self.started).as_secs_f64();
        let left = if part > 0.0 { elapsed / part - elapsed } else { 0.0 };
        let bar = format!("{}{}", "#".repeat(full), "-".repeat(cells as usize - full));
        let at = clock(done as f64 / f64::from(rate.max(1)));
        self.voice.raw(&format!("\r{what} [{bar}] {at} {:3.0} %  {left:.1} s left \x1b[K", part * 100.0));
    }

    /// Removes the bar.
    pub fn clear(&mut self) {
        if self.active && self.last.take().is_some() {
            self.voice.raw("\r\x1b[K");
        }
        self.started = Instant::now();
    }
}

/// Seconds as `m:ss`.
pub fn clock(seconds: f64) -> String {
    let s = seconds.round() as u64;
    format!("{}:{:02}", s / 60, s % 60)
}
