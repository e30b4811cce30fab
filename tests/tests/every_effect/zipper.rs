//! A parameter that moves leaves no trace of the grid on which it is evaluated: no lines beside a tone.

use super::{song, widths};
use mixdown_tests::library::{library, may_move, span, written};
use mixdown_tests::rig::How;
use mixdown_tests::signal::{amplitude, rms, sine};
use mixdown_analysis::types::Type;

/// Hertz between two evaluations of a curve: 48 kHz by 64 samples.
const GRID: f64 = 750.0;

#[test]
fn ramps_make_no_zipper_noise() {
    let (mut tried, mut bad) = (0, Vec::new());
    let mut worst = (-300.0, String::new());
    for known in library().iter().filter(|k| k.takes_input) {
        let x = vec![sine(997.0, 48_000.0, 60_000, 0.25); *widths(known).last().unwrap_or(&1)];
        for p in known.params.iter().filter(|p| may_move(p)) {
            let (low, high) = span(p);
            let log = matches!(p.ty, Type::Frequency | Type::Time) && low > 0.0;
            let at = |u: f64| written(p, if log { low * (high / low).powf(u) } else { low + (high - low) * u });
            let call = known.call(&[(p.name.as_str(), format!("curve linear [@0s => {}, @1.2s => {}]", at(0.3), at(0.6)))]);
            let how = How { deliver: vec!["track.t".into()], ..How::default() };
            let heard = song(known, &call, &x, 1.25).try_hear::<f32>(&how).unwrap_or_else(|e| panic!("{call}: {e}"));
            let y = &heard.strip("track.t")[0][6000..54_000];
            let tone = amplitude(y, 997.0, 48_000.0).max(0.5 * rms(y)).max(1e-3);
            // A line of the grid stands out of what is around it; what an effect itself spreads does not.
            let lines = [-1.0, 1.0, 2.0, 3.0].map(|k| {
                let at = |f: f64| amplitude(y, 997.0 + k * GRID + f, 48_000.0);
                let around = [-29.0, -13.0, -7.0, 7.0, 13.0, 29.0].map(at).into_iter().fold(0.0, f64::max);
                if at(0.0) > 3.0 * around { at(0.0) } else { 0.0 }
            });
            let level = mixdown_tests::db(lines.into_iter().fold(0.0, f64::max) / tone);
            tried += 1;
            if level > worst.0 {
                worst = (level, call.clone());
            }
            if level > -100.0 {
                bad.push(format!("{call}: {level:.1} dBc"));
            }
        }
    }
    println!("{tried} ramps: lines of the grid at most at {:.1} dBc ({})", worst.0, worst.1);
    assert!(tried > 150 && bad.is_empty(), "{}", bad.join("\n"));
}
