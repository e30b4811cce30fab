//! Functions on lists. Always true: lists are never changed, new ones are made; sorting is stable and by value.

use super::Args;
use crate::body::BinaryOp;
use crate::codes;
use crate::eval::value::{Closure, Value};
use crate::session::Session;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};
use std::cmp::Ordering;
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn list_function(&mut self, args: &Args) -> Value {
        let Some(list) = args.get(0).cloned() else { return Value::Error };
        let items = match &list {
            Value::List(_) | Value::Tuple(_) | Value::Range(_) | Value::Section(_) | Value::Record(_) => {
                self.items_of(list, args.span(0))
            }
            other => {
                let name = args.function.name;
                return self.fault(
                    Diagnostic::error(
                        &codes::E0336,
                        args.span(0),
                        format!("`{name}` takes a list, and this is {}", describe(&other.ty())),
                    )
                    .help("write a list (`[1, 2]`), a range (`1 .. 4`) or `files(\"stems/*.wav\")`"),
                );
            }
        };
        match args.function.name {
            "map" => self.mapped(args, items),
            "filter" => self.filtered(args, items),
            "sort" => self.sorted(args, items),
            "first" => self.end_of(args, items.first()),
            "last" => self.end_of(args, items.last()),
            "zip" => self.zipped(args, items),
            "enumerate" => Value::list(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(i, v)| Value::Tuple(Rc::new(vec![Value::number(i as f64 + 1.0), v])))
                    .collect(),
            ),
            _ => Value::list(items.into_iter().rev().collect()),
        }
    }

    fn function_at(&mut self, args: &Args, index: usize) -> Option<Rc<Closure>> {
        match args.get(index) {
            Some(Value::Function(f)) => Some(f.clone()),
            Some(other) => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(
                        &codes::E0336,
                        args.span(index),
                        format!("`{}` takes a function here, and this is {what}", args.function.name),
                    )
                    .help("write one between bars: `|x| x * 2`, or name a `fn`"),
                );
                None
            }
            None => None,
        }
    }

    fn mapped(&mut self, args: &Args, items: Vec<Value>) -> Value {
        let Some(f) = self.function_at(args, 1) else { return Value::Error };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(self.apply_closure(&f, vec![(item, args.span(0))], args.span));
            if self.limits.spent {
                return Value::Error;
            }
        }
        Value::list(out)
    }

    fn filtered(&mut self, args: &Args, items: Vec<Value>) -> Value {
        let Some(f) = self.function_at(args, 1) else { return Value::Error };
        let mut out = Vec::new();
        for item in items {
            match self.apply_closure(&f, vec![(item.clone(), args.span(0))], args.span) {
                Value::Switch(true) | Value::Unknown(_) => out.push(item),
                Value::Switch(false) => {}
                Value::Error => return Value::Error,
                other => {
                    return self.fault(
                        Diagnostic::error(
                            &codes::E0332,
                            args.span(1),
                            format!("`filter` asks for a switch, and this gives {}", describe(&other.ty())),
                        )
                        .help("compare: `filter(xs, |x| x > 0)`"),
                    );
                }
            }
        }
        Value::list(out)
    }

    fn sorted(&mut self, args: &Args, items: Vec<Value>) -> Value {
        let keys = match args.get(1) {
            None => items.clone(),
            Some(_) => match self.mapped(args, items.clone()) {
                Value::List(keys) => Rc::unwrap_or_clone(keys),
                _ => return Value::Error,
            },
        };
        if keys.iter().any(Value::is_error) {
            return Value::Error;
        }
        let mut pairs: Vec<(Value, Value)> = keys.into_iter().zip(items).collect();
        let mut bad: Option<(Value, Value)> = None;
        pairs.sort_by(|(a, _), (b, _)| {
            self.order(a, b).unwrap_or_else(|| {
                bad.get_or_insert_with(|| (a.clone(), b.clone()));
                Ordering::Equal
            })
        });
        if let Some((a, b)) = bad {
            return self.fault(
                Diagnostic::error(
                    &codes::E0336,
                    args.span(0),
                    format!("{} and {} have no order", describe(&a.ty()), describe(&b.ty())),
                )
                .help("sort texts, or quantities of one type; say by what: `sort(xs, |x| x.loudness)`"),
            );
        }
        Value::list(pairs.into_iter().map(|(_, v)| v).collect())
    }

    fn order(&self, a: &Value, b: &Value) -> Option<Ordering> {
        match (a, b) {
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            (Value::Quantity(a, x), Value::Quantity(b, y)) if x == y => a.partial_cmp(b),
            (Value::Position(a), Value::Position(b)) => {
                self.song.timeline.seconds(*a).partial_cmp(&self.song.timeline.seconds(*b))
            }
            _ => None,
        }
    }

    fn end_of(&mut self, args: &Args, item: Option<&Value>) -> Value {
        match item {
            Some(item) => item.clone(),
            None => self.fault(
                Diagnostic::error(&codes::E0338, args.span(0), "the list is empty")
                    .help(format!("test it first: `if len(xs) > 0 {{ {}(xs) }}`", args.function.name)),
            ),
        }
    }

    fn zipped(&mut self, args: &Args, items: Vec<Value>) -> Value {
        let Some(other) = args.get(1).cloned() else { return Value::Error };
        let others = self.items_of(other, args.span(1));
        if others.len() != items.len() {
            return self.fault(
                Diagnostic::error(
                    &codes::E0336,
                    args.span,
                    format!("`zip` pairs lists of one length, and these have {} and {}", items.len(), others.len()),
                )
                .help("cut or lengthen one of them"),
            );
        }
        let pairs = items.into_iter().zip(others).map(|(a, b)| Value::Tuple(Rc::new(vec![a, b])));
        Value::list(pairs.collect())
    }

    /// The sum of a list of quantities.
    pub(crate) fn total(&mut self, list: Value, at: Span, span: Span) -> Value {
        let mut sum: Option<Value> = None;
        for item in self.items_of(list, at) {
            sum = Some(match sum {
                None => item,
                Some(sum) => self.combine(BinaryOp::Add, sum, item, [at, at, span, span]),
            });
        }
        sum.unwrap_or_else(|| Value::number(0.0))
    }
}
