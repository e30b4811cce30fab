//! Which argument goes to which parameter.
//!
//! Always true here: positions fill the parameters without a default in order (of a `fn`: all of them), names reach
//! any; what cannot be placed is reported once and left out.

use super::{Callee, Signature};
use crate::effect_codes::{E0401, E0402, E0403, E0404, E0405};
use crate::types::Type;
use crate::units::literal;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Arg, Ident};
use mixdown_syntax::{Diagnostic, Span};

/// Arguments in their places.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// One for each parameter.
    pub slots: Vec<Option<&'a Arg>>,
    /// What did not fit.
    pub faults: Vec<Diagnostic>,
}

/// Places the arguments of a call. `call` is the span of the callee's name: it is where a missing one is reported.
pub fn place<'a>(signature: &Signature, args: &'a [Arg], call: Span) -> Placed<'a> {
    let mut placed = Placed { slots: vec![None; signature.params.len()], faults: Vec::new() };
    let mut named: Option<&Ident> = None;
    let mut misplaced = false;
    let mut position = 0;
    for arg in args {
        let index = match &arg.name {
            Some(name) => {
                named = named.or(Some(name));
                let found = signature.params.iter().position(|p| p.name == name.name);
                if found.is_none() {
                    placed.faults.push(unknown(signature, name));
                    misplaced = true;
                }
                found
            }
            None => {
                let found = nth_positional(signature, position);
                position += 1;
                match (found, named) {
                    (None, _) => {
                        placed.faults.push(too_many(signature, arg, &placed.slots));
                        misplaced = true;
                        None
                    }
                    (Some(index), Some(name)) => {
                        placed.faults.push(after_named(signature, index, arg, name));
                        misplaced = true;
                        None
                    }
                    (found, None) => found,
                }
            }
        };
        let Some(index) = index else { continue };
        match placed.slots[index] {
            Some(first) => placed.faults.push(twice(&signature.params[index].name, first, arg)),
            None => placed.slots[index] = Some(arg),
        }
    }
    // An argument that found no place is likely the one that is missing: saying both would be saying it twice.
    if !misplaced {
        let missing = missing(signature, &placed.slots, call);
        placed.faults.extend(missing);
    }
    placed
}

fn by_position(signature: &Signature) -> impl Iterator<Item = usize> + '_ {
    let all = signature.callee == Callee::Function;
    signature.params.iter().enumerate().filter(move |(_, p)| all || !p.optional).map(|(i, _)| i)
}

fn nth_positional(signature: &Signature, n: usize) -> Option<usize> {
    by_position(signature).nth(n)
}

fn takes(signature: &Signature) -> String {
    if signature.params.is_empty() {
        return format!("`{}` takes no parameters", signature.name);
    }
    format!("`{}` takes {}", signature.name, signature.list())
}

fn unknown(signature: &Signature, name: &Ident) -> Diagnostic {
    let message = format!("`{}` has no parameter `{}`", signature.name, name.name);
    let found = Diagnostic::error(&E0401, name.span, message).help(takes(signature));
    match did_you_mean(&name.name, signature.params.iter().map(|p| p.name.as_str())) {
        Some(near) => {
            let title = format!("replace `{}` by `{near}`", name.name);
            found.at(format!("did you mean `{near}`?")).fix(title, name.span, near)
        }
        None => found.at("no such parameter"),
    }
}

fn twice(name: &str, first: &Arg, second: &Arg) -> Diagnostic {
    Diagnostic::error(&E0402, second.span, format!("`{name}` is given twice"))
        .at("given again")
        .label(first.span, "given here first")
        .help("keep one of them")
        .fix("remove the second", second.span, "")
}

fn missing(signature: &Signature, slots: &[Option<&Arg>], call: Span) -> Option<Diagnostic> {
    let lacking: Vec<_> =
        signature.params.iter().zip(slots).filter(|(p, s)| s.is_none() && !p.optional).map(|(p, _)| p).collect();
    let names: Vec<String> = lacking.iter().map(|p| format!("`{}`", p.name)).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("`{}` needs {}", signature.name, names.join(" and "));
    let example: Vec<String> = by_position(signature)
        .map(|i| &signature.params[i])
        .filter(|p| !p.optional)
        .map(|p| p.ty.as_ref().map_or(p.name.clone(), |ty| example_in(ty, p.range)))
        .collect();
    let help = if example.iter().any(String::is_empty) {
        takes(signature)
    } else {
        format!("write it like `{}({})`; {}", signature.name, example.join(", "), takes(signature))
    };
    Some(Diagnostic::error(&E0403, call, message).at(format!("{} is missing", names.join(" and "))).help(help))
}

/// A value as one would write it, of those that a parameter takes.
fn example_in(ty: &Type, range: Option<(f64, f64)>) -> String {
    let usual = crate::algebra::example(ty);
    match (ty, range) {
        (Type::Frequency, Some((low, high))) if !(low..=high).contains(&440.0) => {
            // The middle between the ends as it is heard, with one digit.
            let middle = (low.max(1.0) * high).sqrt();
            let digit = 10f64.powf(middle.log10().floor());
            literal(((middle / digit).round() * digit).clamp(low, high), ty)
        }
        _ => usual.to_string(),
    }
}

fn too_many(signature: &Signature, arg: &Arg, slots: &[Option<&Arg>]) -> Diagnostic {
    let count = by_position(signature).count();
    let message = match count {
        0 if signature.params.is_empty() => format!("`{}` takes no arguments", signature.name),
        0 => format!("`{}` takes its parameters by name", signature.name),
        1 => format!("`{}` takes 1 argument by position", signature.name),
        _ => format!("`{}` takes {count} arguments by position", signature.name),
    };
    let found = Diagnostic::error(&E0404, arg.span, message);
    let free: Vec<&str> = signature
        .params
        .iter()
        .zip(slots)
        .filter(|(p, s)| p.optional && s.is_none())
        .map(|(p, _)| p.name.as_str())
        .collect();
    match free.as_slice() {
        [] => found.at("one too many").help("remove it").fix("remove it", arg.span, ""),
        [only] => {
            let start = Span { end: arg.span.start, ..arg.span };
            found.at("needs its name").help(format!("name it: `{only}: …`")).fix(
                format!("name it `{only}`"),
                start,
                format!("{only}: "),
            )
        }
        _ => found.at("needs its name").help(format!("name it; {}", takes(signature))),
    }
}

fn after_named(signature: &Signature, index: usize, arg: &Arg, name: &Ident) -> Diagnostic {
    let param = &signature.params[index].name;
    let start = Span { end: arg.span.start, ..arg.span };
    Diagnostic::error(&E0405, arg.span, "an argument without a name stands after one with a name")
        .at("by position")
        .label(name.span, "by name")
        .help(format!("write it first, or name it: `{param}: …`"))
        .fix(format!("name it `{param}`"), start, format!("{param}: "))
}
