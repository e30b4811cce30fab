//! Signals: the first interrupt asks to stop, so that outputs can be cleaned up, the second ends the program.

use crate::exit::Exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Listens; what comes back is set by the first interrupt.
pub fn listen() -> Arc<AtomicBool> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = cancel.clone();
    // Where no handler can be set the system's stays: the program just ends.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    report_full_files();
    cancel
}

/// Lets a write beyond the file-size limit fail, which is then said and cleaned up, instead of ending the program.
#[cfg(unix)]
fn report_full_files() {
    // SAFETY: SIG_IGN is a disposition that the system knows; no handler of ours runs, and no thread has started that
    // could set another one for this signal.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

#[cfg(not(unix))]
fn report_full_files() {}
