//! A song's folder as the compiler's [`World`]: text, audio facts, measurements and file lists, each read once, each
//! remembered so that `watch` knows what to follow.

mod ahead;

use crate::exit::Stop;
use mixdown_analysis::world::{AudioFacts, Measured, World, WorldError};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

/// Size and time of a file, and where the system has such which file it is and when it was put there: what is compared to
/// notice a change. Another file under the same name is another one, even of the same size and time.
pub type Stamp = (u64, Option<SystemTime>, (u64, i64, i64));

/// A song's folder, opened.
#[derive(Debug)]
pub struct Project {
    /// Folder of the song: every path is relative to it.
    pub folder: PathBuf,
    /// File name of the song in it.
    pub song: String,
    /// The folder that may be read and written: the song's, or one above it with a manifest.
    pub root: PathBuf,
    allow_outside: bool,
    facts: RefCell<BTreeMap<String, Result<AudioFacts, WorldError>>>,
    measured: RefCell<BTreeMap<String, Measured>>,
    stamps: RefCell<BTreeMap<PathBuf, Stamp>>,
    asked: RefCell<BTreeSet<PathBuf>>,
    globbed: RefCell<BTreeMap<String, Vec<String>>>,
    texts: RefCell<BTreeMap<PathBuf, Option<blake3::Hash>>>,
    /// The song's text, where it is not that of its file: it came by standard input, or more was said.
    spoken: Option<String>,
    ahead: ahead::Ahead,
    known: Known,
}

/// What was found out about files, for every project that is opened with it: a file of the same size and time is not
/// looked at again.
#[derive(Clone, Debug, Default)]
pub struct Known {
    facts: Rc<RefCell<HashMap<PathBuf, (Stamp, Result<AudioFacts, WorldError>)>>>,
    measured: Rc<RefCell<HashMap<PathBuf, (Stamp, Measured)>>>,
}

/// What a song is called that came by standard input.
const SPOKEN: &str = "stdin.mix";

/// A file that was asked for, as it was when it was first read.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Where.
    pub path: PathBuf,
    /// Size and time then.
    pub stamp: Stamp,
    /// It is text of the song; its hash then, `None` where it could not be read.
    pub text: Option<Option<blake3::Hash>>,
}

impl Project {
    /// Opens the folder of a song; `-` is standard input, as a song of the folder one stands in.
    ///
    /// # Errors
    /// The song does not exist or has no name.
    pub fn open(song: &Path, allow_outside: bool) -> Result<Project, Stop> {
        if song == Path::new("-") {
            let text = std::io::read_to_string(std::io::stdin())
                .map_err(|e| Stop::environment("E0942", format!("standard input: {}", plain(&e)), "send a song as UTF-8"))?;
            let project = Project::open(Path::new(SPOKEN), allow_outside)?;
            return Ok(Project { spoken: Some(text), ..project });
        }
        let Some(name) = song.file_name() else { return Err(folder_for_song(song)) };
        if song.is_dir() {
            return Err(folder_for_song(song));
        }
        let parent = match song.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let folder = parent.canonicalize().map_err(|e| {
            Stop::environment("E0939", format!("{}: {e}", parent.display()), "check the spelling of the folder")
        })?;
        let root = folder
            .ancestors()
            .find(|a| a.join("mixdown.toml").is_file())
            .map_or_else(|| folder.clone(), Path::to_path_buf);
        Ok(Project {
            folder,
            song: name.to_string_lossy().into_owned(),
            root,
            allow_outside,
            facts: RefCell::default(),
            measured: RefCell::default(),
            stamps: RefCell::default(),
            asked: RefCell::default(),
            globbed: RefCell::default(),
            texts: RefCell::default(),
            spoken: None,
            ahead: ahead::Ahead::default(),
            known: Known::default(),
        })
    }

    /// The same folder, with what others found out about its files.
    pub fn knowing(self, known: &Known) -> Project {
        Project { known: known.clone(), ..self }
    }

    /// The same folder, with another text for its song.
    ///
    /// # Errors
    /// The folder is gone.
    pub fn saying(&self, text: String) -> Result<Project, Stop> {
        let again = Project::open(&self.folder.join(&self.song), self.allow_outside)?;
        Ok(Project { spoken: Some(text), known: self.known.clone(), ..again })
    }

