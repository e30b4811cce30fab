//! Same text, same bits: threads, block sizes, interpreter and machine code never change a sample.

use mixdown_tests::{Project, shared};

/// A song that uses most of what the engine has: keys, sends, wrappers, latency, curves, noise.
const SONG: &str = r#"
tempo 120bpm
length 6s
sections { verse @1
           chorus @2 }
track kick  { source "kick.wav"
              gate(threshold: -40dB)
              bell(60Hz, +3dB)
              fader -2dB
              to drums }
track pad   { source "pad.wav"
              lowpass(curve exp [ @1 => 300Hz, @3 => 9kHz ])
              compressor(threshold: -30dB, ratio: 4, key: kick)
              send hall -10dB
              fader -6dB
              pan L30 }
track tone  { source sine(330Hz, level: -20dB)
              send echo -6dB during chorus over 1beat
              ride +3dB during chorus over 2beats
              pan R50 }
track hiss  { source white_noise(level: -50dB)
              highpass(2kHz, slope: 24) }
bus drums   { parallel { dry { }
                         crush { compressor(threshold: -30dB, ratio: 10); gain(-9dB) } } }
bus hall    { plate(decay: 1.2s, predelay: 11ms) }
bus echo    { pingpong(time: dotted(1/8), feedback: 40%) }
master      { mid_side { side { highshelf(8kHz, +1dB) } }
              bands(120Hz, 2.5kHz) { low { compressor(threshold: -16dB, ratio: 2) } }
              oversample 4x { saturate(drive: 2dB) }
              limiter(ceiling: -1dBTP) }
"#;

fn project() -> Project {
    let p = Project::song(SONG);
    let decay = |i: usize, every: usize| (-((i % every) as f32) / 3000.0).exp();
    let kick: Vec<f32> = (0..240_000).map(|i| (i as f32 * 0.01).sin() * decay(i, 24_000)).collect();
    let pad = |f: f32| (0..260_000).map(|i| (i as f32 * f).sin() * 0.3 + (i as f32 * f * 2.01).sin() * 0.2).collect::<Vec<f32>>();
    p.wav("kick.wav", 48_000, &[kick]);
    p.wav("pad.wav", 44_100, &[pad(0.031), pad(0.0313)]);
    p
}

#[test]
fn threads_blocks_and_engines_agree() {
    let p = project();
    let first = p.render(&["--threads", "1"]);
    assert!(first.peak_db() > -20.0 && first.peak_db() < 0.0, "peak {}", first.peak_db());
    let hash = first.hash();
    for args in [
        &["--threads", "2"][..],
        &["--threads", "8"],
        &["--block", "1"],
        &["--block", "7"],
        &["--block", "64"],
        &["--block", "512"],
        &["--block", "512", "--threads", "3"],
        &["--engine", "interpreter"],
        &["--engine", "interpreter", "--threads", "2", "--block", "7"],
    ] {
        assert_eq!(p.render(args).hash(), hash, "other bits with {args:?}");
    }
}

#[test]
fn the_order_of_declarations_changes_no_bit() {
    let p = project();
    let hash = p.render(&[]).hash();
    let items: Vec<&str> = SONG.trim().split("\ntrack ").collect();
    let (head, tracks) = items.split_first().expect("a song");
    let (last, tail) = tracks[tracks.len() - 1].split_once("\nbus ").expect("buses");
    let mut turned: Vec<String> = tracks[..tracks.len() - 1].iter().map(|t| format!("track {t}")).collect();
    turned.push(format!("track {last}"));
    turned.reverse();
    p.write("song.mix", &format!("{head}\nbus {tail}\n{}\n", turned.join("\n")));
    assert_eq!(p.render(&[]).hash(), hash);
}

#[test]
fn a_slice_is_a_slice_of_the_whole() {
    let p = project();
    let whole = p.render(&[]);
    let part = p.render(&["--from", "1.5", "--to", "@3"]);
    let (from, to) = (72_000, 192_000);
    assert_eq!(part.frames(), to - from);
    for c in 0..2 {
        assert!(part.channels[c] == whole.channels[c][from..to], "channel {c} differs");
    }
}

#[test]
fn sixty_four_bits_are_close_to_thirty_two() {
    let p = project();
    let a = p.render(&[]);
    let b = p.render(&["--precision", "f64"]);
    let worst = a.channels.iter().zip(&b.channels).flat_map(|(x, y)| x.iter().zip(y)).fold(0f32, |m, (x, y)| m.max((x - y).abs()));
    println!("worst difference of f32 and f64: {:.1} dBFS", mixdown_tests::db(f64::from(worst)));
    assert!(worst < 1e-3, "f32 and f64 differ by {worst}");
    assert!(worst > 0.0, "f64 took the path of f32");
}

#[test]
fn a_real_session_agrees_too() {
    let Some(folder) = shared("sessions/rooms") else { return };
    let p = Project::new();
    p.bring(&folder, "stems");
    let mut song = String::from("sample_rate 48kHz\nlength 12s\n");
    for (i, e) in std::fs::read_dir(&folder).expect("stems").flatten().enumerate() {
        let name = e.file_name().to_string_lossy().into_owned();
        if name.ends_with(".flac") {
            song += &format!("track t{i} {{ source \"stems/{name}\"\n highpass(80Hz)\n compressor(threshold: -24dB, ratio: 3) }}\n");
        }
    }
    p.write("song.mix", &song);
    let hash = p.render(&["--threads", "1"]).hash();
    assert_eq!(p.render(&["--threads", "2", "--block", "64"]).hash(), hash);
    assert_eq!(p.render(&["--engine", "interpreter"]).hash(), hash);
}
