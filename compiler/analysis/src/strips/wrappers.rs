//! Wrappers: `parallel`, `bands`, `mid_side`, `left_right`, `oversample` (semantics, rules 18 to 20). Always true: a
//! wrapper in the Mix lists every branch it has; those of `parallel` are as written.

use super::body::{Place, Scope};
use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::mix::{Branch, Node, Wrap, WrapKind};
use crate::modules::suggest;
use crate::session::Session;
use crate::types::Type;
use crate::units::literal;
use mixdown_syntax::tree::{Arg, Body, Ident, Processor, Stmt, StmtKind};
use mixdown_syntax::{Diagnostic, Span};

/// Words of wrappers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Parallel,
    Bands,
    MidSide,
    LeftRight,
    Oversample,
}

/// The wrapper of a word.
pub(super) fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "parallel" => Kind::Parallel,
        "bands" => Kind::Bands,
        "mid_side" => Kind::MidSide,
        "left_right" => Kind::LeftRight,
        "oversample" => Kind::Oversample,
        _ => return None,
    })
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Parallel => "parallel",
            Kind::Bands => "bands",
            Kind::MidSide => "mid_side",
            Kind::LeftRight => "left_right",
            Kind::Oversample => "oversample",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Kind::Parallel => "parallel { dry { } crush { compressor(ratio: 10) } }",
            Kind::Bands => "bands(120Hz, 2.5kHz) { low { compressor(ratio: 2) } }",
            Kind::MidSide => "mid_side { side { highshelf(8kHz, +1dB) } }",
            Kind::LeftRight => "left_right { left { gain(-1dB) } }",
            Kind::Oversample => "oversample 4x { saturate(drive: 2dB) }",
        }
    }
}

