//! What loops walk over. Always true: numbers of a range are counted, both ends in; something that nothing is known of
//! has one element that nothing is known of.

use super::blocks::Cond;
use super::env::Env;
use super::value::Value;
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Pattern};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn comprehension(
        &mut self,
        body: &tree::Expr,
        pattern: &Pattern,
        iter: &tree::Expr,
        filter: Option<&tree::Expr>,
        env: &Env,
        want: Option<&Type>,
    ) -> Value {
        let inner = match want {
            Some(Type::List(of)) => Some(&**of),
            _ => None,
        };
        let walked = self.eval(iter, env);
        if walked.is_error() {
            return Value::Error;
        }
        let mut out = Vec::new();
        for item in self.items_of(walked, iter.span) {
            let scope = self.bind(pattern, item, env.inner(), iter.span);
            let keep = match filter {
                Some(filter) => matches!(self.fixed_condition(filter, &scope), Cond::Known(true) | Cond::Unknown),
                None => true,
            };
            if keep {
                out.push(self.eval_want(body, &scope, inner));
            }
            if self.limits.spent {
                return Value::Error;
            }
        }
        Value::list(out)
    }

    /// What a loop walks over.
    pub(crate) fn items(&mut self, iter: &tree::Expr, env: &Env) -> Vec<Value> {
        let value = self.eval(iter, env);
        self.items_of(value, iter.span)
    }

    /// The elements of a list, a range, a section's repeats.
    pub(crate) fn items_of(&mut self, value: Value, span: Span) -> Vec<Value> {
        match value {
            Value::List(items) | Value::Tuple(items) => Rc::unwrap_or_clone(items),
            Value::Range(ends) => self.range_items(&ends, span).unwrap_or_default(),
            Value::Section(section) => self.section_repeats(section),
            Value::Record(fields) => fields
                .iter()
                .map(|(name, value)| Value::Tuple(Rc::new(vec![Value::text(name.as_str()), value.clone()])))
                .collect(),
            Value::Unknown(Type::List(of)) => vec![Value::Unknown(*of)],
            Value::Unknown(_) => vec![Value::Unknown(Type::Error)],
            Value::Error => Vec::new(),
            other => {
                self.report(
                    Diagnostic::error(
                        &codes::E0334,
                        span,
                        format!("a loop walks over a list or a range, and this is {}", describe(&other.ty())),
                    )
                    .help("write a range (`1 .. 4`), a list (`[kick, snare]`) or `files(\"stems/*.wav\")`"),
                );
                Vec::new()
            }
        }
    }

    /// The numbers of `1 .. 4`, both ends in.
    pub(super) fn range_items(&mut self, ends: &(Value, Value), span: Span) -> Option<Vec<Value>> {
        let (Value::Quantity(low, Type::Number), Value::Quantity(high, Type::Number)) = ends else {
            let what = describe(&ends.0.ty());
            self.report(
                Diagnostic::error(&codes::E0334, span, format!("a range of {what} has no steps to count"))
                    .help("count numbers: `1 .. 4`; for anything else write a list"),
            );
            return None;
        };
        let count = (high - low + 1e-9).floor() + 1.0;
        if count.is_nan() || count < 1.0 {
            return Some(Vec::new());
        }
        let whole = if count > 1e15 { usize::MAX } else { count as usize };
        if !self.may_list(whole, span) {
            return None;
        }
        Some((0..whole).map(|i| Value::number(low + i as f64)).collect())
    }
}
