//! Up and down again: what stays, what goes, and how late it is.

mod common;

use common::build::{Build, at};
use common::{noise, options, render};
use mixdown_engine::Sample;
use mixdown_layout::resample_latency;
use std::sync::{Arc, Mutex};

/// Up and down by `factor`, both latencies undone; at the mix's rate.
fn round_trip<S: Sample>(factor: u32, signal: &[f64]) -> Vec<f64> {
    let mut b = Build::<S>::new();
    let x = b.source(vec![signal.iter().map(|x| S::from_f64(*x)).collect()])[0];
    let up = b.up(factor, at(x, 0));
    let late = resample_latency(factor);
    let down = b.down(factor, at(up, late));
    b.deliver("out", &[at(down, late)]);
    b.program.length = Some(signal.len() as u64);
    let (out, _) = render(&mut b.engine(options(1, 512)).unwrap());
    out[0].iter().map(|x| x.to_f64()).collect()
}

fn sine(f: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| (2.0 * std::f64::consts::PI * f * i as f64).sin()).collect()
}

#[test]
fn the_audible_band_comes_back_within_minus_100_db() {
    for factor in [2, 4, 8, 16] {
        for f in [0.001, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4] {
            let signal = sine(f, 4000);
            for out in [round_trip::<f64>(factor, &signal), round_trip::<f32>(factor, &signal)] {
                let worst = (200..3800).map(|i| (out[i] - signal[i]).abs()).fold(0.0, f64::max);
                assert!(worst < 1e-5, "{worst} at {f} fs, factor {factor}");
            }
        }
    }
}

#[test]
fn upsampling_keeps_every_sample_and_fills_in_between() {
    let signal = noise(5, 700);
    for factor in [2u32, 4, 8, 16] {
        let mut b = Build::<f32>::new();
        let x = b.source(vec![signal.clone()])[0];
        let up = b.up(factor, at(x, 0));
        // A kernel at the region's rate that keeps what it hears at the mix's instants.
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keeper = kept.clone();
        let mut info = common::toy::info("keep", mixdown_layout::Packing::Instances, &[1], &[1]);
        info.factor = factor;
        let k = b.kernel(common::toy::custom(info, move |s| {
            if s.time.is_multiple_of(u64::from(factor)) {
                keeper.lock().unwrap().push(s.input(0, 0));
            }
            s.output(0, 0, s.input(0, 0));
        }));
        let heard = b.run(k, &[at(up, resample_latency(factor))], &[])[0];
        let down = b.down(factor, at(heard, 0));
        b.deliver("out", &[at(down, resample_latency(factor))]);
        b.program.length = Some(700);
        render(&mut b.engine(options(1, 100)).unwrap());
        // Of the pack's lanes the first one is the stream.
        let kept: Vec<f32> = kept.lock().unwrap().iter().copied().step_by(mixdown_layout::LANES).collect();
        assert!(kept.len() >= 700 && kept.iter().zip(&signal).all(|(y, x)| y == x), "factor {factor}");
    }
}

#[test]
fn a_constant_stays_one() {
    for factor in [2, 4, 8, 16] {
        let out = round_trip::<f64>(factor, &[1.0; 2000]);
        let worst = out[200..1800].iter().map(|x| (x - 1.0).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-12, "{worst}, factor {factor}");
        let out = round_trip::<f32>(factor, &[1.0; 2000]);
        let worst = out[200..1800].iter().map(|x| (x - 1.0).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-6, "{worst}, factor {factor}");
    }
}

#[test]
fn what_would_fold_back_is_stopped() {
    // A square made at 4 times the rate from a sine at 0.3 fs: its third harmonic at 0.9 fs would fold to 0.1 fs.
    let n = 8192;
    let signal = sine(0.3, n);
    let mut b = Build::<f64>::new();
    let x = b.source(vec![signal])[0];
    let up = b.up(8, at(x, 0));
    let mut info = common::toy::info("cube", mixdown_layout::Packing::Instances, &[1], &[1]);
    info.factor = 8;
    let k = b.kernel(common::toy::custom(info, |s| s.output(0, 0, s.input(0, 0) * s.input(0, 0) * s.input(0, 0))));
    let cubed = b.run(k, &[at(up, resample_latency(8))], &[])[0];
    let down = b.down(8, at(cubed, 0));
    b.deliver("out", &[at(down, resample_latency(8))]);
    b.program.length = Some(n as u64);
    let (out, _) = render(&mut b.engine(options(1, 512)).unwrap());
    // Hann-windowed level at 0.1 fs.
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (i, x) in out[0][1000..7000].iter().enumerate() {
        let w = 0.5 - 0.5 * (2.0 * std::f64::consts::PI * i as f64 / 6000.0).cos();
        let angle = 2.0 * std::f64::consts::PI * 0.1 * i as f64;
        re += w * x * angle.cos();
        im += w * x * angle.sin();
        sum += w;
    }
    let db = 20.0 * (2.0 * (re * re + im * im).sqrt() / sum).log10();
    assert!(db < -100.0, "{db} dB");
}