    /// The path on disk of a path of the song.
    ///
    /// # Errors
    /// It lies outside of the project and that was not allowed.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, WorldError> {
        let full = normal(&self.folder.join(path));
        if self.allow_outside || full.starts_with(&self.root) {
            return Ok(full);
        }
        Err(WorldError {
            code: "E0931".into(),
            message: format!("`{path}` lies outside of the project's folder"),
            help: Some("copy the file into the project, or allow it with `--allow-outside`".into()),
        })
    }

    /// The path on disk of a file that the song writes. Links are followed: what one leads to is what is written.
    ///
    /// # Errors
    /// It lies outside of the project and that was not allowed.
    pub fn writable(&self, path: &str) -> Result<PathBuf, WorldError> {
        let place = "name a place in the project, or allow it with `--allow-outside`";
        let full = self.resolve(path).map_err(|fault| WorldError { help: Some(place.into()), ..fault })?;
        let real = full.ancestors().find_map(|a| a.canonicalize().ok());
        if self.allow_outside || real.as_ref().is_none_or(|r| r.starts_with(&self.root)) {
            return Ok(full);
        }
        Err(WorldError {
            code: "E0931".into(),
            message: format!("`{path}` leads out of the project's folder, by a link to {}", shown(&real.unwrap_or_default())),
            help: Some(place.into()),
        })
    }

    /// Begins to look at the compressed files that the song's text names, on a thread of its own.
    pub fn look_ahead(&self) {
        let Ok(text) = self.read_text(&self.song) else { return };
        let (anywhere, root) = (self.allow_outside, self.root.clone());
        self.ahead.start(self.folder.clone(), ahead::patterns(&text), move |file| anywhere || file.starts_with(&root));
    }

    /// How a file of the song is called from where the user stands; `None` for what is no file.
    pub fn shown(&self, path: &str) -> Option<String> {
        let full = self.resolve(path).ok()?;
        let here = self.spoken.is_none() || path != SPOKEN;
        (here && (self.stamps.borrow().contains_key(&full) || path == self.song)).then(|| shown(&full))
    }

    /// How the song is called from where the user stands.
    pub fn name(&self) -> String {
        self.shown(&self.song).unwrap_or_else(|| self.song.clone())
    }

    /// Every file that was asked for so far, found or not, and the folders of patterns.
    pub fn dependencies(&self) -> Vec<PathBuf> {
        self.asked.borrow().iter().cloned().collect()
    }

    /// Every file that was asked for so far, found or not, as it was then.
    pub fn seen(&self) -> Vec<Seen> {
        let (stamps, texts) = (self.stamps.borrow(), self.texts.borrow());
        stamps.iter().map(|(p, s)| Seen { path: p.clone(), stamp: *s, text: texts.get(p).copied() }).collect()
    }

    /// Patterns that were asked for, with the files that matched then.
    pub fn patterns(&self) -> Vec<(String, Vec<String>)> {
        self.globbed.borrow().iter().map(|(p, files)| (p.clone(), files.clone())).collect()
    }

    /// Files that are not as they were when they were first read.
    pub fn changed(&self) -> Vec<PathBuf> {
        self.stamps.borrow().iter().filter(|(p, s)| stamp(p) != **s).map(|(p, _)| p.clone()).collect()
    }

    fn note(&self, path: &Path) {
        self.asked.borrow_mut().insert(path.to_path_buf());
        self.stamps.borrow_mut().entry(path.to_path_buf()).or_insert_with(|| stamp(path));
    }

    fn look(&self, path: &str) -> Result<AudioFacts, WorldError> {
        let full = self.resolve(path)?;
        self.note(&full);
        let now = stamp(&full);
        if let Some((then, facts)) = self.known.facts.borrow().get(&full)
            && *then == now
        {
            return facts.clone();
        }
        let facts = self.probe(&full, path, now);
        self.known.facts.borrow_mut().insert(full, (now, facts.clone()));
        facts
    }

    fn probe(&self, full: &Path, path: &str, now: Stamp) -> Result<AudioFacts, WorldError> {
        let known = self.ahead.take(full, now);
        let info = known.unwrap_or_else(|| mixdown_media::probe(full)).map_err(|e| media(&e, path))?;
        let bits = (info.bits > 0).then_some(info.bits);
        let depth = bits.map_or(String::new(), |b| format!(" {b} bit"));
        Ok(AudioFacts {
            rate: info.rate,
            channels: info.channels,
            frames: info.frames,
            format: format!("{} {}{depth}", info.container, info.codec),
            bits,
            warnings: info.warnings.iter().map(|w| w.message.clone()).collect(),
        })
    }
}

/// Measures a file as `measure` and `mixdown measure` do.
///
/// # Errors
/// The file cannot be read.
pub fn measure_file(path: &Path) -> Result<mixdown_meter::Measurement, mixdown_media::MediaError> {
    let mut reader = mixdown_media::open(path)?;
    let (rate, channels) = (reader.info().rate, reader.info().channels);
    let mut meter = mixdown_meter::Meter::new(rate, channels)
        .map_err(|e| mixdown_media::MediaError::new("E0910", path, e.to_string(), ""))?;
    let mut block = vec![vec![0f32; 16_384]; channels as usize];
    loop {
        let n = reader.read(&mut block, 16_384)?;
        if n == 0 {
            break;
        }
        let planes: Vec<&[f32]> = block.iter().map(|b| &b[..n]).collect();
        meter.push(&planes);
    }
    Ok(meter.finish())
}

