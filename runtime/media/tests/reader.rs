//! Reading: blocks and seeks change no sample, wrong calls are refused, broken bytes never panic or hang.

mod common;

use common::{Scratch, Whole, noise, read_whole, shared};
use mixdown_media::{Dither, OutputFormat, ResampledReader, SinkSpec, codes, create, open, open_at, probe};
use std::path::{Path, PathBuf};

/// One file of each kind that is read.
const KINDS: &[&str] = &[
    "own/wav-s16-stereo-44100.wav",
    "own/wav-s24-stereo-48000.wav",
    "own/wav-f64-stereo-48000.wav",
    "own/wav-ext-s16-5.1.wav",
    "own/rifx-s16-mono.wav",
    "own/w64-s24.w64",
    "own/aiff-s24.aif",
    "own/au-s16.au",
    "own/caf-s16.caf",
    "own/caf-alac.caf",
    "own/flac-s24.flac",
    "own/flac-in-ogg.oga",
    "own/mka-flac.mka",
    "own/alac-s16.m4a",
    "own/aac-lc.m4a",
    "own/aac-adts.aac",
    "own/mp3-cbr128.mp3",
    "own/mp3-vbr-mono.mp3",
    "own/mp2.mp2",
    "own/vorbis-q4.ogg",
    "own/wav-adpcm-ima.wav",
    "own/wav-adpcm-ms.wav",
    "own/wav-mulaw.wav",
    "flac/subset-41-6-channels-5.1.flac",
];

fn kinds() -> Option<Vec<(PathBuf, Whole)>> {
    let folder = shared()?.join("odd");
    Some(KINDS.iter().map(|name| { let path = folder.join(name); let whole = read_whole(&path, 4096).expect("readable"); (path, whole) }).collect())
}

#[test]
fn block_sizes_change_no_sample() {
    let Some(kinds) = kinds() else { return };
    for (path, whole) in &kinds {
        for block in [1, 7, 64, 1_000_000] {
            if block < 7 && whole.frames() > 50_000 {
                continue;
            }
            assert!(read_whole(path, block).expect("readable").planes == whole.planes, "{} in blocks of {block}", path.display());
        }
        assert_eq!(probe(path).expect("readable").frames, whole.frames(), "{}", path.display());
    }
}

#[test]
fn seeks_land_on_the_sample() {
    let Some(kinds) = kinds() else { return };
    for (path, whole) in &kinds {
        let frames = whole.frames();
        let mut reader = open(path).expect("readable");
        let mut block = vec![vec![0f32; 500]; whole.planes.len()];
        for place in [frames / 2, 0, 1, frames - 1, frames / 3 + 7, frames - 300, 4096.min(frames), frames] {
            reader.seek(place).unwrap_or_else(|error| panic!("seek to {place}: {error}"));
            assert_eq!(reader.position(), place);
            let got = reader.read(&mut block, 500).expect("audio");
            assert_eq!(got as u64, 500.min(frames - place), "{} at {place}", path.display());
            for (plane, block) in whole.planes.iter().zip(&block) {
                assert!(plane[place as usize..][..got] == block[..got], "{} at {place}", path.display());
            }
        }
        assert_eq!(reader.seek(frames + 1).expect_err("behind the end").code, codes::BAD_REQUEST, "{}", path.display());
    }
}

#[test]
fn double_precision_keeps_what_single_cannot() {
    let Some(shared) = shared() else { return };
    for name in ["own/wav-s32-stereo-96000.wav", "own/wav-f64-stereo-48000.wav", "own/flac-s24.flac"] {
        let path = shared.join("odd").join(name);
        let single = read_whole(&path, 4096).expect("readable");
        let mut reader = open(&path).expect("readable");
        let frames = single.frames() as usize;
        let mut wide = vec![vec![0f64; frames]; single.planes.len()];
        assert_eq!(reader.read_f64(&mut wide, frames).expect("audio"), frames);
        let pairs = || wide.iter().flatten().zip(single.planes.iter().flatten());
        assert!(pairs().all(|(wide, single)| *wide as f32 == *single), "{name}");
        let finer = pairs().filter(|(wide, single)| **wide != f64::from(**single)).count();
        assert_eq!(finer > 0, !name.contains("flac"), "{name}: {finer} samples are finer than f32");
    }
}

