//! Control values: worked out at grid points and at their own breakpoints, straight lines between.
//!
//! Always true here: what is written hangs on the use alone, never on what else is in the pack, on batches or on
//! threads. A stretch where nothing moves is written once and then costs one comparison a cell. Where something does,
//! the next few grid points are worked out together, none beyond the next breakpoint.

use crate::sample::Sample;
use mixdown_layout::{CELL, ControlCode, ControlInput, ControlUse, POINTS, Program, Shape, Side, TempoMap};
use std::sync::Arc;

/// Where a value goes: index of the origin's first lane in the slots, of the slope's, and which lanes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub origin: usize,
    pub slope: usize,
    pub lanes: Vec<usize>,
}

impl Target {
    fn write<S: Sample>(&self, origin: f64, slope: f64, slots: &mut [S]) {
        for &lane in &self.lanes {
            slots[self.origin + lane] = S::from_f64(origin);
            slots[self.slope + lane] = S::from_f64(slope);
        }
    }
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
    /// First break after the current sample; it may lag behind where nothing moved.
    next_break: usize,
    /// Values at the current sample, seen from the right.
    now: Vec<f64>,
    /// Points that were worked out ahead, as rows of [`POINTS`] values.
    ahead: Vec<f64>,
    /// The same of what they were worked out from.
    from: Vec<f64>,
    /// Sample of the first of these points, seen from the left, and how many there are.
    first: i64,
    points: usize,
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

    /// Writes the lines that start at `at`, which is the first sample of a cell or a break inside it. Answers the next
    /// break, or the cell's end.
    pub(crate) fn enter<S: Sample>(&mut self, program: &Program, at: i64, cell: i64, slots: &mut [S]) -> i64 {
        let end = cell + CELL as i64;
        let (mut still, mut next) = (i64::MAX, end);
        for u in &mut self.uses {
            if at == cell || u.next_break() == at {
                u.enter(program, at, cell, end, slots);
            }
            still = still.min(if u.written { u.held_until } else { i64::MIN });
            next = next.min(u.next_break());
        }
        self.still_until = still;
        next
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
            ahead: vec![0.0; info.outputs as usize * POINTS],
            from: vec![0.0; info.inputs as usize * POINTS],
            first: 0,
            points: 0,
            held_until: 0,
            written: false,
        };
        this.next_break = this.breaks.partition_point(|b| *b <= 0);
        this.arrive(program, 0);
        this
    }

    fn next_break(&self) -> i64 {
        self.breaks.get(self.next_break).copied().unwrap_or(i64::MAX)
    }

    fn enter<S: Sample>(&mut self, program: &Program, at: i64, cell: i64, end: i64, slots: &mut [S]) {
        while self.next_break() <= at {
            self.next_break += 1;
        }
        let to = self.next_break().min(end);
        if to > self.held_until {
            let point = self.point(program, to);
            self.write_line(point, at, to, cell, slots);
            self.written = false;
        } else if !self.written {
            self.write_still(slots);
            self.written = true;
        }
        if self.next_break() == to {
            self.arrive(program, to);
        }
    }

    /// Fetches the values from sample `at` on, which is 0 or a break.
    fn arrive(&mut self, program: &Program, at: i64) {
        self.eval(program, at, 1, Side::Right);
        for (now, row) in self.now.iter_mut().zip(self.ahead.chunks_exact(POINTS)) {
            *now = row[0];
        }
        self.held_until = self.inputs.iter().map(|i| held_until(program, *i, at)).min().unwrap_or(i64::MAX);
        self.written = false;
    }

    /// Which of the points worked out ahead is at sample `to`, the end of a cell or the next break. Points that are not
    /// there yet are worked out with those of the cells that follow.
    fn point(&mut self, program: &Program, to: i64) -> usize {
        let point = (to - self.first) / CELL as i64;
        if self.first + point * CELL as i64 == to && (0..self.points as i64).contains(&point) {
            return point as usize;
        }
        let cells = (self.next_break() - to) / CELL as i64;
        // Only from the grid does the grid follow.
        let more = if to % CELL as i64 == 0 { cells.min(POINTS as i64 - 1) as usize } else { 0 };
        self.eval(program, to, 1 + more, Side::Left);
        0
    }

    /// Works out some points from sample `at` on, a cell apart.
    fn eval(&mut self, program: &Program, at: i64, points: usize, side: Side) {
        (self.first, self.points) = (at, if side == Side::Left { points } else { 0 });
        let rate = f64::from(program.sample_rate);
        for (row, input) in self.from.chunks_exact_mut(POINTS).zip(&self.inputs) {
            let row = &mut row[..points];
            let mut from_seconds = |value: &dyn Fn(f64) -> f64| {
                let seconds = (0..).map(|point: i64| (at + point * CELL as i64) as f64 / rate);
                row.iter_mut().zip(seconds).for_each(|(to, seconds)| *to = value(seconds));
            };
            match *input {
                ControlInput::Const(value) => row.fill(value),
                ControlInput::Curve(c) => program.curves[c as usize].fill(at, CELL as i64, side, row),
                ControlInput::Seconds => from_seconds(&|seconds| seconds),
                ControlInput::Beats => from_seconds(&|seconds| program.tempo.beats(seconds)),
                ControlInput::LookBack(beats) => from_seconds(&|seconds| look_back(&program.tempo, seconds, beats)),
            }
        }
        self.code.eval(points, &self.from, &mut self.ahead);
    }

    /// Writes the line from `now` at `at` to a point at `to`, which then is `now`. A line with an end that is not finite
    /// stands still at `now`, because no straight line leads there.
    fn write_line<S: Sample>(&mut self, point: usize, at: i64, to: i64, cell: i64, slots: &mut [S]) {
        let values = self.now.iter_mut().zip(self.ahead.chunks_exact(POINTS));
        for (target, (now, row)) in self.targets.iter().zip(values) {
            let then = row[point];
            let rise = if then == *now { 0.0 } else { (then - *now) / (to - at) as f64 };
            let (origin, slope) =
                if rise == 0.0 || !rise.is_finite() { (*now, 0.0) } else { (*now - (at - cell) as f64 * rise, rise) };
            target.write(origin, slope, slots);
            *now = then;
        }
    }

    /// Writes `now` standing still.
    fn write_still<S: Sample>(&self, slots: &mut [S]) {
        for (target, &now) in self.targets.iter().zip(&self.now) {
            target.write(now, 0.0, slots);
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
