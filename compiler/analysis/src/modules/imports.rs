//! Imports: which file a line names, and what of it the importing file may say. Always true: a file is loaded
//! once; a ring of imports is one error with the whole way; an import that fails poisons its names, so that they
//! are not reported again.

use super::ModuleKind;
use super::load::twice;
use crate::codes;
use crate::names::ModuleId;
use crate::session::{Session, follows};
use crate::world::WorldError;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Ident, Import, ImportSource};
use mixdown_syntax::{Diagnostic, Span};

/// Code of a path that the project may not read.
const OUTSIDE: &str = "E0931";

impl Session<'_> {
    /// Follows one `import` of `into`.
    pub(super) fn import(&mut self, into: ModuleId, import: Import, span: Span) {
        let (target, default_name) = match &import.source {
            ImportSource::Path(path, at) => (self.import_path(into, path, *at), None),
            ImportSource::Package(words) => {
                let last = words.last().cloned();
                (self.import_package(words, span), last)
            }
        };
        match import.names {
            Some(names) => {
                for name in names {
                    self.pick(into, target, name);
                }
            }
            None => match import.alias.or(default_name) {
                Some(alias) => self.bind_alias(into, target, alias),
                None => self.report(
                    Diagnostic::error(&codes::E0206, span, "this import names nothing")
                        .at("what is it called here?")
                        .help("say `import \"lib/x.mix\" as x`, or pick names: `import \"lib/x.mix\": lead, glue`"),
                ),
            },
        }
    }

    fn bind_alias(&mut self, into: ModuleId, target: Option<ModuleId>, alias: Ident) {
        let module = self.modules.get(into);
        let first = module.aliases.get(&alias.name).or(module.picked.get(&alias.name)).map(|(_, s)| *s);
        if let Some(first) = first.or(module.values.get(&alias.name).map(|v| v.span)) {
            self.report(twice(&alias, first));
            return;
        }
        self.modules.get_mut(into).aliases.insert(alias.name, (target, alias.span));
    }

    fn pick(&mut self, into: ModuleId, target: Option<ModuleId>, name: Ident) {
        let module = self.modules.get(into);
        let first = module.picked.get(&name.name).or(module.aliases.get(&name.name)).map(|(_, s)| *s);
        let first = first.or(module.callables.get(&name.name).map(|(_, d)| d.decl.name.span));
        if let Some(first) = first.or(module.values.get(&name.name).map(|v| v.span)) {
            self.report(twice(&name, first));
            return;
        }
        let mut target = target;
        if let Some(id) = target
            && let Err(fault) = self.may_pick(id, &name)
        {
            self.report(fault);
            target = None;
        }
        self.modules.get_mut(into).picked.insert(name.name, (target, name.span));
    }

    fn may_pick(&self, target: ModuleId, name: &Ident) -> Result<(), Diagnostic> {
        let module = self.modules.get(target);
        if name.name.starts_with('_') {
            return Err(private(name, &module.name));
        }
        if module.callables.contains_key(&name.name) || module.values.contains_key(&name.name) {
            return Ok(());
        }
        if module.broken.contains(&name.name) {
            return Err(follows(name.span));
        }
        let names = module.callables.keys().chain(module.values.keys()).map(String::as_str);
        let names: Vec<&str> = sorted(names.filter(|n| !n.starts_with('_')));
        let fault = Diagnostic::error(&codes::E0202, name.span, format!("`{}` holds no `{}`", module.name, name.name));
        Err(match did_you_mean(&name.name, names.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, near),
            None if names.is_empty() => fault.help("that file declares nothing that can be imported"),
            None => fault.help(format!("it declares {}", listed(&names))),
        })
    }

    fn import_path(&mut self, from: ModuleId, path: &str, at: Span) -> Option<ModuleId> {
        let full = resolve(&self.modules.get(from).name, path);
        self.load_library(&full, at)
    }

    fn import_package(&mut self, words: &[Ident], span: Span) -> Option<ModuleId> {
        let first = words.first()?;
        let folder = match self.world.package(&first.name) {
            Ok(folder) => folder,
            Err(error) => {
                let help = error.help.unwrap_or_else(|| {
                    format!("name it in mixdown.toml (`mixdown add {} …`), or import a file by its path", first.name)
                });
                let fault = Diagnostic::error(&codes::E0205, first.span, error.message).help(help);
                self.report(fault);
                return None;
            }
        };
        let rest: Vec<&str> = words[1..].iter().map(|w| w.name.as_str()).collect();
        let folder = folder.trim_end_matches('/').to_string();
        let candidates = if rest.is_empty() {
            vec![format!("{folder}/lib.mix"), format!("{folder}/{}.mix", first.name)]
        } else {
            vec![format!("{folder}/{}.mix", rest.join("/"))]
        };
        let found =
            candidates.iter().find(|c| self.modules.by_path.contains_key(*c) || self.world.read_text(c).is_ok());
        let path = found.or(candidates.first())?.clone();
        self.load_library(&path, span)
    }

    fn load_library(&mut self, path: &str, at: Span) -> Option<ModuleId> {
        if let Some(start) = self.modules.loading.iter().position(|(p, _)| p == path) {
            let ring = &self.modules.loading[start..];
            let mut way: Vec<&str> = ring.iter().map(|(p, _)| p.as_str()).collect();
            way.push(path);
            let mut fault = Diagnostic::error(&codes::E0204, at, format!("imports go in a ring: {}", way.join(" -> ")))
                .at("closes the ring")
                .help("move what both files need into a third file that imports neither");
            for (_, span) in ring.iter().skip(1) {
                fault = fault.label(*span, "on the way");
            }
            self.report(fault);
            return None;
        }
        if let Some(known) = self.modules.by_path.get(path) {
            return *known;
        }
        self.depend(path);
        let text = match self.world.read_text(path) {
            Ok(text) => text,
            Err(error) => {
                let fault = self.missing_module(path, at, error);
                self.report(fault);
                self.modules.by_path.insert(path.to_string(), None);
                return None;
            }
        };
        if !self.enter(at, path) {
            return None;
        }
        self.modules.loading.push((path.to_string(), at));
        let id = self.nested(|s| s.load_text(path, &text, ModuleKind::Library));
        self.modules.loading.pop();
        self.leave();
        self.modules.by_path.insert(path.to_string(), Some(id));
        Some(id)
    }

    /// Loads the song itself.
    pub(crate) fn load_song(&mut self, path: &str) -> Option<ModuleId> {
        self.depend(path);
        let text = match self.world.read_text(path) {
            Ok(text) => text,
            Err(error) => {
                let file = self.sources.add(path, "");
                let help = error.help.unwrap_or_else(|| "look at the path of the song".into());
                self.report(Diagnostic::error(&codes::E0201, Span::new(file, 0, 0), error.message).help(help));
                return None;
            }
        };
        let start = Span::default();
        self.modules.loading.push((path.to_string(), start));
        let id = self.load_text(path, &text, ModuleKind::Song);
        self.modules.loading.pop();
        self.modules.by_path.insert(path.to_string(), Some(id));
        Some(id)
    }

    fn missing_module(&self, path: &str, at: Span, error: WorldError) -> Diagnostic {
        let mut fault = Diagnostic::error(&codes::E0201, at, error.message).at("imported here");
        if error.code == OUTSIDE {
            fault.code = error.code;
            return fault.help(error.help.unwrap_or_default());
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let pattern = if folder.is_empty() { "*.mix".to_string() } else { format!("{folder}/*.mix") };
        let files = self.world.glob(&pattern).unwrap_or_default();
        match did_you_mean(path, files.iter().map(String::as_str)) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(error.help.unwrap_or_else(|| {
                "the path is relative to the file that imports it; look at its spelling and folder".into()
            })),
        }
    }
}

/// A name that its file keeps for itself.
pub(super) fn private(name: &Ident, module: &str) -> Diagnostic {
    Diagnostic::error(&codes::E0208, name.span, format!("`{}` is private to `{module}`", name.name))
        .at("a name with a leading `_` is its file's own")
        .help("use a public name of that file, or rename it there without the `_`")
}

/// A path of an import, seen from the file that holds it.
fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if std::path::Path::new(path).has_root() {
        // `/lib/x.mix` hangs on no other file.
        parts = vec![""];
    }
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." if parts == [""] => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Names in the order of the alphabet, so that messages never hang on a hash.
pub(crate) fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Names for a sentence, cut where they would fill the screen.
pub(crate) fn listed(names: &[&str]) -> String {
    let mut out: Vec<String> = names.iter().take(24).map(|n| format!("`{n}`")).collect();
    if names.len() > 24 {
        out.push(format!("… ({} in all)", names.len()));
    }
    out.join(", ")
}
