//! Work beside the engine: on a thread of its own, or on the engine's where one is all there is.

use crate::exit::Stop;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Something that is done with every batch, in order.
pub trait Job<B>: Send + 'static {
    /// Batches that may wait.
    const WAITING: usize;

    /// Takes one. After an error the job gets no more.
    fn take(&mut self, batch: B) -> Result<(), Stop>;
}

/// Where a job is done.
pub enum Place<B, J> {
    /// On the engine's thread, until it fails.
    Here(Result<J, Stop>),
    /// On a thread of its own.
    Thread(SyncSender<B>, JoinHandle<Result<J, Stop>>),
}

impl<B: Send + 'static, J: Job<B>> Place<B, J> {
    /// A place for a job where there are `threads` threads in all, the engine's among them.
    pub fn of(mut job: J, threads: usize) -> Self {
        if threads == 1 {
            return Place::Here(Ok(job));
        }
        let (send, batches): (_, Receiver<B>) = sync_channel(J::WAITING);
        let work = move || batches.into_iter().try_for_each(|batch| job.take(batch)).map(|()| job);
        Place::Thread(send, std::thread::spawn(work))
    }

    /// `false` once the job has failed.
    pub fn give(&mut self, batch: B) -> bool {
        match self {
            Place::Here(job) => {
                if let Ok(doing) = job
                    && let Err(stop) = doing.take(batch)
                {
                    *job = Err(stop);
                }
                job.is_ok()
            }
            Place::Thread(send, _) => send.send(batch).is_ok(),
        }
    }

    /// Waits until all that was given is done.
    ///
    /// # Errors
    /// What the job ran into.
    pub fn end(self) -> Result<J, Stop> {
        match self {
            Place::Here(job) => job,
            Place::Thread(send, thread) => {
                drop(send);
                let failed = |_| Stop::environment("E0899", "a thread beside the engine failed", "please report it");
                thread.join().map_err(failed)?
            }
        }
    }
}
