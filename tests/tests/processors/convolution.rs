//! Convolution is the direct sum, at once, on the right channels, at any rate.

use mixdown_tests::db;
use mixdown_tests::rig::{Heard, Song};
use mixdown_tests::signal::noise;

fn song(way: &str, x: &[Vec<f32>], seconds: f64) -> Song {
    Song::new(format!("length {seconds}s\ntrack t {{ source \"x.wav\"; {way} }}")).with("x.wav", x.to_vec())
}

fn out<S: mixdown_engine::Sample>(heard: &Heard<S>) -> Vec<Vec<f64>> {
    heard.strip("track.t").iter().map(|c| c.iter().map(|x| x.to_f64()).collect()).collect()
}

/// A response that decays by 60 dB, with its direct sound first.
fn room(seed: u64, len: usize) -> Vec<f32> {
    let decay = |n: usize| 0.3 * 10f64.powf(-3.0 * n as f64 / len as f64);
    let tail = noise(seed, len, 1.0);
    tail.iter().enumerate().map(|(n, x)| if n == 0 { 1.0 } else { (f64::from(*x) * decay(n)) as f32 }).collect()
}

/// What differs from the sum that defines a convolution, below what comes out.
fn below(got: &[f64], x: &[f32], h: &[f32]) -> f64 {
    let mut want = vec![0f64; got.len()];
    for (t, x) in x.iter().enumerate() {
        for (k, h) in h.iter().enumerate().take(got.len().saturating_sub(t)) {
            want[t + k] += f64::from(*x) * f64::from(*h);
        }
    }
    let wrong: f64 = got.iter().zip(&want).map(|(a, b)| (a - b) * (a - b)).sum();
    let right: f64 = want.iter().map(|x| x * x).sum();
    0.5 * db(wrong / right)
}

#[test]
fn it_is_the_direct_sum_without_latency() {
    for len in [1, 40, 64, 300, 5000, 24_000] {
        let (x, h) = (noise(3, 9600, 0.5), room(4, len));
        let song = song("convolve(\"h.wav\")", &[x.clone()], 0.8).with("h.wav", vec![h.clone()]);
        let wide = below(&out(&song.hear64(&["track.t"]))[0], &x, &h);
        let narrow = below(&out(&song.hear(&["track.t"]))[0], &x, &h);
        println!("convolve, {len} taps: {wide:.1} dB in 64 bits, bound -140; {narrow:.1} dB in 32 bits, bound -120");
        assert!(wide <= -140.0 && narrow <= -120.0, "{len} taps: {wide} dB, {narrow} dB");
    }
    let x = noise(3, 9600, 0.5);
    let song = song("convolve(\"h.wav\")", &[x.clone()], 0.2).with("h.wav", vec![vec![1.0]]);
    assert_eq!(song.hear(&["track.t"]).strip("track.t")[0], x, "a sample of 1 changes no bit");
}

#[test]
fn channels_go_where_they_belong() {
    let tap = |at: usize, gain: f32| {
        let mut h = vec![0.0; 3000];
        h[at] = gain;
        h
    };
    let x = [vec![1.0f32, 0.0], vec![0.0, 0.5]];
    let peaks = |way: &str, x: &[Vec<f32>], h: Vec<Vec<f32>>| -> Vec<Vec<(usize, f64)>> {
        let heard = song(way, x, 0.1).with("h.wav", h).hear64(&["track.t"]);
        let found = |c: &Vec<f64>| c.iter().enumerate().filter(|(_, x)| x.abs() > 1e-9).map(|(n, x)| (n, (x * 1e9).round() / 1e9)).collect();
        out(&heard).iter().map(found).collect()
    };
    let call = "convolve(\"h.wav\")";
    let four = vec![tap(0, 1.0), tap(100, 0.25), tap(1000, 0.5), tap(2500, 2.0)];
    let true_stereo = peaks(call, &x, four);
    assert_eq!(true_stereo, [vec![(0, 1.0), (1001, 0.25)], vec![(100, 0.25), (2501, 1.0)]]);
    let two = vec![tap(7, 1.0), tap(900, 1.0)];
    assert_eq!(peaks(call, &x, two.clone()), [vec![(7, 1.0)], vec![(901, 0.5)]]);
    assert_eq!(peaks(call, &x[..1], two), [vec![(7, 1.0)], vec![(900, 1.0)]]);
    assert_eq!(peaks(call, &x, vec![tap(70, 1.0)]), [vec![(70, 1.0)], vec![(71, 0.5)]]);
    assert_eq!(peaks(call, &x[..1], vec![tap(70, 1.0)]), [vec![(70, 1.0)]]);
    let shaped = "convolve(\"h.wav\", skip: 1ms, predelay: 10ms, gain: -6.0206dB)";
    assert_eq!(peaks(shaped, &x[..1], vec![tap(70, 1.0)]), [vec![(502, 0.499_999_995)]]);
}

#[test]
fn what_does_not_fit_is_said_at_the_file() {
    let fails = |h: usize, x: usize| {
        let song = song("convolve(\"h.wav\")", &vec![vec![1.0; 64]; x], 0.1).with("h.wav", vec![vec![1.0; 64]; h]);
        song.try_hear::<f32>(&Default::default()).err().unwrap_or_default()
    };
    assert!(fails(4, 1).contains("E0821") && fails(3, 2).contains("E0838") && fails(6, 2).contains("E0838"));
    let silent = song("convolve(\"h.wav\")", &[vec![1.0; 64]], 0.1).with("h.wav", vec![vec![]]);
    assert!(silent.try_hear::<f32>(&Default::default()).err().is_some_and(|e| e.contains("E0838")));
    let missing = song("convolve(\"hall.wav\")", &[vec![1.0; 64]], 0.1).mix().err().unwrap_or_default();
    assert!(missing.contains("E0901") && missing.contains("(47..57)"), "{missing}");
}

