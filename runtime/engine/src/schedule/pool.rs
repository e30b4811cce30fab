//! Several threads.
//!
//! Always true here: a cluster's turn for batch `n` comes when its own batch `n - 1`, its producers' batch `n` and
//! its consumers' batch `n - AHEAD` are done, so that nobody writes what is still read. Who finishes a turn looks
//! which neighbours' turns have come; of several who look at once exactly one gets the turn. The collector, and with
//! it the sink, stays on the caller's thread. A failure is told when all of its batch is done, so that the same
//! failure is told whatever the threads did.

use super::clusters::{Cluster, clusters};
use super::{AHEAD, Sink, Walk, sure_cells};
use crate::collect::Collector;
use crate::denormal::FlushDenormals;
use crate::error::{EngineError, RenderError};
use crate::sample::Sample;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A cluster's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    batch: u64,
    cluster: usize,
}

/// What the threads share.
struct Pool<'a, S: Sample> {
    walk: &'a Walk<'a, S>,
    clusters: Vec<Cluster>,
    /// Of every cluster: twice the batches it has done, plus 1 while its next turn is taken.
    progress: Vec<AtomicU64>,
    batches: u64,
    queue: Mutex<Queue>,
    wake: Condvar,
    stop: AtomicBool,
    /// The collector's turn has come.
    collect: AtomicBool,
    /// Cells that surely belong to the song.
    sure: AtomicU64,
    failures: Mutex<Vec<Failure>>,
    /// There are failures.
    failed: AtomicBool,
}

struct Failure {
    batch: u64,
    node: usize,
    cluster: usize,
    error: EngineError,
}

#[derive(Default)]
struct Queue {
    /// Oldest batch first.
    turns: BinaryHeap<Reverse<Turn>>,
    sleeping: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the other threads' work however the caller's ends.
struct StopOnDrop<'a, 'b, S: Sample>(&'a Pool<'b, S>);

impl<S: Sample> Drop for StopOnDrop<'_, '_, S> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
        let _queue = lock(&self.0.queue);
        self.0.wake.notify_all();
    }
}

/// Runs the song with `threads` threads, the caller's among them.
pub(super) fn run<S: Sample, E>(
    walk: &Walk<S>,
    threads: usize,
    collector: &mut Collector<S>,
    sink: Sink<S, E>,
) -> Result<(), RenderError<E>> {
    let clusters = clusters(&walk.machine.program, &walk.machine.plan);
    let pool = Pool {
        walk,
        progress: clusters.iter().map(|_| AtomicU64::new(0)).collect(),
        batches: walk.machine.plan.batches(walk.end),
        queue: Mutex::default(),
        wake: Condvar::new(),
        stop: AtomicBool::new(false),
        collect: AtomicBool::new(false),
        sure: AtomicU64::new(sure_cells(collector)),
        failures: Mutex::default(),
        failed: AtomicBool::new(false),
        clusters,
    };
    if pool.batches == 0 {
        return collector.take(0..0, sink).map(|_| ()).map_err(RenderError::Sink);
    }
    let all: Vec<usize> = (0..pool.clusters.len()).collect();
    let first = pool.claim(&all, None);
    pool.publish(first);
    std::thread::scope(|scope| {
        let _stop = StopOnDrop(&pool);
        for k in 1..threads {
            let worker = std::thread::Builder::new().name(format!("mixdown {k}"));
            // Fewer threads than wished for compute the same.
            if worker.spawn_scoped(scope, || pool.work()).is_err() {
                break;
            }
        }
        pool.lead(collector, sink)
    })
}

