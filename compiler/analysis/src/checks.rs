//! `check`: what a mix promises. Always true: a check compares one measure of one strip, or the difference of two, in the
//! whole song or in parts of it, with a constant of the measure's own unit.

use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::{StripRef, Value};
use crate::eval::Wanted;
use crate::mix::{Check, Figure, Relation};
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

/// The words of the measures.
pub fn measures() -> impl Iterator<Item = &'static str> {
    METRICS.iter().map(|(word, _)| *word)
}

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

    /// `during` stands behind the measure or at the line's end; then it is that of every measure without one.
    fn check_line(&mut self, e: &tree::Expr, env: &Env) -> Option<Check> {
        let (line, during) = match &e.kind {
            ExprKind::During { value: Some(line), span, over: None, otherwise: None } => match compared(line, span) {
                Some(line) => (line, None),
                None => ((**line).clone(), Some(&**span)),
            },
            _ => (e.clone(), None),
        };
        let (measured, limit, relation) = match &line.kind {
            ExprKind::Within(x, tolerance, value) => (x, value, Ok(tolerance)),
            ExprKind::Binary(op, _, a, b) => {
                let flipped = !is_measured(a) && is_measured(b);
                let relation = match (op, flipped) {
                    (BinaryOp::Lt, false) | (BinaryOp::Gt, true) => Relation::Less,
                    (BinaryOp::Le, false) | (BinaryOp::Ge, true) => Relation::AtMost,
                    (BinaryOp::Gt, false) | (BinaryOp::Lt, true) => Relation::More,
                    (BinaryOp::Ge, false) | (BinaryOp::Le, true) => Relation::AtLeast,
                    (BinaryOp::Eq, _) if is_measured(a) || is_measured(b) => {
                        let (measure, value) = if is_measured(a) { (a, b) } else { (b, a) };
                        let (measure, value) = (self.sources.text(measure.span), self.sources.text(value.span));
                        let fault = Diagnostic::error(&codes::E0570, e.span, "this line checks nothing: no measure is met to the last digit");
                        self.report(fault.help(format!("compare with what it may be off: `{measure} within 0.5LU of {value}`")));
                        return None;
                    }
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
        if is_measured(measured) && is_measured(limit) {
            let (a, b) = (self.sources.text(measured.span), self.sources.text(limit.span));
            let message = "a measure is compared with a value, and this is another measure";
            let help = format!("write their difference: `{a} - {b} > 0LU`, or `within 2LU of 0LU` behind it");
            self.report(Diagnostic::error(&codes::E0570, limit.span, message).help(help));
            return None;
        }
        let (ty, figure, minus) = self.measured(measured, during, env)?;
        let metric = figure.metric.clone();
        let example = match minus {
            None => format!("{metric}(master) <= {}", crate::algebra::example(&ty)),
            Some(_) => format!("{metric}(vocals) - {metric}(drums) within 2LU of 0LU"),
        };
        let wanted = Wanted { who: &metric, ty: &ty, example: &example };
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
        Some(Check { text, figure, minus, relation, value: value?, span: e.span })
    }

    /// One measure, or the difference of two of one kind: points leave a level.
    fn measured(&mut self, e: &tree::Expr, during: Option<&tree::Expr>, env: &Env) -> Option<(Type, Figure, Option<Figure>)> {
        let ExprKind::Binary(BinaryOp::Sub, _, a, b) = &e.kind else {
            let (ty, figure) = self.figure(e, during, env)?;
            return Some((ty, figure, None));
        };
        let (first, second) = (self.figure(a, during, env), self.figure(b, during, env));
        let ((ty, figure), (other, minus)) = (first?, second?);
        if ty != other {
            let message = format!("`{}` and `{}` are different things", figure.metric, minus.metric);
            self.report(
                Diagnostic::error(&codes::E0570, e.span, message)
                    .help("take one measure of two strips or two sections: `loudness(vocals) - loudness(drums) >= -2LU`"),
            );
            return None;
        }
        let difference = if matches!(ty, Type::Lufs | Type::DbTp | Type::DbFs) { Type::Level } else { ty };
        Some((difference, figure, Some(minus)))
    }

    /// `loudness(master)`, `loudness(master, chorus)`, `loudness(master) during chorus`.
    fn figure(&mut self, e: &tree::Expr, during: Option<&tree::Expr>, env: &Env) -> Option<(Type, Figure)> {
        if let ExprKind::During { value: Some(value), span, over: None, otherwise: None } = &e.kind {
            return self.figure(value, Some(span), env);
        }
        let names: Vec<&str> = METRICS.iter().map(|(n, _)| *n).collect();
        let ExprKind::Call(callee, args) = &e.kind else {
            if let ExprKind::Name(word) = &e.kind
                && METRICS.iter().any(|(n, _)| *n == word.name)
            {
                let right = format!("{}(master)", word.name);
                let fault = Diagnostic::error(&codes::E0570, word.span, format!("whose `{}` is that?", word.name));
                let help = format!("write `{right}`, or the name of a track or bus in the brackets");
                self.report(fault.help(help).fix(format!("write `{right}`"), word.span, right));
                return None;
            }
            self.no_check(e.span);
            return None;
        };
        let ExprKind::Name(word) = &callee.kind else {
            self.no_check(e.span);
            return None;
        };
        let Some((name, ty)) = METRICS.iter().find(|(n, _)| *n == word.name) else {
            let fault = Diagnostic::error(&codes::E0570, word.span, format!("nothing measures `{}`", word.name));
            if let Some(meant) = said(&word.name) {
                let help = format!("it is called `{meant}` here");
                self.report(fault.help(help).fix(format!("write `{meant}`"), word.span, meant));
                return None;
            }
            self.report(suggest(fault, word, &names, "the measures are"));
            return None;
        };
        let (arg, during) = match &args[..] {
            [arg] => (arg, during),
            [arg, span] if span.name.as_ref().is_none_or(|n| n.name == "during") => (arg, Some(&span.value)),
            _ => {
                self.report(
                    Diagnostic::error(&codes::E0570, e.span, format!("`{name}` measures one strip, in the whole song or in a part of it"))
                        .help(format!("write `{name}(master)`, or `{name}(master, during: chorus)`")),
                );
                return None;
            }
        };
        let strip = match self.eval_want(&arg.value, env, Some(&Type::Strip)) {
            Value::Strip(StripRef { strip, point: None, .. }) => strip,
            Value::Text(text) => {
                let ident = Ident { name: text.to_string(), span: arg.value.span };
                self.strip_named(&ident, None)?
            }
            Value::Error | Value::Unknown(_) => return None,
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
                return None;
            }
        };
        let during = match during {
            Some(span) => self.parts(span, env)?,
            None => Vec::new(),
        };
        Some((ty.clone(), Figure { metric: (*name).to_string(), strip: self.strips.id(strip)?, during }))
    }
}

/// `loudness(master) during drop >= -14LUFS` reads as a measure during `drop >= -14LUFS`: what was meant.
fn compared(measure: &tree::Expr, span: &tree::Expr) -> Option<tree::Expr> {
    let inner = |part: &tree::Expr| {
        let kind = ExprKind::During {
            value: Some(Box::new(measure.clone())),
            span: Box::new(part.clone()),
            over: None,
            otherwise: None,
        };
        Box::new(tree::Expr { kind, span: measure.span.to(part.span) })
    };
    let kind = match &span.kind {
        ExprKind::Within(part, tolerance, value) => ExprKind::Within(inner(part), tolerance.clone(), value.clone()),
        ExprKind::Binary(op @ (BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge), at, part, value) => {
            ExprKind::Binary(*op, *at, inner(part), value.clone())
        }
        _ => return None,
    };
    Some(tree::Expr { kind, span: measure.span.to(span.span) })
}

/// What other meters call a measure.
fn said(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "lufs" | "lkfs" | "integrated" | "lufs_integrated" | "program" => "loudness",
        "lufs_short_term" | "shortterm" | "short" => "short_term",
        "lufs_momentary" | "max_momentary" => "momentary",
        "loudness_range" | "range" => "lra",
        "dbtp" | "tp" | "truepeak" | "max_true_peak" | "isp" => "true_peak",
        "sample_peak" | "dbfs" | "level" => "peak",
        "crest_factor" | "dr" | "dynamic_range" | "dynamics" => "crest",
        "phase" | "phase_correlation" | "stereo_correlation" => "correlation",
        "dc_offset" | "offset" => "dc",
        "clipping" | "clipped" | "overs" => "clips",
        "time" | "seconds" => "duration",
        "mono" | "mono_compatibility" => "mono_loss",
        _ => return None,
    })
}

/// What stands on the measured side of a comparison.
fn is_measured(e: &tree::Expr) -> bool {
    match &e.kind {
        ExprKind::During { value: Some(value), .. } => is_measured(value),
        ExprKind::Binary(BinaryOp::Sub, _, a, b) => is_measured(a) && is_measured(b),
        _ => is_metric(e),
    }
}

fn is_metric(e: &tree::Expr) -> bool {
    let ExprKind::Call(callee, _) = &e.kind else { return false };
    matches!(&callee.kind, ExprKind::Name(word) if METRICS.iter().any(|(n, _)| *n == word.name))
}