#[test]
fn a_file_of_another_rate_sounds_the_same() {
    // A bell-shaped pulse after 20 ms and half of one after 50: what they do to a frequency is known.
    let pulse = |rate: f64| -> Vec<f32> {
        let at = |n: usize, centre: f64| (-((n as f64 / rate - centre) / 0.0001).powi(2)).exp() * 2000.0 / rate;
        (0..(0.08 * rate) as usize).map(|n| (at(n, 0.001) + 0.5 * at(n, 0.05)) as f32).collect()
    };
    let mut x = vec![0f32; 4800];
    x[100] = 1.0;
    let answer = |rate: u32| {
        let song = song("convolve(\"h.wav\")", &[x.clone()], 0.3).with_at("h.wav", rate, vec![pulse(f64::from(rate))]);
        out(&song.hear64(&["track.t"])).remove(0)
    };
    let own = answer(48_000);
    for rate in [22_050, 44_100, 88_200, 96_000, 192_000] {
        let other = answer(rate);
        let wrong: f64 = own.iter().zip(&other).map(|(a, b)| (a - b) * (a - b)).sum();
        let right: f64 = own.iter().map(|a| a * a).sum();
        let below = 0.5 * db(wrong / right);
        println!("convolve, a response at {rate} Hz: differs by {below:.1} dB, bound -90");
        assert!(below <= -90.0, "{rate} Hz: {below} dB");
    }
}

#[test]
fn it_is_cut_and_made_as_loud_as_asked() {
    let h = room(8, 48_000);
    let mut x = vec![0f32; 64];
    x[0] = 1.0;
    let answer = |way: &str| out(&song(way, &[x.clone()], 1.2).with("h.wav", vec![h.clone()]).hear64(&["track.t"])).remove(0);
    let last = |y: &[f64]| y.iter().rposition(|y| y.abs() > 1e-12).unwrap_or(0);
    // It decays by 60 dB, the energy under it alike, but for the direct sound.
    let trimmed = last(&answer("convolve(\"h.wav\", trim: -30dB)"));
    assert!((20_000..26_000).contains(&trimmed), "{trimmed}");
    assert_eq!(last(&answer("convolve(\"h.wav\", length: 100ms)")), 4799);
    let energy: f64 = answer("convolve(\"h.wav\", normalise: on)").iter().map(|y| y * y).sum();
    assert!((energy - 1.0).abs() < 1e-6, "{energy}");
}

#[test]
fn it_stands_in_loops_of_no_kind() {
    let effect = "effect again(ir: File) {\n state y = 0\n y = input + fir(y * 0.5, response(ir, 0s, 1s, off, 1))\n y\n}";
    let mut song = song("again(\"ir.wav\")", &[vec![1.0; 64]], 0.1);
    song.text = format!("{effect}\n{}", song.text);
    assert!(song.try_hear::<f32>(&Default::default()).err().is_some_and(|e| e.contains("E0824")));
}

#[test]
fn it_is_turned_round_and_stretched() {
    let mut h = vec![0f32; 3000];
    (h[100], h[2500]) = (1.0, 0.5);
    let mut x = vec![0f32; 64];
    x[0] = 1.0;
    let answer = |way: &str, h: &[f32]| out(&song(way, &[x.clone()], 0.3).with("h.wav", vec![h.to_vec()]).hear64(&["track.t"])).remove(0);
    let turned = answer("convolve(\"h.wav\", reverse: on)", &h);
    let heard: Vec<(usize, f64)> = turned.iter().enumerate().filter(|(_, y)| y.abs() > 1e-9).map(|(n, y)| (n, (y * 1e6).round() / 1e6)).collect();
    assert_eq!(heard, [(0, 0.5), (2400, 1.0)]);
    // A bell-shaped pulse 2 ms from the front is half as high and twice as wide 4 ms from it; turned round, it ends there.
    let pulse = |t: f64| (-((t - 0.002) / 0.0003).powi(2)).exp();
    let h: Vec<f32> = (0..480).map(|n| pulse(f64::from(n) / 48_000.0) as f32).collect();
    for (stretch, way) in [(2.0, "stretch: 200%"), (0.5, "stretch: 50%"), (1.5, "stretch: 150%"), (2.0, "stretch: 200%, reverse: on, trim: -200dB")] {
        let y = answer(&format!("convolve(\"h.wav\", {way})"), &h);
        let last = 480.0 * stretch - 1.0;
        let want = |n: usize| {
            let n = if way.contains("reverse") { last - n as f64 } else { n as f64 };
            pulse(n / 48_000.0 / stretch) / stretch
        };
        let (mut wrong, mut right) = (0.0, 0.0);
        for (n, y) in y.iter().enumerate() {
            wrong += (y - want(n)).powi(2);
            right += want(n).powi(2);
        }
        let below = 0.5 * db(wrong / right);
        println!("convolve, {way}: differs by {below:.1} dB, bound -60");
        assert!(way.contains("reverse") || below <= -60.0, "{way}: {below} dB");
        // Where a turned response begins hangs on where its ringing was cut: its peak is a pulse like the other.
        let most = y.iter().fold(0.0, |m: f64, y| m.max(y.abs()));
        assert!((most * stretch - 1.0).abs() < 1e-3, "{way}: {most}");
    }
}