#[test]
fn wrong_calls_and_missing_files_are_refused_by_name() {
    let scratch = Scratch::new();
    let path = scratch.path("a.wav");
    let mut sink = create(&path, &SinkSpec::new(48_000, 2, OutputFormat::Int16)).expect("an output");
    sink.write(&[&[0.5; 10], &[0.5; 10]]).expect("room");
    sink.finish().expect("a file");
    let mut reader = open(&path).expect("readable");
    assert_eq!(reader.read(&mut [vec![0f32; 10]], 10).expect_err("one buffer of two").code, codes::BAD_REQUEST);
    assert_eq!(reader.read(&mut [vec![0f32; 10], vec![0f32; 9]], 10).expect_err("a short buffer").code, codes::BAD_REQUEST);
    assert_eq!(reader.read(&mut [vec![0f32; 10], vec![0f32; 20]], 10).expect("audio"), 10);

    let code = |path: &Path| open(path).err().map(|error| { assert_eq!(error.path, path); error.code });
    assert_eq!(code(&scratch.path("none.wav")), Some(codes::NOT_FOUND));
    assert_eq!(code(&scratch.path("a.wav/b.wav")), Some(codes::NOT_FOUND));
    assert_eq!(code(&scratch.0), Some(codes::NOT_A_FILE));
    std::fs::write(scratch.path("zero.wav"), "").expect("a file");
    assert_eq!(code(&scratch.path("zero.wav")), Some(codes::EMPTY));
    std::fs::write(scratch.path("junk.wav"), noise(5000, 1.0, 3).iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).expect("a file");
    assert!(matches!(code(&scratch.path("junk.wav")), Some(codes::NOT_AUDIO | codes::BAD_HEADER | codes::EMPTY | codes::CORRUPT)));
    #[cfg(target_os = "linux")]
    assert_eq!(code(Path::new("/dev/zero")), Some(codes::NOT_A_FILE));
}

#[test]
fn readers_and_sinks_may_move_to_another_thread() {
    fn moves<T: Send>() {}
    moves::<mixdown_media::Reader>();
    moves::<ResampledReader>();
    moves::<mixdown_media::Resampler>();
    moves::<Box<dyn mixdown_media::AudioSink>>();
}

#[test]
fn a_file_cut_while_it_is_read_is_an_error() {
    let scratch = Scratch::new();
    let path = scratch.path("a.wav");
    let mut sink = create(&path, &SinkSpec { dither: Dither::Off, ..SinkSpec::new(48_000, 1, OutputFormat::Float32) }).expect("an output");
    sink.write(&[&vec![0.5; 100_000]]).expect("room");
    sink.finish().expect("a file");
    let mut reader = open(&path).expect("readable");
    let mut block = vec![vec![0f32; 1000]];
    reader.read(&mut block, 1000).expect("audio");
    std::fs::OpenOptions::new().write(true).open(&path).expect("the file").set_len(20_000).expect("cut");
    let error = (0..100).find_map(|_| reader.read(&mut block, 1000).err()).expect("an error");
    assert_eq!(error.code, codes::READ_FAILED);
}

#[test]
fn resampled_reading_is_one_signal_wherever_it_begins() {
    let Some(shared) = shared() else { return };
    let path = shared.join("sessions/rooms/10-choir.flac");
    let read = |reader: &mut ResampledReader, frames: usize| {
        let mut out = vec![vec![0f32; frames]; 2];
        let got = reader.read(&mut out, frames).expect("audio");
        out.iter_mut().for_each(|plane| plane.truncate(got));
        out
    };
    let mut reader = open_at(&path, 48_000).expect("readable");
    let frames = reader.frames();
    assert_eq!(frames, (reader.info().frames * 48_000).div_ceil(22_050));
    let whole = read(&mut reader, frames as usize + 10);
    assert_eq!(whole[0].len() as u64, frames);
    for place in [0, 1, 77, 5000, 48_000, frames - 100, frames - 1] {
        reader.seek(place).expect("in range");
        let part = read(&mut reader, 333);
        let end = (place as usize + 333).min(frames as usize);
        for (whole, part) in whole.iter().zip(&part) {
            assert!(whole[place as usize..end] == part[..], "at {place}");
        }
    }
    // At its own rate a file passes untouched.
    let own = read(&mut open_at(&path, 22_050).expect("readable"), 10_000);
    assert!(own[0] == read_whole(&path, 4096).expect("readable").planes[0][..10_000]);
}

