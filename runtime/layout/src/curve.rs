//! Curves and the tempo map as the engine evaluates them: breakpoints in samples, values in the parameter's
//! own unit, 64-bit.

use serde::{Deserialize, Serialize};

/// How a segment moves from its first to its last value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Stays at `from`.
    Hold,
    /// Straight in the unit of the value.
    Linear,
    /// Equal ratios; both ends have one sign and are not zero.
    Exp,
    /// `3u² - 2u³`.
    Smooth,
    /// For decibels where one end is minus infinity: straight in amplitude, result in decibels.
    Amplitude,
}

/// A piece of a curve over `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// First timeline sample.
    pub start: i64,
    /// One past the last; the value `to` is reached at `end`.
    pub end: i64,
    /// Value at `start`.
    #[serde(with = "crate::infinite")]
    pub from: f64,
    /// Value at `end`.
    #[serde(with = "crate::infinite")]
    pub to: f64,
    /// The way between.
    pub shape: Shape,
}

/// From which side a step is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The value just before the sample: what a ramp that ends here reaches.
    Left,
    /// The value from the sample on.
    Right,
}

/// A curve on the timeline: segments in order without gaps; before the first stands `before`, after the last
/// its `to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Value before the first segment.
    #[serde(with = "crate::infinite")]
    pub before: f64,
    /// The pieces; each starts where the one before ends.
    pub segments: Vec<Segment>,
}

impl Curve {
    /// The value at a timeline sample.
    pub fn eval(&self, at: i64, side: Side) -> f64 {
        let mut value = [0.0];
        self.fill(at, 0, side, &mut value);
        value[0]
    }

    /// The values at a timeline sample and at those that follow in equal steps.
    pub fn fill(&self, first: i64, step: i64, side: Side, values: &mut [f64]) {
        let before = |at: i64| {
            let key = if side == Side::Left { at - 1 } else { at };
            move |s: &Segment| s.start <= key
        };
        let mut next = self.segments.partition_point(before(first));
        let mut at = first;
        for value in values {
            while self.segments.get(next).is_some_and(before(at)) {
                next += 1;
            }
            *value = match next.checked_sub(1).and_then(|i| self.segments.get(i)) {
                Some(segment) => segment.eval(at),
                None => self.before,
            };
            at += step;
        }
    }

    /// Samples at which a straight ramp must not reach across: ends of segments.
    pub fn breakpoints(&self) -> impl Iterator<Item = i64> + '_ {
        self.segments.iter().flat_map(|s| [s.start, s.end])
    }
}

impl Segment {
    fn eval(&self, at: i64) -> f64 {
        if self.shape == Shape::Hold {
            return self.from;
        }
        if at >= self.end {
            return self.to;
        }
        let u = (at - self.start) as f64 / (self.end - self.start) as f64;
        match self.shape {
            Shape::Hold => self.from,
            Shape::Linear => self.from + (self.to - self.from) * u,
            Shape::Exp => self.from * libm::pow(self.to / self.from, u),
            Shape::Smooth => self.from + (self.to - self.from) * (u * u * (3.0 - 2.0 * u)),
            Shape::Amplitude => {
                let a = amplitude(self.from);
                let b = amplitude(self.to);
                20.0 * libm::log10(a + (b - a) * u)
            }
        }
    }
}

fn amplitude(db: f64) -> f64 {
    if db == f64::NEG_INFINITY { 0.0 } else { libm::pow(10.0, db / 20.0) }
}

/// One point of the tempo map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TempoPoint {
    /// Beats (quarter notes are counted by the signature's own unit) since `@1`.
    pub beat: f64,
    /// Seconds since sample 0.
    pub seconds: f64,
    /// Tempo from here, beats a minute.
    pub bpm: f64,
    /// Tempo reached at the next point, linear over beats; equal to `bpm` where it is constant.
    pub to_bpm: f64,
}

/// Beats to seconds and back. Constant before the first and after the last point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TempoMap {
    /// In ascending order, never empty; the first is `@1`.
    pub points: Vec<TempoPoint>,
}

impl TempoMap {
    /// A song of one tempo whose `@1` stands at `offset` seconds.
    pub fn constant(bpm: f64, offset: f64) -> Self {
        TempoMap { points: vec![TempoPoint { beat: 0.0, seconds: offset, bpm, to_bpm: bpm }] }
    }

    /// Seconds since sample 0 of a beat since `@1`.
    pub fn seconds(&self, beat: f64) -> f64 {
        let i = self.points.partition_point(|p| p.beat <= beat).max(1) - 1;
        let p = &self.points[i];
        let slope = self.slope(i, beat - p.beat);
        let b = beat - p.beat;
        if slope == 0.0 {
            return p.seconds + b * 60.0 / p.bpm;
        }
        p.seconds + 60.0 / slope * libm::log1p(b * slope / p.bpm)
    }

    /// Beats since `@1` of seconds since sample 0.
    pub fn beats(&self, seconds: f64) -> f64 {
        let i = self.points.partition_point(|p| p.seconds <= seconds).max(1) - 1;
        let p = &self.points[i];
        let t = seconds - p.seconds;
        let slope = self.slope(i, t);
        if slope == 0.0 {
            return p.beat + t * p.bpm / 60.0;
        }
        p.beat + p.bpm / slope * libm::expm1(t * slope / 60.0)
    }

    /// Change of bpm a beat inside the segment that starts at point `i`; zero outside the map.
    fn slope(&self, i: usize, into: f64) -> f64 {
        match self.points.get(i + 1) {
            Some(next) if into >= 0.0 && next.beat > self.points[i].beat => {
                (self.points[i].to_bpm - self.points[i].bpm) / (next.beat - self.points[i].beat)
            }
            _ => 0.0,
        }
    }
}
