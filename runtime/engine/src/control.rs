//! Control values: worked out at grid points and at their own breakpoints, straight lines between.
//!
//! Always true here: what is written hangs on the use alone, never on what else is in the pack, on batches or on
//! threads. A stretch where nothing moves is written once and then costs one comparison a cell.

use crate::sample::Sample;
use mixdown_layout::{CELL, ControlCode, ControlInput, ControlUse, Program, Shape, Side, TempoMap};
use std::sync::Arc;

/// Where a value goes: index of the origin's first lane in the slots, of the slope's, and which lanes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub origin: usize,
    pub slope: usize,
    pub lanes: Vec<usize>,
}

/// The uses of one node.
pub(crate) struct Controls {
    uses: Vec<Use>,
    /// Before this sample nothing moves and everything is written.
    still_until: i64,
}

struct Use {
    code: Arc<dyn ControlCode>,
    inputs: Vec<ControlInput>,
    targets: Vec<Target>,
    /// Samples no line may reach across, ascending.
    breaks: Vec<i64>,
    /// First break after the current sample.
    next_break: usize,
    /// Values at the current sample, seen from the right.
    now: Vec<f64>,
    /// Values at the end of the line, seen from the left.
    then: Vec<f64>,
    scratch: Vec<f64>,
    /// No input moves before this sample.
    held_until: i64,
    /// The held values stand in the slots.
    written: bool,
}

impl Controls {
    /// `target` says where the value of a slot of use `k` goes.
    pub(crate) fn new(
        program: &Program,
        codes: &[Arc<dyn ControlCode>],
        uses: &[(&ControlUse, Vec<Target>)],
    ) -> Controls {
        let uses: Vec<Use> = uses.iter().map(|(u, targets)| Use::new(program, codes, u, targets.clone())).collect();
        let still_until = if uses.is_empty() { i64::MAX } else { i64::MIN };
        Controls { uses, still_until }
    }

    /// Whether the slots are right for everything before sample `end` already.
    #[inline]
    pub(crate) fn still(&self, end: i64) -> bool {
        // The end itself must be free of breaks, or the values from there on would never be fetched.
        end < self.still_until
    }

    /// Writes the lines that start at `at`, which is the first sample of a cell or a break inside it.
    pub(crate) fn enter<S: Sample>(&mut self, program: &Program, at: i64, cell: i64, slots: &mut [S]) {
        let end = cell + CELL as i64;
        let mut still = i64::MAX;
        for u in &mut self.uses {
            if at == cell || u.breaks.get(u.next_break) == Some(&at) {
                u.enter(program, at, cell, end, slots);
            }
            still = still.min(if u.written { u.held_until } else { i64::MIN });
        }
        self.still_until = still;
    }

    /// The next break after `at`, or the cell's end.
    pub(crate) fn split(&self, at: i64, end: i64) -> i64 {
        self.uses.iter().map(|u| u.break_after(at)).min().map_or(end, |b| b.min(end))
    }
}

impl Use {
    fn new(program: &Program, codes: &[Arc<dyn ControlCode>], u: &ControlUse, targets: Vec<Target>) -> Use {
        let info = &program.controls[u.control as usize];
        let mut breaks: Vec<i64> = u
            .inputs
            .iter()
            .flat_map(|i| breakpoints(program, *i))
            .filter(|b| *b >= 0)
            .collect();
        breaks.sort_unstable();
        breaks.dedup();
        let mut this = Use {
            code: codes[u.control as usize].clone(),
            inputs: u.inputs.clone(),
            targets,
            breaks,
            next_break: 0,
            now: vec![0.0; info.outputs as usize],
            then: vec![0.0; info.outputs as usize],
            scratch: vec![0.0; info.inputs as usize],
            held_until: 0,
            written: false,
        };
        this.next_break = this.breaks.partition_point(|b| *b <= 0);
        this.arrive(program, 0);
        this
    }

    /// The first break after `at`; `next_break` may lag behind where nothing moved.
    fn break_after(&self, at: i64) -> i64 {
        self.breaks[self.next_break..].iter().copied().find(|b| *b > at).unwrap_or(i64::MAX)
    }

    fn enter<S: Sample>(&mut self, program: &Program, at: i64, cell: i64, end: i64, slots: &mut [S]) {
        while self.breaks.get(self.next_break).is_some_and(|b| *b <= at) {
            self.next_break += 1;
        }
        let to = self.breaks.get(self.next_break).copied().unwrap_or(i64::MAX).min(end);
        if to <= self.held_until {
            if !self.written {
                self.write(at, at, cell, slots);
                self.written = true;
            }
        } else {
            self.eval(program, to, Side::Left);
            self.write(at, to, cell, slots);
            self.written = false;
        }
        if self.breaks.get(self.next_break) == Some(&to) {
            self.arrive(program, to);
        } else if !self.written {
            std::mem::swap(&mut self.now, &mut self.then);
        }
    }

