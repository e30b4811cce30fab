//! Several threads.
//!
//! Every cluster has a home: the thread that takes its turns unless another has nothing to do. What crosses between
//! threads crosses between their caches, which costs more than many a turn, so homes are whole pieces of the mix: in
//! the order in which audio flows through it, cut where the measured times are equal.
//!
//! Always true here: a cluster's turn for batch `n` comes when its own batch `n - 1`, its producers' batch `n` and
//! its consumers' batch `n - AHEAD` are done, so that nobody writes what is still read. Who finishes a turn looks
//! which neighbours' turns have come; of several who look at once exactly one gets the turn. The collector, and with
//! it the sink, stays on the caller's thread. A failure is told when all of its batch is done, so that the same
//! failure is told whatever the threads did.

use super::clusters::{Cluster, clusters, flow};
use super::{AHEAD, Sink, Walk, sure_cells};
use crate::collect::Collector;
use crate::denormal::FlushDenormals;
use crate::error::{EngineError, RenderError};
use crate::sample::Sample;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A cluster's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    batch: u64,
    cluster: usize,
}

/// Batches after which homes are first settled anew; then after twice as many, and so on.
const SETTLE: u64 = 8;

/// What the threads share.
struct Pool<'a, S: Sample> {
    walk: &'a Walk<'a, S>,
    clusters: Vec<Cluster>,
    /// Clusters in the order of the flow.
    flow: Vec<usize>,
    /// Of every cluster: its thread; 0 is the caller's.
    homes: Vec<AtomicUsize>,
    /// Of every cluster: nanoseconds so far.
    spent: Vec<AtomicU64>,
    threads: usize,
    /// Of every cluster: twice the batches it has done, plus 1 while its next turn is taken.
    progress: Vec<AtomicU64>,
    batches: u64,
    queue: Mutex<Queue>,
    /// One a thread.
    wake: Vec<Condvar>,
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

struct Queue {
    /// One a thread, each the oldest batch first.
    turns: Vec<BinaryHeap<Reverse<Turn>>>,
    /// Threads that wait to be woken.
    sleeping: Vec<bool>,
}

