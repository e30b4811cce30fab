//! Other names of what can be called. A declaration says them itself, in its doc: a line `Also called: a, b.`, in the
//! standard library and in a project's own files alike. Always
//! true: only a name that nothing else has is looked up here.

use crate::names::{Callable, ModuleId};
use crate::session::Session;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::Ident;

/// What begins the line of a doc that lists other names.
const ALSO: &str = "Also called:";

/// Shorter words are only looked up as they are spelled.
const SHORT: usize = 4;

/// The other names that a doc lists.
pub fn also_called(doc: &str) -> impl Iterator<Item = &str> {
    let lists = doc.split("\n\n").filter_map(|paragraph| paragraph.trim().strip_prefix(ALSO));
    lists.flat_map(|list| list.trim_end_matches('.').split(',').map(str::trim))
}

/// Words are compared as a person hears them: `BitCrush` is `bit_crush`.
fn heard(word: &str) -> String {
    word.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

impl Session<'_> {
    /// What to say of a name that nothing has but a doc or another program.
    pub(super) fn by_other_name(&mut self, module: ModuleId, name: &Ident, fault: &Diagnostic) -> Option<Diagnostic> {
        let (all, word) = (self.other_names(module), heard(&name.name));
        let mut meant: Vec<&str> = all.iter().filter(|(also, _)| heard(also) == word).map(|(_, m)| m.as_str()).collect();
        meant.dedup();
        let Some((last, first)) = meant.split_last() else {
            return mixdown_syntax::foreign(&name.name).map(|help| fault.clone().help(help));
        };
        let list = match first {
            [] => format!("`{last}`"),
            _ => format!("{} or `{last}`", first.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(", ")),
        };
        let fault = fault.clone().help(format!("it is called {list} here"));
        Some(meant.iter().fold(fault, |fault, m| fault.fix(format!("write `{m}`"), name.span, *m)))
    }

    /// What has another name that is spelled nearly as `name` is.
    pub(super) fn by_near_name(&mut self, module: ModuleId, name: &Ident, fault: &Diagnostic) -> Option<Diagnostic> {
        // Of a short word nearly every other is a slip.
        if name.name.len() < SHORT {
            return None;
        }
        let all = self.other_names(module);
        let near = did_you_mean(&name.name, all.iter().map(|(also, _)| also.as_str()))?;
        let meant = all.iter().find(|(also, _)| also == near).map(|(_, meant)| meant)?;
        let help = format!("did you mean `{near}`? it is called `{meant}` here");
        Some(fault.clone().help(help).fix(format!("write `{meant}`"), name.span, meant))
    }

    /// Every other name with what it stands for, as one would write it in `module`.
    fn other_names(&mut self, module: ModuleId) -> Vec<(String, String)> {
        let here = self.modules.get(module);
        let aliases = here.aliases.iter().filter_map(|(alias, (target, _))| Some((format!("{alias}."), (*target)?)));
        let mut all = Vec::new();
        for (prefix, target) in aliases.chain([(String::new(), module)]) {
            for (_, decl) in self.modules.get(target).callables.values() {
                let name = &decl.decl.name.name;
                if prefix.is_empty() || !name.starts_with('_') {
                    all.extend(also_called(&decl.doc).map(|also| (also.to_string(), format!("{prefix}{name}"))));
                }
            }
        }
        all.sort();
        for name in self.std_names().to_vec() {
            if let Some(Callable::Effect(decl) | Callable::Chain(decl)) = self.find_std(name) {
                all.extend(also_called(&decl.doc).map(|also| (also.to_string(), name.to_string())));
            }
        }
        all
    }
}
