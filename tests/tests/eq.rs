//! The 42 cookbook filters: magnitude at eleven frequencies and the first samples of the impulse response.

use mixdown_tests::{Project, db, shared};
use serde_json::Value;

fn line(case: &Value) -> String {
    let n = |k: &str| case[k].as_f64().expect("a number");
    let f = n("f");
    let q = |case: &Value| match case["q"].as_f64() {
        Some(q) => q,
        None => {
            // A shelf by slope: 1/Q = sqrt((A + 1/A)(1/S - 1) + 2), Audio EQ Cookbook.
            let a = 10f64.powf(n("g") / 40.0);
            let s = case["s"].as_f64().or(case["slope"].as_f64()).expect("q or slope");
            1.0 / ((a + 1.0 / a) * (1.0 / s - 1.0) + 2.0).sqrt()
        }
    };
    let q = q(case);
    match case["kind"].as_str().expect("a kind") {
        k @ ("lowpass" | "highpass" | "bandpass" | "allpass") => format!("{k}({f}Hz, q: {q})"),
        "bandreject" | "notch" => format!("notch({f}Hz, q: {q})"),
        "peak" => format!("bell({f}Hz, {:+}dB, q: {q})", n("g")),
        k @ ("lowshelf" | "highshelf") => format!("{k}({f}Hz, {:+}dB, q: {q})", n("g")),
        other => panic!("a filter `{other}`"),
    }
}

/// Magnitude in dB of an impulse response at a frequency.
fn gain(h: &[f32], f: f64, fs: f64) -> f64 {
    let w = std::f64::consts::TAU * f / fs;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in h.iter().enumerate() {
        re += f64::from(*x) * (w * n as f64).cos();
        im -= f64::from(*x) * (w * n as f64).sin();
    }
    db((re * re + im * im).sqrt())
}

fn all(precision: &str, bound: f64) {
    let Some(path) = shared("eq/rbj-expected.json") else { return };
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    let cases = table["cases"].as_object().expect("cases");
    assert_eq!(cases.len(), 42);
    let (mut worst, mut at) = (0f64, String::new());
    let mut worst_sample = 0f64;
    for (name, case) in cases {
        let fs = case["fs"].as_u64().expect("a rate") as u32;
        let text = format!("sample_rate {fs}Hz\npan_law 0dB\nlength 1s\ntrack t {{ source \"i.wav\"\n {} }}", line(case));
        let p = Project::song(&text);
        let mut impulse = vec![0f32; 64];
        impulse[0] = 1.0;
        p.wav("i.wav", fs, &[impulse]);
        let audio = p.render(&["--precision", precision]);
        let h = &audio.channels[0];
        for (f, want) in case["gain_db_at"].as_object().expect("gains") {
            let want = want.as_f64().expect("a number");
            let got = gain(h, f.parse().expect("a frequency"), f64::from(fs));
            // Deep inside a notch a hundredth of a decibel is nothing any float could keep.
            if want > -100.0 {
                let off = (got - want).abs();
                if off > worst {
                    (worst, at) = (off, format!("{name} at {f} Hz: {got:.4} dB, table {want}"));
                }
            }
        }
        for (n, want) in case["impulse"].as_array().expect("samples").iter().enumerate() {
            worst_sample = worst_sample.max((f64::from(h[n]) - want.as_f64().expect("a number")).abs());
        }
    }
    println!("{precision}: worst of 42 filters x 11 frequencies {worst:.5} dB ({at}); worst impulse sample {worst_sample:.2e}");
    assert!(worst <= bound, "{at}");
    assert!(worst_sample < 1e-5, "an impulse response is off by {worst_sample}");
}

#[test]
fn in_sixty_four_bits() {
    all("f64", 0.01);
}

#[test]
fn in_thirty_two_bits() {
    all("f32", 0.1);
}
