//! Clips against the same sum worked out frame by frame.

mod common;

use common::noise;
use mixdown_engine::{Clip, ClipReader, Fade, MemorySource, SourceReader};

fn source(seed: u64, n: usize, channels: u64) -> (Vec<Vec<f32>>, Box<dyn SourceReader<f32>>) {
    let data: Vec<Vec<f32>> = (0..channels).map(|c| noise(seed * 10 + c, n)).collect();
    (data.clone(), Box::new(MemorySource::new(data)))
}

/// Reads everything in pieces of these sizes, over and over.
fn read_all(reader: &mut ClipReader<f32>, sizes: &[usize]) -> Vec<Vec<f32>> {
    let mut out = vec![Vec::new(); reader.channels()];
    for size in sizes.iter().cycle() {
        let mut piece = vec![vec![9.0; *size]; out.len()];
        let mut slices: Vec<&mut [f32]> = piece.iter_mut().map(|p| &mut p[..]).collect();
        let n = reader.read(&mut slices).unwrap();
        if n == 0 {
            break;
        }
        out.iter_mut().zip(&piece).for_each(|(o, p)| o.extend_from_slice(&p[..n]));
    }
    out
}

#[test]
fn a_clip_plays_exactly_what_it_says() {
    for reverse in [false, true] {
        for (at, from, length, repeat) in
            [(0i64, 0u64, None, 1u32), (100, 7, Some(5000), 3), (-50, 100, Some(300), 2), (10, 9000, Some(2000), 2)]
        {
            for fade in [Fade::Linear, Fade::Power, Fade::Smooth] {
                let (data, reader) = source(3, 10_000, 2);
                let mut clip = Clip::new(reader, at);
                (clip.from, clip.length, clip.repeat, clip.reverse) = (from, length, repeat, reverse);
                (clip.gain, clip.fade_in, clip.fade_out, clip.fade) = (0.7, 100, 150, fade);
                let mut clips = ClipReader::new(vec![clip]).unwrap();
                let pass = length.unwrap_or(10_000 - from);
                let total = pass * u64::from(repeat);
                let end = (at + total as i64) as u64;
                assert_eq!(clips.frames(), Some(end));
                let shape = |u: f64| match fade {
                    Fade::Linear => u,
                    Fade::Power => (u * std::f64::consts::FRAC_PI_2).sin(),
                    Fade::Smooth => u * u * (3.0 - 2.0 * u),
                };
                for sizes in [&[1024usize][..], &[1, 64, 7, 5000]] {
                    clips.seek(0).unwrap();
                    let out = read_all(&mut clips, sizes);
                    assert_eq!(out[0].len() as u64, end);
                    for c in 0..2 {
                        for n in 0..end {
                            let j = n as i64 - at;
                            let mut expected = 0.0;
                            if j >= 0 {
                                let q = j as u64 % pass;
                                let frame = from + if reverse { pass - 1 - q } else { q };
                                let x = data[c].get(frame as usize).copied().unwrap_or(0.0);
                                let (j, left) = (j as f64, (total as i64 - j) as f64);
                                let factor = 0.7 * shape((j / 100.0).min(1.0)) * shape((left / 150.0).min(1.0));
                                expected = f64::from(x) * factor;
                            }
                            let got = f64::from(out[c][n as usize]);
                            assert!((got - expected).abs() < 1e-7, "{got} for {expected} at {n}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn clips_add_in_order_and_mono_stands_in_both_channels() {
    let (a, first) = source(1, 500, 2);
    let (b, second) = source(2, 500, 1);
    let out = read_all(&mut ClipReader::new(vec![Clip::new(first, 0), Clip::new(second, 200)]).unwrap(), &[130]);
    assert_eq!((out.len(), out[0].len()), (2, 700));
    for c in 0..2 {
        for n in 0..700 {
            let x = a[c].get(n).copied().unwrap_or(0.0);
            let y = if n >= 200 { b[0][n - 200] } else { 0.0 };
            assert_eq!(out[c][n], x + y);
        }
    }
}

#[test]
fn crossfades_are_complementary() {
    for (fade, power) in [(Fade::Linear, false), (Fade::Smooth, false), (Fade::Power, true)] {
        let ones = || Box::new(MemorySource::new(vec![vec![1.0f64; 1000]]));
        let level = |fade_in, fade_out| {
            let mut clip = Clip::new(ones(), 0);
            (clip.fade_in, clip.fade_out, clip.fade) = (fade_in, fade_out, fade);
            let mut out = vec![0.0; 1000];
            assert_eq!(ClipReader::new(vec![clip]).unwrap().read(&mut [&mut out]).unwrap(), 1000);
            out
        };
        let (rising, falling) = (level(1000, 0), level(0, 1000));
        for (a, b) in rising.iter().zip(&falling) {
            let sum = if power { a * a + b * b } else { a + b };
            assert!((sum - 1.0).abs() < 1e-12);
        }
        assert_eq!((rising[0], falling[0]), (0.0, 1.0));
    }
}

/// Ones without end.
struct Endless;

impl SourceReader<f32> for Endless {
    fn channels(&self) -> usize {
        1
    }
    fn frames(&self) -> Option<u64> {
        None
    }
    fn read(&mut self, out: &mut [&mut [f32]]) -> Result<usize, String> {
        out[0].fill(1.0);
        Ok(out[0].len().min(100))
    }
    fn seek(&mut self, _: u64) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn endless_sources_need_a_length_only_where_it_matters() {
    let reader = ClipReader::new(vec![Clip::new(Box::new(Endless), 10)]).unwrap();
    assert_eq!(reader.frames(), None);
    let mut clip = Clip::new(Box::new(Endless), 10);
    clip.fade_out = 5;
    assert!(ClipReader::new(vec![clip]).err().unwrap().contains("length"));
    let mut clip = Clip::new(Box::new(Endless), 10);
    clip.length = Some(1000);
    let out = read_all(&mut ClipReader::new(vec![clip]).unwrap(), &[333]);
    assert_eq!(out[0].iter().sum::<f32>(), 1000.0);
    assert_eq!(out[0].len(), 1010);
}
