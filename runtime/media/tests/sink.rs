//! Outputs: what is written is what is read back, whole or not at all; dither, clipping, limits and faults.

mod common;

use common::{Scratch, noise, read_whole};
use mixdown_media::sink::Target;
use mixdown_media::{AudioSink, Dither, OutputFormat, SinkReport, SinkSpec, WavSink, codes, create, open};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

fn spec(channels: u32, format: OutputFormat, dither: Dither) -> SinkSpec {
    SinkSpec { dither, seed: 7, ..SinkSpec::new(48_000, channels, format) }
}

fn write(path: &Path, spec: &SinkSpec, planes: &[Vec<f32>], block: usize) -> SinkReport {
    let mut sink = create(path, spec).expect("an output");
    let frames = planes[0].len();
    for start in (0..frames).step_by(block) {
        let end = frames.min(start + block);
        let part: Vec<&[f32]> = planes.iter().map(|plane| &plane[start..end]).collect();
        sink.write(&part).expect("room");
    }
    sink.finish().expect("a whole file")
}

fn sixteen(frames: usize, seed: u64) -> Vec<f32> {
    noise(frames, 1.0, seed).iter().map(|x| (x * 32767.0).round() / 32768.0).collect()
}

#[test]
fn what_fits_passes_bit_for_bit() {
    let scratch = Scratch::new();
    let (left, right) = (sixteen(9001, 1), sixteen(9001, 2));
    let twenty_four: Vec<f32> = noise(9001, 1.0, 3).iter().map(|x| (x * 8388607.0).round() / 8388608.0).collect();
    for (name, planes, format, dither) in [
        ("auto16.wav", vec![left.clone(), right.clone()], OutputFormat::Int16, Dither::Auto),
        ("off16.wav", vec![left.clone(), right.clone()], OutputFormat::Int16, Dither::Off),
        ("auto16.flac", vec![left.clone(), right.clone()], OutputFormat::Int16, Dither::Auto),
        ("24.wav", vec![twenty_four.clone()], OutputFormat::Int24, Dither::Auto),
        ("24.flac", vec![twenty_four.clone(), left.clone()], OutputFormat::Int24, Dither::Auto),
        ("float.wav", vec![noise(9001, 3.0, 4); 5], OutputFormat::Float32, Dither::Auto),
    ] {
        let path = scratch.path(name);
        let report = write(&path, &spec(planes.len() as u32, format, dither), &planes, 1000);
        assert_eq!((report.frames, report.non_finite), (9001, 0), "{name}");
        let whole = read_whole(&path, 777).expect("readable");
        assert!(whole.planes == planes, "{name} differs");
        assert!(whole.warnings.is_empty() && whole.info.bits == format.bits(), "{name}");
        assert_eq!((whole.info.rate, whole.info.channels as usize), (48_000, planes.len()));
    }
}

#[test]
fn nothing_written_is_an_empty_wav_and_no_flac() {
    let scratch = Scratch::new();
    let empty = |name: &str| create(scratch.path(name), &spec(2, OutputFormat::Int16, Dither::Auto)).expect("an output").finish();
    assert_eq!(empty("empty.wav").expect("a file").frames, 0);
    assert_eq!(read_whole(&scratch.path("empty.wav"), 10).expect("readable").frames(), 0);
    assert_eq!(empty("empty.flac").expect_err("FLAC cannot").code, codes::BAD_OUTPUT);
    assert_eq!(scratch.names(), ["empty.wav"]);
}

#[test]
fn blocks_change_no_bit_of_the_dither_but_seeds_do() {
    let scratch = Scratch::new();
    let planes = vec![noise(5000, 0.7, 5), noise(5000, 0.7, 6)];
    let bytes = |name: &str, block: usize, spec: &SinkSpec| {
        write(&scratch.path(name), spec, &planes, block);
        std::fs::read(scratch.path(name)).expect("the file")
    };
    let spec = spec(2, OutputFormat::Int16, Dither::Tpdf);
    let want = bytes("a.wav", 5000, &spec);
    for block in [1, 7, 64, 4096] {
        assert!(bytes("b.wav", block, &spec) == want, "blocks of {block}");
    }
    assert!(bytes("c.wav", 4096, &SinkSpec { seed: 8, ..spec.clone() }) != want);
    // The same audio in double precision is the same file.
    let wide: Vec<Vec<f64>> = planes.iter().map(|plane| plane.iter().map(|x| f64::from(*x)).collect()).collect();
    let mut sink = create(scratch.path("d.wav"), &spec).expect("an output");
    sink.write_f64(&[&wide[0], &wide[1]]).expect("room");
    sink.finish().expect("a file");
    assert!(std::fs::read(scratch.path("d.wav")).expect("the file") == want);
}