impl Queue {
    /// The next turn for a thread: its own, or else the oldest of anybody's.
    fn pop(&mut self, thread: usize) -> Option<Turn> {
        let from = if self.turns[thread].is_empty() {
            let oldest = |heap: &BinaryHeap<Reverse<Turn>>| heap.peek().map(|turn| turn.0);
            (0..self.turns.len()).filter_map(|t| Some((oldest(&self.turns[t])?, t))).min()?.1
        } else {
            thread
        };
        self.turns[from].pop().map(|Reverse(turn)| turn)
    }
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
        self.0.wake.iter().for_each(Condvar::notify_all);
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
        flow: flow(&clusters),
        homes: clusters.iter().map(|_| AtomicUsize::new(0)).collect(),
        spent: clusters.iter().map(|_| AtomicU64::new(1)).collect(),
        threads,
        queue: Mutex::new(Queue { turns: vec![BinaryHeap::new(); threads], sleeping: vec![false; threads] }),
        wake: (0..threads).map(|_| Condvar::new()).collect(),
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
    pool.settle();
    let first = pool.claim(&all, None);
    pool.publish(first);
    std::thread::scope(|scope| {
        let _stop = StopOnDrop(&pool);
        let pool = &pool;
        for k in 1..threads {
            let worker = std::thread::Builder::new().name(format!("mixdown {k}"));
            // Fewer threads than wished for compute the same.
            if worker.spawn_scoped(scope, move || pool.work(k)).is_err() {
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

    /// Gives every thread an equal part of the flow.
    fn settle(&self) {
        let spent = |&c: &usize| self.spent[c].load(Ordering::Relaxed);
        let all: u64 = self.flow.iter().map(spent).sum();
        let mut before = 0;
        for cluster in &self.flow {
            let own = spent(cluster);
            // A cluster belongs where its middle lies.
            let home = (u128::from(before + own / 2) * self.threads as u128 / u128::from(all.max(1))) as usize;
            // The flow ends at the caller's thread, which hands out what comes of it.
            self.homes[*cluster].store((self.threads - 1).saturating_sub(home), Ordering::Relaxed);
            before += own;
        }
    }

    fn home(&self, turn: Turn) -> usize {
        self.homes[turn.cluster].load(Ordering::Relaxed)
    }

    /// Takes the turns of these clusters that have come; `keep` is a thread and gets the first that is at home there.
    fn claim(&self, clusters: &[usize], mut keep: Option<(usize, &mut Option<Turn>)>) -> Vec<Turn> {
        let mut more = Vec::new();
        for turn in clusters.iter().filter_map(|&c| self.take(c)) {
            if turn.cluster == self.collector() {
                self.collect.store(true, Ordering::SeqCst);
                // Under the lock, so that the caller's thread is either awake to see it or asleep to be woken.
                let _queue = lock(&self.queue);
                self.wake[0].notify_one();
                continue;
            }
            match &mut keep {
                Some((thread, kept)) if kept.is_none() && self.home(turn) == *thread => **kept = Some(turn),
                _ => more.push(turn),
            }
        }
        more
    }

    /// Puts turns where their threads find them, and wakes these, or whoever sleeps.
    fn publish(&self, turns: Vec<Turn>) {
        if turns.is_empty() {
            return;
        }
        let mut queue = lock(&self.queue);
        for turn in turns {
            let home = self.home(turn);
            queue.turns[home].push(Reverse(turn));
            let idle = if queue.sleeping[home] { Some(home) } else { queue.sleeping.iter().position(|s| *s) };
            if let Some(thread) = idle {
                // It counts as awake from now on, so that the next turn wakes another.
                queue.sleeping[thread] = false;
                self.wake[thread].notify_one();
            }
        }
    }

    /// The next turn for a thread, which sleeps until somebody has one or `until` holds.
    fn next(&self, thread: usize, until: impl Fn() -> bool) -> Option<Turn> {
        let mut queue = lock(&self.queue);
        let next = queue.pop(thread);
        if next.is_none() && !until() {
            queue.sleeping[thread] = true;
            queue = self.wake[thread].wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.sleeping[thread] = false;
        }
        next
    }

    /// The sink may take its time: a turn that the caller's thread was woken for is another's now.
    fn nudge(&self) {
        let mut queue = lock(&self.queue);
        if queue.turns.iter().any(|heap| !heap.is_empty())
            && let Some(thread) = queue.sleeping.iter().position(|s| *s)
        {
            queue.sleeping[thread] = false;
            self.wake[thread].notify_one();
        }
    }

    /// Marks a turn as done and looks whose turn has come; one that is at home on this thread is returned.
    fn finish(&self, turn: Turn, thread: usize) -> Option<Turn> {
        self.progress[turn.cluster].store((turn.batch + 1) << 1, Ordering::SeqCst);
        let Cluster { before, after, .. } = &self.clusters[turn.cluster];
        let mut next = None;
        // What reads the samples just written comes first: they are still in this core's cache.
        let mut more = self.claim(after, Some((thread, &mut next)));
        more.extend(self.claim(&[turn.cluster], Some((thread, &mut next))));
        more.extend(self.claim(before, Some((thread, &mut next))));
        self.publish(more);
        next
    }

    /// Visits the nodes of a cluster; a cluster that has failed stays idle.
    fn compute(&self, turn: Turn, clock: &mut Instant) {
        if self.failed.load(Ordering::SeqCst) && lock(&self.failures).iter().any(|f| f.cluster == turn.cluster) {
            return;
        }
        let sure = self.sure.load(Ordering::Relaxed);
        let started = *clock;
        for &node in &self.clusters[turn.cluster].nodes {
            // SAFETY: the turn has come and this thread has it, which is what a visit asks for; turns are handed over
            // through `progress`.
            if let Err(error) = unsafe { self.walk.machine.visit(node, turn.batch, self.walk.end, sure, clock) } {
                lock(&self.failures).push(Failure { batch: turn.batch, node, cluster: turn.cluster, error });
                self.failed.store(true, Ordering::SeqCst);
                return;
            }
        }
        self.spent[turn.cluster].fetch_add(clock.duration_since(started).as_nanos() as u64, Ordering::Relaxed);
    }

    /// What the other threads do.
    fn work(&self, thread: usize) {
        let _flush = FlushDenormals::on();
        let mut clock = Instant::now();
        let mut next = None;
        while !self.stop.load(Ordering::SeqCst) {
            if let Some(turn) = next {
                self.compute(turn, &mut clock);
                next = self.finish(turn, thread);
            } else {
                next = self.next(thread, || self.stop.load(Ordering::SeqCst));
                clock = Instant::now();
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
            } else if let Some(turn) = next {
                let _flush = FlushDenormals::on();
                self.compute(turn, &mut clock);
                next = self.finish(turn, 0);
            } else {
                next = self.next(0, || self.collect.load(Ordering::SeqCst));
                clock = Instant::now();
            }
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
        if turn.batch >= SETTLE && turn.batch.is_power_of_two() {
            self.settle();
        }
        if !over {
            let next = self.finish(turn, 0);
            self.publish(next.into_iter().collect());
        }
        Ok(over)
    }
}
