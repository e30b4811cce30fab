//! `mixdown doc [FILE]`: the reference of the library, or of a file of one's own.

use super::Context;
use crate::args::{DocArgs, MixArgs};
use crate::declared::{self, Kind};
use crate::doc::{self, Folder, How, Source};
use crate::exit::{Exit, Stop};
use crate::project::{Project, shown};
use mixdown_analysis::world::World;
use mixdown_syntax::tree::ItemKind;
use mixdown_syntax::{FileId, parse};
use std::path::{Path, PathBuf};

/// Builds a reference and says where it is.
pub fn run(context: &Context, args: &DocArgs) -> Exit {
    let source = match &args.file {
        None => library(),
        Some(file) => match own(context, file) {
            Ok(source) => source,
            Err(exit) => return exit,
        },
    };
    match build(context, args, &source) {
        Ok(line) => {
            context.voice.line(&line);
            Exit::Done
        }
        Err(stop) => context.voice.stop(&Default::default(), stop),
    }
}

/// The standard library, file by file.
fn library() -> Source {
    let libraries = mixdown_std_lib::FILES.iter().map(|(name, text)| declared::read(name, text)).collect();
    Source { title: "mixdown".into(), libraries, around: String::new() }
}

/// What a file of the user declares, once it is right.
fn own(context: &Context, path: &Path) -> Result<Source, Exit> {
    let (project, _) = context.analyse(path, &MixArgs::default(), false)?;
    let text = project.read_text(&project.song).map_err(|e| context.voice.stop(&Default::default(), crate::sources::outside(e)))?;
    let library = declared::read(&project.song, &text);
    if library.items.is_empty() {
        let message = format!("{} declares no effect, chain or function", shown(path));
        let help = "name a file with `effect`, `chain` or `fn` in it; names that begin with `_` are private";
        return Err(context.voice.stop(&Default::default(), Stop::environment("E0948", message, help)));
    }
    // Pictures are made of what is declared, not of the song that may stand in the same file.
    let (tree, _) = parse(FileId(0), &text);
    let kept = tree.items.iter().filter(|item| {
        matches!(item.kind, ItemKind::Import(_) | ItemKind::Let(_) | ItemKind::Fn(_) | ItemKind::Chain(_) | ItemKind::Effect(_) | ItemKind::Option(_))
    });
    let around = kept.filter_map(|item| text.get(item.span.start as usize..item.span.end as usize)).map(|t| format!("{t}\n")).collect();
    Ok(Source { title: project.song.trim_end_matches(".mix").to_string(), libraries: vec![library], around })
}

fn build(context: &Context, args: &DocArgs, source: &Source) -> Result<String, Stop> {
    let started = std::time::Instant::now();
    let folder = Folder::begin(&args.output)?;
    // The standard library needs no files: any folder will do, and nothing in it is read.
    let song = args.file.clone().filter(|f| f != Path::new("-")).unwrap_or_else(|| PathBuf::from("reference.mix"));
    let outside = context.allow_outside;
    let open = || Project::open(&song, outside);
    let threads = if args.threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { args.threads };
    let how = How { threads, cost: args.cost, cancel: context.cancel.clone() };
    let entries = doc::write(source, &open, &how, &folder)?;
    let place = folder.commit()?;
    let all = || entries.iter().flatten();
    for e in all().filter(|e| e.measured.as_ref().is_some_and(|m| m.fault.is_some())) {
        let fault = e.measured.as_ref().and_then(|m| m.fault.as_deref()).unwrap_or_default();
        context.voice.line(&format!("not measured: {}: {fault}", e.declared.name));
    }
    let pictures: usize = all().filter_map(|e| e.measured.as_ref()).map(|m| m.panels.len()).sum();
    let functions = all().filter(|e| e.declared.kind == Kind::Function).count();
    let counted = match functions {
        0 => format!("{} pages", all().count()),
        n => format!("{} pages ({n} of functions)", all().count()),
    };
    Ok(format!("documented {counted}, {pictures} pictures in {:.1} s: {}", started.elapsed().as_secs_f64(), shown(&place.join("index.html"))))
}
