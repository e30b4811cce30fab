//! Looks after the files of a render under way. Always true: the render is told to stop when one of them has another
//! content, or when the user interrupts; the thread is over when the guard is gone.

use super::POLL;
use super::followed::{Contents, Followed};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// A thread that looks at the files until the render is over.
pub struct Guard {
    /// Stops the render.
    pub render: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Guard {
    /// Begins to look; `user` is set when the user interrupts.
    pub fn over(followed: Followed, mut contents: Contents, user: Arc<AtomicBool>) -> Guard {
        let (render, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (stops, ended) = (render.clone(), over.clone());
        let look = move || {
            while !ended.load(Ordering::SeqCst) {
                if user.load(Ordering::SeqCst) || followed.changed(&mut contents) {
                    stops.store(true, Ordering::SeqCst);
                    return;
                }
                std::thread::park_timeout(POLL / 4);
            }
        };
        Guard { render, over, thread: Some(std::thread::spawn(look)) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It holds nothing that could be lost.
            let _ = thread.join();
        }
    }
}
