//! Every figure against signals whose figures are known.

use mixdown_meter::{Measurement, Meter};
use std::f64::consts::TAU;

const RATE: u32 = 48_000;

fn measure(rate: u32, channels: &[&[f32]]) -> Measurement {
    measure_in(rate, channels, 4096)
}

fn measure_in(rate: u32, channels: &[&[f32]], block: usize) -> Measurement {
    let mut meter = Meter::new(rate, channels.len() as u32).expect("a rate and channels in range");
    let frames = channels[0].len();
    for start in (0..frames).step_by(block) {
        let end = frames.min(start + block);
        let part: Vec<&[f32]> = channels.iter().map(|channel| &channel[start..end]).collect();
        meter.push(&part);
    }
    meter.finish()
}

fn sine(rate: u32, seconds: f64, frequency: f64, peak: f64) -> Vec<f32> {
    (0..(seconds * f64::from(rate)) as usize).map(|frame| (peak * (TAU * frequency * frame as f64 / f64::from(rate)).sin()) as f32).collect()
}

fn noise(frames: usize, peak: f32, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..frames)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 40) as f32 / 8388608.0 - 1.0) * peak
        })
        .collect()
}

#[track_caller]
fn near(got: Option<f64>, want: f64, tolerance: f64) {
    let got = got.expect("a figure");
    assert!((got - want).abs() <= tolerance, "{got}, should be {want} within {tolerance}");
}

#[test]
fn a_full_scale_tone_is_the_anchor_at_every_rate() {
    for rate in [44_100, 48_000, 88_200, 96_000, 192_000, 11_025] {
        let tone = sine(rate, 5.0, 997.0, 1.0);
        let mono = measure(rate, &[&tone]);
        near(mono.integrated, -3.01, 0.1);
        near(mono.momentary_max, -3.01, 0.1);
        near(mono.short_term_max, -3.01, 0.1);
        near(mono.rms, -3.01, 0.01);
        near(mono.peak, 0.0, 0.03);
        near(mono.crest, 3.01, 0.03);
        near(mono.range, 0.0, 0.1);
        let stereo = measure(rate, &[&tone, &tone]);
        near(stereo.integrated, 0.0, 0.1);
    }
}

#[test]
fn what_is_not_defined_is_none() {
    let silence = vec![0f32; RATE as usize * 5];
    let quiet = measure(RATE, &[&silence, &silence]);
    assert_eq!((quiet.integrated, quiet.range, quiet.momentary_max, quiet.short_term_max), (None, None, None, None));
    assert_eq!((quiet.true_peak, quiet.peak, quiet.rms, quiet.crest), (None, None, None, None));
    assert_eq!((quiet.correlation, quiet.mono_loss, quiet.noise_floor), (None, None, None));
    assert!(quiet.octaves.iter().chain(&quiet.third_octaves).all(|band| band.level.is_none()));
    assert_eq!(quiet.dc, [0.0, 0.0]);

    // Below 400 ms there is no loudness, but there are levels.
    let short = measure(RATE, &[&sine(RATE, 0.39, 1000.0, 0.5)]);
    assert_eq!((short.integrated, short.momentary_max, short.short_term_max, short.range), (None, None, None, None));
    near(short.peak, -6.02, 0.01);
    // Between 400 ms and 3 s there is loudness, but nothing short-term.
    let longer = measure(RATE, &[&sine(RATE, 2.9, 1000.0, 0.5)]);
    assert!(longer.integrated.is_some() && longer.momentary_max.is_some());
    assert_eq!((longer.short_term_max, longer.range), (None, None));
    // All gated: a tone at -80 LUFS.
    let faint = measure(RATE, &[&sine(RATE, 5.0, 1000.0, 1.4e-4)]);
    assert_eq!((faint.integrated, faint.range), (None, None));
    near(faint.momentary_max, -80.0, 0.3);
    // No audio at all.
    let empty = Meter::new(RATE, 2).expect("in range").finish();
    assert_eq!((empty.frames, empty.integrated, empty.peak, empty.noise_floor), (0, None, None, None));
}

#[test]
fn louder_than_full_scale_is_measured_as_it_is() {
    let loud = sine(RATE, 4.0, 1000.0, 4.0);
    let measured = measure(RATE, &[&loud, &loud]);
    near(measured.integrated, 12.04, 0.1);
    near(measured.true_peak, 12.04, 0.1);
}

#[test]
fn one_silent_side_changes_what_it_must() {
    let (tone, silence) = (sine(RATE, 4.0, 1000.0, 0.5), vec![0f32; RATE as usize * 4]);
    let measured = measure(RATE, &[&tone, &silence]);
    near(measured.integrated, -9.03, 0.1);
    assert_eq!(measured.correlation, None);
    near(measured.mono_loss, 3.01, 0.001);
}

