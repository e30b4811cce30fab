//! Functions of the language in scripts. Always true: constants give constants, anything that moves gives typed code;
//! types are those of [`crate::builtins`].

use super::value::{Size, Value};
use crate::args::Argument;
use crate::body::{Builtin, Expr, ExprKind};
use crate::builtins::{self, CallFault};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    /// A function of the language on values: a number where all are constant, else typed code.
    pub(super) fn call_builtin(&mut self, builtin: Builtin, args: Vec<(Value, Span)>, name: Span, span: Span) -> Value {
        let entry = builtins::entry(builtin);
        if let (Builtin::Min | Builtin::Max, [(Value::List(_) | Value::Range(_) | Value::Tuple(_), _)]) =
            (builtin, &args[..])
        {
            return self.extreme(builtin, args, name, span);
        }
        if let (Builtin::Sum, [(Value::List(_) | Value::Range(_), at)]) = (builtin, &args[..]) {
            let at = *at;
            let list = args.into_iter().next().map_or(Value::Error, |(v, _)| v);
            return self.total(list, at, span);
        }
        if let (Builtin::Len, [(value, _)]) = (builtin, &args[..]) {
            let count = match value {
                Value::List(items) | Value::Tuple(items) => Some(items.len()),
                Value::Text(text) => Some(text.chars().count()),
                Value::Range(ends) => self.range_items(ends, span).map(|i| i.len()),
                Value::Section(section) => Some(self.section_repeats(*section).len()),
                Value::Unknown(_) => return Value::Unknown(Type::Number),
                _ => None,
            };
            if let Some(count) = count {
                return Value::number(count as f64);
            }
        }
        // The words of a strip in such a place are its audio.
        let args: Vec<(Value, Span)> = args
            .into_iter()
            .map(|(v, at)| match v {
                Value::Strip(strip) => (self.tap(&strip, at), at),
                v => (v, at),
            })
            .collect();
        if args.iter().any(|(v, _)| v.is_error()) {
            return Value::Error;
        }
        let types: Vec<Type> = args.iter().map(|(v, _)| v.ty()).collect();
        let ty = match builtins::result_type(entry, &types) {
            Ok(ty) => ty,
            Err(CallFault::Count { message, help }) => {
                return self.fault(Diagnostic::error(&codes::E0336, name, message).help(help));
            }
            Err(CallFault::Argument { index, message, help }) => {
                let at = args.get(index).map_or(span, |(_, at)| *at);
                return self.fault(Diagnostic::error(&codes::E0336, at, message).help(help));
            }
        };
        if args.iter().any(|(v, _)| matches!(v, Value::Unknown(_))) {
            return Value::Unknown(ty);
        }
        let numbers: Option<Vec<f64>> = args.iter().map(|(v, _)| v.number()).collect();
        if let Some(numbers) = numbers
            && let Some(x) = builtins::evaluate(builtin, &numbers)
        {
            if x.is_nan() {
                return self.fault(
                    Diagnostic::error(&codes::E0329, span, format!("`{}` has no value here", entry.name))
                        .help(format!("look at its arguments; `{}`: {}", builtins::shape(entry), entry.doc)),
                );
            }
            return Value::Quantity(x, ty);
        }
        let moves = args.iter().any(|(v, _)| v.is_signal());
        if builtin == Builtin::SampleRate {
            return Value::Quantity(f64::from(self.song.timeline.rate), Type::Frequency);
        }
        if self.dry > 0 {
            // A function that nothing calls may be meant for effects.
            return Value::Unknown(ty);
        }
        if !moves
            || matches!(builtin, Builtin::White | Builtin::LineRead | Builtin::LineReadSamples | Builtin::LineWrite)
        {
            return self.fault(
                Diagnostic::error(
                    &codes::E0326,
                    name,
                    format!("`{}` works on audio and stands in an `effect`", entry.name),
                )
                .help(format!("{}; here stand constants, curves, LFOs and signals of strips", entry.doc)),
            );
        }
        let size = Size::over(args.iter().map(|(v, _)| Size::of(v)));
        let exprs: Option<Vec<Expr>> = args.iter().map(|(v, at)| v.to_expr(*at)).collect();
        match exprs {
            Some(exprs) => self.grown(Expr { kind: ExprKind::Call(builtin, exprs), ty, span }, size),
            None => Value::Error,
        }
    }

    /// `max([…])`.
    fn extreme(&mut self, builtin: Builtin, args: Vec<(Value, Span)>, name: Span, span: Span) -> Value {
        let Some((value, at)) = args.into_iter().next() else { return Value::Error };
        let items = self.items_of(value, at);
        let mut best: Option<Value> = None;
        for item in items {
            best = Some(match best {
                None => item,
                Some(best) => self.call_builtin(builtin, vec![(best, at), (item, at)], name, span),
            });
        }
        best.unwrap_or_else(|| {
            self.fault(
                Diagnostic::error(&codes::E0338, at, "an empty list has no smallest or largest element")
                    .help("test it first: `if len(xs) > 0 { … }`"),
            )
        })
    }
}