/// Size and time of a file now; zero and none where there is none.
pub fn stamp(path: &Path) -> Stamp {
    match std::fs::metadata(path) {
        Ok(m) => (m.len(), m.modified().ok(), identity(&m)),
        Err(_) => (0, None, (0, 0, 0)),
    }
}

#[cfg(unix)]
fn identity(m: &std::fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (m.ino(), m.ctime(), m.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

fn media(e: &mixdown_media::MediaError, path: &str) -> WorldError {
    WorldError {
        code: e.code.to_string(),
        message: format!("{path}: {}", e.reason),
        help: (!e.help.is_empty()).then(|| e.help.clone()),
    }
}

/// A folder where a song is wanted: which of its files may be meant.
fn folder_for_song(folder: &Path) -> Stop {
    let mut songs = crate::glob::files(folder, "*.mix").unwrap_or_default();
    songs.truncate(3);
    let songs: Vec<String> = songs.iter().map(|song| format!("`{}`", folder.join(song).display())).collect();
    let help = if songs.is_empty() {
        "name a `.mix` file; `mixdown new NAME` makes a project with one".to_string()
    } else {
        format!("name the song in it: {}", songs.join(" or "))
    };
    Stop::environment("E0937", format!("{} is a folder, not a song", folder.display()), help)
}

/// A path as short as it can be said from where the user stands: relative below that folder, else absolute.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|h| path.strip_prefix(h).ok().map(Path::to_path_buf));
    let short = short.unwrap_or_else(|| path.to_path_buf());
    if short.as_os_str().is_empty() { ".".into() } else { short.display().to_string() }
}

/// A path without `.` and `..`, worked out on its text so that links inside a project stay inside.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for c in path.components() {
        match c {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

impl World for Project {
    fn read_text(&self, path: &str) -> Result<String, WorldError> {
        if let Some(text) = self.spoken.as_ref().filter(|_| path == self.song) {
            return Ok(text.clone());
        }
        let full = self.resolve(path)?;
        self.note(&full);
        let read = std::fs::read(&full);
        self.texts.borrow_mut().entry(full.clone()).or_insert_with(|| read.as_ref().ok().map(|bytes| blake3::hash(bytes)));
        match read {
            Ok(bytes) => String::from_utf8(bytes).map_err(|e| WorldError {
                code: "E0942".into(),
                message: format!("{} is not text: byte {} is not UTF-8", shown(&full), e.utf8_error().valid_up_to()),
                help: Some("save it as UTF-8".into()),
            }),
            Err(e) => Err(WorldError {
                code: "E0941".into(),
                message: format!("{}: {}", shown(&full), plain(&e)),
                help: Some("check the spelling of the path; it is relative to the file that names it".into()),
            }),
        }
    }

    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)> {
        mixdown_std_lib::declares(name)
    }

    fn std_names(&self) -> Vec<&'static str> {
        mixdown_std_lib::names().collect()
    }

    fn package(&self, name: &str) -> Result<String, WorldError> {
        let folder = format!("packages/{name}");
        if self.root.join(&folder).is_dir() {
            return Ok(folder);
        }
        Err(WorldError {
            code: "E0935".into(),
            message: format!("there is no package `{name}`"),
            help: Some(format!("put it into `packages/{name}` beside `mixdown.toml`")),
        })
    }

    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError> {
        if let Some(known) = self.facts.borrow().get(path) {
            return known.clone();
        }
        let facts = self.look(path);
        self.facts.borrow_mut().insert(path.to_string(), facts.clone());
        facts
    }

    fn measure(&self, path: &str) -> Result<Measured, WorldError> {
        if let Some(known) = self.measured.borrow().get(path) {
            return Ok(known.clone());
        }
        let full = self.resolve(path)?;
        self.note(&full);
        let now = stamp(&full);
        let known = self.known.measured.borrow().get(&full).filter(|(then, _)| *then == now).map(|(_, m)| m.clone());
        let measured = match known {
            Some(measured) => measured,
            None => crate::render::measured(&measure_file(&full).map_err(|e| media(&e, path))?),
        };
        self.known.measured.borrow_mut().insert(full, (now, measured.clone()));
        self.measured.borrow_mut().insert(path.to_string(), measured.clone());
        Ok(measured)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, WorldError> {
        self.resolve(pattern)?;
        let found = crate::glob::files(&self.folder, pattern);
        let files = found.as_ref().map_or_else(|_| Vec::new(), Clone::clone);
        self.globbed.borrow_mut().entry(pattern.to_string()).or_insert(files);
        found.map_err(|e| WorldError {
            code: "E0939".into(),
            message: format!("`{pattern}`: {}", plain(&e)),
            help: Some("check the folder in the pattern".into()),
        })
    }
}

/// An I/O error in words without its number.
pub fn plain(e: &std::io::Error) -> String {
    use std::io::ErrorKind::*;
    match e.kind() {
        NotFound => "no such file or folder".into(),
        PermissionDenied => "permission denied".into(),
        IsADirectory => "it is a folder".into(),
        _ => e.to_string(),
    }
}
