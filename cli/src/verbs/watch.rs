//! `mixdown watch`: renders again when a file of the last compile changes, by content.
//!
//! Always true here: what is followed are exactly the files that the last compile asked for, missing ones included;
//! a broken edit leaves the last good render where it is; the terminal's scrollback stays.

use super::Context;
use crate::args::WatchArgs;
use crate::exit::{Exit, Stop};
use crate::project::Project;
use notify::{RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Quiet before a change is acted on.
const QUIET: Duration = Duration::from_millis(50);
/// Longest wait while changes keep coming.
const LONGEST: Duration = Duration::from_millis(500);
/// How often the contents are looked at even without a notification (network folders, missing files).
const POLL: Duration = Duration::from_millis(300);

/// Watches until interrupted.
pub fn run(context: &Context, args: &WatchArgs) -> Exit {
    match watch(context, args) {
        Ok(exit) => exit,
        Err(stop) => context.voice.stop(&Default::default(), stop),
    }
}

fn watch(context: &Context, args: &WatchArgs) -> Result<Exit, Stop> {
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Whether it concerns us is decided by content, so any event will do.
        if event.is_ok_and(|e| !e.kind.is_access()) {
            let _ = send.send(());
        }
    })
    .map_err(|e| Stop::environment("E0939", format!("folders cannot be watched: {e}"), "close other watchers"))?;
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    loop {
        let followed = render(context, args)?;
        let wanted: BTreeSet<PathBuf> = followed.keys().filter_map(|p| nearest_folder(p)).collect();
        for gone in folders.difference(&wanted) {
            let _ = watcher.unwatch(gone);
        }
        for new in wanted.difference(&folders) {
            // A folder that cannot be watched is polled.
            let _ = watcher.watch(new, RecursiveMode::NonRecursive);
        }
        folders = wanted;
        context.voice.line(&format!("watching {} files", followed.len()));
        if !wait(context, &events, &followed, args, &context_patterns(context, args)) {
            return Ok(Exit::Interrupted);
        }
    }
}

/// One render; what it read, with a hash of each.
fn render(context: &Context, args: &WatchArgs) -> Result<BTreeMap<PathBuf, Option<blake3::Hash>>, Stop> {
    let song = &args.render.song;
    // The contents before the compile: a change during it is then seen as one.
    let before = Project::open(song, context.allow_outside)?;
    let started = Instant::now();
    let _ = super::render::once(context, &args.render);
    let done = started.elapsed().as_secs_f64();
    let mut files: BTreeSet<PathBuf> = dependencies(context, args).into_iter().collect();
    files.insert(before.folder.join(&before.song));
    context.voice.line(&format!("[{done:.2} s]"));
    Ok(files.into_iter().map(|f| (f.clone(), hash(&f))).collect())
}

fn dependencies(context: &Context, args: &WatchArgs) -> Vec<PathBuf> {
    match analysed(context, args) {
        Some(project) => project.dependencies(),
        None => Vec::new(),
    }
}

fn analysed(context: &Context, args: &WatchArgs) -> Option<Project> {
    let project = Project::open(&args.render.song, context.allow_outside).ok()?;
    let options = super::options(&args.render.mix).ok()?;
    crate::build::check(&project, &options);
    Some(project)
}

fn context_patterns(context: &Context, args: &WatchArgs) -> Vec<(String, Vec<String>)> {
    let Some(project) = analysed(context, args) else { return Vec::new() };
    project
        .patterns()
        .into_iter()
        .map(|p| {
            let files = crate::glob::files(&project.folder, &p).unwrap_or_default();
            (p, files)
        })
        .collect()
}

/// Waits for a change of content; false when interrupted.
fn wait(
    context: &Context,
    events: &Receiver<()>,
    followed: &BTreeMap<PathBuf, Option<blake3::Hash>>,
    args: &WatchArgs,
    patterns: &[(String, Vec<String>)],
) -> bool {
    let folder = args.render.song.parent().unwrap_or(Path::new("")).to_path_buf();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    loop {
        if context.cancel.load(Ordering::SeqCst) {
            return false;
        }
        match events.recv_timeout(POLL) {
            Ok(()) => settle(events),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(POLL),
        }
        let changed = followed.iter().any(|(f, h)| hash(f) != *h);
        let listed = patterns.iter().any(|(p, files)| crate::glob::files(&folder, p).unwrap_or_default() != *files);
        if changed || listed {
            return true;
        }
    }
}

/// Waits until it has been quiet for a while, or for the longest wait.
fn settle(events: &Receiver<()>) {
    let started = Instant::now();
    while started.elapsed() < LONGEST && events.recv_timeout(QUIET).is_ok() {}
}

fn hash(path: &Path) -> Option<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut file = std::fs::File::open(path).ok()?;
    std::io::copy(&mut file, &mut hasher).ok()?;
    Some(hasher.finalize())
}

/// The folder to watch for a file: its own, or the nearest above that exists.
fn nearest_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|a| a.is_dir()).map(Path::to_path_buf)
}
