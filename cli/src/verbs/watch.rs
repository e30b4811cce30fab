//! `mixdown watch`: renders again when a file of the last compile changes, by content.
//!
//! Always true here: what is followed are exactly the files that the last compile asked for, missing ones included;
//! a broken edit leaves the last good render where it is; a change during a render stops it and begins anew with the
//! newest text; the terminal's scrollback stays.

mod followed;
mod guard;

use super::Context;
use super::render::once;
use crate::args::{RenderArgs, WatchArgs};
use crate::exit::{Exit, Stop};
use followed::{Contents, Followed};
use guard::Guard;
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Quiet before a change is acted on.
const QUIET: Duration = Duration::from_millis(50);
/// Longest wait while changes keep coming.
const LONGEST: Duration = Duration::from_millis(500);
/// How often files are looked at without a notification: network folders send none, and nobody can watch a file in
/// a folder that does not exist yet.
const POLL: Duration = Duration::from_millis(300);

/// Watches until interrupted.
pub fn run(context: &Context, args: &WatchArgs) -> Exit {
    match watch(context, args) {
        Ok(exit) => exit,
        Err(stop) => context.voice.stop(&Default::default(), stop),
    }
}

fn watch(context: &Context, args: &WatchArgs) -> Result<Exit, Stop> {
    if args.render.output.as_deref() == Some(Path::new("-")) {
        return Err(Stop::environment("E0937", "`watch` renders again and again, which standard output cannot take", "name a file with `-o`"));
    }
    if args.render.song == Path::new("-") {
        return Err(Stop::environment("E0937", "standard input has nothing to follow", "name the song's file"));
    }
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Whether it concerns us is decided by content, so any event will do.
        if event.is_ok_and(|e| !e.kind.is_access()) {
            let _ = send.send(());
        }
    })
    .map_err(|e| Stop::environment("E0939", format!("folders cannot be watched: {e}"), "close other watchers"))?;
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    let mut contents = Contents::default();
    let mut last: Option<Followed> = None;
    // While one listens, the first delivery is the mix; the others are made when it is done.
    let render = RenderArgs { first: !args.all, ..args.render.clone() };
    let mut made = Vec::new();
    loop {
        let mut guard = None;
        let tried = once(context, &render, &mut |project| {
            let followed = Followed::of(project, &mut contents, None, &made);
            let guard = guard.insert(Guard::over(followed, contents.clone(), context.cancel.clone()));
            guard.render.clone()
        });
        drop(guard);
        if context.cancel.load(Ordering::SeqCst) {
            return Ok(Exit::Interrupted);
        }
        if tried.stop.as_ref().is_some_and(overtaken) {
            settle(&events);
            continue;
        }
        let exit = tried.stop.map(|stop| context.voice.stop(&Default::default(), stop));
        let Some(project) = tried.project else { return Ok(exit.unwrap_or(Exit::Done)) };
        // A text that does not parse asks for less than it will when it is mended.
        let before = last.take().filter(|_| exit.is_some());
        made.extend_from_slice(&tried.files);
        let followed = Followed::of(&project, &mut contents, before, &tried.files);
        let wanted = followed.folders();
        for gone in folders.difference(&wanted) {
            let _ = watcher.unwatch(gone);
        }
        for new in wanted.difference(&folders) {
            // A folder that cannot be watched is polled.
            let _ = watcher.watch(new, RecursiveMode::NonRecursive);
        }
        folders = wanted;
        context.voice.line(&format!("watching {}", followed.describe(&project.name())));
        if !wait(context, &events, &followed, &mut contents) {
            return Ok(Exit::Interrupted);
        }
        last = Some(followed);
    }
}

/// Whether a render ended because a file of its song is not what it was.
fn overtaken(stop: &Stop) -> bool {
    stop.exit() == Exit::Interrupted || matches!(stop, Stop::Error { code, .. } if code == "E0932")
}

/// Waits for a change of content; false when interrupted.
fn wait(context: &Context, events: &Receiver<()>, followed: &Followed, contents: &mut Contents) -> bool {
    loop {
        if context.cancel.load(Ordering::SeqCst) {
            return false;
        }
        match events.recv_timeout(POLL) {
            Ok(()) => settle(events),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(POLL),
        }
        if followed.changed(contents) {
            // Found by looking, not by being told: it may still be under the pen.
            settle(events);
            return true;
        }
    }
}

/// Waits until it has been quiet for a while, or for the longest wait.
fn settle(events: &Receiver<()>) {
    let started = Instant::now();
    while started.elapsed() < LONGEST && events.recv_timeout(QUIET).is_ok() {}
}
