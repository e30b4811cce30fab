//! Which argument goes to which parameter.
//!
//! Always true here: positions fill the parameters without a default in order (of a `fn`: all of them), names reach
//! any; what cannot be placed is reported once and left out.

use super::{Callee, Signature};
use crate::effect_codes::{E0401, E0402, E0403, E0404, E0405};
use crate::types::Type;
use crate::units::literal;
use mixdown_syntax::codes::{BARE_POINT, NAMED_ARGUMENT};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Arg, BinaryOp, Expr, ExprKind, Ident};
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
    let mut halves = 0..0;
    for (n, arg) in args.iter().enumerate() {
        // The second half of a number is no argument.
        if halves.contains(&n) {
            continue;
        }
        if let Some(rest) = args.get(n + 1)
            && let Some(fault) = halved(signature, arg, rest, position, named.is_some())
        {
            placed.faults.push(fault);
            misplaced = true;
            named = named.or(arg.name.as_ref());
            position += usize::from(arg.name.is_none());
            halves = n + 1..n + 2;
            continue;
        }
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

/// `bell(1,5kHz, -2dB)`: two arguments that are one number with a comma in it. Where the parameter has a unit the first
/// half has none, and the second one the unit that is wanted; where it has none, there is no place for the second half.
fn halved(signature: &Signature, whole: &Arg, rest: &Arg, position: usize, named: bool) -> Option<Diagnostic> {
    let right = decimal_comma(&whole.value, &rest.value).filter(|_| rest.name.is_none())?;
    let param = match &whole.name {
        Some(name) => signature.params.iter().find(|p| p.name == name.name),
        None => nth_positional(signature, position).map(|i| &signature.params[i]),
    };
    let unit = match &rest.value.kind {
        ExprKind::Quantity(q) => q.unit.as_ref().and_then(|u| crate::units::find(&u.name)).map(|u| &u.ty),
        _ => None,
    };
    let homeless = named || whole.name.is_some() || nth_positional(signature, position + 1).is_none();
    let one = match (param?.ty.as_ref()?, unit) {
        (Type::Number, None | Some(Type::Number)) => homeless,
        (Type::DbFs | Type::DbTp | Type::Ceiling | Type::Lufs, Some(Type::Level)) => true,
        (Type::Ceiling, Some(Type::DbFs | Type::DbTp)) => true,
        (Type::Time | Type::Frequency, Some(Type::Musical)) => true,
        (wanted, Some(unit)) => wanted == unit,
        (_, None) => false,
    };
    one.then(|| in_halves(whole.value.span.to(rest.value.span), &right))
}

/// What two numbers are as one, where the second follows the comma behind the first at once: `3,5dB`.
pub(crate) fn decimal_comma(whole: &Expr, rest: &Expr) -> Option<String> {
    let (ExprKind::Quantity(a), ExprKind::Quantity(b)) = (&whole.kind, &rest.kind) else { return None };
    let glued = whole.span.file == rest.span.file && rest.span.start == whole.span.end + 1;
    if !glued || a.unit.is_some() || b.signed || b.value < 0.0 || a.value.fract() != 0.0 || b.value.fract() != 0.0 {
        return None;
    }
    let minus = if a.value.is_sign_negative() { "-" } else if a.signed { "+" } else { "" };
    let unit = b.unit.as_ref().map_or("", |u| u.name.as_str());
    // The digits as they stand: `3,05` has a nought that the number has not.
    let digits = (rest.span.end - rest.span.start) as usize - unit.len();
    Some(format!("{minus}{}.{:0digits$}{unit}", a.value.abs(), b.value))
}

/// Says so.
pub(crate) fn in_halves(place: Span, right: &str) -> Diagnostic {
    Diagnostic::error(&BARE_POINT, place, "a comma parts two numbers here")
        .help(format!("write `{right}`: the decimal sign is a point"))
        .fix(format!("write `{right}`"), place, right)
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
    let names = || signature.params.iter().map(|p| p.name.as_str());
    // `thresh` is `threshold`: a beginning that only one name has.
    let mut begin = names().filter(|n| name.name.len() > 2 && n.starts_with(&name.name));
    let beginning = begin.next().filter(|_| begin.next().is_none());
    match beginning.or_else(|| did_you_mean(&name.name, names())) {
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

/// `compressor(threshold -18dB)`, which reads as a difference.
fn lost_colon(signature: &Signature, arg: &Arg) -> Option<Diagnostic> {
    let ExprKind::Binary(BinaryOp::Sub | BinaryOp::Add, _, name, value) = &arg.value.kind else { return None };
    let (ExprKind::Name(name), ExprKind::Quantity(_)) = (&name.kind, &value.kind) else { return None };
    signature.params.iter().find(|p| p.name == name.name)?;
    let message = format!("a `:` is missing between `{}` and its value", name.name);
    let gap = Span { start: name.span.end, end: name.span.end, ..name.span };
    let help = format!("write `{0}: …`: without it this is a difference of `{0}` and a number", name.name);
    Some(Diagnostic::error(&NAMED_ARGUMENT, arg.span, message).help(help).fix("add the colon", gap, ":"))
}

fn too_many(signature: &Signature, arg: &Arg, slots: &[Option<&Arg>]) -> Diagnostic {
    if let Some(lost) = lost_colon(signature, arg) {
        return lost;
    }
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
