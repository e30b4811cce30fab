//! Audio files of the Mix. Always true: a file is asked for once; what is wrong with it is said where the text names
//! it first, with the code of the room that found out.

use crate::codes;
use crate::mix::AudioFile;
use crate::session::Session;
use crate::world::WorldError;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::{Diagnostic, Span};
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

    /// What to say of a file that cannot be had: its own code, and the nearest name in its folder.
    pub(crate) fn audio_fault(&self, path: &str, error: &WorldError, span: Span) -> Diagnostic {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let pattern = if folder.is_empty() { "*".to_string() } else { format!("{folder}/*") };
        let files = self.world.glob(&pattern).unwrap_or_default();
        if files.iter().any(|f| f == path) {
            return self.world_fault(error, span, "export the file again as WAV or FLAC");
        }
        match did_you_mean(path, files.iter().map(String::as_str)) {
            Some(near) => {
                let mut fault = self.world_fault(error, span, "");
                fault.help = Some(format!("did you mean `{near}`?"));
                fault.fix(format!("write `{near}`"), span, format!("\"{near}\""))
            }
            None => {
                let what = if files.is_empty() {
                    format!("nothing lies where `{name}` is looked for; paths are relative to the song's folder")
                } else {
                    "look at its spelling; paths are relative to the song's folder".to_string()
                };
                self.world_fault(error, span, &what)
            }
        }
    }

    /// An error of the world at a place of the text.
    pub(crate) fn world_fault(&self, error: &WorldError, span: Span, help: &str) -> Diagnostic {
        let mut fault = Diagnostic::error(&codes::E0522, span, error.message.clone())
            .help(error.help.clone().unwrap_or_else(|| help.to_string()));
        fault.code = if error.code.is_empty() { "E0901".into() } else { error.code.clone() };
        fault
    }
}
