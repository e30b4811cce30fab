//! Sends and trims: what a strip does to its signal beside its processors. Always true: a send stands outside of
//! wrappers or in a branch of `parallel`; a trim says what it measures.

use super::body::{Place, Scope};
use super::quoted;
use super::settings::unity;
use super::targets::Goal;
use crate::args;
use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::{Node, TrimMeasure};
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Arg, Ident, Target};
use mixdown_syntax::{Diagnostic, Span};

const OFF: Value = Value::Quantity(f64::NEG_INFINITY, Type::Level);

impl Session<'_> {
    pub(super) fn send(
        &mut self,
        scope: &mut Scope,
        target: &Target,
        level: Option<&tree::Expr>,
        args: &[Arg],
        span: Span,
        env: &Env,
    ) {
        if !self.count_node(span) {
            return;
        }
        if let (false, Place::Branch(wrapper)) = (scope.sends, &scope.place) {
            self.report(
                Diagnostic::error(&codes::E0530, span, format!("`send` stands inside `{wrapper}`"))
                    .help("move it out of the wrapper; only branches of `parallel` may hold sends"),
            );
            return;
        }
        if !scope.sends {
            self.report(
                Diagnostic::error(&codes::E0530, span, "this chain sends, and it is called inside a wrapper")
                    .help("call it outside of the wrapper; only branches of `parallel` may hold sends"),
            );
            return;
        }
        scope.build.flows = true;
        let goal = self.goal(target, env, "send");
        let wanted = Wanted { who: "send", ty: &Type::Level, example: "send hall -14dB" };
        let written = level.is_some();
        if let (Some(level), Some(arg)) = (level, args.first())
            && let Some(right) = args::decimal_comma(level, &arg.value).filter(|_| arg.name.is_none())
        {
            self.report(args::in_halves(level.span.to(arg.value.span), &right));
            return;
        }
        let level = match level {
            None => Some(unity(span)),
            Some(value) => self.level(value, Some(OFF), env, &wanted),
        };
        let mut pan = None;
        for arg in args {
            match arg.name.as_ref() {
                Some(name) if name.name == "pan" => pan = self.pan(&arg.value, env),
                Some(name) => {
                    let fault =
                        Diagnostic::error(&codes::E0536, name.span, format!("`send` has no parameter `{}`", name.name));
                    self.report(crate::modules::suggest(fault, name, &["pan"], "it takes"));
                }
                None => {
                    let fault = Diagnostic::error(&codes::E0536, arg.span, "`send` takes a bus and a level");
                    let bus = self.sources.text(target.name.span);
                    self.report(match written || args.len() > 1 {
                        true => fault.help("write `send hall -14dB, pan: L20`"),
                        false => {
                            let right = format!("{bus} {}", self.sources.text(arg.span));
                            let place = target.name.span.to(arg.span);
                            fault.help(format!("write `send {right}`: no comma before the level")).fix("take the comma away", place, right)
                        }
                    });
                    return;
                }
            }
        }
        let (Some(Goal::Strip(strip)), Some(level)) = (goal, level) else {
            if let (Some(Goal::Nobody), false) = (goal, scope.build.dry) {
                self.report(
                    Diagnostic::error(&codes::E0513, target.name.span, "a send to `none`")
                        .help("leave the line out, or name a bus"),
                );
            }
            return;
        };
        let Some(to) = self.strips.id(strip) else { return };
        let name = format!("send.{}", quoted(&self.strips.list[strip as usize].name));
        let (segment, _) = scope.segments.next(&name, &scope.suffix, span);
        let path = format!("{}/{segment}", scope.prefix);
        scope.nodes.push(Node::Send { path, to, level, pan, open: true, span });
    }

    pub(super) fn trim(
        &mut self,
        scope: &mut Scope,
        value: &tree::Expr,
        measure: Option<&Ident>,
        span: Span,
        env: &Env,
    ) {
        if !self.setting_once(scope, "trim", span) {
            return;
        }
        scope.build.flows = true;
        if let Some(fault) = self.two_levels(value) {
            self.report(fault);
            return;
        }
        let found = self.eval(value, env);
        let (target, measure) = match (&found, measure.map(|m| m.name.as_str())) {
            (Value::Quantity(x, Type::Lufs), None | Some("loudness")) => (*x, TrimMeasure::Loudness),
            (Value::Quantity(x, Type::DbTp), None | Some("true_peak")) => (*x, TrimMeasure::TruePeak),
            (Value::Quantity(x, Type::Level | Type::DbFs), Some("rms")) => (*x, TrimMeasure::Rms),
            (Value::Quantity(x, Type::Level | Type::DbFs), Some("peak")) => (*x, TrimMeasure::Peak),
            (Value::Error | Value::Unknown(_), _) => return,
            (_, Some(word)) if !matches!(word, "rms" | "peak" | "loudness" | "true_peak") => {
                let at = measure.map_or(span, |m| m.span);
                let ident = Ident { name: word.to_string(), span: at };
                let fault = Diagnostic::error(&codes::E0538, at, format!("`trim` knows no measure `{word}`"));
                self.report(crate::modules::suggest(fault, &ident, &["rms", "peak"], "the measures are"));
                return;
            }
            (other, _) => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(
                        &codes::E0538,
                        value.span,
                        format!("`trim to` needs to know what is measured, and this is {what}"),
                    )
                    .help("write `trim to -18LUFS`, `trim to -1dBTP`, `trim to -18dB rms` or `trim to -12dB peak`"),
                );
                return;
            }
        };
        if !target.is_finite() || target > 0.0 {
            self.report(
                Diagnostic::error(&codes::E0538, value.span, "`trim` levels to a value below full scale")
                    .help("write `trim to -18LUFS`"),
            );
            return;
        }
        let (segment, _) = scope.segments.next("trim", "", span);
        scope.nodes.push(Node::Trim { path: format!("{}/{segment}", scope.prefix), target, measure, gain: None, span });
    }

    /// `trim to -18LUFS -3.2dB`: a level and a gain beside each other read as a difference, and look like two.
    fn two_levels(&self, value: &tree::Expr) -> Option<Diagnostic> {
        let tree::ExprKind::Binary(tree::BinaryOp::Sub, _, a, b) = &value.kind else { return None };
        let between = self.sources.text(Span { start: a.span.end, end: b.span.start, ..value.span });
        if !between.ends_with('-') || !between.starts_with(' ') {
            return None;
        }
        let (target, gain) = (self.sources.text(a.span), self.sources.text(b.span));
        let message = "`trim to` takes one level, and finds its gain by itself";
        let help = format!("write `trim to {target}`; a gain that is known is `gain(-{gain})`, a difference `{target} - {gain}`");
        Some(Diagnostic::error(&codes::E0538, value.span, message).help(help))
    }
}