#[test]
fn tpdf_noise_has_its_level_and_no_memory_of_the_signal() {
    let scratch = Scratch::new();
    let frames = 1_000_000;
    let quiet_sine: Vec<f32> = (0..frames).map(|frame| (std::f64::consts::TAU * 1000.0 * frame as f64 / 48_000.0).sin() as f32 * 10f32.powf(-90.0 / 20.0)).collect();
    for (name, input) in [("silence", vec![0f32; frames]), ("-90 dB sine", quiet_sine), ("half a step", vec![0.5 / 32768.0; frames])] {
        let path = scratch.path("dither.wav");
        write(&path, &spec(1, OutputFormat::Int16, Dither::Tpdf), std::slice::from_ref(&input), 4096);
        let out = read_whole(&path, 4096).expect("readable");
        let error: Vec<f64> = out.planes[0].iter().zip(&input).map(|(got, want)| (f64::from(*got) - f64::from(*want)) * 32768.0).collect();
        let mean = error.iter().sum::<f64>() / frames as f64;
        let variance = error.iter().map(|x| x * x).sum::<f64>() / frames as f64;
        let level = 10.0 * (variance / 32768f64.powi(2)).log10() + 3.0103;
        println!("TPDF on {name}: mean {mean:.5} LSB, variance {variance:.4} LSB^2, {level:.2} dB re a full-scale sine");
        assert!(mean.abs() < 2e-3, "{name}: mean {mean}");
        assert!((variance - 0.25).abs() < 0.002, "{name}: variance {variance}");
        assert!((level + 93.32).abs() < 0.1, "{name}: {level}");
        // Neighbours are strangers.
        let next = error.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / frames as f64;
        assert!(next.abs() < 2e-3, "{name}: correlation {next}");
    }
    // `Auto` leaves silence silent, and dithers what lies between the steps.
    write(&scratch.path("auto.wav"), &spec(2, OutputFormat::Int16, Dither::Auto), &[vec![0.0; 1000], vec![0.4 / 32768.0; 1000]], 100);
    let auto = read_whole(&scratch.path("auto.wav"), 100).expect("readable");
    assert!(auto.planes[0].iter().all(|x| *x == 0.0));
    assert!(auto.planes[1].iter().any(|x| *x != 0.0));
}

#[test]
fn too_loud_is_held_and_counted_and_broken_samples_are_zero() {
    let scratch = Scratch::new();
    let input = vec![vec![1.0, -1.0, 1.5, -7.0, f32::NAN, f32::INFINITY, 1e30, 0.25]];
    for (name, format, steps) in [("c.wav", OutputFormat::Int16, 32768.0), ("c24.wav", OutputFormat::Int24, 8388608.0), ("c.flac", OutputFormat::Int24, 8388608.0)] {
        let report = write(&scratch.path(name), &spec(1, format, Dither::Off), &input, 3);
        assert_eq!(report, SinkReport { frames: 8, over: 3, non_finite: 2 }, "{name}");
        let top = (steps - 1.0) / steps;
        assert_eq!(read_whole(&scratch.path(name), 8).expect("readable").planes[0], [top, -1.0, top, -1.0, 0.0, 0.0, top, 0.25], "{name}");
    }
    let report = write(&scratch.path("f.wav"), &spec(1, OutputFormat::Float32, Dither::Auto), &input, 3);
    assert_eq!(report, SinkReport { frames: 8, over: 3, non_finite: 2 });
    assert_eq!(read_whole(&scratch.path("f.wav"), 8).expect("readable").planes[0], [1.0, -1.0, 1.5, -7.0, 0.0, 0.0, 1e30, 0.25]);
    // Dither never wraps at full scale.
    write(&scratch.path("t.wav"), &spec(1, OutputFormat::Int16, Dither::Tpdf), &[vec![1.0; 5000]], 4096);
    assert!(read_whole(&scratch.path("t.wav"), 5000).expect("readable").planes[0].iter().all(|x| *x > 0.9999));
}

