//! `check`: what a mix promises. Always true: a check compares one measure of one strip with a constant of the
//! measure's own unit.

use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::{StripRef, Value};
use crate::eval::Wanted;
use crate::mix::{Check, Relation, StripId};
use crate::modules::suggest;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, BinaryOp, ExprKind, Ident};
use mixdown_syntax::{Diagnostic, Span};

/// Measures and their types.
const METRICS: &[(&str, Type)] = &[
    ("loudness", Type::Lufs),
    ("short_term", Type::Lufs),
    ("momentary", Type::Lufs),
    ("lra", Type::Level),
    ("true_peak", Type::DbTp),
    ("peak", Type::DbFs),
    ("rms", Type::DbFs),
    ("crest", Type::Level),
    ("noise_floor", Type::DbFs),
    ("mono_loss", Type::Level),
    ("correlation", Type::Number),
    ("dc", Type::Number),
    ("clips", Type::Number),
    ("duration", Type::Time),
];

const EXAMPLE: &str = "loudness(master) within 0.5LU of -14LUFS";

impl Session<'_> {
    /// All checks of the song.
    pub(crate) fn checks(&mut self) -> Vec<Check> {
        let mut out = Vec::new();
        let blocks: Vec<_> = self.strips.checks.iter().map(|b| (b.block.clone(), b.env.clone())).collect();
        for (block, env) in blocks {
            self.each_line(&block, &env, &mut |session, line, env| match line {
                Ok(e) => out.extend(session.check_line(e, env)),
                Err(span) => session.no_check(span),
            });
        }
        out
    }

    fn no_check(&mut self, span: Span) {
        self.report(
            Diagnostic::error(&codes::E0570, span, "this line checks nothing")
                .help(format!("compare a measure with a value: `{EXAMPLE}`, `true_peak(master) <= -1dBTP`")),
        );
    }

    fn check_line(&mut self, e: &tree::Expr, env: &Env) -> Option<Check> {
        let (measured, limit, relation) = match &e.kind {
            ExprKind::Within(x, tolerance, value) => (x, value, Ok(tolerance)),
            ExprKind::Binary(op, _, a, b) => {
                let flipped = !is_metric(a) && is_metric(b);
                let relation = match (op, flipped) {
                    (BinaryOp::Lt, false) | (BinaryOp::Gt, true) => Relation::Less,
                    (BinaryOp::Le, false) | (BinaryOp::Ge, true) => Relation::AtMost,
                    (BinaryOp::Gt, false) | (BinaryOp::Lt, true) => Relation::More,
                    (BinaryOp::Ge, false) | (BinaryOp::Le, true) => Relation::AtLeast,
                    _ => {
                        self.no_check(e.span);
                        return None;
                    }
                };
                if flipped { (b, a, Err(relation)) } else { (a, b, Err(relation)) }
            }
            _ => {
                self.no_check(e.span);
                return None;
            }
        };
        let (metric, ty, strip) = self.metric(measured, env)?;
        let example = format!("{metric}(master) <= {}", crate::algebra::example(&ty));
        let wanted = Wanted { who: metric, ty: &ty, example: &example };
        let value = self.eval_number(limit, env, &wanted);
        let relation = match relation {
            Err(relation) => relation,
            Ok(tolerance) => {
                let ty = if matches!(ty, Type::Number | Type::Time) { ty.clone() } else { Type::Level };
                let wanted = Wanted { who: "within", ty: &ty, example: EXAMPLE };
                let within = self.eval_number(tolerance, env, &wanted)?;
                if within < 0.0 {
                    self.report(
                        Diagnostic::error(&codes::E0570, tolerance.span, "a tolerance is not negative")
                            .help(format!("write how far it may be off on both sides: `{EXAMPLE}`")),
                    );
                    return None;
                }
                Relation::Within(within)
            }
        };
        let text = self.sources.text(e.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Check { text, metric: metric.to_string(), strip, relation, value: value?, span: e.span })
    }

    fn metric(&mut self, e: &tree::Expr, env: &Env) -> Option<(&'static str, Type, StripId)> {
        let names: Vec<&str> = METRICS.iter().map(|(n, _)| *n).collect();
        let ExprKind::Call(callee, args) = &e.kind else {
            self.no_check(e.span);
            return None;
        };
        let ExprKind::Name(word) = &callee.kind else {
            self.no_check(e.span);
            return None;
        };
        let Some((name, ty)) = METRICS.iter().find(|(n, _)| *n == word.name) else {
            let fault = Diagnostic::error(&codes::E0570, word.span, format!("nothing measures `{}`", word.name));
            self.report(suggest(fault, word, &names, "the measures are"));
            return None;
        };
        let [arg] = &args[..] else {
            self.report(
                Diagnostic::error(&codes::E0570, e.span, format!("`{name}` measures one strip"))
                    .help(format!("write `{name}(master)`, or the name of a track or bus")),
            );
            return None;
        };
        match self.eval(&arg.value, env) {
            Value::Strip(StripRef { strip, point: None, .. }) => Some((name, ty.clone(), self.strips.id(strip)?)),
            Value::Text(text) => {
                let ident = Ident { name: text.to_string(), span: arg.value.span };
                let strip = self.strip_named(&ident, None)?;
                Some((name, ty.clone(), self.strips.id(strip)?))
            }
            Value::Error | Value::Unknown(_) => None,
            other => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(
                        &codes::E0570,
                        arg.value.span,
                        format!("`{name}` measures a strip, and this is {what}"),
                    )
                    .help(format!("write `{name}(master)`, or the name of a track or bus")),
                );
                None
            }
        }
    }
}

fn is_metric(e: &tree::Expr) -> bool {
    let ExprKind::Call(callee, _) = &e.kind else { return false };
    matches!(&callee.kind, ExprKind::Name(word) if METRICS.iter().any(|(n, _)| *n == word.name))
}