impl<S: Sample> Pool<'_, S> {
    fn collector(&self) -> usize {
        self.clusters.len() - 1
    }

    fn done(&self, cluster: usize) -> u64 {
        self.progress[cluster].load(Ordering::SeqCst) >> 1
    }

    /// Takes the cluster's next turn if it has come and nobody else has it.
    fn take(&self, cluster: usize) -> Option<Turn> {
        let now = self.progress[cluster].load(Ordering::SeqCst);
        let batch = now >> 1;
        if now & 1 == 1 || batch >= self.batches {
            return None;
        }
        let Cluster { before, after, .. } = &self.clusters[cluster];
        let come = before.iter().all(|&c| self.done(c) > batch) && after.iter().all(|&c| self.done(c) + AHEAD > batch);
        // What has come stays come, so only another taker can have changed anything since.
        let taken =
            come && self.progress[cluster].compare_exchange(now, now | 1, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        taken.then_some(Turn { batch, cluster })
    }

    /// Takes the turns of these clusters that have come; `keep` gets the first of them for this thread.
    fn claim(&self, clusters: &[usize], mut keep: Option<&mut Option<Turn>>) -> Vec<Turn> {
        let mut more = Vec::new();
        for turn in clusters.iter().filter_map(|&c| self.take(c)) {
            if turn.cluster == self.collector() {
                self.collect.store(true, Ordering::SeqCst);
                let queue = lock(&self.queue);
                if queue.sleeping > 0 {
                    self.wake.notify_all();
                }
                continue;
            }
            match &mut keep {
                Some(kept) if kept.is_none() => **kept = Some(turn),
                _ => more.push(turn),
            }
        }
        more
    }

    /// Puts turns where any thread finds them.
    fn publish(&self, turns: Vec<Turn>) {
        if turns.is_empty() {
            return;
        }
        let mut queue = lock(&self.queue);
        let wake = turns.len().min(queue.sleeping);
        queue.turns.extend(turns.into_iter().map(Reverse));
        drop(queue);
        (0..wake).for_each(|_| self.wake.notify_one());
    }

    /// The sink may take its time: a turn that this thread was woken for is another's now.
    fn nudge(&self) {
        let queue = lock(&self.queue);
        if !queue.turns.is_empty() && queue.sleeping > 0 {
            self.wake.notify_one();
        }
    }

    /// Marks a turn as done and looks whose turn has come; one of these is returned for this thread.
    fn finish(&self, turn: Turn) -> Option<Turn> {
        self.progress[turn.cluster].store((turn.batch + 1) << 1, Ordering::SeqCst);
        let Cluster { before, after, .. } = &self.clusters[turn.cluster];
        let mut next = None;
        // What reads the samples just written comes first: they are still in this core's cache.
        let mut more = self.claim(after, Some(&mut next));
        more.extend(self.claim(&[turn.cluster], Some(&mut next)));
        more.extend(self.claim(before, Some(&mut next)));
        self.publish(more);
        next
    }

    /// Visits the nodes of a cluster; a cluster that has failed stays idle.
    fn compute(&self, turn: Turn, clock: &mut Instant) {
        if self.failed.load(Ordering::SeqCst) && lock(&self.failures).iter().any(|f| f.cluster == turn.cluster) {
            return;
        }
        let sure = self.sure.load(Ordering::Relaxed);
        for &node in &self.clusters[turn.cluster].nodes {
            // SAFETY: the turn has come and this thread has it, which is what a visit asks for; turns are handed over
            // through `progress`.
            if let Err(error) = unsafe { self.walk.machine.visit(node, turn.batch, self.walk.end, sure, clock) } {
                lock(&self.failures).push(Failure { batch: turn.batch, node, cluster: turn.cluster, error });
                self.failed.store(true, Ordering::SeqCst);
                return;
            }
        }
    }

    /// What the other threads do.
    fn work(&self) {
        let _flush = FlushDenormals::on();
        let mut clock = Instant::now();
        let mut next = None;
        while !self.stop.load(Ordering::SeqCst) {
            match next {
                Some(turn) => {
                    self.compute(turn, &mut clock);
                    next = self.finish(turn);
                }
                None => {
                    let mut queue = lock(&self.queue);
                    next = queue.turns.pop().map(|Reverse(turn)| turn);
                    if next.is_none() && !self.stop.load(Ordering::SeqCst) {
                        queue.sleeping += 1;
                        queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
                        queue.sleeping -= 1;
                    }
                    drop(queue);
                    clock = Instant::now();
                }
            }
        }
    }

    /// What the caller's thread does: hands out what is finished, and helps meanwhile.
    fn lead<E>(&self, collector: &mut Collector<S>, sink: Sink<S, E>) -> Result<(), RenderError<E>> {
        let mut next = None;
        let mut clock = Instant::now();
        loop {
            if self.collect.load(Ordering::SeqCst) {
                self.publish(next.take().into_iter().collect());
                self.nudge();
                if self.collect(collector, sink)? {
                    return Ok(());
                }
                clock = Instant::now();
                continue;
            }
            if let Some(turn) = next {
                let _flush = FlushDenormals::on();
                self.compute(turn, &mut clock);
                next = self.finish(turn);
                continue;
            }
            let mut queue = lock(&self.queue);
            next = queue.turns.pop().map(|Reverse(turn)| turn);
            if next.is_none() && !self.collect.load(Ordering::SeqCst) {
                queue.sleeping += 1;
                queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
                queue.sleeping -= 1;
            }
            drop(queue);
            clock = Instant::now();
        }
    }

    /// The collector's turn; `true` when the song is over.
    fn collect<E>(&self, collector: &mut Collector<S>, sink: Sink<S, E>) -> Result<bool, RenderError<E>> {
        self.collect.store(false, Ordering::SeqCst);
        let turn = Turn { batch: self.done(self.collector()), cluster: self.collector() };
        self.walk.check_cancel()?;
        let failed = {
            let failures = lock(&self.failures);
            let of_this = failures.iter().filter(|f| f.batch <= turn.batch);
            of_this.min_by_key(|f| (f.batch, f.node)).map(|f| f.error.clone())
        };
        if let Some(error) = failed {
            return Err(error.into());
        }
        let cells = self.walk.machine.plan.cells(turn.batch, 0, self.walk.end);
        let over = collector.take(cells, sink).map_err(RenderError::Sink)?;
        self.sure.store(sure_cells(collector), Ordering::Relaxed);
        if !over {
            let next = self.finish(turn);
            self.publish(next.into_iter().collect());
        }
        Ok(over)
    }
}