#[test]
fn an_unfinished_output_leaves_the_earlier_one_and_nothing_else() {
    let scratch = Scratch::new();
    for name in ["song.wav", "song.flac"] {
        let path = scratch.path(name);
        write(&path, &spec(1, OutputFormat::Int16, Dither::Off), &[vec![0.5; 100]], 100);
        let before = std::fs::read(&path).expect("the file");
        let mut sink = create(&path, &spec(1, OutputFormat::Int16, Dither::Off)).expect("an output");
        sink.write(&[&vec![0.25; 300_000]]).expect("room");
        // While it is written the earlier file stands, and the new one is hidden.
        assert!(std::fs::read(&path).expect("the file") == before);
        assert!(scratch.names().iter().any(|name| name.starts_with('.')), "{:?}", scratch.names());
        drop(sink);
        assert!(std::fs::read(&path).expect("the file") == before);
        assert!(!scratch.names().iter().any(|name| name.starts_with('.')), "{:?}", scratch.names());
        // And a finished one replaces it.
        write(&path, &spec(1, OutputFormat::Int16, Dither::Off), &[vec![0.25; 50]], 50);
        assert_eq!(read_whole(&path, 64).expect("readable").planes[0], vec![0.25; 50]);
        assert!(!scratch.names().iter().any(|name| name.starts_with('.')), "{:?}", scratch.names());
    }
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("folder.wav")).expect("a folder");
    std::fs::write(scratch.path("file"), "x").expect("a file");
    std::fs::write(scratch.path("locked.wav"), "x").expect("a file");
    let mut rights = std::fs::metadata(scratch.path("locked.wav")).expect("a file").permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(scratch.path("locked.wav"), rights).expect("rights");
    for name in ["folder.wav", "nowhere/song.wav", "file/song.wav", "locked.wav"] {
        let path = scratch.path(name);
        let error = create(&path, &spec(1, OutputFormat::Int16, Dither::Auto)).err().unwrap_or_else(|| panic!("{name} was created"));
        assert_eq!((error.code, &error.path), (codes::CANNOT_CREATE, &path), "{error}");
    }
    assert_eq!(std::fs::read(scratch.path("locked.wav")).expect("untouched"), b"x");
    let refused = |name: &str, spec: SinkSpec| create(scratch.path(name), &spec).err().expect("a refusal").code;
    assert_eq!(refused("x.mp3", spec(1, OutputFormat::Int16, Dither::Auto)), codes::BAD_OUTPUT);
    assert_eq!(refused("x.flac", spec(1, OutputFormat::Float32, Dither::Auto)), codes::BAD_OUTPUT);
    assert_eq!(refused("x.flac", spec(9, OutputFormat::Int16, Dither::Auto)), codes::BAD_OUTPUT);
    assert_eq!(refused("x.wav", spec(0, OutputFormat::Int16, Dither::Auto)), codes::BAD_OUTPUT);
    assert_eq!(refused("x.wav", SinkSpec { rate: 0, ..spec(1, OutputFormat::Int16, Dither::Auto) }), codes::BAD_OUTPUT);
    let mut sink = create(scratch.path("ok.wav"), &spec(2, OutputFormat::Int16, Dither::Auto)).expect("an output");
    assert_eq!(sink.write(&[&[0.0; 4]]).expect_err("one channel of two").code, codes::BAD_REQUEST);
    assert_eq!(sink.write(&[&[0.0; 4], &[0.0; 5]]).expect_err("unlike lengths").code, codes::BAD_REQUEST);
}

#[test]
fn four_gigabytes_are_refused_before_anything_is_written() {
    let scratch = Scratch::new();
    let long = |format: OutputFormat, frames: u64| SinkSpec { frames: Some(frames), ..spec(2, format, Dither::Auto) };
    for (format, most) in [(OutputFormat::Int16, (u64::from(u32::MAX) - 256) / 4), (OutputFormat::Float32, (u64::from(u32::MAX) - 256) / 8)] {
        let error = create(scratch.path("long.wav"), &long(format, most + 1)).err().expect("a refusal");
        assert_eq!(error.code, codes::OUTPUT_TOO_LARGE);
        assert!(error.reason.contains("4 GiB"), "{error}");
        drop(create(scratch.path("long.wav"), &long(format, most)).expect("just fits"));
    }
    assert!(scratch.names().is_empty());
    // FLAC has no such end.
    drop(create(scratch.path("long.flac"), &long(OutputFormat::Int16, 1 << 33)).expect("fits"));
}

