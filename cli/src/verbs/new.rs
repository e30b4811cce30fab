//! `mixdown new NAME [--from STEMS]`.

use super::Context;
use crate::args::NewArgs;
use crate::exit::{Exit, Stop};
use crate::{rough, starter};
use std::path::Path;

/// Makes a project folder.
pub fn run(context: &Context, args: &NewArgs) -> Exit {
    match make(context, args) {
        Ok(()) => Exit::Done,
        Err(stop) => context.voice.stop(&Default::default(), stop),
    }
}

fn make(context: &Context, args: &NewArgs) -> Result<(), Stop> {
    let folder = &args.name;
    let Some(title) = folder.file_name().map(|n| n.to_string_lossy().into_owned()) else {
        return Err(Stop::environment("E0937", format!("{} has no name", folder.display()), "name a folder"));
    };
    if folder.exists() && std::fs::read_dir(folder).map_or(true, |mut d| d.next().is_some()) {
        return Err(Stop::environment("E0934", format!("{} exists already and is not empty", folder.display()), "choose another name"));
    }
    let (song, stems) = match &args.from {
        None => (starter::SONG.replace("{title}", &title).replace("{name}", &title).replace("{file}", &format!("{title}.mix")), Vec::new()),
        Some(from) => {
            let (stems, refused) = rough::listen(from)?;
            if stems.is_empty() {
                let why = refused.first().map_or_else(String::new, |r| format!(" ({r})"));
                return Err(Stop::environment("E0906", format!("{} holds no audio that can be read{why}", from.display()), "name a folder of stems"));
            }
            for line in &refused {
                context.voice.line(&format!("left out: {line}"));
            }
            (rough::song(&title, &stems, &refused), stems)
        }
    };
    write(&folder.join("lib/chains.mix"), starter::CHAINS.as_bytes())?;
    write(&folder.join(".gitignore"), b"*.wav\n!stems/*.wav\n/out\n")?;
    if args.from.is_none() {
        starter::stems(&folder.join("stems"))?;
    }
    for stem in &stems {
        let to = folder.join("stems").join(&stem.file);
        ensure(&to)?;
        std::fs::copy(&stem.path, &to).map_err(|e| io(&to, &e))?;
    }
    let path = folder.join(format!("{title}.mix"));
    write(&path, song.as_bytes())?;
    context.print(&format!("{}\n", path.display()));
    context.voice.line(&format!("next: mixdown render {}", super::render::shown(&path)));
    Ok(())
}

fn ensure(path: &Path) -> Result<(), Stop> {
    match path.parent() {
        Some(parent) => std::fs::create_dir_all(parent).map_err(|e| io(parent, &e)),
        None => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    ensure(path)?;
    std::fs::write(path, bytes).map_err(|e| io(path, &e))
}

fn io(path: &Path, e: &std::io::Error) -> Stop {
    Stop::environment("E0939", format!("{}: {}", path.display(), crate::project::plain(e)), "check the folder and its permissions")
}
