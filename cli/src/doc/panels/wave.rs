//! The moment at which it does most: for what mends, and does nothing where nothing is broken.

use super::Panel;
use crate::doc::bench::FS;
use crate::doc::listen::Pair;
use mixdown_meter::picture::{Axis, Chart, Series, Stroke};

/// Frames that are drawn.
const FRAMES: usize = 360;

/// Before and after; `None` where they are the same.
pub fn panel(pair: &Pair) -> Option<Panel> {
    let (before, after) = (pair.before.first()?, pair.after.first()?);
    let off = |i: usize| (before[i] - after[i]).abs();
    let at = (0..before.len().min(after.len())).max_by(|a, b| off(*a).total_cmp(&off(*b)).then(b.cmp(a)))?;
    if off(at) < 1e-6 {
        return None;
    }
    let from = at.saturating_sub(FRAMES / 2).min(before.len().saturating_sub(FRAMES));
    let line = |x: &[f64]| x[from..(from + FRAMES).min(x.len())].iter().enumerate().map(|(i, x)| (i as f64 / FS * 1e3, *x)).collect();
    let series = vec![Series::line("after", line(after)), Series::line("before", line(before)).drawn(Stroke::Dashed)];
    let y = Axis::around("sample", "", series.iter().flat_map(|s| &s.points).map(|p| p.1).chain([0.0]), 0.02);
    let x = Axis::linear("time", "ms", 0.0, FRAMES as f64 / FS * 1e3);
    let on = if pair.on == "example" { "its example".to_string() } else { format!("the {}", pair.on) };
    Some(Panel::new("wave", format!("The moment of {on} at which it changes most."), Chart { title: "Before and after".into(), x, y, series, cells: None }))
}
