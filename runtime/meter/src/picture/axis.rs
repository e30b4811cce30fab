//! Axes: where a value lies, and which values are written beside them.

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By ratios.
    Log,
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub label: String,
    /// In which unit; empty for plain numbers.
    pub unit: String,
    /// How values lie.
    pub scale: Scale,
    /// First and last value.
    pub ends: (f64, f64),
}

impl Axis {
    /// An even axis.
    pub fn linear(label: &str, unit: &str, from: f64, to: f64) -> Axis {
        Axis { label: label.into(), unit: unit.into(), scale: Scale::Linear, ends: (from, to) }
    }

    /// An axis of ratios; its ends are positive.
    pub fn log(label: &str, unit: &str, from: f64, to: f64) -> Axis {
        Axis { label: label.into(), unit: unit.into(), scale: Scale::Log, ends: (from, to) }
    }

    /// An even axis that holds all of `values`, at least `least` wide, its ends at round numbers.
    pub fn around(label: &str, unit: &str, values: impl Iterator<Item = f64>, least: f64) -> Axis {
        let finite = values.filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
        let more = ((least - (high - low)) / 2.0).max((high - low) * 0.06);
        let (low, high) = (low - more, high + more);
        let step = step((high - low) / 4.0, unit);
        Axis::linear(label, unit, (low / step).floor() * step, (high / step).ceil() * step)
    }

    /// Where a value lies: 0 at the first, 1 at the last; held there beyond.
    pub fn place(&self, value: f64) -> f64 {
        let (from, to) = self.ends;
        let at = match self.scale {
            Scale::Linear => (value - from) / (to - from),
            Scale::Log => (value / from).ln() / (to / from).ln(),
        };
        at.clamp(0.0, 1.0)
    }

    /// Values with a line, each with what is written there; empty where only the line is.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let (from, to) = self.ends;
        if self.scale == Scale::Log {
            let decades = (to / from).log10();
            let mut all = Vec::new();
            let mut power = 10f64.powf(from.log10().floor());
            while power <= to {
                for k in [1.0, 2.0, 5.0] {
                    let v = power * k;
                    if v >= from * 0.999 && v <= to * 1.001 {
                        let written = k == 1.0 || decades < 2.1 || decades < 3.1 && v <= from * 1.001 || v >= to * 0.999;
                        all.push((v, if written { number(v) } else { String::new() }));
                    }
                }
                power *= 10.0;
            }
            return all;
        }
        let step = step((to - from) / most as f64, &self.unit);
        let first = (from / step - 1e-9).ceil() as i64;
        let last = (to / step + 1e-9).floor() as i64;
        (first..=last).map(|i| (i as f64 * step, number(i as f64 * step))).collect()
    }
}

/// The next round step that is not under `least`.
fn step(least: f64, unit: &str) -> f64 {
    let least = least.max(1e-12);
    let steps: &[f64] = match unit {
        "dB" | "dBFS" if least > 1.0 => &[2.0, 3.0, 6.0, 12.0, 20.0, 24.0, 40.0],
        "°" if least > 10.0 => &[45.0, 90.0, 180.0, 360.0, 720.0],
        _ => &[],
    };
    if let Some(step) = steps.iter().find(|s| **s >= least) {
        return *step;
    }
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].iter().map(|k| k * power).find(|s| *s >= least * 0.999).unwrap_or(power * 10.0)
}

/// A number as short as it can be said: `20`, `1k`, `-0.5`.
pub(super) fn number(v: f64) -> String {
    let (v, thousand) = if v.abs() >= 999.5 { (v / 1000.0, "k") } else { (v, "") };
    let places = match v.abs() {
        x if x >= 99.5 => 0,
        x if x >= 0.995 => 2,
        x if x >= 0.0995 => 3,
        _ => 5,
    };
    let text = format!("{v:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let text = if text == "-0" { "0" } else { text };
    format!("{}{thousand}", text.replace('-', "\u{2212}"))
}

#[cfg(test)]
mod tests {
    use super::{Axis, number};

    #[test]
    fn ends_and_steps_are_round() {
        let axis = Axis::around("gain", "dB", [-2.9, 0.1].into_iter(), 6.0);
        assert_eq!(axis.ends, (-6.0, 2.0));
        assert_eq!(axis.ticks(5).iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), ["−6", "−4", "−2", "0", "2"]);
        assert_eq!(Axis::around("gain", "dB", std::iter::empty(), 6.0).ends, (-4.0, 4.0));
    }

    #[test]
    fn frequencies_are_written_at_the_decades_and_ends() {
        let written: Vec<String> = Axis::log("frequency", "Hz", 20.0, 20_000.0).ticks(5).into_iter().map(|t| t.1).filter(|t| !t.is_empty()).collect();
        assert_eq!(written, ["20", "100", "1k", "10k", "20k"]);
        assert_eq!(Axis::log("f", "Hz", 20.0, 20_000.0).place(20.0), 0.0);
        assert!((Axis::log("f", "Hz", 10.0, 1000.0).place(100.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn numbers_are_short() {
        for (v, want) in [(0.0, "0"), (-0.0, "0"), (20.0, "20"), (1000.0, "1k"), (-0.5, "−0.5"), (1250.0, "1.25k"), (0.002, "0.002")] {
            assert_eq!(number(v), want);
        }
    }
}
