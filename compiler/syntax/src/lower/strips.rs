//! Bodies of strips, chains, branches and wrappers: processors and settings, top to bottom.

use super::{Level, Lower, P};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::faults::Place;
use crate::grammar::Rule;
use crate::source::Span;
use crate::tree::*;
use crate::words::{SETTINGS, WRAPPERS};

impl<'a> Lower<'a> {
    /// `{ … }` whose statements are of this `level`.
    fn body_at(&mut self, pair: P<'a>, level: Level) -> Body {
        let outer = std::mem::replace(&mut self.level, level);
        let body = self.body(pair);
        self.level = outer;
        body
    }

    /// `{ … }` of a track, bus, master or chain.
    pub(super) fn signal_body(&mut self, pair: P<'a>) -> Body {
        self.body_at(pair, Level::Signal)
    }

    fn body(&mut self, pair: P<'a>) -> Body {
        let span = self.span(&pair);
        let stmts = self.lines(pair, Place::Strip, None, |this, kid, doc| {
            let span = this.span(&kid);
            Some(Stmt { doc, span, kind: this.stmt_kind(kid, span)? })
        });
        Body { stmts, span }
    }

    fn stmt_kind(&mut self, pair: P<'a>, span: Span) -> Option<StmtKind> {
        match pair.as_rule() {
            Rule::processor => Some(StmtKind::Processor(self.processor(pair, span)?)),
            Rule::let_ => Some(StmtKind::Let(self.let_(pair)?)),
            Rule::for_strip => Some(StmtKind::For(self.for_(pair, span, Self::body)?)),
            Rule::if_strip => {
                let made = self.if_(pair, span, Self::body, |made, span| Body {
                    stmts: vec![Stmt { doc: None, span, kind: StmtKind::If(made) }],
                    span,
                });
                Some(StmtKind::If(made?))
            }
            Rule::over_strip => self.over_strip(pair, span),
            _ => Some(StmtKind::Setting(self.setting(pair, span)?)),
        }
    }