/// A target that fails once it holds `room` bytes, and one that remembers what it was committed with.
struct Small {
    bytes: io::Cursor<Vec<u8>>,
    room: u64,
    committed: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.position() + bytes.len() as u64 > self.room {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.bytes.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Small {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

impl Target for Small {
    fn commit(self: Box<Self>) -> io::Result<()> {
        *self.committed.lock().expect("no panic") = Some(self.bytes.into_inner());
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_that_names_the_file_and_commits_nothing() {
    for (room, fails) in [(600_000, true), (2_000_000, false)] {
        let committed = Arc::new(Mutex::new(None));
        let target = Small { bytes: io::Cursor::new(Vec::new()), room, committed: committed.clone() };
        let mut sink = WavSink::to_target("full.wav", Box::new(target), &spec(1, OutputFormat::Float32, Dither::Auto)).expect("an output");
        let block = [0.1f32; 10_000];
        let error = (0..40).find_map(|_| sink.write(&[&block]).err());
        match error {
            Some(error) => {
                assert!(fails);
                assert_eq!((error.code, error.path.as_path()), (codes::DISK_FULL, Path::new("full.wav")), "{error}");
                // It stays lost.
                assert!(sink.write(&[&block]).is_err());
                assert!(Box::new(sink).finish().is_err());
                assert!(committed.lock().expect("no panic").is_none());
            }
            None => {
                assert!(!fails);
                Box::new(sink).finish().expect("room");
                assert_eq!(committed.lock().expect("no panic").as_ref().map(Vec::len), Some(68 + 1_600_000));
            }
        }
    }
    #[cfg(target_os = "linux")]
    {
        let mut sink = create("/dev/full", &spec(1, OutputFormat::Int16, Dither::Auto)).expect("a device");
        sink.write(&[&[0.5; 100]]).expect("spooled");
        let error = sink.finish().expect_err("a full device");
        assert_eq!((error.code, error.path.as_path()), (codes::DISK_FULL, Path::new("/dev/full")), "{error}");
    }
}

/// A pipe: takes bytes, cannot seek.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_pipe_gets_the_same_bytes_as_a_file() {
    let scratch = Scratch::new();
    let planes = vec![noise(50_000, 0.5, 1), noise(50_000, 0.5, 2)];
    let spec = spec(2, OutputFormat::Int24, Dither::Auto);
    write(&scratch.path("a.wav"), &spec, &planes, 4096);
    let pipe = Pipe::default();
    let mut sink: Box<dyn AudioSink> = Box::new(WavSink::to_writer("-", Box::new(pipe.clone()), &spec).expect("an output"));
    sink.write(&[&planes[0], &planes[1]]).expect("room");
    assert!(pipe.0.lock().expect("no panic").is_empty(), "a pipe cannot take back what came too early");
    sink.finish().expect("whole");
    assert!(*pipe.0.lock().expect("no panic") == std::fs::read(scratch.path("a.wav")).expect("the file"));
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_not_replaced() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("real")).expect("a folder");
    std::fs::write(scratch.path("real/song.wav"), "old").expect("a file");
    std::os::unix::fs::symlink(scratch.path("real/song.wav"), scratch.path("link.wav")).expect("a link");
    write(&scratch.path("link.wav"), &spec(1, OutputFormat::Int16, Dither::Off), &[vec![0.5; 10]], 10);
    assert!(std::fs::symlink_metadata(scratch.path("link.wav")).expect("a link").file_type().is_symlink());
    assert_eq!(open(scratch.path("real/song.wav")).expect("readable").info().frames, 10);
}

/// Chunks of a WAV file, checked to tile it.
fn riff(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let size = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
    assert_eq!(size(4) + 8, bytes.len(), "the file's size");
    let mut at = 12;
    let mut out = Vec::new();
    while at < bytes.len() {
        let end = at + 8 + size(at + 4);
        out.push((String::from_utf8_lossy(&bytes[at..at + 4]).into_owned(), bytes[at + 8..end].to_vec()));
        at = end + end % 2;
    }
    out
}

#[test]
fn tags_stand_behind_the_audio() {
    let scratch = Scratch::new();
    let tags: Vec<(String, String)> = [("title", "Nächte"), ("artist", "Vera"), ("isrc", "DEA123456789"), ("mixer", "Me"), ("year", "2024"), ("comment", "odd")]
        .iter()
        .map(|(k, v)| (k.to_string(), v.to_string()))
        .collect();
    // An odd number of bytes of audio is padded.
    let planes = vec![noise(4001, 0.5, 9)];
    let spec = SinkSpec { tags: tags.clone(), ..spec(1, OutputFormat::Int24, Dither::Off) };
    for name in ["tagged.wav", "tagged.flac"] {
        let path = scratch.path(name);
        write(&path, &spec, &planes, 512);
        let plain = scratch.path(&format!("plain-{name}"));
        write(&plain, &SinkSpec { tags: Vec::new(), ..spec.clone() }, &planes, 512);
        let (tagged, plain) = (read_whole(&path, 777).expect("readable"), read_whole(&plain, 777).expect("readable"));
        assert!(tagged.planes == plain.planes && tagged.warnings.is_empty(), "{name}");
    }
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
    let wav = std::fs::read(scratch.path("tagged.wav")).expect("a file");
    let chunks = riff(&wav);
    let of = |id: &str| &chunks.iter().find(|(name, _)| name == id).expect("the chunk").1;
    assert_eq!(of("data").len(), 12_003);
    for part in [&b"INFO"[..], b"INAM\x08\0\0\0N\xc3\xa4chte\0", b"IART\x05\0\0\0Vera\0\0", b"ICRD", b"ICMT"] {
        assert!(has(of("LIST"), part), "{part:?}");
    }
    assert!(!has(of("LIST"), b"ISRC"), "that is another thing in INFO");
    let id3 = of("id3 ");
    assert_eq!(&id3[..6], b"ID3\x04\0\0");
    assert_eq!(id3[6..10].iter().fold(0, |n, b| n << 7 | usize::from(*b)) + 10, id3.len());
    for part in [&b"TIT2\0\0\0\x08\0\0\x03N\xc3\xa4chte"[..], b"TSRC", b"TDRC", b"TIPL\0\0\0\x07\0\0\x03mix\0Me", b"\x03XXX\0odd"] {
        assert!(has(id3, part), "{part:?}");
    }
    let flac = std::fs::read(scratch.path("tagged.flac")).expect("a file");
    for part in ["TITLE=Nächte", "ARTIST=Vera", "ISRC=DEA123456789", "MIXER=Me", "DATE=2024", "COMMENT=odd"] {
        assert!(has(&flac, part.as_bytes()), "{part}");
    }
    // A file without tags has no chunk for them.
    assert_eq!(riff(&std::fs::read(scratch.path("plain-tagged.wav")).expect("a file")).len(), 2);
}

#[test]
fn what_a_killed_process_left_is_taken_away() {
    let scratch = Scratch::new();
    let folder = scratch.path("a.wav").parent().expect("a folder").to_path_buf();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    let put = |name: &str, at: std::time::SystemTime| {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        file.set_modified(at).unwrap();
    };
    // No process has the first number: Linux ends at 2^22.
    put(".mixdown-99999999-0.part", old);
    put(".mixdown-99999999-1.part", std::time::SystemTime::now());
    put(&format!(".mixdown-{}-77777.part", std::process::id()), old);
    put(".mixdown-notes.part", old);
    let spec = SinkSpec::new(48_000, 1, OutputFormat::Int16);
    let sink = WavSink::create(&folder.join("a.wav"), &spec).unwrap();
    let gone = |name: &str| !folder.join(name).exists();
    assert!(gone(".mixdown-99999999-0.part"));
    assert!(!gone(".mixdown-99999999-1.part") && !gone(".mixdown-notes.part"));
    assert!(!std::path::Path::new("/proc/self").exists() || !gone(&format!(".mixdown-{}-77777.part", std::process::id())));
    drop(sink);
}
