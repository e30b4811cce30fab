//! What is wrong with a library only where it is used: each effect and chain is called with its defaults behind the
//! library's own text, and lowered there: on one channel, on two, and as a source.
//!
//! Always true: a call that cannot be (a parameter has no default, no source comes out) is left out; what is said
//! points into the library's own text.

use crate::build;
use crate::exit::Stop;
use crate::project::Project;
use mixdown_analysis::Options;
use mixdown_kernel::lower::codes::WANTS_STEREO;
use mixdown_syntax::tree::{Ident, ItemKind};
use mixdown_syntax::{Diagnostic, FileId, Label, SourceMap, Span};
use std::collections::BTreeSet;

/// The library itself: the first text of its analysis.
const LIBRARY: FileId = FileId(0);

/// How an effect is called.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Mono,
    Stereo,
    Source,
}

/// The faults of a library that only the lowering sees, in the first way of calling that shows any, with the texts that
/// they point into.
///
/// # Errors
/// The library's folder is gone.
pub fn faults(project: &Project, library: &SourceMap, options: &Options) -> Result<(SourceMap, Vec<Diagnostic>), Stop> {
    let text = library.file(LIBRARY).map_or("", |f| f.text.as_str());
    let (tree, _) = mixdown_syntax::parse(LIBRARY, text);
    let called = |kind| match kind {
        ItemKind::Effect(decl) | ItemKind::Chain(decl) => Some(decl.name.clone()),
        _ => None,
    };
    let names: Vec<Ident> = tree.items.into_iter().filter_map(|item| called(item.kind)).collect();
    for way in [Way::Mono, Way::Stereo, Way::Source] {
        let (sources, faults) = lowered(project, text, &names, way, options)?;
        if !faults.is_empty() {
            return Ok((sources, faults));
        }
    }
    Ok((SourceMap::default(), Vec::new()))
}

/// The faults of all that can be called in one way.
fn lowered(
    project: &Project,
    text: &str,
    names: &[Ident],
    way: Way,
    options: &Options,
) -> Result<(SourceMap, Vec<Diagnostic>), Stop> {
    let mut names: Vec<&Ident> = names.iter().collect();
    loop {
        let mut all = format!("{text}\nlength 1s\n");
        let mut starts = Vec::new();
        for name in &names {
            starts.push(all.len());
            all += &line(&name.name, way);
        }
        let found = build::check(&project.saying(all)?, options);
        // The call that a place belongs to, where that lies behind the library.
        let call = |span: Span| match starts.partition_point(|start| *start <= span.start as usize) {
            next if span.file == LIBRARY => next.checked_sub(1),
            _ => None,
        };
        let call_of = |d: &Diagnostic| d.labels.iter().find_map(|l| call(l.span));
        let errors: Vec<&Diagnostic> = found.diagnostics.iter().filter(|d| d.is_error()).collect();
        let impossible: BTreeSet<usize> = errors.iter().filter_map(|d| call_of(d)).collect();
        if !impossible.is_empty() {
            names = names.into_iter().enumerate().filter(|(i, _)| !impossible.contains(i)).map(|(_, n)| n).collect();
            continue;
        }
        let mut faults = match &found.mix {
            _ if names.is_empty() => Vec::new(),
            None => errors.into_iter().cloned().collect(),
            Some(mix) => mixdown_kernel::lower::lower(mix, &Default::default()).err().unwrap_or_default(),
        };
        // That two channels are wanted is no fault: they come next.
        faults.retain(|fault| way != Way::Mono || fault.code != WANTS_STEREO.code);
        for fault in &mut faults {
            let declared = call_of(fault).map(|i| names[i].span);
            fault.labels.retain(|l| call(l.span).is_none());
            if fault.labels.is_empty() {
                fault.labels.extend(declared.map(|span| Label { span, text: String::new() }));
            }
        }
        let mut own: Vec<Diagnostic> = Vec::new();
        for fault in faults {
            if own.iter().all(|known| (&known.code, known.span()) != (&fault.code, fault.span())) {
                own.push(fault);
            }
        }
        let mut sources = found.sources;
        sources.retext(LIBRARY, text);
        return Ok((sources, own));
    }
}

/// A track that calls an effect; it has the effect's name, should something be said of it.
fn line(effect: &str, way: Way) -> String {
    match way {
        Way::Mono => format!("track {effect} {{ source silence; {effect}() }}\n"),
        Way::Stereo => format!("track {effect} {{ source silence; stereo(); {effect}() }}\n"),
        Way::Source => format!("track {effect} {{ source {effect}() }}\n"),
    }
}