    /// Fetches the values from sample `at` on, which is 0 or a break.
    fn arrive(&mut self, program: &Program, at: i64) {
        self.eval(program, at, Side::Right);
        std::mem::swap(&mut self.now, &mut self.then);
        self.held_until = self.inputs.iter().map(|i| held_until(program, *i, at)).min().unwrap_or(i64::MAX);
        self.written = false;
    }

    /// Works out `then` at a sample.
    fn eval(&mut self, program: &Program, at: i64, side: Side) {
        for (value, input) in self.scratch.iter_mut().zip(&self.inputs) {
            *value = match *input {
                ControlInput::Const(value) => value,
                ControlInput::Curve(c) => program.curves[c as usize].eval(at, side),
                ControlInput::Seconds => at as f64 / f64::from(program.sample_rate),
                ControlInput::Beats => program.tempo.beats(at as f64 / f64::from(program.sample_rate)),
                ControlInput::LookBack(beats) => {
                    look_back(&program.tempo, at as f64 / f64::from(program.sample_rate), beats)
                }
            };
        }
        self.code.eval(&self.scratch, &mut self.then);
    }

    /// Writes the line from `now` at `at` to `then` at `to`; `to == at` writes `now` standing still. A line with
    /// an end that is not finite stands still at `now`, because no straight line leads there.
    fn write<S: Sample>(&self, at: i64, to: i64, cell: i64, slots: &mut [S]) {
        for ((target, &now), &then) in self.targets.iter().zip(&self.now).zip(&self.then) {
            let rise = if to == at || then == now { 0.0 } else { (then - now) / (to - at) as f64 };
            let (origin, slope) =
                if rise == 0.0 || !rise.is_finite() { (now, 0.0) } else { (now - (at - cell) as f64 * rise, rise) };
            for &lane in &target.lanes {
                slots[target.origin + lane] = S::from_f64(origin);
                slots[target.slope + lane] = S::from_f64(slope);
            }
        }
    }
}

/// Samples at which an input takes another turn: where the tempo changes too, and where a look back reaches that change.
fn breakpoints(program: &Program, input: ControlInput) -> Vec<i64> {
    let changes = |later: f64| -> Vec<i64> {
        let rate = f64::from(program.sample_rate);
        let at = |beat: f64| (program.tempo.seconds(beat) * rate + 0.5).floor() as i64;
        program.tempo.points.iter().skip(1).map(|p| at(p.beat + later)).collect()
    };
    match input {
        ControlInput::Curve(c) => program.curves[c as usize].breakpoints().collect(),
        ControlInput::Beats => changes(0.0),
        ControlInput::LookBack(beats) => [changes(0.0), changes(beats)].concat(),
        ControlInput::Const(_) | ControlInput::Seconds => Vec::new(),
    }
}

/// Up to which sample an input keeps the value it has from `at` on.
fn held_until(program: &Program, input: ControlInput, at: i64) -> i64 {
    match input {
        ControlInput::Const(_) => i64::MAX,
        ControlInput::LookBack(_) if program.tempo.points.len() == 1 => i64::MAX,
        ControlInput::Seconds | ControlInput::Beats | ControlInput::LookBack(_) => at,
        ControlInput::Curve(c) => {
            let segments = &program.curves[c as usize].segments;
            let next = segments.partition_point(|s| s.start <= at);
            match next.checked_sub(1).map(|i| &segments[i]) {
                None => segments.first().map_or(i64::MAX, |s| s.start),
                // Only the last segment is followed by nothing.
                Some(s) if at >= s.end => i64::MAX,
                Some(s) if s.shape == Shape::Hold => s.end,
                Some(_) => at,
            }
        }
    }
}

/// Seconds between now and `beats` ago. Inside one stretch of constant tempo it is worked out without the detour
/// over the song's beginning, so that an echo there is as exact as its tempo.
fn look_back(tempo: &TempoMap, now: f64, beats: f64) -> f64 {
    let then = tempo.beats(now) - beats;
    let i = tempo.points.partition_point(|p| p.seconds <= now).max(1) - 1;
    let from = tempo.points.partition_point(|p| p.beat <= then).max(1) - 1;
    let point = &tempo.points[i];
    let steady = i + 1 == tempo.points.len() || point.to_bpm == point.bpm;
    if i == from && steady { beats * 60.0 / point.bpm } else { now - tempo.seconds(then) }
}
