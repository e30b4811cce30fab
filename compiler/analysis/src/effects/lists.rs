//! Lists, ranges, comprehensions, loops over them, and their elements.
//!
//! Always true here: a list's length is known when the effect is lowered, elements count from 0, and `1..3` is 1, 2, 3
//! (semantics, rule 23).

use super::typer::{Typer, broken};
use crate::algebra::is_quantity;
use crate::body::{Expr, ExprKind};
use crate::effect_codes::{E0307, E0605, E0608, E0622};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

/// Body, pattern, list and filter of a comprehension.
pub(super) type Parts<'a> = (&'a tree::Expr, &'a tree::Pattern, &'a tree::Expr, Option<&'a tree::Expr>);

impl Typer<'_> {
    /// `[a, b]`. With `state`, its elements are first values of states.
    pub fn list(&mut self, items: &[tree::Expr], want: Option<&Type>, span: Span, state: bool) -> Expr {
        let element = match want {
            Some(Type::List(of)) => Some(&**of),
            _ => None,
        };
        let items: Vec<Expr> = items
            .iter()
            .map(|item| if state { self.initial(item, element) } else { self.expr(item, element) })
            .collect();
        let common = match (items.is_empty(), element) {
            (true, Some(element)) => element.clone(),
            _ => self.common(&items, "the elements of this list", "give all elements one type"),
        };
        Expr { kind: ExprKind::List(items), ty: Type::List(Box::new(common)), span }
    }

    /// `[body for pattern in list if filter]`.
    pub fn comprehension(&mut self, parts: Parts, want: Option<&Type>, span: Span, state: bool) -> Expr {
        let (body, pattern, iter, filter) = parts;
        let iter = self.iter(iter);
        self.open_scope();
        self.depth.loops += 1;
        let pattern = self.loop_pattern(pattern, &iter);
        let filter = filter.map(|filter| {
            let filter = self.condition(filter);
            Box::new(self.constant(
                filter,
                "the filter of a list",
                "choose by numbers that are written, not by signals",
            ))
        });
        let element = match want {
            Some(Type::List(of)) => Some(&**of),
            _ => None,
        };
        let body = if state { self.initial(body, element) } else { self.expr(body, element) };
        self.depth.loops -= 1;
        self.close_scope();
        let ty = Type::List(Box::new(body.ty.clone()));
        Expr { kind: ExprKind::Comprehension(pattern, Box::new(iter), filter, Box::new(body)), ty, span }
    }

    /// `a .. b`: both ends are constant numbers.
    pub fn range(&mut self, a: &tree::Expr, b: &tree::Expr, span: Span) -> Expr {
        let ends = [a, b].map(|end| {
            let help = "write numbers: `1..4` is 1, 2, 3, 4";
            let value = self.expr(end, Some(&Type::Number));
            let value = self.fit(value, &Type::Number, "an end of a range", help);
            Box::new(self.constant(value, "an end of a range", help))
        });
        let [a, b] = ends;
        Expr { kind: ExprKind::Range(a, b), ty: Type::List(Box::new(Type::Number)), span }
    }

    /// What a `for` walks.
    pub fn iter(&mut self, iter: &tree::Expr) -> Expr {
        let list = self.expr(iter, None);
        if matches!(list.ty, Type::List(_) | Type::Error) {
            return list;
        }
        let message = format!("`for` walks a list or a range, and this is {}", describe(&list.ty));
        let help = match self.facts.number(&list) {
            Some(n) => format!("write `1..{n}`"),
            None => "write `1..4`, or a list".into(),
        };
        let fault = Diagnostic::error(&E0307, list.span, message).at(describe(&list.ty)).help(help);
        self.failed(fault, list.span)
    }

    /// `base[index]`.
    pub fn index(&mut self, base: Expr, index: &tree::Expr, span: Span) -> Expr {
        let help = "count from 0 with a number or a loop variable: `xs[0]`";
        let index = self.expr(index, Some(&Type::Number));
        let index = self.fit(index, &Type::Number, "an index", help);
        let index = self.constant(index, "an index", help);
        let number = self.facts.number(&index).filter(|_| index.ty != Type::Error);
        let length = match &base.ty {
            Type::Tuple(parts) => Some(parts.len()),
            _ => self.facts.length(&base),
        };
        if let Some(fault) = number.and_then(|n| outside(n, length, index.span)) {
            return self.failed(fault, span);
        }
        let ty = match &base.ty {
            Type::List(of) => (**of).clone(),
            Type::Tuple(parts) => match number.and_then(|n| parts.get(n as usize)) {
                Some(part) => part.clone(),
                None => self.common_part(parts, &base),
            },
            Type::Error => Type::Error,
            other => {
                let help = match other {
                    Type::Signal => "its channels are `left(x)` and `right(x)`",
                    ty if is_quantity(ty) => "only lists and tuples have elements",
                    _ => "write a list: `[a, b]`",
                };
                let message = format!("{} has no elements", describe(other));
                let fault = Diagnostic::error(&E0622, base.span, message).at("no list").help(help);
                return self.failed(fault, span);
            }
        };
        Expr { kind: ExprKind::Index(Box::new(base), Box::new(index)), ty, span }
    }

    /// A tuple that is indexed by a loop variable: all its parts have one type.
    fn common_part(&mut self, parts: &[Type], base: &Expr) -> Type {
        let items: Vec<Expr> =
            parts.iter().map(|ty| Expr { kind: ExprKind::Number(0.0), ty: ty.clone(), span: base.span }).collect();
        self.common(&items, "the parts of this tuple", "write the index as a number")
    }

    /// The first value of a state: a constant, a line, or a list of these.
    pub fn initial(&mut self, init: &tree::Expr, want: Option<&Type>) -> Expr {
        let span = init.span;
        match &init.kind {
            tree::ExprKind::List(items) => self.list(items, want, span, true),
            tree::ExprKind::Comprehension { body, pattern, iter, filter } => {
                self.comprehension((body, pattern, iter, filter.as_deref()), want, span, true)
            }
            tree::ExprKind::Call(callee, args) if is_line_call(callee) => self.new_line(args, span),
            _ => {
                let value = self.expr(init, want);
                if value.ty == Type::Error || self.facts.is_constant(&value) || matches!(value.ty, Type::Unit) {
                    return value;
                }
                let fault = Diagnostic::error(&E0605, span, "a state begins with a constant")
                    .at("not known before the first sample")
                    .help("begin with a number, such as `state y = 0`, and assign below");
                self.failed(fault, span)
            }
        }
    }

    /// `line(capacity)`.
    fn new_line(&mut self, args: &[tree::Arg], span: Span) -> Expr {
        let help = "say the longest time it has to hold: `state tail = line(2s)`";
        let [arg] = args else {
            let fault = Diagnostic::error(&E0608, span, "`line` takes one time").at(format!("{} given", args.len()));
            return self.failed(fault.help(help), span);
        };
        let capacity = self.expr(&arg.value, Some(&Type::Time));
        let capacity = self.fit(capacity, &Type::Time, "the length of a line", help);
        let capacity = self.constant(capacity, "the length of a line", help);
        if self.facts.number(&capacity).is_some_and(|t| t <= 0.0) && capacity.ty != Type::Error {
            let fault = Diagnostic::error(&E0608, capacity.span, "a delay line has a length above 0").at("too short");
            self.fault(fault.help(help));
            return broken(span);
        }
        Expr { kind: ExprKind::NewLine(Box::new(capacity)), ty: Type::Line, span }
    }
}

/// `line` in a call.
pub(super) fn is_line_call(callee: &tree::Expr) -> bool {
    matches!(&callee.kind, tree::ExprKind::Name(name) if name.name == "line")
}

fn outside(index: f64, length: Option<usize>, span: Span) -> Option<Diagnostic> {
    let fault = |message: String| Diagnostic::error(&E0622, span, message).at("no such element");
    if index.fract() != 0.0 || index < 0.0 {
        return Some(fault(format!("there is no element {index}")).help("elements count 0, 1, 2 …"));
    }
    let length = length?;
    if index < length as f64 {
        return None;
    }
    let help = match length {
        0 => "the list is empty".to_string(),
        _ => format!("elements count from 0: the last is {}", length - 1),
    };
    Some(fault(format!("there is no element {index} in a list of {length}")).help(help))
}
