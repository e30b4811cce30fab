//! Processors: `label: bypass vox.lead(args)`. Always true: a name that is called is an effect, a chain or a wrapper;
//! a processor below `to` is an error; every processor gets a path of its own.

use super::body::Scope;
use super::paths::quoted;
use crate::body::{EffectId, Expr, ExprKind};
use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::mix::{Node, Process};
use crate::modules::Place as Lookup;
use crate::names::{Callable, DeclRef, Names};
use crate::session::Session;
use crate::types::Type;
use crate::units::literal;
use mixdown_syntax::tree::{Arg, Processor};
use mixdown_syntax::{Diagnostic, Span};
use std::borrow::Cow;
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn processor(&mut self, scope: &mut Scope, it: &Processor, span: Span, env: &Env) {
        if !self.count_node(span) {
            return;
        }
        if let Some(to) = scope.build.seen.get("to").copied() {
            let fault = Diagnostic::error(&codes::E0532, span, "a processor stands below `to`")
                .label(to, "the strip ends here")
                .help(
                    "move `to` to the end of the strip, or the processor above it: a strip reads as the signal flows",
                );
            let fault = self.move_to_down(fault, to, span);
            self.report(fault);
        }
        scope.build.flows = true;
        let Some(last) = it.path.last() else { return };
        if let [word] = &it.path[..]
            && let Some(kind) = super::wrappers::kind(&word.name)
        {
            self.wrapper(scope, it, kind, span, env);
            return;
        }
        let name_span = it.path[0].span.to(last.span);
        let callable = match self.find_callable(env.module, &it.path, Lookup::Processor) {
            Ok(callable) => callable,
            Err(fault) => {
                self.report(fault);
                return;
            }
        };
        let what = match &callable {
            Callable::Effect(_) => "an effect",
            Callable::Chain(_) => "a chain",
            Callable::Function(_) | Callable::Builtin(_) | Callable::Script(_) => {
                // What stands alone here may belong to a bracket that was never closed.
                let body = self.strips.list.get(scope.build.decl as usize).map(|d| d.tree.body.span);
                if body.is_some_and(|body| self.broken_inside(body)) {
                    return;
                }
                self.report(
                    Diagnostic::error(&codes::E0533, name_span, format!("`{}` is a function, not a processor", last.name))
                        .help("a line of a strip is an effect, a chain, a wrapper or a setting; use the function inside a parameter"),
                );
                return;
            }
        };
        if let Some(block) = &it.block {
            self.report(
                Diagnostic::error(&codes::E0533, block.span, format!("`{}` is {what} and has no branches", last.name))
                    .help("blocks belong to `parallel`, `bands`, `mid_side`, `left_right` and `oversample`"),
            );
            return;
        }
        let Some(args) = &it.args else {
            let after = Span { start: name_span.end, ..name_span };
            self.report(
                Diagnostic::error(&codes::E0533, name_span, format!("`{}` is called without brackets", last.name))
                    .help(format!("write `{}()`", last.name))
                    .fix("add the brackets", after, "()"),
            );
            return;
        };
        match callable {
            Callable::Effect(decl) => {
                if let Some(node) = self.process(scope, it, &decl, args, span, env) {
                    scope.nodes.push(Node::Process(node));
                }
            }
            Callable::Chain(decl) => self.chain(scope, it, &decl, args, env),
            _ => {}
        }
    }

    /// Offers `to` behind the processor below it, where both stand in one file.
    fn move_to_down(&self, fault: Diagnostic, to: Span, below: Span) -> Diagnostic {
        if to.file != below.file || to.end > below.start {
            return fault;
        }
        let between = Span { start: to.end, end: below.start, ..to };
        let text = format!("{}{}{}", self.sources.text(below), self.sources.text(between), self.sources.text(to));
        fault.fix("move `to` below it", to.to(below), text)
    }

    fn process(
        &mut self,
        scope: &mut Scope,
        it: &Processor,
        decl: &DeclRef,
        args: &[Arg],
        span: Span,
        env: &Env,
    ) -> Option<Process> {
        let last = it.path.last()?;
        let (segment, path, count) = self.segment(scope, it, &decl.decl.name.name, span);
        let id = self.effect(decl)?;
        self.modules.used.insert(Rc::as_ptr(&decl.decl));
        let effect = self.typed(id);
        if !effect.takes_input && self.dry == 0 {
            self.report(
                Diagnostic::error(
                    &codes::E0533,
                    last.span,
                    format!("`{}` makes a sound and takes none in", effect.name),
                )
                .help(format!("write it as a track's source: `source {}( … )`", effect.name)),
            );
            return None;
        }
        let env = &env.at_node();
        let own_mix = effect.params.iter().any(|p| p.name == "mix");
        let (args, mix) = if own_mix { (Cow::Borrowed(args), None) } else { self.split_mix(args, env)? };
        let args = self.effect_args(id, &args, last.span, env)?;
        self.above_half(id, &args, scope.factor);
        if it.label.is_none() && self.effects.random.get(id as usize) == Some(&true) {
            let key = format!("{}/{}", scope.prefix, effect.name);
            match scope.build.random.get(&key) {
                Some(first) if count > 1 => {
                    let name = &effect.name;
                    self.report(
                        Diagnostic::error(
                            &codes::E0534,
                            last.span,
                            format!("two `{name}` without labels in one strip"),
                        )
                        .label(*first, "the other one")
                        .help(format!(
                            "label them (`first: {name}( … )`): what is random hangs on its path, and a label keeps it"
                        )),
                    );
                }
                _ => {
                    scope.build.random.insert(key, last.span);
                }
            }
        }
        let call = crate::body::EffectCall { effect: id, input: None, args, path: segment };
        let bypass = it.bypass.is_some() || scope.bypass;
        Some(Process { path, labelled: it.label.is_some(), call, mix, bypass, span })
    }

    /// Warns of a constant frequency that the rate has no room for: a filter does nothing there, a tone comes out as another.
    pub(super) fn above_half(&mut self, id: EffectId, args: &[Option<Expr>], factor: u32) {
        let effect = self.typed(id);
        let half = f64::from(self.song.timeline.rate) * f64::from(factor) / 2.0;
        let Some(at) = effect.params.iter().position(|p| p.name == "freq" && p.ty == Type::Frequency) else { return };
        let Some(Some(Expr { kind: ExprKind::Number(freq), span, .. })) = args.get(at) else { return };
        if *freq > half {
            let (freq, half) = (literal(*freq, &Type::Frequency), literal(half, &Type::Frequency));
            let message = format!("`freq` of `{}` is {freq}, above half the rate", effect.name);
            let help = format!("write less than {half}: what lies above it folds back, or is not there");
            self.report(Diagnostic::warning(&crate::effect_codes::E0418, *span, message).help(help));
        }
    }

    /// The segment and path of a processor, wrapper or chain call, and the how-manieth of its name it is.
    pub(super) fn segment(
        &mut self,
        scope: &mut Scope,
        it: &Processor,
        name: &str,
        span: Span,
    ) -> (String, String, u32) {
        let (segment, count) = match &it.label {
            None => scope.segments.next(name, &scope.suffix, span),
            Some(label) => match scope.segments.label(&quoted(&label.name), &scope.suffix, label.span) {
                Ok(segment) => (segment, 1),
                Err(first) => {
                    self.report(
                        Diagnostic::error(
                            &codes::E0535,
                            label.span,
                            format!("`{}` names two things in one strip", label.name),
                        )
                        .label(first, "the first one")
                        .help("give each processor a label of its own: it is its name in diffs, checks and caches"),
                    );
                    scope.segments.next(&label.name, &scope.suffix, span)
                }
            },
        };
        let path = format!("{}/{segment}", scope.prefix);
        (segment, path, count)
    }

    /// Takes `mix:` out of arguments. `None` after a fault.
    pub(super) fn split_mix<'a>(&mut self, args: &'a [Arg], env: &Env) -> Option<(Cow<'a, [Arg]>, Option<Expr>)> {
        let Some(at) = args.iter().position(|a| a.name.as_ref().is_some_and(|n| n.name == "mix")) else {
            return Some((Cow::Borrowed(args), None));
        };
        let mix = self.mix_amount(&args[at], env)?;
        let rest = args.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, a)| a.clone()).collect();
        Some((Cow::Owned(rest), mix))
    }

    fn mix_amount(&mut self, arg: &Arg, env: &Env) -> Option<Option<Expr>> {
        let wanted = Wanted { who: "mix", ty: &Type::Number, example: "mix: 40%" };
        let value = self.eval_as(&arg.value, env, &wanted);
        if let Some((_, at)) = self.outside(&value, (0.0, 1.0), arg.value.span) {
            self.report(
                Diagnostic::error(&codes::E0536, at, "`mix` lies between 0% and 100%")
                    .help("write a share of the wet signal: `mix: 40%`"),
            );
            return None;
        }
        if value.is_error() {
            return None;
        }
        Some(value.to_expr(arg.value.span))
    }
}