#[test]
fn a_damaged_song_stays_in_time_and_a_cut_one_is_read_as_far_as_it_goes() {
    let scratch = Scratch::new();
    let path = scratch.path("song.flac");
    let song: Vec<f32> = noise(400_000, 0.5, 8).iter().map(|x| (x * 32768.0).round() / 32768.0).collect();
    let mut sink = create(&path, &SinkSpec { dither: Dither::Off, ..SinkSpec::new(44_100, 1, OutputFormat::Int16) }).expect("an output");
    sink.write(&[&song]).expect("room");
    sink.finish().expect("a file");
    let bytes = std::fs::read(&path).expect("the file");
    assert_eq!(probe(&path).expect("readable").frames, 400_000);

    // Three thousand bytes in the middle are something else.
    let mut damaged = bytes.clone();
    let middle = bytes.len() / 2;
    for (index, byte) in damaged[middle..middle + 3000].iter_mut().enumerate() {
        *byte = (index * 37) as u8;
    }
    std::fs::write(&path, &damaged).expect("a file");
    let whole = read_whole(&path, 4096).expect("readable");
    assert_eq!(whole.frames(), 400_000);
    assert_eq!(whole.warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), [codes::DAMAGED]);
    let wrong: Vec<usize> = (0..song.len()).filter(|frame| whole.planes[0][*frame] != song[*frame]).collect();
    assert!(!wrong.is_empty() && wrong.len() < 20_000, "{} frames differ", wrong.len());
    assert!(wrong.iter().all(|frame| whole.planes[0][*frame] == 0.0), "what is not silence is the song");

    std::fs::write(&path, &bytes[..middle]).expect("a file");
    let whole = read_whole(&path, 4096).expect("readable");
    assert!(whole.frames() > 150_000 && whole.planes[0][..] == song[..whole.frames() as usize]);
    assert_eq!(whole.warnings.iter().map(|warning| warning.code.as_str()).collect::<Vec<_>>(), [codes::TRUNCATED]);
    let info = probe(&path).expect("readable");
    assert_eq!((info.frames, info.warnings.len()), (whole.frames(), 1));
}

#[test]
fn broken_bytes_never_panic_or_hang() {
    let Some(shared) = shared() else { return };
    let scratch = Scratch::new();
    let mut state = 12345u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below.max(1)
    };
    let (mut read, mut refused) = (0, 0);
    for name in KINDS.iter().filter(|name| name.starts_with("own/")) {
        let bytes = std::fs::read(shared.join("odd").join(name)).expect("the file");
        for round in 0..24 {
            let mut broken = bytes.clone();
            match round % 4 {
                // Headers are where sizes are believed.
                0 => (0..4).for_each(|_| { let at = next(broken.len().min(128)); broken[at] = next(256) as u8; }),
                1 => (0..20).for_each(|_| { let at = next(broken.len()); broken[at] = next(256) as u8; }),
                2 => broken.truncate(next(bytes.len())),
                _ => { let at = next(broken.len().min(400)); broken[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff); }
            }
            let path = scratch.path("broken");
            std::fs::write(&path, &broken).expect("a file");
            // A length that was made up must not be read as hours of anything.
            let Ok(mut reader) = open(&path) else { refused += 1; continue };
            let mut block = vec![vec![0f32; 4096]; reader.info().channels as usize];
            let mut frames = 0u64;
            while let Ok(got) = reader.read(&mut block, 4096) {
                frames += got as u64;
                assert!(block.iter().all(|plane| plane[..got].iter().all(|x| x.is_finite())), "{name} round {round}");
                assert!(frames < 20_000_000, "{name} round {round}: no end");
                if got < 4096 {
                    break;
                }
            }
            read += 1;
        }
    }
    println!("{read} broken files read in part, {refused} refused");
    assert!(read > 50 && refused > 50);
}
