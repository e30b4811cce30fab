//! Audio files of the Mix. Always true: a file is asked for once; what is wrong with it is said where the text names
//! it first, with the code of the room that found out.

use crate::codes;
use crate::mix::AudioFile;
use crate::session::Session;
use crate::world::WorldError;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::{AUDIO, Diagnostic, Span};
use std::collections::HashMap;

/// Files, each once.
#[derive(Default)]
pub(crate) struct AudioTable {
    /// In the order the text names them.
    pub list: Vec<AudioFile>,
    known: HashMap<String, Option<u32>>,
}

impl Session<'_> {
    /// The index of an audio file; `None` where it cannot be read (said once).
    pub(crate) fn audio_file(&mut self, path: &str, span: Span) -> Option<u32> {
        if let Some(known) = self.audio.known.get(path) {
            return *known;
        }
        self.depend(path);
        let index = match self.world.audio(path) {
            Ok(facts) => {
                for warning in &facts.warnings {
                    self.report(
                        Diagnostic::warning(&codes::E0522, span, format!("`{path}`: {warning}"))
                            .help("export the file again if this is not meant; it is used as it is"),
                    );
                }
                if facts.channels == 0 || facts.frames == 0 {
                    self.report(
                        Diagnostic::warning(&codes::E0522, span, format!("`{path}` holds no audio"))
                            .help("export the file again; it plays as silence"),
                    );
                }
                self.audio.list.push(AudioFile {
                    path: path.to_string(),
                    rate: facts.rate,
                    channels: facts.channels,
                    frames: facts.frames,
                    bits: facts.bits,
                    span,
                });
                Some(self.audio.list.len() as u32 - 1)
            }
            Err(error) => {
                let fault = self.audio_fault(path, &error, span);
                self.report(fault);
                None
            }
        };
        self.audio.known.insert(path.to_string(), index);
        index
    }

    /// What to say of a file that cannot be had: its own code, and the nearest file of the project.
    pub(crate) fn audio_fault(&self, path: &str, error: &WorldError, span: Span) -> Diagnostic {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let pattern = if folder.is_empty() { "*".to_string() } else { format!("{folder}/*") };
        let files = self.world.glob(&pattern).unwrap_or_default();
        if files.iter().any(|f| f == path) {
            return self.world_fault(error, span, "export the file again as WAV or FLAC");
        }
        let mut fault = self.world_fault(error, span, "");
        if path.contains('*') {
            fault.help = Some(format!(
                "a track has one source: write `for file in files(\"{path}\") {{ track \"{{stem(file)}}\" {{ source file }} }}`"
            ));
            return fault;
        }
        let near = did_you_mean(path, files.iter().map(String::as_str)).map(str::to_string);
        let near = near.map(|n| vec![n]).unwrap_or_else(|| self.files_like(name));
        if near.is_empty() {
            let help = if files.is_empty() {
                format!("nothing lies where `{name}` is looked for; paths are relative to the song's folder")
            } else {
                "look at its spelling; paths are relative to the song's folder".to_string()
            };
            return self.world_fault(error, span, &help);
        }
        let list: Vec<String> = near.iter().map(|n| format!("`{n}`")).collect();
        fault.help = Some(format!("did you mean {}?", list.join(" or ")));
        near.iter().fold(fault, |fault, n| fault.fix(format!("write `{n}`"), span, format!("\"{n}\"")))
    }

    /// Audio in any folder of the project whose name is this one, with any ending, or is spelled nearly so; the
    /// nearest first, three at most.
    fn files_like(&self, name: &str) -> Vec<String> {
        let parts = |path: &str| {
            let name = path.rsplit_once('/').map_or(path, |(_, name)| name).to_lowercase();
            let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
            (stem.to_string(), ending.to_string())
        };
        let all = self.world.glob("**/*").unwrap_or_default();
        let audio: Vec<&String> = all.iter().filter(|f| AUDIO.contains(&parts(f).1.as_str())).collect();
        let stem = parts(name).0;
        let same: Vec<String> = audio.iter().filter(|f| parts(f).0 == stem).map(|f| f.to_string()).take(3).collect();
        if !same.is_empty() {
            return same;
        }
        let stems: Vec<String> = audio.iter().map(|f| parts(f).0).collect();
        let near = did_you_mean(&stem, stems.iter().map(String::as_str));
        audio.iter().zip(&stems).filter(|(_, s)| Some(s.as_str()) == near).map(|(f, _)| f.to_string()).take(3).collect()
    }

    /// An error of the world at a place of the text.
    pub(crate) fn world_fault(&self, error: &WorldError, span: Span, help: &str) -> Diagnostic {
        let mut fault = Diagnostic::error(&codes::E0522, span, error.message.clone())
            .help(error.help.clone().unwrap_or_else(|| help.to_string()));
        fault.code = if error.code.is_empty() { "E0901".into() } else { error.code.clone() };
        fault
    }
}
