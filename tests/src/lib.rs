//! What every whole-program suite uses: the built program, projects in folders of their own, the shared audio data.

pub mod library;
pub mod rig;
mod running;
pub mod signal;

pub use running::Running;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The shared audio data, if it stands beside the checkout; else a line says what is skipped.
pub fn shared(what: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(what);
    if path.exists() {
        return path.canonicalize().ok();
    }
    // Past what the test harness keeps to itself: who reads the log sees what was not tested.
    let _ = writeln!(std::io::stderr(), "skipped: no shared audio data here ({what})");
    None
}

/// The built program, in the profile of the running test.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "mixdown", "--bin", "mixdown"]).current_dir(root());
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "the program does not build");
        // target/PROFILE/deps/this-test
        let here = std::env::current_exe().expect("a path of this test");
        let profile = here.ancestors().nth(2).expect("target/profile").to_path_buf();
        profile.join(format!("mixdown{}", std::env::consts::EXE_SUFFIX))
    })
}

/// What a run of the program printed and how it ended.
#[derive(Debug)]
pub struct Run {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Exit code; -1 after a signal.
    pub code: i32,
}

impl From<Output> for Run {
    fn from(o: Output) -> Run {
        Run {
            out: String::from_utf8_lossy(&o.stdout).into_owned(),
            err: String::from_utf8_lossy(&o.stderr).into_owned(),
            code: o.status.code().unwrap_or(-1),
        }
    }
}

impl Run {
    /// Fails the test unless the program ended well.
    #[track_caller]
    pub fn ok(self) -> Run {
        assert_eq!(self.code, 0, "the program ended with {}\n{}\n{}", self.code, self.out, self.err);
        self
    }

    /// Fails the test unless it ended with `code` and said `text`.
    #[track_caller]
    pub fn fails(self, code: i32, text: &str) -> Run {
        assert_eq!(self.code, code, "ended otherwise\n{}\n{}", self.out, self.err);
        assert!(self.err.contains(text), "`{text}` was not said:\n{}", self.err);
        self
    }
}

/// A folder with a song, removed at the end.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// An empty folder.
    pub fn new() -> Project {
        Project { folder: tempfile::tempdir().expect("a folder for a test") }
    }

    /// A folder with `song.mix`.
    pub fn song(text: &str) -> Project {
        let p = Project::new();
        p.write("song.mix", text);
        p
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Copies a file or folder of the shared data into it, under `name`.
    pub fn bring(&self, from: &Path, name: &str) {
        let to = self.path(name);
        if from.is_dir() {
            for e in std::fs::read_dir(from).expect("folder").flatten() {
                let inner = format!("{name}/{}", e.file_name().to_string_lossy());
                self.bring(&e.path(), &inner);
            }
        } else {
            std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
            std::fs::copy(from, to).expect("a copy");
        }
    }

    /// Writes planar 32-bit float audio as a WAV file.
    pub fn wav(&self, name: &str, rate: u32, planes: &[Vec<f32>]) {
        use mixdown_media::{AudioSink, OutputFormat, SinkSpec, WavSink};
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        let spec = SinkSpec::new(rate, planes.len() as u32, OutputFormat::Float32);
        let mut sink = Box::new(WavSink::create(&path, &spec).expect("a wav file"));
        let refs: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
        sink.write(&refs).expect("written");
        sink.finish().expect("finished");
    }

    /// Runs the program in the folder.
    pub fn run(&self, args: &[&str]) -> Run {
        let out = Command::new(program()).args(args).current_dir(self.folder.path()).env("NO_COLOR", "1").output();
        out.expect("the program runs").into()
    }

    /// Starts the program in the folder and lets it run.
    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(self.folder.path(), args)
    }

    /// Names of all files in it, hidden ones too, sorted.
    pub fn files(&self) -> Vec<String> {
        fn walk(folder: &Path, prefix: &str, out: &mut Vec<String>) {
            for e in std::fs::read_dir(folder).expect("folder").flatten() {
                let name = format!("{prefix}{}", e.file_name().to_string_lossy());
                if e.path().is_dir() { walk(&e.path(), &format!("{name}/"), out) } else { out.push(name) }
            }
        }
        let mut out = Vec::new();
        walk(self.folder.path(), "", &mut out);
        out.sort();
        out
    }

    /// Renders `song.mix` into 32-bit float with further arguments and reads the result.
    #[track_caller]
    pub fn render(&self, args: &[&str]) -> Audio {
        let mut all = vec!["render", "song.mix", "-o", "out.wav", "--bits", "32f", "--quiet"];
        all.extend(args);
        self.run(&all).ok();
        Audio::read(&self.path("out.wav"))
    }
}

/// Decoded audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// Hertz.
    pub rate: u32,
    /// A vector a channel.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    /// Reads a whole file.
    #[track_caller]
    pub fn read(path: &Path) -> Audio {
        let mut reader = mixdown_media::open(path).unwrap_or_else(|e| panic!("{e}"));
        let info = reader.info().clone();
        let mut channels = vec![Vec::new(); info.channels as usize];
        let mut block = vec![vec![0f32; 8192]; info.channels as usize];
        loop {
            let n = reader.read(&mut block, 8192).unwrap_or_else(|e| panic!("{e}"));
            if n == 0 {
                return Audio { rate: info.rate, channels };
            }
            for (to, from) in channels.iter_mut().zip(&block) {
                to.extend_from_slice(&from[..n]);
            }
        }
    }

    /// Frames.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Largest sample of all channels in dBFS.
    pub fn peak_db(&self) -> f64 {
        db(self.channels.iter().flatten().fold(0f64, |m, x| m.max(f64::from(x.abs()))))
    }

    /// RMS of one channel between two frames in dBFS.
    pub fn rms_db(&self, channel: usize, from: usize, to: usize) -> f64 {
        let part = &self.channels[channel][from..to];
        db((part.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / part.len() as f64).sqrt())
    }

    /// A hash of every bit.
    pub fn hash(&self) -> String {
        let mut h = blake3::Hasher::new();
        for c in &self.channels {
            for x in c {
                h.update(&x.to_bits().to_le_bytes());
            }
        }
        h.finalize().to_hex().to_string()
    }
}

/// Decibels of a factor.
pub fn db(x: f64) -> f64 {
    20.0 * x.max(1e-30).log10()
}
