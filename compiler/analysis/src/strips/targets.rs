//! What `to`, `send`, groups, `without:` and `key:` name. Always true: a name that is unknown is reported where it
//! stands, with the nearest of its namespace; buses and the master are the only places audio goes to.

use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::{StripRef, Value};
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::{ExprKind, Ident, Target};

/// What a target means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// A bus or the master.
    Strip(u32),
    /// `none`.
    Nobody,
    /// Not known, in code that nothing calls.
    Unknown,
}

impl Session<'_> {
    /// The bus that `to` or `send` names.
    pub(super) fn goal(&mut self, target: &Target, env: &Env, word: &str) -> Option<Goal> {
        let span = target.name.span;
        let name = match &target.name.kind {
            ExprKind::Name(name) => match env.find(&name.name) {
                Some(Value::Strip(strip)) => return self.as_goal(strip.strip, name, word),
                Some(Value::Text(text)) => Ident { name: text.to_string(), span },
                Some(Value::Unknown(_)) => return Some(Goal::Unknown),
                Some(Value::Error) => return None,
                _ => name.clone(),
            },
            _ => match self.eval(&target.name, env) {
                Value::Text(text) => Ident { name: text.to_string(), span },
                Value::Strip(StripRef { strip, point: None, .. }) => {
                    let name = self.strips.list[strip as usize].name.clone();
                    return self.as_goal(strip, &Ident { name, span }, word);
                }
                Value::Unknown(_) => return Some(Goal::Unknown),
                Value::Error => return None,
                other => {
                    let what = describe(&other.ty());
                    self.report(
                        Diagnostic::error(&codes::E0513, span, format!("`{word}` names a bus, and this is {what}"))
                            .help(format!("write `{word} drums` or, computed, `{word} \"gtr{{i}}\"`")),
                    );
                    return None;
                }
            },
        };
        if name.name == "none" && self.strips.find("none").is_none() {
            return Some(Goal::Nobody);
        }
        match self.strips.find(&name.name) {
            Some((index, _)) => self.as_goal(index, &name, word),
            None => self.no_bus(&name, word),
        }
    }

    fn as_goal(&mut self, strip: u32, name: &Ident, word: &str) -> Option<Goal> {
        if !self.is_of_the_mix(strip, name.span) {
            return None;
        }
        let decl = &self.strips.list[strip as usize];
        if decl.kind.takes_audio() {
            return Some(Goal::Strip(strip));
        }
        let at = decl.span;
        self.report(
            Diagnostic::error(&codes::E0514, name.span, format!("`{}` is a track; audio goes to buses", name.name))
                .label(at, "declared as a track")
                .help(format!("make it a bus (`bus {} {{ … }}`), or write `{word}` with the name of a bus", name.name)),
        );
        None
    }

    fn no_bus(&mut self, name: &Ident, word: &str) -> Option<Goal> {
        if self.broken_name(&name.name) {
            return None;
        }
        if let Some(fault) = self.hyphen(name) {
            self.report(fault);
            return None;
        }
        if self.strips.groups.iter().any(|g| g.tree.name.name == name.name) {
            self.report(
                Diagnostic::error(
                    &codes::E0514,
                    name.span,
                    format!("`{}` is a group; a group carries no audio", name.name),
                )
                .help(format!("make it a bus to sum audio: `bus {} {{ }}`", name.name)),
            );
            return None;
        }
        let names: Vec<String> =
            self.strips.list.iter().filter(|s| s.kind.takes_audio()).map(|s| s.name.clone()).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        let fault = Diagnostic::error(&codes::E0513, name.span, format!("no bus is called `{}`", name.name));
        let fault = match mixdown_syntax::diagnostic::did_you_mean(&name.name, names.iter().copied()) {
            Some(_) => crate::modules::suggest(fault, name, &names, ""),
            None => {
                let list = crate::modules::listed(&names);
                fault.help(format!("declare it (`bus {} {{ }}`), or `{word}` one of {list}", name.name))
            }
        };
        self.report(fault);
        None
    }

    /// The strips a name means: those of a group, or the one strip. An unknown name is reported.
    pub(crate) fn strips_called(&mut self, name: &Ident) -> Vec<u32> {
        match self.strips.grouped.get(&name.name) {
            Some(members) => members.clone(),
            None => self.strip_named(name, None).into_iter().filter(|s| self.is_of_the_mix(*s, name.span)).collect(),
        }
    }

    /// Strips of a list: `without: [vocals, kick]`; a group is a list of its own.
    pub(crate) fn strip_list(&mut self, value: Value, at: mixdown_syntax::Span) -> Vec<u32> {
        let items = match value {
            Value::List(_) | Value::Tuple(_) => self.items_of(value, at),
            single => vec![single],
        };
        let mut out = Vec::new();
        for item in items {
            match item {
                Value::Strip(StripRef { strip, point: None, .. }) => out.extend(self.is_of_the_mix(strip, at).then_some(strip)),
                Value::Text(name) => out.extend(self.strips_called(&Ident { name: name.to_string(), span: at })),
                group @ Value::List(_) => out.extend(self.strip_list(group, at)),
                value if Self::is_silent(&value) => {}
                Value::Unknown(Type::Strip | Type::Bus) => {}
                other => {
                    let what = describe(&other.ty());
                    self.report(
                        Diagnostic::error(&codes::E0513, at, format!("here stand strips, and this is {what}"))
                            .help("name tracks and buses: `[vocals, kick]`"),
                    );
                }
            }
        }
        out
    }
}