    fn processor(&mut self, pair: P<'a>, span: Span) -> Option<Processor> {
        let mut made = Processor { bypass: None, label: None, path: Vec::new(), args: None, block: None };
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::k_bypass => {
                    let start = self.exact(&kid).start as usize;
                    made.bypass = Some(self.at(start, start + "bypass".len()));
                }
                Rule::label => made.label = kid.into_inner().next().map(|k| self.ident(&k)),
                Rule::call | Rule::path => {
                    for part in kid.into_inner() {
                        match part.as_rule() {
                            Rule::ident => made.path.push(self.ident(&part)),
                            _ => made.args = Some(self.args(part)),
                        }
                    }
                }
                _ => {
                    if self.needs_brackets(&made, &kid) {
                        continue;
                    }
                    let inner = match self.level {
                        Level::Signal => Level::Branches,
                        Level::Branches => Level::Signal,
                    };
                    made.block = Some(self.body_at(kid, inner));
                }
            }
        }
        self.is_no_setting(&made);
        if made.path.is_empty() { self.unread(span) } else { Some(made) }
    }

    /// `pan(L60)`: the words of settings take no brackets.
    fn is_no_setting(&mut self, processor: &Processor) {
        let ([word], None, None, Some(args)) = (&processor.path[..], &processor.label, processor.bypass, &processor.args)
        else {
            return;
        };
        if !SETTINGS.contains(&word.name.as_str()) {
            return;
        }
        let message = format!("`{}` is a setting and takes its value without brackets", word.name);
        let made = Diagnostic::error(&codes::SETTING_SIGN, word.span, message);
        let value: Vec<&str> = args.iter().filter_map(|a| self.text.get(a.span.start as usize..a.span.end as usize)).collect();
        // Of a send the bus stands beside its level, without a comma.
        let value = value.join(if word.name == "send" { " " } else { ", " });
        let value = if word.name == "trim" { format!("to {value}") } else { value };
        let rest = &self.text[word.span.end as usize..];
        let close = rest.find(')').filter(|_| !value.is_empty() && !value.contains(['(', ')']));
        self.fault(match close {
            Some(close) => {
                let start = word.span.end as usize;
                let brackets = self.at(start, start + close + 1);
                let help = format!("write `{} {value}`; an effect is called with brackets, a setting is not", word.name);
                made.help(help).fix("take the brackets away", brackets, format!(" {value}"))
            }
            None => made.help(format!("write `{} …`; an effect is called with brackets, a setting is not", word.name)),
        });
    }

    /// `plate { }` in the way of the signal: only a wrapper's branches are written without brackets. Whether what stands
    /// in the braces are arguments, and no lines of a strip.
    fn needs_brackets(&mut self, processor: &Processor, block: &P<'a>) -> bool {
        let (None, Level::Signal, Some(last)) = (&processor.args, self.level, processor.path.last()) else { return false };
        if processor.path.len() == 1 && WRAPPERS.contains(&last.name.as_str()) {
            return false;
        }
        if processor.path.len() == 1 && last.name == "oversample" {
            let message = "`oversample` wants its factor";
            let help = "write `oversample 4x { … }`";
            self.fault(Diagnostic::error(&codes::UNEXPECTED, last.span, message).help(help));
            return false;
        }
        let span = processor.path.iter().fold(last.span, |all, part| all.to(part.span));
        let end = self.at(span.end as usize, span.end as usize);
        let name = &self.text[span.start as usize..span.end as usize];
        let message = format!("`{name}` is called without brackets");
        let args = block.as_str().trim().trim_start_matches('{').trim_end_matches('}').trim();
        if args.contains(':') && !args.contains(['(', '{', '\n']) {
            let block = self.exact(block);
            let right = format!("{name}({})", args.replace(';', ","));
            let made = Diagnostic::error(&codes::NO_BRACKETS, span, message).help(format!("write `{right}`"));
            self.fault(made.fix(format!("write `{right}`"), span.to(block), right));
            return true;
        }
        let help = format!(
            "write `{name}()`; a named branch `{name} {{ … }}` stands inside `parallel`, `bands`, `mid_side` or `left_right`"
        );
        self.fault(Diagnostic::error(&codes::NO_BRACKETS, span, message).help(help).fix("add the brackets", end, "()"));
        false
    }

    /// `oversample 4x { … }` is a processor with the factor as its first argument.
    fn over_strip(&mut self, pair: P<'a>, span: Span) -> Option<StmtKind> {
        let mut made = Processor { bypass: None, label: None, path: Vec::new(), args: None, block: None };
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::k_bypass => {
                    let start = self.exact(&kid).start as usize;
                    made.bypass = Some(self.at(start, start + "bypass".len()));
                }
                Rule::label => made.label = kid.into_inner().next().map(|k| self.ident(&k)),
                Rule::k_oversample => made.path.push(self.ident(&kid)),
                Rule::plain => {
                    let value = self.expr(kid);
                    made.args = Some(vec![Arg { name: None, span: value.span, value }]);
                }
                // `oversample 4x, mix: 40% { … }`
                Rule::arg => {
                    let more = self.arg(kid);
                    made.args.get_or_insert_default().extend(more);
                }
                _ => made.block = Some(self.body_at(kid, Level::Signal)),
            }
        }
        if made.path.is_empty() { self.unread(span) } else { Some(StmtKind::Processor(made)) }
    }

    pub(super) fn setting(&mut self, pair: P<'a>, span: Span) -> Option<Setting> {
        let rule = pair.as_rule();
        match rule {
            Rule::fader => self.last_expr(pair, span).map(Setting::Fader),
            Rule::pan => self.last_expr(pair, span).map(Setting::Pan),
            Rule::ride => self.last_expr(pair, span).map(Setting::Ride),
            Rule::clips => self.last_expr(pair, span).map(Setting::Clips),
            Rule::mute => self.switch(pair, span).map(Setting::Mute),
            Rule::solo => self.switch(pair, span).map(Setting::Solo),
            Rule::to => {
                let targets = pair.into_inner().filter(|k| k.as_rule() == Rule::target);
                Some(Setting::To(targets.filter_map(|k| self.target(k)).collect()))
            }
            _ => self.long_setting(pair, rule, span),
        }
    }

    /// `source`, `send` and `trim` take more than one thing.
    fn long_setting(&mut self, pair: P<'a>, rule: Rule, span: Span) -> Option<Setting> {
        let (mut target, mut value, mut args, mut measure) = (None, None, Vec::new(), None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::target => target = self.target(kid),
                Rule::expr => value = Some(self.expr(kid)),
                Rule::arg => args.extend(self.arg(kid)),
                Rule::measure => measure = kid.into_inner().next().map(|k| self.ident(&k)),
                _ => {}
            }
        }
        match rule {
            Rule::send => Some(Setting::Send(target?, value, args)),
            Rule::source => Some(Setting::Source(value?, args)),
            Rule::trim => Some(Setting::Trim(value?, measure)),
            _ => self.unread(span),
        }
    }

    /// `mute`, `mute on`, `mute during outro`.
    fn switch(&mut self, pair: P<'a>, span: Span) -> Option<Option<Expr>> {
        let valued = pair.clone().into_inner().any(|k| matches!(k.as_rule(), Rule::expr | Rule::during));
        if valued { self.last_expr(pair, span).map(Some) } else { Some(None) }
    }

    /// A strip's name with its fields.
    pub(super) fn target(&mut self, pair: P<'a>) -> Option<Target> {
        let span = self.exact(&pair);
        let mut name: Option<Expr> = None;
        for kid in pair.into_inner() {
            let kid_span = self.exact(&kid);
            name = Some(match (kid.as_rule(), name) {
                (Rule::field, Some(of)) => {
                    let span = of.span.to(kid_span);
                    let field = self.ident(&kid.into_inner().next()?);
                    Expr { kind: ExprKind::Field(Box::new(of), field), span }
                }
                (Rule::string, _) => Expr { kind: ExprKind::Str(self.string(kid)), span: kid_span },
                _ => Expr { kind: ExprKind::Name(self.ident(&kid)), span: kid_span },
            });
        }
        match name {
            Some(name) => Some(Target { name }),
            None => self.unread(span),
        }
    }
}
