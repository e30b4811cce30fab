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
    let song = folder.join(format!("{title}.mix"));
    match &args.from {
        None => first_song(folder, &song, &title)?,
        Some(from) => rough_mix(context, from, folder, &song, &title)?,
    }
    context.print(&format!("{}\n", song.display()));
    context.voice.line(&format!("next: mixdown render {}", quoted(&crate::project::shown(&song))));
    Ok(())
}

/// A small song with its library and stems.
fn first_song(folder: &Path, song: &Path, title: &str) -> Result<(), Stop> {
    common(folder)?;
    starter::stems(&folder.join("stems"))?;
    // In the comment at its top the title stands as it is, in a string it is escaped.
    let (head, rest) = starter::SONG.split_once('\n').unwrap_or((starter::SONG, ""));
    let head = head.replace("{file}", &format!("{title}.mix")).replace("{name}", title);
    let rest = rest.replace("{title}", &rough::escaped(title));
    write(song, format!("{head}\n{rest}").as_bytes())
}

/// A rough mix of a folder of stems.
fn rough_mix(context: &Context, from: &Path, folder: &Path, song: &Path, title: &str) -> Result<(), Stop> {
    let _tidy = crate::signals::Tidy::begin();
    if from.is_file() {
        let message = format!("{} is a file, not a folder", from.display());
        return Err(Stop::environment("E0943", message, "name the folder of the stems: `--from stems`"));
    }
    let (stems, refused) = rough::listen(from, &context.cancel)?;
    if stems.is_empty() {
        let why = refused.first().map_or_else(String::new, |r| format!(" ({r})"));
        let message = format!("{} holds no audio that can be read{why}", from.display());
        return Err(Stop::environment("E0943", message, "name a folder of stems"));
    }
    for line in &refused {
        context.voice.line(&format!("left out: {line}"));
    }
    common(folder)?;
    for stem in &stems {
        let to = folder.join("stems").join(&stem.copy);
        ensure(&to)?;
        std::fs::copy(&stem.path, &to).map_err(|e| io(&to, &e))?;
    }
    let mut found = rough::Found::default();
    let text = |found| rough::song(title, &stems, &refused, found).into_bytes();
    write(song, &text(found))?;
    found.voice = rough::voice(song, &stems, &context.cancel)?;
    write(song, &text(found))?;
    found.gain = Some(rough::gain(song, &context.cancel)?);
    write(song, &text(found))
}

/// What every project has.
fn common(folder: &Path) -> Result<(), Stop> {
    write(&folder.join("lib/chains.mix"), starter::CHAINS.as_bytes())?;
    write(&folder.join(".gitignore"), b"*.wav\n!stems/*.wav\n/out\n")
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

/// A path as a shell reads it as one word.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%".contains(c);
    if path.chars().all(plain) { path.to_string() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
