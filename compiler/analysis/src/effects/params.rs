//! Parameters of an effect: type, default, range.
//!
//! Always true here: a range is two constants of the parameter's type with the lower one first, or several in ascending
//! order, and holds the default; a default sees `input` and the parameters above it.

use super::scope::{Binding, Declared};
use super::typer::Typer;
use crate::algebra::{Coercion, Place, coerce, is_quantity};
use crate::args::{ParamSpec, count_of, range_ends, type_of};
use crate::body::Param;
use crate::effect_codes::{E0411, E0412, E0413, E0414};
use crate::types::Type;
use crate::units::{describe, type_word};
use mixdown_syntax::{Diagnostic, Span};
use mixdown_syntax::tree;

impl Typer<'_> {
    /// Types and declares the parameters of an effect.
    pub fn params(&mut self, effect: &str, params: &[tree::Param]) -> Vec<Param> {
        let mut typed: Vec<Param> = Vec::new();
        for (index, param) in params.iter().enumerate() {
            if let Some(earlier) = params[..index].iter().find(|p| p.name.name == param.name.name) {
                let message = format!("two parameters are named `{}`", param.name.name);
                let fault = Diagnostic::error(&E0412, param.name.span, message)
                    .at("named again")
                    .label(earlier.name.span, "named here first")
                    .help("give one of them another name");
                self.fault(fault);
                continue;
            }
            let param = self.param(effect, param);
            typed.push(param);
        }
        typed
    }

    fn param(&mut self, effect: &str, param: &tree::Param) -> Param {
        let ty = self.param_type(param);
        let (range, values) = match &param.range {
            Some(tree::Expr { kind: tree::ExprKind::List(items), span }) => self.values_of(items, *span, param.constant, &ty),
            Some(range) => (self.range_of(range, &ty), Vec::new()),
            None => (None, Vec::new()),
        };
        let count = param.ty.as_ref().and_then(count_of);
        let doc = param.doc.as_ref().map(|d| d.text.clone()).unwrap_or_default();
        let spec = ParamSpec {
            name: param.name.name.clone(),
            ty: Some(ty.clone()),
            constant: param.constant,
            optional: param.default.is_some(),
            default: None,
            range,
            values: values.clone(),
            count,
            doc: doc.clone(),
        };
        let default = param.default.as_ref().map(|default| self.argument(effect, &spec, default));
        let index = self.facts.params.len() as u32;
        self.facts.params.push(param.constant);
        self.declare(&param.name, Binding::Param(index, ty.clone()), Declared::Param);
        Param {
            name: param.name.name.clone(),
            ty,
            constant: param.constant,
            default,
            range,
            values,
            count,
            doc,
        }
    }

    fn param_type(&mut self, param: &tree::Param) -> Type {
        let Some(written) = &param.ty else {
            let fault =
                Diagnostic::error(&E0413, param.name.span, format!("`{}` does not say its type", param.name.name))
                    .at("of which type?")
                    .help(format!("write `{}: Level`, `: Time`, `: Frequency`, `: Number` …", param.name.name));
            self.fault(fault);
            return Type::Error;
        };
        let ty = match type_of(written) {
            Ok(ty) => ty,
            Err(fault) => {
                self.fault(fault);
                return Type::Error;
            }
        };
        if is_effect_type(&ty) {
            return ty;
        }
        let help = match ty {
            Type::Musical => "write `Time`: a musical time is accepted where a `Time` is declared",
            Type::Strip | Type::Bus => "write `Signal`: a strip is accepted where a `Signal` is declared",
            Type::Text => "write `File` for an audio file; other texts have no sound",
            _ => "an effect takes numbers with units, switches, choices, files, signals and lists of numbers",
        };
        let message = format!("an effect does not take {}", describe(&ty));
        let fault = Diagnostic::error(&E0414, param.span, message).at(type_word(&ty)).help(help);
        self.fault(fault);
        Type::Error
    }

    /// The ends of `in a .. b`; `None` where they are wrong, which is reported.
    pub fn range_of(&mut self, written: &tree::Expr, ty: &Type) -> Option<(f64, f64)> {
        let (low, high) = match range_ends(written) {
            Ok(ends) => ends,
            Err(fault) => {
                self.fault(fault);
                return None;
            }
        };
        if *ty == Type::Error {
            return None;
        }
        if !(is_quantity(ty) || *ty == Type::Ceiling) || *ty == Type::Signal {
            let fault = Diagnostic::error(&E0411, written.span, format!("{} has no range", describe(ty)))
                .at("a range")
                .help("take the range out: only numbers and quantities have one");
            self.fault(fault);
            return None;
        }
        let (low, high) = (self.range_end(low, ty)?, self.range_end(high, ty)?);
        if low > high {
            let fault = Diagnostic::error(&E0411, written.span, "this range is empty: its first end is the higher one")
                .at("the wrong way round")
                .help("write the lowest value first");
            self.fault(fault);
            return None;
        }
        Some((low, high))
    }

    /// The values of `in [6, 12, 18]`, and their range; nothing where they are wrong, which is reported.
    fn values_of(
        &mut self,
        items: &[tree::Expr],
        span: Span,
        constant: bool,
        ty: &Type,
    ) -> (Option<(f64, f64)>, Vec<f64>) {
        if *ty == Type::Error {
            return (None, Vec::new());
        }
        let wrong = match ty {
            _ if !constant => Some(("only a `const` parameter has single values", "write a range (`in 6 .. 96`), or `const` before its name")),
            Type::Signal => Some(("a signal has no single values", "take the list out")),
            ty if !is_quantity(ty) => Some(("only numbers and quantities have single values", "take the list out")),
            _ => None,
        };
        if let Some((message, help)) = wrong {
            self.fault(Diagnostic::error(&E0411, span, message).at("a list of values").help(help));
            return (None, Vec::new());
        }
        let values: Vec<f64> = items.iter().filter_map(|item| self.range_end(item, ty)).collect();
        if values.len() < items.len() {
            return (None, Vec::new());
        }
        match (values.first(), values.last()) {
            (Some(low), Some(high)) if values.is_sorted_by(|a, b| a < b) => (Some((*low, *high)), values),
            _ => {
                let fault = Diagnostic::error(&E0411, span, "these values do not go upward").at("a list of values");
                self.fault(fault.help("write them in ascending order, each once: `in [6, 12, 24]`"));
                (None, Vec::new())
            }
        }
    }

    fn range_end(&mut self, end: &tree::Expr, ty: &Type) -> Option<f64> {
        let value = self.expr(end, Some(ty));
        if value.ty == Type::Error {
            return None;
        }
        let fits = matches!(coerce(&value.ty, ty, Place::Value), Some(Coercion::Same | Coercion::Retag | Coercion::Ceiling(_)));
        let fault = Diagnostic::error(&E0411, end.span, "");
        let fault = match self.facts.number(&value) {
            Some(number) if fits => return Some(number),
            _ if !fits => Diagnostic {
                message: format!("the range of {} has an end that is {}", describe(ty), describe(&value.ty)),
                ..fault
            }
            .at(describe(&value.ty))
            .help(format!("write it with the unit of the parameter, such as `{}`", crate::algebra::example(ty))),
            _ => Diagnostic { message: "the ends of a range are constants".into(), ..fault }
                .at("not a constant")
                .help(format!("write a number, such as `{}`", crate::algebra::example(ty))),
        };
        self.fault(fault);
        None
    }
}

fn is_effect_type(ty: &Type) -> bool {
    match ty {
        Type::Switch | Type::Choice(_) | Type::Ceiling | Type::File => true,
        Type::Musical => false,
        Type::List(of) => is_quantity(of) && **of != Type::Signal && **of != Type::Musical,
        other => is_quantity(other),
    }
}
