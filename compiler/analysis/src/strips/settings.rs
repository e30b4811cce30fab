//! Strip settings: `source clips fader ride pan send to mute solo trim`. Always true: each stands where a strip may
//! hold it, once (semantics, rule 30); levels are decibels, pans -1..1.

use super::body::{Build, Place, Scope};
use super::targets::Goal;
use crate::body::Expr;
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::eval::{During, Wanted, word_value};
use crate::mix::{Node, StripKind};
use crate::session::Session;
use crate::types::Type;
use crate::units::literal;
use mixdown_syntax::tree::{self, Setting, Target};
use mixdown_syntax::{Diagnostic, Span};

const UNITY: Value = Value::Quantity(0.0, Type::Level);

/// Most that a fader, a send or a group may say, alone or together, in dB.
pub(super) const LOUDEST: f64 = 144.0;

impl Session<'_> {
    pub(super) fn strip_setting(&mut self, scope: &mut Scope, setting: &Setting, span: Span, env: &Env) {
        if !self.may_monitor(scope.build, setting, span) {
            return;
        }
        match setting {
            Setting::Source(value, args) => {
                if self.may_source(scope, "source", span)
                    && let Some(source) = self.source(value, args, env)
                {
                    scope.build.source = Some(source);
                }
            }
            Setting::Clips(value) => {
                if self.may_source(scope, "clips", span)
                    && let Some(source) = self.clips(value, env)
                {
                    scope.build.source = Some(source);
                }
            }
            Setting::Fader(value) => {
                if self.setting_once(scope, "fader", span) {
                    scope.build.flows = true;
                    let wanted = Wanted { who: "fader", ty: &Type::Level, example: "fader -6dB" };
                    let level = self.level(value, None, &env.at_node(), &wanted).unwrap_or_else(|| unity(span));
                    scope.nodes.push(Node::Fader { path: format!("{}/fader", scope.prefix), level });
                }
            }
            Setting::Ride(value) => {
                if self.setting_once(scope, "ride", span) {
                    let wanted = Wanted { who: "ride", ty: &Type::Level, example: "ride +2dB during chorus" };
                    let ride = self.level(value, Some(UNITY), env, &wanted);
                    scope.build.rides.extend(ride);
                }
            }
            Setting::Pan(value) => {
                if self.setting_once(scope, "pan", span)
                    && let Some(position) = self.pan(value, &env.at_node())
                {
                    scope.nodes.push(Node::Pan { path: format!("{}/pan", scope.prefix), position });
                }
            }
            Setting::Send(target, level, args) => {
                self.send(scope, target, level.as_ref(), args, span, &env.at_node());
            }
            Setting::To(targets) => self.to(scope, targets, span, env),
            Setting::Mute(value) => {
                if self.setting_once(scope, "mute", span) && self.not_master(scope.build, "mute", span) {
                    scope.build.mute = self.mute(value.as_ref(), span, env);
                }
            }
            Setting::Solo(value) => {
                if self.setting_once(scope, "solo", span) && self.not_master(scope.build, "solo", span) {
                    scope.build.solo = match value {
                        None => true,
                        Some(value) => {
                            let wanted = Wanted { who: "solo", ty: &Type::Switch, example: "solo" };
                            matches!(self.eval_constant(value, env, &wanted), Value::Switch(true))
                        }
                    };
                }
            }
            Setting::Trim(value, measure) => self.trim(scope, value, measure.as_ref(), span, env),
        }
    }

    /// A monitor hears the master and is heard: all else that a strip may say has no meaning in it.
    fn may_monitor(&mut self, build: &Build, setting: &Setting, span: Span) -> bool {
        let word = match setting {
            Setting::Source(..) => "source",
            Setting::Clips(_) => "clips",
            Setting::Send(..) => "send",
            Setting::To(_) => "to",
            Setting::Mute(_) => "mute",
            Setting::Solo(_) => "solo",
            Setting::Trim(..) => "trim",
            Setting::Fader(_) | Setting::Ride(_) | Setting::Pan(_) => return true,
        };
        if build.kind != StripKind::Monitor {
            return true;
        }
        self.report(
            Diagnostic::error(&codes::E0530, span, format!("`{word}` stands in a monitor"))
                .help("a monitor hears the master and goes nowhere; it holds processors, `fader` and `pan`"),
        );
        false
    }

    fn not_master(&mut self, build: &Build, word: &str, span: Span) -> bool {
        if build.kind != StripKind::Master {
            return true;
        }
        self.report(
            Diagnostic::error(&codes::E0530, span, format!("`{word}` stands in the master"))
                .help("it belongs into a track or bus: the master is where everything ends"),
        );
        false
    }

    /// `source` and `clips`: in tracks, one of them, before everything else.
    fn may_source(&mut self, scope: &mut Scope, word: &'static str, span: Span) -> bool {
        if scope.place == Place::Strip && scope.build.kind != StripKind::Track {
            let what = self.strips.list[scope.build.decl as usize].kind_word();
            self.report(
                Diagnostic::error(&codes::E0530, span, format!("`{word}` stands in a {what}"))
                    .help("only a track has audio of its own; send it here with `to`"),
            );
            return false;
        }
        if scope.place == Place::Strip {
            let other = if word == "source" { "clips" } else { "source" };
            if let Some(first) = scope.build.seen.get(other) {
                let fault =
                    Diagnostic::error(&codes::E0531, span, format!("`{}` has `source` and `clips`", scope.build.name))
                        .label(*first, "the other one")
                        .help("a track has one of them; put all audio into `clips [ … ]`");
                self.report(fault);
                return false;
            }
        }
        if !self.setting_once(scope, word, span) {
            return false;
        }
        if scope.build.flows {
            self.report(
                Diagnostic::error(&codes::E0532, span, format!("`{word}` stands below a processor"))
                    .help("write it as the first line of the track: a strip reads as the signal flows"),
            );
        }
        true
    }

    /// A level in decibels; `outside` is what a `during` has outside its span.
    pub(super) fn level(
        &mut self,
        value: &tree::Expr,
        outside: Option<Value>,
        env: &Env,
        wanted: &Wanted,
    ) -> Option<Expr> {
        let found = match During::of(value) {
            Some(during) => self.during_or(&during, outside, env, Some(&Type::Level)),
            None => self.eval_want(value, env, Some(&Type::Level)),
        };
        // Of a `during` the value inside is what has the wrong type.
        let inside = During::of(value).and_then(|d| d.value).unwrap_or(value);
        let found = self.fit_written(found, wanted, inside);
        if let Some((x, at)) = self.outside(&found, (f64::NEG_INFINITY, LOUDEST), value.span) {
            self.report(
                Diagnostic::error(&codes::E0536, at, format!("a level of {}", literal(x, &Type::Level)))
                    .help("levels end at +144dB; write what the fader of a desk could do"),
            );
            return None;
        }
        match found {
            Value::Error => None,
            found => {
                let expr = found.to_expr(value.span)?;
                Some(self.declicked(expr))
            }
        }
    }

    /// `L60`, `C`, `-60%`: -1 (left) to 1 (right).
    pub(super) fn pan(&mut self, value: &tree::Expr, env: &Env) -> Option<Expr> {
        if let Some(fault) = self.misspelled_pan(value, env) {
            self.report(fault);
            return None;
        }
        let wanted = Wanted { who: "pan", ty: &Type::Number, example: "pan L60" };
        let found = self.eval_as(value, env, &wanted);
        if let Some((x, at)) = self.outside(&found, (-1.0, 1.0), value.span) {
            let fault = Diagnostic::error(&codes::E0536, at, "a pan beyond the loudspeakers");
            self.report(match &value.kind {
                tree::ExprKind::Quantity(q) if q.unit.is_none() && x.abs() <= 100.0 => {
                    let side = side(x);
                    fault.help(format!("write `{side}`: how far to the left (`L`) or right (`R`), of 100")).fix(
                        format!("write `{side}`"),
                        value.span,
                        side,
                    )
                }
                _ => fault.help("a pan goes from `L100` over `C` to `R100`, or from `-100%` to `100%`"),
            });
            return None;
        }
        if found.is_error() { None } else { found.to_expr(value.span) }
    }

    /// `L`, `left`, `30L`, `L30%`, `center`: what other desks print for a pan, where nothing is called so.
    fn misspelled_pan(&mut self, value: &tree::Expr, env: &Env) -> Option<Diagnostic> {
        let written = match &value.kind {
            tree::ExprKind::Name(name) => {
                let known = env.find(&name.name).is_some()
                    || word_value(&name.name).is_some()
                    || !matches!(self.file_value(env.module, name), Ok(None));
                (!known).then_some(name.name.as_str())?
            }
            tree::ExprKind::Quantity(q) if matches!(q.unit.as_ref()?.name.as_str(), "L" | "R" | "l" | "r") => {
                self.sources.text(value.span)
            }
            _ => return None,
        };
        let lower = written.to_lowercase();
        let meant = match lower.trim_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '_') {
            "c" | "center" | "centre" | "middle" | "mid" => "C".to_string(),
            word @ ("l" | "left" | "r" | "right" | "hard_left" | "hard_right") => {
                let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
                let amount = digits.parse().unwrap_or(100.0_f64).min(100.0);
                side(if word.ends_with('l') || word.ends_with("left") { -amount } else { amount })
            }
            _ => return None,
        };
        let fault = Diagnostic::error(&codes::E0536, value.span, format!("no pan is written `{written}`"));
        Some(fault.help(format!("write `{meant}`: a pan goes from `L100` over `C` to `R100`")).fix(
            format!("write `{meant}`"),
            value.span,
            meant,
        ))
    }

    /// The factor of a strip's outgoing edges.
    pub(super) fn mute(&mut self, value: Option<&tree::Expr>, span: Span, env: &Env) -> Option<Expr> {
        let Some(value) = value else {
            return Some(Self::constant(0.0, Type::Number, span));
        };
        if let Some(during) = During::of(value)
            && during.otherwise.is_none()
        {
            let inside = match during.value {
                None => Value::Switch(true),
                Some(e) => {
                    self.eval_constant(e, env, &Wanted { who: "mute", ty: &Type::Switch, example: "mute during outro" })
                }
            };
            return match inside {
                Value::Switch(true) => self.mute_during(&during, env),
                _ => None,
            };
        }
        let example = match &value.kind {
            // A span alone, or a section: when, but not `during`.
            tree::ExprKind::Binary(tree::BinaryOp::Range, ..) | tree::ExprKind::Name(_) => {
                format!("mute during {}", self.sources.text(value.span))
            }
            _ => "mute during outro".into(),
        };
        let wanted = Wanted { who: "mute", ty: &Type::Switch, example: &example };
        match self.eval_constant(value, env, &wanted) {
            Value::Switch(true) => Some(Self::constant(0.0, Type::Number, span)),
            _ => None,
        }
    }

    fn to(&mut self, scope: &mut Scope, targets: &[Target], span: Span, env: &Env) {
        if !self.setting_once(scope, "to", span) || !self.not_master(scope.build, "to", span) {
            return;
        }
        let mut goals: Vec<(u32, Span)> = Vec::new();
        let mut nobody = None;
        for target in targets {
            match self.goal(target, env, "to") {
                Some(Goal::Strip(strip)) => {
                    if let Some((_, first)) = goals.iter().find(|(s, _)| *s == strip) {
                        let name = self.strips.list[strip as usize].name.clone();
                        self.report(
                            Diagnostic::error(&codes::E0531, target.name.span, format!("`to` names `{name}` twice"))
                                .label(*first, "named first here")
                                .help("keep one of them; for more level write `fader`"),
                        );
                        continue;
                    }
                    goals.push((strip, target.name.span));
                }
                Some(Goal::Nobody) => nobody = Some(target.name.span),
                Some(Goal::Unknown) | None => {}
            }
        }
        if let Some(none) = nobody
            && targets.len() > 1
        {
            self.report(
                Diagnostic::error(&codes::E0531, none, "`none` stands beside another goal")
                    .help("write `to none` alone, or leave `none` out"),
            );
        }
        // A goal that was wrong leaves the strip without edges rather than at the master: nothing follows from it.
        scope.build.to = Some(goals);
    }
}

pub(super) fn unity(span: Span) -> Expr {
    Session::constant(0.0, Type::Level, span)
}

/// -30 as `L30`.
fn side(x: f64) -> String {
    match x {
        0.0 => "C".into(),
        x if x < 0.0 => format!("L{}", -x.round()),
        x => format!("R{}", x.round()),
    }
}
