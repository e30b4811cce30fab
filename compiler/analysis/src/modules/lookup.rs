//! What a called name means (semantics, section 3): the file's declarations, picked imports, functions of the
//! language, the standard library. Always true: an unknown name is one complete diagnostic whose "did you mean"
//! looks at callables first and at values second.

use super::imports::{listed, private, sorted};
use super::{CallKind, Modules};
use crate::codes;
use crate::eval::functions;
use crate::names::{Callable, DeclRef, ModuleId};
use crate::session::{Session, follows};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::Ident;
use mixdown_syntax::{Diagnostic, Span};

/// Where a callable is looked for: some names are a processor in a strip and a function in an expression (`mono`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line of a strip, a `source`.
    Processor,
    /// An expression.
    Code,
}

impl Session<'_> {
    /// The callable that a path names in a file.
    pub(crate) fn find_callable(
        &mut self,
        module: ModuleId,
        path: &[Ident],
        place: Place,
    ) -> Result<Callable, Diagnostic> {
        match path {
            [name] => self.find_plain(module, name, place),
            [alias, name] => self.find_in_alias(module, alias, name),
            _ => {
                let span = path.first().map_or(Span::default(), |p| p.span.to(path.last().map_or(p.span, |l| l.span)));
                Err(Diagnostic::error(&codes::E0202, span, "a name has at most two parts: `module.name`").help(
                    "import the file that holds it under one name: `import \"lib/x.mix\" as x`, then `x.name(…)`",
                ))
            }
        }
    }

    fn find_plain(&mut self, module: ModuleId, name: &Ident, place: Place) -> Result<Callable, Diagnostic> {
        if let Some((kind, decl)) = self.declared(module, &name.name) {
            return Ok(callable(kind, decl));
        }
        let here = self.modules.get(module);
        if let Some((target, _)) = here.picked.get(&name.name) {
            let target = target.ok_or_else(|| follows(name.span))?;
            if let Some((kind, decl)) = self.modules.get(target).callables.get(&name.name) {
                return Ok(callable(*kind, decl.clone()));
            }
        }
        if place == Place::Processor
            && let Some(found) = self.find_std(&name.name)
        {
            return Ok(found);
        }
        if let Some(found) = functions::find(&name.name) {
            return Ok(found);
        }
        if place == Place::Code
            && let Some(found) = self.find_std(&name.name)
        {
            return Ok(found);
        }
        if self.modules.get(module).broken.contains(&name.name) {
            return Err(follows(name.span));
        }
        Err(self.unknown_callable(module, name, place))
    }

    fn find_in_alias(&mut self, module: ModuleId, alias: &Ident, name: &Ident) -> Result<Callable, Diagnostic> {
        let target = self.alias(module, alias)?;
        let library = self.modules.get(target);
        if let Some((kind, decl)) = library.callables.get(&name.name) {
            if name.name.starts_with('_') {
                return Err(private(name, &library.name));
            }
            return Ok(callable(*kind, decl.clone()));
        }
        if library.broken.contains(&name.name) {
            return Err(follows(name.span));
        }
        let names = sorted(library.callables.keys().map(String::as_str).filter(|n| !n.starts_with('_')));
        let fault = Diagnostic::error(
            &codes::E0202,
            name.span,
            format!("`{}` (`{}`) has no `{}`", alias.name, library.name, name.name),
        );
        Err(suggest(fault, name, &names, "it declares"))
    }

    /// The file that an alias names.
    pub(crate) fn alias(&mut self, module: ModuleId, alias: &Ident) -> Result<ModuleId, Diagnostic> {
        let here = self.modules.get(module);
        if let Some((target, _)) = here.aliases.get(&alias.name) {
            return target.ok_or_else(|| follows(alias.span));
        }
        if here.doubtful {
            return Err(follows(alias.span));
        }
        let names = sorted(here.aliases.keys().map(String::as_str));
        let fault = Diagnostic::error(&codes::E0202, alias.span, format!("no module is called `{}` here", alias.name));
        let near = did_you_mean(&alias.name, names.iter().copied()).map(str::to_string);
        Err(match near {
            Some(near) => {
                fault.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), alias.span, near)
            }
            None => fault.help(format!("import it first: `import \"lib/{0}.mix\" as {0}`", alias.name)),
        })
    }

    /// What the standard library declares under a name; its file is read on first use.
    pub(crate) fn find_std(&mut self, name: &str) -> Option<Callable> {
        if let Some((kind, decl)) = self.modules.library.found.get(name) {
            return Some(callable(*kind, decl.clone()));
        }
        let (file, text) = self.world.std_lib(name)?;
        let key = format!("std:{file}");
        let known = self.modules.library.files.iter().position(|module| module.name == key);
        let id = match known {
            Some(n) => ModuleId(ModuleId::LIBRARY + n as u32),
            None => self.load_std(&key, text),
        };
        let (kind, decl) = self.declared(id, name)?;
        self.modules.library.found.insert(name.to_string(), (kind, decl.clone()));
        Some(callable(kind, decl))
    }

    fn unknown_callable(&mut self, module: ModuleId, name: &Ident, place: Place) -> Diagnostic {
        let mut language: Vec<&str> = self.std_names().to_vec();
        language.extend(functions::names(place == Place::Code));
        let here = self.modules.get(module);
        let own = here.callables.keys().chain(here.picked.keys()).map(String::as_str);
        let names = sorted(own.chain(language));
        let what = if place == Place::Processor { "effect or chain" } else { "function" };
        let fault = Diagnostic::error(&codes::E0202, name.span, format!("no {what} is called `{}`", name.name));
        if here.values.contains_key(&name.name) || here.aliases.contains_key(&name.name) {
            return fault
                .at("this is a value, not something that can be called")
                .help("leave out the brackets, or call something the file declares with `fn`, `chain` or `effect`");
        }
        if place == Place::Code && crate::checks::measures().any(|measure| measure == name.name) {
            return fault.at("a measure").help(format!(
                "`{0}` measures strips, in a line of `check`: `{0}(master)`; in an effect's body `loudest(x)` is the size of a signal, \
                 and `to_dbfs(loudest(x))` its level",
                name.name
            ));
        }
        let in_alias = self.modules.alias_names(module).into_iter().find_map(|alias| {
            let target = here.aliases.get(alias)?.0?;
            self.modules.get(target).callables.contains_key(&name.name).then(|| format!("{alias}.{}", name.name))
        });
        if let Some(meant) = in_alias {
            return fault
                .help(format!("write `{meant}`: names of an imported file are said with its name before them"))
                .fix(format!("write `{meant}`"), name.span, meant);
        }
        let (doubtful, near) = (here.doubtful, did_you_mean(&name.name, names.iter().copied()).is_some());
        let names: Vec<String> = names.into_iter().map(str::to_string).collect();
        let other = match self.by_other_name(module, name, &fault) {
            None if !near => self.by_near_name(module, name, &fault),
            found => found,
        };
        if let Some(fault) = other {
            return fault;
        }
        if doubtful && !near {
            return follows(name.span);
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        suggest(fault, name, &names, "some of what can be called here:")
    }

    /// Names of the standard library.
    pub(crate) fn std_names(&mut self) -> &[&'static str] {
        self.modules.library.names.get_or_insert_with(|| self.world.std_names())
    }
}

impl Modules {
    /// Every alias of a file, for messages.
    pub(crate) fn alias_names(&self, module: ModuleId) -> Vec<&str> {
        sorted(self.get(module).aliases.keys().map(String::as_str))
    }
}

/// Adds the nearest name, or a list of what there is.
pub(crate) fn suggest(fault: Diagnostic, name: &Ident, names: &[&str], else_say: &str) -> Diagnostic {
    match did_you_mean(&name.name, names.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, near),
        None if names.is_empty() => {
            fault.help("nothing of that kind is declared here; look at its spelling, or declare it")
        }
        None => fault.help(format!("{else_say} {}", listed(names))),
    }
}

fn callable(kind: CallKind, decl: DeclRef) -> Callable {
    match kind {
        CallKind::Effect => Callable::Effect(decl),
        CallKind::Chain => Callable::Chain(decl),
        CallKind::Function => Callable::Function(decl),
    }
}
