//! Signals: while there is something to clean up the first interrupt asks to stop; any other, and any second one, ends
//! the program.

use crate::exit::Exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many [`Tidy`] there are.
static TIDY: AtomicUsize = AtomicUsize::new(0);

/// While it lives an interrupt only asks to stop: who holds it looks, stops soon, and leaves nothing half done.
pub struct Tidy;

impl Tidy {
    /// Begins what must not be left half done.
    pub fn begin() -> Tidy {
        TIDY.fetch_add(1, Ordering::SeqCst);
        Tidy
    }
}

impl Drop for Tidy {
    fn drop(&mut self) {
        TIDY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Listens; what comes back is set by the first interrupt.
pub fn listen() -> Arc<AtomicBool> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = cancel.clone();
    // Where no handler can be set the system's stays: the program just ends.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) || TIDY.load(Ordering::SeqCst) == 0 {
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
