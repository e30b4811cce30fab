//! Where a sound ends up: what an effect that only weighs the two channels does to a sound that is panned across.

use super::Panel;
use crate::doc::signals::{db, rms};
use crate::doc::study::{BEFORE, Paths};
use mixdown_meter::picture::{Axis, Chart, Series, Stroke};

/// The levels of both outputs over the place of the input; `None` where frequencies or times are treated unlike each
/// other, or where each channel is treated alone and alike.
pub fn panel(paths: &Paths) -> Option<Panel> {
    if paths.0.len() != 2 || paths.ways().len() < 2 && paths.outputs() == 2 {
        return None;
    }
    // Each way is one number: the sample at which the impulse went in.
    let late = |h: &[f64]| rms(&h[..BEFORE]).max(rms(&h[BEFORE + 1..])) > 1e-6;
    if paths.0.iter().flatten().any(|h| late(h)) {
        return None;
    }
    let weight = |input: usize, output: usize| paths.0[input].get(output).map_or(0.0, |h| h[BEFORE]);
    let names = if paths.outputs() == 1 { vec!["mono"] } else { vec!["left", "right"] };
    let place = |p: f64| ((p + 100.0) / 200.0 * std::f64::consts::FRAC_PI_2).sin_cos();
    let places = || (0..=80).map(|i| f64::from(i) * 2.5 - 100.0);
    let mut series: Vec<Series> = names.iter().enumerate().map(|(out, name)| {
        let points = places().map(|p| { let (r, l) = place(p); (p, db(l * weight(0, out) + r * weight(1, out)).max(-36.0)) });
        Series::line(*name, points.collect())
    }).collect();
    for (name, turn) in [("left before", 0), ("right before", 1)] {
        let points = places().map(|p| { let (r, l) = place(p); (p, db(if turn == 0 { l } else { r }).max(-36.0)) });
        series.push(Series::line(name, points.collect()).drawn(Stroke::Dashed));
    }
    let top = series.iter().flat_map(|s| &s.points).map(|p| p.1).fold(0.0, f64::max);
    let y = Axis::linear("level", "dB", -36.0, (top / 6.0).ceil() * 6.0);
    let chart = Chart { title: "Where a sound ends up".into(), x: Axis::linear("panned from left to right", "%", -100.0, 100.0), y, series, cells: None };
    Some(Panel::new("place", "Levels of the channels for a sound that is panned (constant power) from left to right.", chart))
}