#[test]
fn stereo_figures() {
    let (a, b) = (noise(RATE as usize * 2, 0.5, 1), noise(RATE as usize * 2, 0.5, 99));
    let minus: Vec<f32> = a.iter().map(|x| -x).collect();
    let same = measure(RATE, &[&a, &a]);
    near(same.correlation, 1.0, 1e-12);
    near(same.mono_loss, 0.0, 1e-9);
    let opposite = measure(RATE, &[&a, &minus]);
    near(opposite.correlation, -1.0, 1e-12);
    near(opposite.mono_loss, 200.0, 0.0);
    let apart = measure(RATE, &[&a, &b]);
    near(apart.correlation, 0.0, 0.02);
    near(apart.mono_loss, 3.01, 0.1);
    assert_eq!(measure(RATE, &[&a]).correlation, None);
}

#[test]
fn dc_and_bands() {
    let shifted: Vec<f32> = sine(RATE, 6.0, 1000.0, 0.5).iter().map(|x| x + 0.021).collect();
    let measured = measure(RATE, &[&shifted]);
    assert!((measured.dc[0] - 0.021).abs() < 1e-5);
    let at = |centre: f64| measured.third_octaves.iter().find(|band| band.centre == centre).expect("a band").level;
    near(at(1000.0), -9.03, 0.02);
    assert!(at(800.0).is_none_or(|level| level < -40.0) && at(4000.0).is_none_or(|level| level < -60.0));
    let octave = measured.octaves.iter().find(|band| band.centre == 1000.0).expect("a band").level;
    near(octave, -9.03, 0.02);

    // White noise: 3 dB an octave, and the bands add up to what lies in them.
    let white = measure(RATE, &[&noise(RATE as usize * 20, 0.5, 3)]);
    let level = |index: usize| white.octaves[index].level.expect("energy");
    for index in 4..9 {
        assert!((level(index + 1) - level(index) - 3.01).abs() < 0.15, "octave {index}");
    }
    let sum: f64 = white.third_octaves.iter().filter_map(|band| band.level).map(|level| 10f64.powf(level / 10.0)).sum();
    let share = (22387.2 - 17.8) / 24000.0;
    near(Some(10.0 * sum.log10()), white.rms.expect("rms") + 10.0 * f64::log10(share), 0.05);
    // A rate too low for the upper bands.
    let low = measure(22_050, &[&noise(44_100, 0.5, 3)]);
    assert!(low.third_octaves.last().expect("bands").level.is_none() && low.octaves[9].level.is_none());
    assert!(low.octaves[7].level.is_some());
}

#[test]
fn noise_floor_lies_under_the_notes() {
    // One second of tone, one of pause, over noise at -62 dBFS rms; and gaps of digital silence, which do not count.
    let frames = RATE as usize * 12;
    let hiss = noise(frames, 0.000794 * 3f32.sqrt(), 11);
    let tone = sine(RATE, 12.0, 440.0, 0.5);
    let mixed: Vec<f32> = (0..frames)
        .map(|frame| match (frame / RATE as usize) % 3 {
            0 => tone[frame] + hiss[frame],
            1 => hiss[frame],
            _ => 0.0,
        })
        .collect();
    near(measure(RATE, &[&mixed]).noise_floor, -62.0, 1.3);
}

#[test]
fn clips_are_runs_of_three() {
    let mut wave = sine(RATE, 1.0, 100.0, 0.5);
    for (start, length, value) in [(100, 2, 1.0), (200, 3, 1.0), (4094, 7, -1.0), (9000, 1, 1.0)] {
        wave[start..start + length].fill(value);
    }
    // Full on both sides in turn is no clip.
    for (frame, sample) in wave[12_000..12_010].iter_mut().enumerate() {
        *sample = if frame % 2 == 0 { 1.0 } else { -1.0 };
    }
    // Clipped to the very end.
    let end = wave.len();
    wave[end - 4..].fill(1.0);
    for block in [1, 7, 4096] {
        let measured = measure_in(RATE, &[&wave], block);
        assert_eq!((measured.clip_runs, measured.clipped_samples), (3, 14), "blocks of {block}");
        let longest = measured.longest_clip.expect("a clip");
        assert_eq!((longest.channel, longest.frame, longest.length), (0, 4094, 7));
    }
}

