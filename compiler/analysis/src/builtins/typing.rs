//! Types of calls of the language's functions.

use super::{Entry, Gives, Want, describe_want, shape};
use crate::body::Builtin;
use crate::algebra::{Place, coerce, is_quantity, unify};
use crate::types::Type;
use crate::units::describe;

/// Why a call does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// Another number of arguments than it takes.
    Count {
        /// One line.
        message: String,
        /// What to write.
        help: String,
    },
    /// An argument of the wrong type.
    Argument {
        /// Which, from 0.
        index: usize,
        /// One line that names both types.
        message: String,
        /// What to write.
        help: String,
    },
}

/// The type a call gives for arguments of these types. `read` gives what the line carries, which only the caller
/// knows; here it is a signal.
///
/// # Errors
/// A wrong number of arguments, or the first argument of a wrong type.
pub fn result_type(entry: &Entry, args: &[Type]) -> Result<Type, CallFault> {
    if let ([Type::List(of)], Some(want)) = (args, of_list(entry.builtin)) {
        if fits(want, of, None) {
            return Ok((**of).clone());
        }
        let message = format!("`{}` joins numbers and quantities, and this is {}", entry.name, describe(&args[0]));
        let help = if is_quantity(of) { "points are not added up: subtract one point from each, which leaves levels" } else { "write a list of numbers, signals, or levels" };
        return Err(CallFault::Argument { index: 0, message, help: help.into() });
    }
    if args.len() != entry.params.len() {
        return Err(count(entry, args.len()));
    }
    for (index, ((_, want), arg)) in entry.params.iter().zip(args).enumerate() {
        if !fits(*want, arg, args.first()) {
            return Err(argument(entry, index, arg, args.first()));
        }
    }
    Ok(result(entry, args))
}

/// What the elements are of a list that a function joins into one value; `None` for a function that joins none.
fn of_list(builtin: Builtin) -> Option<Want> {
    match builtin {
        Builtin::Sum => Some(Want::Size),
        Builtin::Min | Builtin::Max => Some(Want::Quantity),
        _ => None,
    }
}

fn result(entry: &Entry, args: &[Type]) -> Type {
    match entry.gives {
        Gives::Numeric if args.contains(&Type::Signal) => Type::Signal,
        Gives::Numeric | Gives::Number => Type::Number,
        Gives::Level => Type::Level,
        Gives::DbFs => Type::DbFs,
        Gives::Frequency => Type::Frequency,
        Gives::Signal | Gives::Carried => Type::Signal,
        Gives::Response => Type::Response,
        Gives::Switch => Type::Switch,
        Gives::Nothing => Type::Unit,
        // `max(x, 0)` of a signal and a number is a signal, whichever stands first.
        Gives::First => {
            let same = entry.params.iter().zip(args).filter(|((_, w), _)| *w == Want::Same).map(|(_, a)| a);
            let first = args.first().cloned().unwrap_or(Type::Error);
            same.fold(first, |ty, other| unify(&ty, other).unwrap_or(ty))
        }
    }
}

fn fits(want: Want, arg: &Type, first: Option<&Type>) -> bool {
    if *arg == Type::Error {
        return true;
    }
    match want {
        Want::Numeric | Want::Single => matches!(arg, Type::Number | Type::Signal),
        Want::Frame => coerce(arg, &Type::Signal, Place::Value).is_some(),
        Want::Level => *arg == Type::Level,
        Want::Time => *arg == Type::Time,
        Want::Quantity => is_quantity(arg),
        Want::Size => is_quantity(arg) && !matches!(arg, Type::DbFs | Type::DbTp | Type::Lufs | Type::Tempo),
        Want::Same => first.is_none_or(|first| coerce(arg, first, Place::Value).is_some()),
        Want::Line => *arg == Type::Line,
        Want::List => matches!(arg, Type::List(_)),
        Want::File => *arg == Type::File,
        Want::Response => *arg == Type::Response,
    }
}

fn count(entry: &Entry, given: usize) -> CallFault {
    let wanted = entry.params.len();
    let plural = if wanted == 1 { "" } else { "s" };
    CallFault::Count {
        message: format!("`{}` takes {wanted} argument{plural}, and {given} stand here", entry.name),
        help: format!("write `{}`: {}", shape(entry), entry.doc),
    }
}

fn argument(entry: &Entry, index: usize, arg: &Type, first: Option<&Type>) -> CallFault {
    let (param, want) = entry.params[index];
    let wanted = describe_want(want, first);
    let message = format!("`{param}` of `{}` takes {wanted}, and this is {}", entry.name, describe(arg));
    let help = match (want, arg) {
        (Want::Numeric | Want::Single | Want::Frame, Type::Level) => {
            "write `factor(x)`: the factor of a level is a number".to_string()
        }
        (Want::Numeric | Want::Single, Type::Time) => "divide it by a time: `x / 1s` is a number".into(),
        (Want::Numeric | Want::Single, Type::Frequency) => {
            "divide it by a frequency: `f / sample_rate` is a number".into()
        }
        (Want::Level, Type::Number | Type::Signal) => {
            "write `to_db(x)`: the level of a factor, or give it the unit `dB`".into()
        }
        (Want::Level, Type::DbFs | Type::DbTp | Type::Lufs) => {
            "subtract a point from it: the difference is a level in `dB`".into()
        }
        (Want::Time, Type::Number | Type::Signal) => "give it its unit: `10ms`".into(),
        (Want::Time, Type::Frequency) => "a period is `1 / f`".into(),
        (Want::File, _) => "give the effect a parameter for it: `ir: File`".into(),
        (Want::Response, _) => "make one: `response(ir, 0s, 10s, off, 1)`, or `linear_phase(levels)`".into(),
        (Want::Line, _) => "declare one: `state tail = line(2s)`".into(),
        _ => format!("write `{}`: {}", shape(entry), entry.doc),
    };
    CallFault::Argument { index, message, help }
}