impl Session<'_> {
    pub(super) fn wrapper(&mut self, scope: &mut Scope, it: &Processor, kind: Kind, span: Span, env: &Env) {
        let word = kind.word();
        let (_, path, _) = self.segment(scope, it, word, span);
        let Some(block) = &it.block else {
            self.report(
                Diagnostic::error(&codes::E0540, span, format!("`{word}` has no block"))
                    .help(format!("write `{}`", kind.example())),
            );
            return;
        };
        let Some((args, mix)) = self.split_mix(it.args.as_deref().unwrap_or(&[]), &env.at_node()) else { return };
        let wrap = match kind {
            Kind::Oversample => {
                let Some(factor) = self.oversample_factor(scope, &args, span, env) else { return };
                let mut inner = scope.inner(path.clone(), Place::Branch(word));
                inner.sends = false;
                inner.factor *= factor;
                inner.bypass |= it.bypass.is_some();
                self.body(&mut inner, block, &env.inner());
                (WrapKind::Oversample(factor), vec![Branch { name: "oversampled".into(), nodes: inner.nodes }])
            }
            Kind::Parallel => {
                if !self.no_args(kind, &args) {
                    return;
                }
                let mut branches = Vec::new();
                self.branches(scope, &path, kind, block, env, &mut branches);
                if branches.is_empty() && block.stmts.is_empty() && !self.broken_inside(block.span) {
                    self.report(
                        Diagnostic::error(&codes::E0540, block.span, "`parallel` without a branch")
                            .help(format!("write `{}`; `dry {{ }}` is the signal itself", kind.example())),
                    );
                    return;
                }
                (WrapKind::Parallel, branches.into_iter().map(|(b, _)| b).collect())
            }
            Kind::Bands => {
                let Some(splits) = self.splits(&args, span, env) else { return };
                let names = band_names(splits.len() + 1);
                let branches = self.fixed_branches(scope, &path, kind, block, env, &names);
                (WrapKind::Bands(splits), branches)
            }
            Kind::MidSide | Kind::LeftRight => {
                if !self.no_args(kind, &args) {
                    return;
                }
                let (names, wrap) = if kind == Kind::MidSide {
                    (["mid", "side"], WrapKind::MidSide)
                } else {
                    (["left", "right"], WrapKind::LeftRight)
                };
                let names: Vec<String> = names.iter().map(|n| n.to_string()).collect();
                (wrap, self.fixed_branches(scope, &path, kind, block, env, &names))
            }
        };
        let (kind, branches) = wrap;
        let bypass = it.bypass.is_some() || scope.bypass;
        scope.nodes.push(Node::Wrap(Wrap { path, kind, branches, mix, bypass, span }));
    }

    fn no_args(&mut self, kind: Kind, args: &[Arg]) -> bool {
        if let Some(arg) = args.first() {
            self.report(
                Diagnostic::error(&codes::E0540, arg.span, format!("`{}` takes no parameter but `mix:`", kind.word()))
                    .help(format!("write `{}`", kind.example())),
            );
        }
        args.is_empty()
    }

    /// `oversample 4x`: 2, 4, 8, 16, all around together no more than 16.
    fn oversample_factor(&mut self, scope: &Scope, args: &[Arg], span: Span, env: &Env) -> Option<u32> {
        let [arg] = args else {
            self.report(
                Diagnostic::error(&codes::E0541, span, "`oversample` takes one factor")
                    .help("write `oversample 4x { … }`"),
            );
            return None;
        };
        let wanted = Wanted { who: "oversample", ty: &Type::Number, example: "oversample 4x { … }" };
        let factor = self.eval_number(&arg.value, env, &wanted)?;
        if ![2.0, 4.0, 8.0, 16.0].contains(&factor) {
            self.report(
                Diagnostic::error(&codes::E0541, arg.value.span, format!("audio cannot be oversampled {factor} times"))
                    .help("the factors are `2x`, `4x`, `8x` and `16x`"),
            );
            return None;
        }
        let factor = factor as u32;
        if scope.factor * factor > 16 {
            self.report(
                Diagnostic::error(
                    &codes::E0541,
                    arg.value.span,
                    format!("`oversample` inside `oversample` makes {} times", scope.factor * factor),
                )
                .help("all factors around a processor multiply; together they stay at 16 or less"),
            );
            return None;
        }
        Some(factor)
    }

    /// The split frequencies of `bands`.
    fn splits(&mut self, args: &[Arg], span: Span, env: &Env) -> Option<Vec<f64>> {
        let wanted = Wanted { who: "bands", ty: &Type::Frequency, example: "bands(120Hz, 2.5kHz) { … }" };
        let mut out: Vec<f64> = Vec::new();
        let mut ok = true;
        for arg in args {
            if let Some(name) = &arg.name {
                self.report(
                    Diagnostic::error(&codes::E0542, name.span, format!("`bands` has no parameter `{}`", name.name))
                        .help(
                            "write the frequencies between the bands: `bands(120Hz, 2.5kHz) { … }`; `mix:` may follow",
                        ),
                );
                ok = false;
                continue;
            }
            let Some(hz) = self.eval_number(&arg.value, env, &wanted) else {
                ok = false;
                continue;
            };
            let nyquist = f64::from(self.song.timeline.rate) / 2.0;
            if hz < 10.0 || hz >= nyquist || out.last().is_some_and(|last| *last >= hz) {
                self.report(
                    Diagnostic::error(
                        &codes::E0542,
                        arg.value.span,
                        format!("the bands cannot split at {}", literal(hz, &Type::Frequency)),
                    )
                    .help(format!(
                        "write frequencies in ascending order from 10Hz to {}",
                        literal(nyquist, &Type::Frequency)
                    )),
                );
                ok = false;
                continue;
            }
            out.push(hz);
        }
        if args.is_empty() || args.len() > 15 {
            self.report(
                Diagnostic::error(&codes::E0542, span, "`bands` takes 1 to 15 frequencies")
                    .help("write where the bands meet: `bands(120Hz, 2.5kHz) { low { … } }`"),
            );
            return None;
        }
        ok.then_some(out)
    }

    /// Branches with given names, all listed, those that are not written empty.
    fn fixed_branches(
        &mut self,
        scope: &mut Scope,
        path: &str,
        kind: Kind,
        block: &Body,
        env: &Env,
        names: &[String],
    ) -> Vec<Branch> {
        let mut written = Vec::new();
        self.branches(scope, path, kind, block, env, &mut written);
        for (branch, span) in &written {
            if !names.contains(&branch.name) {
                let ident = Ident { name: branch.name.clone(), span: *span };
                let list: Vec<&str> = names.iter().map(String::as_str).collect();
                let fault = Diagnostic::error(
                    &codes::E0543,
                    *span,
                    format!("`{}` has no branch `{}`", kind.word(), branch.name),
                );
                let fault = suggest(fault, &ident, &list, "its branches are");
                let all = crate::modules::listed(&list);
                let help = fault.help.clone().unwrap_or_default();
                let help = if help.contains(&all) { help } else { format!("{help}; its branches are {all}") };
                self.report(fault.help(help));
            }
        }
        names
            .iter()
            .map(|name| {
                let found = written.iter_mut().find(|(b, _)| b.name == *name);
                let nodes = found.map(|(b, _)| std::mem::take(&mut b.nodes)).unwrap_or_default();
                Branch { name: name.clone(), nodes }
            })
            .collect()
    }

    fn branches(&mut self, scope: &mut Scope, path: &str, kind: Kind, block: &Body, env: &Env, out: &mut Branches) {
        let mut env = env.inner();
        for stmt in &block.stmts {
            env = self.branch_statement(scope, path, kind, stmt, env, out);
        }
    }

    fn branch_statement(
        &mut self,
        scope: &mut Scope,
        path: &str,
        kind: Kind,
        stmt: &Stmt,
        env: Env,
        out: &mut Branches,
    ) -> Env {
        let word = kind.word();
        match &stmt.kind {
            StmtKind::Let(it) => return self.let_statement(it, &env),
            StmtKind::If(it) => match self.fixed_condition(&it.cond, &env) {
                crate::eval::Cond::Known(true) => self.branches(scope, path, kind, &it.then, &env, out),
                crate::eval::Cond::Known(false) => {
                    if let Some(otherwise) = &it.otherwise {
                        self.branches(scope, path, kind, otherwise, &env, out);
                    }
                }
                _ => {}
            },
            StmtKind::Processor(Processor { bypass: None, label: None, path: name, args: None, block: Some(body) })
                if name.len() == 1 =>
            {
                let name = &name[0];
                if let Some(first) = out.iter().find(|(b, _)| b.name == name.name).map(|(_, s)| *s) {
                    self.report(
                        Diagnostic::error(&codes::E0543, name.span, format!("two branches are called `{}`", name.name))
                            .label(first, "the first one")
                            .help("give each branch a name of its own"),
                    );
                    return env;
                }
                let prefix = format!("{path}/{}", super::quoted(&name.name));
                let mut inner = scope.inner(prefix, Place::Branch(word));
                inner.sends &= kind == Kind::Parallel;
                self.body(&mut inner, body, &env.inner());
                out.push((Branch { name: name.name.clone(), nodes: inner.nodes }, name.span));
            }
            _ => {
                self.report(
                    Diagnostic::error(&codes::E0543, stmt.span, format!("`{word}` holds branches only"))
                        .at("belongs into a branch")
                        .help(format!("give it a name and a block: `{}`", kind.example())),
                );
            }
        }
        env
    }
}

/// Branches with the places of their names.
type Branches = Vec<(Branch, Span)>;

fn band_names(count: usize) -> Vec<String> {
    match count {
        2 => vec!["low".into(), "high".into()],
        3 => vec!["low".into(), "mid".into(), "high".into()],
        n => (1..=n).map(|i| format!("band{i}")).collect(),
    }
}
