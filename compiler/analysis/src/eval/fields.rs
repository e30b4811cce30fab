//! `a.b` and `a[i]` in scripts: modules, sections, strips, records, lists. Always true: an unknown field lists what
//! there is.

use super::env::Env;
use super::value::{SectionRef, StripRef, Value};
use crate::codes;
use crate::modules::suggest;
use crate::session::Session;
use crate::song::SongFacts;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Ident};
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    pub(super) fn field(&mut self, of: &tree::Expr, name: &Ident, env: &Env) -> Value {
        if let tree::ExprKind::Name(word) = &of.kind
            && env.find(&word.name).is_none()
            && let Some(value) = self.namespaced(word, name, env)
        {
            return value;
        }
        let value = self.eval(of, env);
        self.field_of(value, name, of.span)
    }

    /// `section.x`, `bus.x`, `track.x`, `monitor.x`: a name in a stated namespace.
    fn namespaced(&mut self, word: &Ident, name: &Ident, env: &Env) -> Option<Value> {
        if self.value_span(env.module, &word.name).is_some() || self.strips.find(&word.name).is_some() {
            return None;
        }
        match word.name.as_str() {
            "section" => Some(match self.song.find_section(&name.name) {
                Some(index) => Value::section(index),
                None => {
                    let names: Vec<String> = self.song.sections.iter().map(|s| s.name.name.clone()).collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    let fault =
                        Diagnostic::error(&codes::E0202, name.span, format!("no section is called `{}`", name.name));
                    self.fault(suggest(fault, name, &names, "the sections are"))
                }
            }),
            "bus" | "track" | "monitor" | "strip" => Some(match self.strip_named(name, Some(&word.name)) {
                Some(id) => self.strip_value(id),
                None => Value::Error,
            }),
            _ => None,
        }
    }

    fn field_of(&mut self, value: Value, name: &Ident, at: Span) -> Value {
        match value {
            Value::Error => Value::Error,
            Value::Unknown(Type::Section) if matches!(name.name.as_str(), "start" | "end") => {
                Value::Unknown(Type::Position)
            }
            Value::Unknown(_) => Value::Unknown(Type::Error),
            Value::Record(fields) => match fields.iter().find(|(n, _)| *n == name.name) {
                Some((_, value)) => self.barrier(value.clone()),
                None => {
                    let names: Vec<&str> = fields.iter().map(|(n, _)| n.as_str()).collect();
                    let fault = Diagnostic::error(
                        &codes::E0214,
                        name.span,
                        format!("there is no `{}` in this record", name.name),
                    )
                    .label(at, "the record");
                    self.fault(suggest(fault, name, &names, "it holds"))
                }
            },
            Value::Section(section) => self.section_field(section, name),
            Value::Strip(strip @ StripRef { point: None, .. }) => {
                Value::Strip(StripRef { point: Some(name.clone()), ..strip })
            }
            Value::Module(module) => {
                if name.name.starts_with('_') {
                    let module = self.modules.get(module).name.clone();
                    return self.fault(
                        Diagnostic::error(
                            &codes::E0208,
                            name.span,
                            format!("`{}` is private to `{module}`", name.name),
                        )
                        .help("use a public name of that file, or rename it there without the `_`"),
                    );
                }
                match self.module_value(module, name) {
                    Some(value) => self.barrier(value),
                    None => {
                        let library = self.modules.get(module);
                        let mut names: Vec<&str> = library.values.keys().map(String::as_str).collect();
                        names.retain(|n| !n.starts_with('_'));
                        names.sort_unstable();
                        let fault = Diagnostic::error(
                            &codes::E0202,
                            name.span,
                            format!("`{}` holds no value `{}`", library.name, name.name),
                        );
                        let fault = if library.callables.contains_key(&name.name) {
                            fault.help(format!("it is called with brackets: `{}( … )`", name.name))
                        } else {
                            suggest(fault, name, &names, "it holds")
                        };
                        self.fault(fault)
                    }
                }
            }
            other => self.fault(
                Diagnostic::error(
                    &codes::E0214,
                    name.span,
                    format!("{} has no field `{}`", describe(&other.ty()), name.name),
                )
                .label(at, describe(&other.ty()))
                .help("sections have `.start` and `.end`, records and imported files their names"),
            ),
        }
    }

    fn section_field(&mut self, section: SectionRef, name: &Ident) -> Value {
        match name.name.as_str() {
            "start" => self.section_start(section, name.span),
            "end" => self.section_end(section, name.span),
            "length" => {
                let (start, end) = (self.section_start(section, name.span), self.section_end(section, name.span));
                self.combine(crate::body::BinaryOp::Sub, end, start, [name.span; 4])
            }
            "count" => Value::number(self.section_repeats(section).len() as f64),
            "name" => Value::text(self.song.sections[section.index].name.name.as_str()),
            _ => {
                let fault = Diagnostic::error(&codes::E0214, name.span, format!("a section has no `{}`", name.name));
                self.fault(suggest(fault, name, &["start", "end", "length", "count", "name"], "it has"))
            }
        }
    }

    pub(super) fn index(&mut self, of: &tree::Expr, index: &tree::Expr, span: Span, env: &Env) -> Value {
        let value = self.eval(of, env);
        let place = self.eval(index, env);
        let number = match place {
            Value::Quantity(x, Type::Number) => x,
            Value::Error => return Value::Error,
            Value::Unknown(_) => {
                return match value {
                    Value::Unknown(Type::List(of)) => Value::Unknown(*of),
                    Value::Section(_) => value,
                    Value::List(items) => Value::Unknown(items.first().map_or(Type::Error, Value::ty)),
                    _ => Value::Unknown(Type::Error),
                };
            }
            other => {
                return self.fault(
                    Diagnostic::error(
                        &codes::E0339,
                        index.span,
                        format!("{} counts no elements", describe(&other.ty())),
                    )
                    .help("elements of a list are counted from 0: `xs[0]`; repeats of a section from 1: `verse[2]`"),
                );
            }
        };
        match value {
            Value::Error => Value::Error,
            Value::Section(section) => self.section_repeat(section, number, span),
            Value::List(items) | Value::Tuple(items) => self.element(&items, number, index.span, span),
            Value::Range(ends) => match self.range_items(&ends, of.span) {
                Some(items) => self.element(&items, number, index.span, span),
                None => Value::Error,
            },
            Value::Unknown(Type::List(of)) => Value::Unknown(*of),
            Value::Unknown(_) => Value::Unknown(Type::Error),
            other => self.fault(
                Diagnostic::error(
                    &codes::E0339,
                    of.span,
                    format!("{} has no elements to count", describe(&other.ty())),
                )
                .help("square brackets pick an element of a list (`xs[0]`) or a repeat of a section (`verse[2]`)"),
            ),
        }
    }

    fn element(&mut self, items: &[Value], number: f64, at: Span, span: Span) -> Value {
        let whole = number.fract() == 0.0 && number >= 0.0;
        let found = if whole { items.get(number as usize) } else { None };
        match found {
            Some(value) => self.barrier(value.clone()),
            None => self.fault(
                Diagnostic::error(
                    &codes::E0339,
                    at,
                    format!("there is no element {number} in a list of {}", items.len()),
                )
                .label(span, "counted from 0")
                .help(match items.len() {
                    0 => "the list is empty".to_string(),
                    n => format!("write a whole number from 0 to {}", n - 1),
                }),
            ),
        }
    }
}

impl SongFacts {
    /// A section by its name.
    pub fn find_section(&self, name: &str) -> Option<usize> {
        self.sections.iter().position(|s| s.name.name == name)
    }
}