#[test]
fn true_peak_sees_between_samples_and_never_below_them() {
    // A quarter of the sample rate, 45 degrees off: samples at -3 dB, the wave at 0.
    let hidden: Vec<f32> = (0..RATE as usize).map(|frame| (TAU * frame as f64 / 4.0 + TAU / 8.0).sin() as f32).collect();
    let measured = measure(RATE, &[&hidden]);
    near(measured.peak, -3.01, 0.01);
    near(measured.true_peak, 0.0, 0.2);
    for seed in 0..20 {
        let mut wave = noise(3000, 0.9, seed);
        // A last sample that is the loudest must be seen as well.
        *wave.last_mut().expect("samples") = 0.95;
        let measured = measure(RATE, &[&wave]);
        assert!(measured.true_peak >= measured.peak);
        near(measured.peak, 20.0 * 0.95f64.log10(), 1e-4);
    }
}

#[test]
fn blocks_change_no_figure() {
    let (left, right) = (noise(RATE as usize * 4, 0.9, 21), noise(RATE as usize * 4, 0.4, 22));
    let want = measure_in(RATE, &[&left, &right], 4096);
    for block in [64, 997, 1_000_000] {
        assert_eq!(measure_in(RATE, &[&left, &right], block), want, "blocks of {block}");
    }
    let short = (&left[..20_000], &right[..20_000]);
    assert_eq!(measure_in(RATE, &[short.0, short.1], 1), measure_in(RATE, &[short.0, short.1], 4096));
}

#[test]
fn broken_samples_count_as_silence() {
    let mut wave = sine(RATE, 1.0, 1000.0, 0.5);
    let clean = wave.clone();
    wave[500] = f32::NAN;
    wave[40_000] = f32::NEG_INFINITY;
    let measured = measure(RATE, &[&wave]);
    assert_eq!(measured.non_finite, 2);
    near(measured.integrated, measure(RATE, &[&clean]).integrated.expect("loudness"), 0.05);
    let json = serde_json::to_string(&measured).expect("JSON");
    let back: Measurement = serde_json::from_str(&json).expect("the same");
    near(back.integrated, measured.integrated.expect("loudness"), 1e-9);
    assert_eq!((back.frames, back.clip_runs, back.third_octaves.len()), (measured.frames, 0, 31));
}

/// Loudness and true peak against another implementation, on noise that comes and goes.
#[test]
fn another_meter_says_the_same() {
    use ebur128::{EbuR128, Mode};
    for (rate, channels) in [(44_100, 1), (48_000, 2), (88_200, 2), (96_000, 1), (192_000, 2), (48_000, 5), (48_000, 6)] {
        let frames = rate as usize * 6;
        let planes: Vec<Vec<f32>> = (0..channels)
            .map(|c| {
                let gain = |n: usize| 0.05 + 0.9 * (n * (c + 2) / frames % 2) as f32 / (c + 1) as f32;
                noise(frames, 1.0, c as u64 + 7).iter().enumerate().map(|(n, x)| x * gain(n)).collect()
            })
            .collect();
        let planes: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
        let mut other = EbuR128::new(channels as u32, rate, Mode::I | Mode::TRUE_PEAK).expect("in range");
        other.add_frames_planar_f32(&planes).expect("planes");
        other.add_frames_planar_f32(&vec![[0f32; 64].as_slice(); channels]).expect("planes");
        let measured = measure(rate, &planes);
        near(measured.integrated, other.loudness_global().expect("loudness"), 0.01);
        let peak = (0..channels as u32).map(|c| other.true_peak(c).expect("a peak")).fold(0f64, f64::max);
        near(measured.true_peak, 20.0 * peak.log10(), 0.001);
    }
}

#[test]
fn impossible_meters_are_refused() {
    for (rate, channels) in [(48_000, 0), (48_000, 65), (0, 2), (u32::MAX, 2)] {
        assert!(Meter::new(rate, channels).is_err(), "{rate} Hz, {channels} channels");
    }
}

#[test]
fn loudness_is_not_defined_where_its_filter_is_not() {
    for rate in [20, 1000, 3363] {
        let m = measure(rate, &[&noise(rate as usize * 20, 0.5, 7)]);
        assert_eq!([m.integrated, m.range, m.momentary_max, m.short_term_max], [None; 4], "at {rate} Hz");
        assert!(m.peak.is_some() && m.rms.is_some() && m.true_peak.is_some(), "at {rate} Hz");
    }
    // A tone far below the shelf has nearly the same loudness at every other rate; the filter bends most at the lowest.
    let usual = measure(RATE, &[&sine(RATE, 20.0, 300.0, 0.5)]).integrated.expect("a figure");
    for rate in [mixdown_meter::LOWEST_LOUDNESS_RATE, 4000, 8000] {
        near(measure(rate, &[&sine(rate, 20.0, 300.0, 0.5)]).integrated, usual, 0.6);
    }
}
