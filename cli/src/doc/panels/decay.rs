//! What comes after: echoes, tails, ringing.

use super::Panel;
use crate::doc::bench::FS;
use crate::doc::signals::db;
use crate::doc::study::{BEFORE, Paths};
use mixdown_meter::decay::t30;
use mixdown_meter::picture::{Axis, Chart, Series, Stroke};
use std::f64::consts::{SQRT_2, TAU};

/// How far down it is drawn.
const DEPTH: f64 = 72.0;
/// Columns of the picture.
const POINTS: usize = 200;

/// The response over time, and where it is dense how long each octave lasts.
pub fn panels(paths: &Paths) -> Vec<Panel> {
    let outputs = paths.outputs_joined();
    let peak = outputs.iter().flat_map(|o| &o.1).fold(0.0, |m: f64, x| m.max(x.abs()));
    if peak == 0.0 {
        return Vec::new();
    }
    let floor = peak * 10f64.powf(-DEPTH / 20.0);
    let last = outputs.iter().filter_map(|(_, x)| x.iter().rposition(|x| x.abs() > floor)).max().unwrap_or(BEFORE);
    let seconds = last.saturating_sub(BEFORE) as f64 / FS * 1.04;
    let (scale, unit) = if seconds < 0.5 { (1e3, "ms") } else { (1.0, "s") };
    let bin = (seconds * FS / POINTS as f64).max(1.0);
    let mut filled = 0;
    let lines: Vec<Vec<(f64, f64)>> = outputs.iter().map(|(_, x)| {
        let column = |k: usize| {
            let (from, to) = (BEFORE + (k as f64 * bin) as usize, BEFORE + ((k + 1) as f64 * bin) as usize);
            let loud = x.get(from..to.min(x.len())).unwrap_or_default().iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            (k as f64 * bin / FS * scale, db(loud / peak))
        };
        (0..POINTS).map(column).inspect(|p| filled += usize::from(p.1 > -DEPTH)).collect()
    }).collect();
    let dense = filled * 2 > POINTS * lines.len();
    let series = lines.into_iter().zip(&outputs).map(|(points, (name, _))| {
        let points = points.into_iter().filter(|p| dense || p.1 > -DEPTH).collect();
        Series::line(name.clone(), points).drawn(if dense { Stroke::Line } else { Stroke::Columns })
    }).collect();
    let x = Axis::linear("time", unit, 0.0, seconds * scale);
    let chart = Chart { title: "After an impulse".into(), x, y: Axis::linear("level", "dB", -DEPTH, 0.0), series, cells: None };
    let mut out = vec![Panel::new("decay", "Peak level of what follows a single sample on all inputs, against its loudest moment.", chart)];
    if dense {
        out.extend(times(&outputs[0].1[BEFORE..]));
    }
    out
}

/// RT60 of each octave.
fn times(x: &[f64]) -> Option<Panel> {
    let octaves = [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];
    let points: Vec<(f64, f64)> = octaves.into_iter().filter_map(|f| Some((f, t30(&octave(x, f), FS)?))).collect();
    if points.len() < 3 || points.iter().all(|p| p.1 < 0.1) {
        return None;
    }
    let most = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let top = Axis::around("", "s", [0.0, most].into_iter(), 0.0).ends.1;
    let chart = Chart {
        title: "Time to fall by 60 dB".into(),
        x: Axis::log("frequency", "Hz", 40.0, 20_000.0),
        y: Axis::linear("RT60", "s", 0.0, top),
        series: vec![Series::line("", points).drawn(Stroke::Area)],
        cells: None,
    };
    Some(Panel::new("times", "T30 of each octave (ISO 3382-1).", chart))
}

/// What lies in an octave: a band-pass of the RBJ cookbook, twice.
fn octave(x: &[f64], freq: f64) -> Vec<f64> {
    let w = TAU * freq / FS;
    let alpha = w.sin() / (2.0 * SQRT_2);
    let a0 = 1.0 + alpha;
    let (b, a1, a2) = (alpha / a0, -2.0 * w.cos() / a0, (1.0 - alpha) / a0);
    let once = |x: &[f64]| -> Vec<f64> {
        let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
        x.iter().map(|x| {
            let y = b * (x - x2) - a1 * y1 - a2 * y2;
            (x2, x1, y2, y1) = (x1, *x, y1, y);
            y
        }).collect()
    };
    once(&once(x))
}
