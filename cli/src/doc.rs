//! The reference of a library, built from its sources: for each effect, chain and function a page with what its text says,
//! pictures of what it does, measured by running it, and what it does to music.
//!
//! Always true here: the same text gives the same bytes, whatever the machine is doing and however many threads work;
//! nothing is written but the new folder, and that stands in its place only when it is whole.

mod bench;
mod cost;
mod data;
mod folder;
mod highlight;
mod listen;
mod page;
mod panels;
mod prose;
mod signals;
mod study;
mod subject;

pub use folder::Folder;
pub use listen::Pair;
pub use panels::Panel;

use crate::declared::{Declared, Kind, Library};
use crate::exit::{Exit, Stop};
use crate::project::Project;
use bench::{Bench, Fault};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use study::Study;
use subject::Subject;

/// What is documented.
pub struct Source {
    /// What its pages are called: `mixdown` for the standard library, else the file.
    pub title: String,
    /// Its files.
    pub libraries: Vec<Library>,
    /// Declarations that every example and picture needs in front of it: a user's own file. The standard library is known.
    pub around: String,
}

/// A declaration and all that was found out about it.
#[derive(Debug)]
pub struct Entry {
    /// What the text says.
    pub declared: Declared,
    /// Name of its page and its files, which no other has.
    pub slug: String,
    /// What was measured; `None` for a function.
    pub measured: Option<Measured>,
}

/// What was measured of an effect or chain.
#[derive(Debug)]
pub struct Measured {
    /// The call that was measured.
    pub call: String,
    /// Why there is nothing else here, where it could not be called.
    pub fault: Option<String>,
    /// Samples at 48 kHz that the rest of a mix waits for.
    pub latency: u32,
    /// Channels that go in, and what comes out of each; 0 in is a generator.
    pub channels: Vec<(u32, usize)>,
    /// What stood in for something that was not there.
    pub note: Option<String>,
    /// Pictures.
    pub panels: Vec<Panel>,
    /// Before and after.
    pub pair: Option<Pair>,
    /// Nanoseconds a frame of two channels (one where it takes one), where that was asked for.
    pub cost: Option<f64>,
}

/// How to build it.
#[derive(Clone, Debug)]
pub struct How {
    /// Threads, at least one.
    pub threads: usize,
    /// Measure what it costs, which no two runs agree on.
    pub cost: bool,
    /// Set when the user interrupts.
    pub cancel: Arc<AtomicBool>,
}

/// Opens the project whose files count; each thread asks once.
pub type Opener<'a> = dyn Fn() -> Result<Project, Stop> + Sync + 'a;

/// Measures everything and writes the reference into a folder.
///
/// # Errors
/// An interrupted run, what the engine says, a folder that cannot be written.
pub fn write(source: &Source, open: &Opener, how: &How, folder: &Folder) -> Result<Vec<Vec<Entry>>, Stop> {
    let entries = measure(source, open, how)?;
    page::write(source, &entries, folder)?;
    data::write(source, &entries, folder)?;
    Ok(entries)
}

/// Measures everything, file by file.
fn measure(source: &Source, open: &Opener, how: &How) -> Result<Vec<Vec<Entry>>, Stop> {
    let all: Vec<&Declared> = source.libraries.iter().flat_map(|l| &l.items).collect();
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<Option<Option<Measured>>>> = Mutex::new(all.iter().map(|_| None).collect());
    let failed: Mutex<Option<Stop>> = Mutex::default();
    let work = || -> Result<(), Stop> {
        // Each thread has its own view of the files.
        let project = open()?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(declared) = all.get(index) else { return Ok(()) };
            if how.cancel.load(Ordering::Relaxed) {
                return Err(Stop::Said(Exit::Interrupted));
            }
            let measured = if declared.kind == Kind::Function { None } else { Some(one(source, &project, declared, how)?) };
            if let Some(slot) = found.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
                *slot = Some(measured);
            }
        }
    };
    let thread = || {
        if let Err(stop) = work() {
            next.store(all.len(), Ordering::Relaxed);
            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(stop);
        }
    };
    std::thread::scope(|s| {
        for _ in 1..how.threads.min(all.len()) {
            s.spawn(thread);
        }
        thread();
    });
    if let Some(stop) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(stop);
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
    let mut taken = BTreeSet::new();
    let mut entry = |declared: &Declared| Entry {
        slug: slug(&declared.name, &mut taken),
        declared: declared.clone(),
        measured: found.next().flatten().flatten(),
    };
    Ok(source.libraries.iter().map(|l| l.items.iter().map(&mut entry).collect()).collect())
}

/// A file name of its own, also where capitals do not count.
fn slug(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut slug = name.to_string();
    let mut count = 1;
    while !taken.insert(slug.to_lowercase()) {
        count += 1;
        slug = format!("{name}-{count}");
    }
    slug
}

/// Everything about one.
fn one(source: &Source, project: &Project, declared: &Declared, how: &How) -> Result<Measured, Stop> {
    let subject = Subject::of(declared);
    // Files that a user's own example names must be there.
    let absent = if source.around.is_empty() { subject.files.clone() } else { Vec::new() };
    let bench = &Bench { project, library: source.around.clone(), absent, cancel: how.cancel.clone() };
    let mut out = Measured {
        call: subject.bare(),
        fault: None,
        latency: 0,
        channels: Vec::new(),
        note: bench.absent.first().map(|f| format!("`{f}` is a room here that falls by 60 dB in {} s.", bench::ROOM_DECAY)),
        panels: Vec::new(),
        pair: None,
        cost: None,
    };
    let study = match Study::of(bench, &subject) {
        Ok(study) => study,
        Err(Fault::Said(_, message)) => return Ok(Measured { fault: Some(message), ..out }),
        Err(Fault::Stopped(stop)) => return Err(stop),
    };
    out.latency = study.patch.latency();
    out.channels.extend(study.from_mono.map(|n| (1, n)));
    out.channels.extend(study.from_stereo.map(|n| (2, n)));
    if study.width == 0 {
        out.channels.push((0, study.patch.width()));
    }
    let example = || listen::in_example(bench, declared, &subject);
    out.pair = listen::pair(&subject, &study, &example)?;
    out.panels = panels::all(&study, out.pair.as_ref(), &example)?;
    if how.cost {
        out.cost = Some(cost::nanoseconds(bench, &subject, study.width)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn names_that_differ_in_capitals_have_files_of_their_own() {
        let mut taken = Default::default();
        assert_eq!(["lead", "Lead", "LEAD", "bass"].map(|n| slug(n, &mut taken)), ["lead", "Lead-2", "LEAD-3", "bass"]);
    }
}
