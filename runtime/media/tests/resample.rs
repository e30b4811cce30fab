//! Sample-rate conversion: figures measured and held, length, delay, and independence of block sizes.

mod common;

use common::noise;
use mixdown_media::{Resampler, resampled_len};
use std::f64::consts::TAU;
use std::path::Path;
use std::time::Instant;

fn convert(input: &[f32], from: u32, to: u32, block: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(Path::new("test"), from, to, 1).expect("rates in range");
    let mut out = vec![Vec::new()];
    for part in input.chunks(block) {
        resampler.process(&[part], &mut out);
    }
    resampler.finish(&mut out);
    out.remove(0)
}

fn sine(frames: usize, rate: u32, frequency: f64) -> Vec<f32> {
    (0..frames).map(|frame| (TAU * frequency * frame as f64 / f64::from(rate)).sin() as f32).collect()
}

/// Fits `a sin + b cos` of a frequency to the middle of a signal; returns its amplitude and the rms of what remains.
fn fit(signal: &[f32], rate: u32, frequency: f64) -> (f64, f64) {
    let edge = signal.len() / 5;
    let wave = |frame: usize| (TAU * frequency * frame as f64 / f64::from(rate)).sin_cos();
    let (mut ss, mut cc, mut sc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (frame, sample) in signal.iter().enumerate().take(signal.len() - edge).skip(edge) {
        let ((s, c), x) = (wave(frame), f64::from(*sample));
        (ss, cc, sc, xs, xc) = (ss + s * s, cc + c * c, sc + s * c, xs + x * s, xc + x * c);
    }
    let det = ss * cc - sc * sc;
    let (a, b) = ((xs * cc - xc * sc) / det, (xc * ss - xs * sc) / det);
    let rest: f64 = (edge..signal.len() - edge).map(|frame| { let (s, c) = wave(frame); (f64::from(signal[frame]) - a * s - b * c).powi(2) }).sum();
    (a.hypot(b), (rest / (signal.len() - 2 * edge) as f64).sqrt())
}

fn db(value: f64) -> f64 {
    20.0 * value.max(1e-30).log10()
}

const PAIRS: &[(u32, u32)] = &[(44100, 48000), (48000, 44100), (96000, 44100), (44100, 96000), (22050, 48000), (48000, 192000), (192000, 48000), (11127, 48000), (48000, 11127), (32000, 44100)];

#[test]
fn passband_is_flat_and_images_are_gone() {
    for &(from, to) in PAIRS {
        let nyquist = f64::from(from.min(to)) / 2.0;
        let (mut ripple, mut image): (f64, f64) = (0.0, -300.0);
        for part in [0.01, 0.1, 0.25, 0.5, 0.7, 0.8, 0.85, 0.88, 0.89, 0.9] {
            let frequency = nyquist * part;
            let out = convert(&sine(from as usize / 4, from, frequency), from, to, 4096);
            let (gain, rest) = fit(&out, to, frequency);
            ripple = ripple.max(db(gain).abs());
            image = image.max(db(rest * 2f64.sqrt()));
        }
        println!("{from:6} -> {to:6}: ripple to 0.90 {ripple:.6} dB, worst image or alias of in-band sines {image:.1} dB");
        assert!(ripple <= 0.01, "{from} -> {to}: ripple {ripple}");
        assert!(image <= -125.0, "{from} -> {to}: image {image}");
    }
}

#[test]
fn what_lies_above_the_new_nyquist_frequency_does_not_come_back() {
    for &(from, to) in PAIRS.iter().filter(|(from, to)| from > to) {
        let (low, high) = (f64::from(to) / 2.0, f64::from(from) / 2.0);
        let mut worst: f64 = -300.0;
        for step in 0..12 {
            let frequency = low + (high - low) * (f64::from(step) + 0.02) / 12.0;
            let out = convert(&sine(from as usize / 4, from, frequency), from, to, 4096);
            let middle = &out[out.len() / 5..out.len() * 4 / 5];
            let rms = (middle.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / middle.len() as f64).sqrt();
            worst = worst.max(db(rms * 2f64.sqrt()));
        }
        println!("{from:6} -> {to:6}: worst alias {worst:.1} dB");
        assert!(worst <= -125.0, "{from} -> {to}: alias {worst}");
    }
}

#[test]
fn there_and_back_nulls() {
    for (from, to) in [(44100, 48000), (48000, 44100), (48000, 96000)] {
        // Three tones well inside the pass band.
        let frames = from as usize;
        let mut input = sine(frames, from, 997.0);
        for (sample, (a, b)) in input.iter_mut().zip(sine(frames, from, 61.7).iter().zip(sine(frames, from, 15013.0))) {
            *sample = (*sample + a + b) / 3.0;
        }
        let back = convert(&convert(&input, from, to, 4096), to, from, 4096);
        assert!(back.len() >= frames);
        let edge = frames / 10;
        let error: f64 = (edge..frames - edge).map(|frame| (f64::from(back[frame]) - f64::from(input[frame])).powi(2)).sum();
        let error = db((error / (frames - 2 * edge) as f64).sqrt());
        println!("{from} -> {to} -> {from}: difference {error:.1} dBFS rms");
        assert!(error < -120.0, "{error}");
    }
}

#[test]
fn lengths_and_instants_are_exact() {
    for &(from, to) in PAIRS {
        for frames in [0usize, 1, 2, 100, 4410, 4411, 10007] {
            let out = convert(&vec![0.25; frames], from, to, 333);
            let want = (frames as u64 * u64::from(to)).div_ceil(u64::from(from));
            assert_eq!(out.len() as u64, want, "{frames} frames {from} -> {to}");
            assert_eq!(resampled_len(frames as u64, from, to), want);
        }
        // An impulse at a time that both rates hit: its peak stands at that very frame, with mirror symmetry.
        let seconds = 1;
        let mut input = vec![0f32; from as usize * 2];
        input[from as usize * seconds] = 1.0;
        let out = convert(&input, from, to, 4096);
        let centre = to as usize * seconds;
        let peak = (0..out.len()).max_by(|a, b| out[*a].abs().total_cmp(&out[*b].abs())).expect("frames");
        assert_eq!(peak, centre, "{from} -> {to}: delay of {} frames", peak as i64 - centre as i64);
        for k in 1..50 {
            assert!((out[centre - k] - out[centre + k]).abs() < 1e-6, "{from} -> {to}: asymmetric at {k}");
        }
    }
}

#[test]
fn block_sizes_change_no_bit() {
    let input = noise(20_000, 0.9, 5);
    for (from, to) in [(44100, 48000), (48000, 44100), (11127, 48000), (96000, 8000)] {
        let want = convert(&input, from, to, 4096);
        for block in [1, 7, 64, 20_000] {
            assert!(convert(&input, from, to, block) == want, "{from} -> {to} in blocks of {block}");
        }
    }
}

#[test]
fn channels_do_not_meet() {
    let inputs: Vec<Vec<f32>> = (0..3).map(|seed| noise(9000, 0.9, seed)).collect();
    for channels in 1..=3 {
        let mut resampler = Resampler::new(Path::new("test"), 44100, 48000, channels as u32).expect("rates in range");
        let mut out = vec![Vec::new(); channels];
        let slices: Vec<&[f32]> = inputs.iter().take(channels).map(Vec::as_slice).collect();
        resampler.process(&slices, &mut out);
        resampler.finish(&mut out);
        for (channel, out) in out.iter().enumerate() {
            assert!(*out == convert(&inputs[channel], 44100, 48000, 4096), "channel {channel} of {channels}");
        }
    }
}

#[test]
fn equal_rates_pass_bit_for_bit() {
    let mut input = noise(10_000, 1.5, 9);
    input[17] = f32::MIN_POSITIVE / 8.0;
    assert!(convert(&input, 12345, 12345, 100) == input);
    // Even where they could not be converted.
    assert!(convert(&input, 200, 200, 100) == input);
}

#[test]
fn impossible_rates_are_refused_and_extreme_ones_work() {
    for (from, to) in [(999, 48000), (48000, 768_001), (0, 48000), (48000, 0)] {
        let error = Resampler::new(Path::new("x.wav"), from, to, 2).err().expect("a refusal");
        assert_eq!(error.code, "E0930");
    }
    for (from, to) in [(768_000, 1_001), (1_001, 768_000), (767_999, 1_000), (1_000, 768_000)] {
        let out = convert(&sine(from as usize / 2, from, 50.0), from, to, 4096);
        let (gain, rest) = fit(&out, to, 50.0);
        println!("{from} -> {to}: gain {:.5} dB, rest {:.1} dB", db(gain), db(rest));
        assert!(db(gain).abs() < 0.01 && db(rest) < -115.0);
    }
}

#[test]
fn a_minute_of_stereo_is_fast() {
    let input = [noise(60 * 44100, 0.5, 1), noise(60 * 44100, 0.5, 2)];
    for (from, to) in [(44100, 48000), (48000, 44100), (96000, 48000), (44100, 96000), (44056, 48000)] {
        let start = Instant::now();
        let mut resampler = Resampler::new(Path::new("test"), from, to, 2).expect("rates in range");
        let mut out = vec![Vec::new(), Vec::new()];
        let mut made = 0;
        for at in (0..input[0].len()).step_by(4096) {
            let end = input[0].len().min(at + 4096);
            resampler.process(&[&input[0][at..end], &input[1][at..end]], &mut out);
            made += out[0].len();
            out.iter_mut().for_each(Vec::clear);
        }
        println!("2 646 000 stereo frames {from} -> {to}: {:.0} ms for {made} frames", start.elapsed().as_secs_f64() * 1000.0);
        assert!(made > 0);
    }
}
