//! The processors of the library against a table of expected values (`processors/expected.tsv`): formulas, standards,
//! and what their texts promise. Prints a line a row: what was measured, the bound, the margin, and what a frame costs.

#[path = "processors/convolution.rs"]
mod convolution;
#[path = "processors/measure.rs"]
mod measure;
#[path = "processors/repair.rs"]
mod repair;
#[path = "processors/spectra.rs"]
mod spectra;
#[path = "processors/tails.rs"]
mod tails;

use measure::{cost, measure, possible};
use std::collections::BTreeSet;

/// What a row asks for.
enum Bound {
    About(f64, f64),
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    fn read(want: &str, tolerance: &str) -> Bound {
        let number = |x: &str| x.trim().parse().unwrap_or_else(|_| panic!("`{x}` is no number"));
        match (want.strip_prefix("<="), want.strip_prefix(">=")) {
            (Some(most), _) => Bound::AtMost(number(most)),
            (_, Some(least)) => Bound::AtLeast(number(least)),
            _ => Bound::About(number(want), number(tolerance)),
        }
    }

    /// How far inside the bound a value lies; negative outside.
    fn margin(&self, got: f64) -> f64 {
        match self {
            Bound::About(want, tolerance) => tolerance - (got - want).abs(),
            Bound::AtMost(most) => most - got,
            Bound::AtLeast(least) => got - least,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bound::About(want, tolerance) => write!(f, "{want:.4} ± {tolerance}"),
            Bound::AtMost(most) => write!(f, "<= {most}"),
            Bound::AtLeast(least) => write!(f, ">= {least}"),
        }
    }
}

#[test]
fn every_row_of_the_table_holds() {
    let mut bad = Vec::new();
    let (mut rows, mut timed) = (0, BTreeSet::new());
    for line in include_str!("processors/expected.tsv").lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [processor, what, way, numbers, want, tolerance] = fields[..] else { panic!("not six fields: {line}") };
        let numbers: Vec<f64> = numbers.split_whitespace().map(|x| x.parse().expect("a number")).collect();
        let bound = Bound::read(want, tolerance);
        if !possible(way) {
            continue;
        }
        let got = measure(what, way, &numbers);
        // A value that is met exactly may have a tolerance of nothing.
        let margin = bound.margin(got);
        let shown = format!("{processor:18} {what:10} {numbers:?} is {got:.4}, wanted {bound}, margin {margin:.4}");
        // Once a way.
        let nanoseconds = if timed.insert(way) { format!(", {:.1} ns a stereo frame", cost(way)) } else { String::new() };
        println!("{shown}{nanoseconds}");
        if !(margin >= -1e-9) {
            bad.push(format!("{shown}: {way}"));
        }
        rows += 1;
    }
    assert!(rows > 150 && bad.is_empty(), "{rows} rows\n{}", bad.join("\n"));
}

#[test]
fn the_heaviest_reverb_runs_at_three_hundred_times_real_time() {
    let all = ["plate()", "hall()", "room()", "spring()", "hall(decay: 10s, modulation: 100%)", "plate(decay: 10s, modulation: 100%)"];
    let costs = all.map(|way| ((0..3).map(|_| cost(way)).fold(f64::INFINITY, f64::min), way));
    for (cost, way) in costs {
        println!("{way}: {cost:.1} ns a stereo frame, {:.0} times real time at 48 kHz", 1e9 / cost / 48_000.0);
    }
    let (worst, way) = costs.into_iter().fold((0.0, ""), |m, c| if c.0 > m.0 { c } else { m });
    assert!(1e9 / worst / 48_000.0 >= 300.0, "{way}: {worst} ns");
}
