//! The printer.

use super::words::{quote, word_of};
use crate::ir::{Kernel, Kind, Op, Value};
use mixdown_layout::{Float, SlotKind};
use std::fmt::{self, Write as _};

/// A kernel as text; see the [module](super).
pub fn print(kernel: &Kernel) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write(kernel, &mut out);
    out
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

/// How each declaration of a list is referred to: by its name, or by number where another has the same.
fn refs<'a>(names: impl Iterator<Item = &'a String> + Clone) -> Vec<String> {
    let shared = |name: &String| names.clone().filter(|n| *n == name).count() > 1;
    names.clone().enumerate().map(|(i, n)| if shared(n) { format!("#{i}") } else { quote(n) }).collect()
}

fn write(kernel: &Kernel, out: &mut String) -> fmt::Result {
    let float = match kernel.float {
        Float::F32 => "f32",
        Float::F64 => "f64",
    };
    write!(out, "kernel {} {float}", quote(&kernel.name))?;
    if kernel.factor != 1 {
        write!(out, " factor {}", kernel.factor)?;
    }
    out.push('\n');
    for port in &kernel.inputs {
        writeln!(out, "  input {} {}", quote(&port.name), port.width)?;
    }
    for port in &kernel.outputs {
        writeln!(out, "  output {} {}", quote(&port.name), port.width)?;
    }
    for slot in &kernel.slots {
        let kind = match slot.kind {
            SlotKind::Const => "const",
            SlotKind::Control => "control",
            SlotKind::Seed => "seed",
        };
        writeln!(out, "  slot {} {kind}", quote(&slot.name))?;
    }
    for state in &kernel.states {
        let kind = if state.ty.kind == Kind::Int { "int" } else { "float" };
        writeln!(out, "  state {} {kind} {} = {}", quote(&state.name), state.ty.width, number(state.init))?;
    }
    for line in &kernel.lines {
        writeln!(out, "  line {} {} {}", quote(&line.name), line.width, line.capacity)?;
    }
    let inputs = refs(kernel.inputs.iter().map(|p| &p.name));
    let outputs = refs(kernel.outputs.iter().map(|p| &p.name));
    let slots = refs(kernel.slots.iter().map(|s| &s.name));
    let states = refs(kernel.states.iter().map(|s| &s.name));
    let lines = refs(kernel.lines.iter().map(|l| &l.name));
    let of = |list: &[String], i: u32| list.get(i as usize).cloned().unwrap_or_else(|| format!("#{i}"));
    let v = |v: Value| format!("v{}", v.0);
    for (i, op) in kernel.body.iter().enumerate() {
        out.push_str("  ");
        if !matches!(op, Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..)) {
            write!(out, "v{i} = ")?;
        }
        match *op {
            Op::Float(x) => write!(out, "float {}", number(x))?,
            Op::Int(x) => write!(out, "int {x}")?,
            Op::Input(p) => write!(out, "input {}", of(&inputs, p))?,
            Op::Slot(s) => write!(out, "slot {}", of(&slots, s))?,
            Op::Time => write!(out, "time")?,
            Op::ReadState(s) => write!(out, "read {}", of(&states, s))?,
            Op::ReadLine(l, a) => write!(out, "tap {} {}", of(&lines, l), v(a))?,
            Op::WriteState(s, a) => write!(out, "write {} {}", of(&states, s), v(a))?,
            Op::WriteLine(l, a) => write!(out, "put {} {}", of(&lines, l), v(a))?,
            Op::Output(p, a) => write!(out, "output {} {}", of(&outputs, p), v(a))?,
            Op::Shl(a, n) => write!(out, "shl {} {n}", v(a))?,
            Op::Shr(a, n) => write!(out, "shr {} {n}", v(a))?,
            Op::Channel(a, c) => write!(out, "channel {} {c}", v(a))?,
            _ => {
                out.push_str(word_of(op).unwrap_or("?"));
                for a in op.operands() {
                    write!(out, " {}", v(a))?;
                }
            }
        }
        out.push('\n');
    }
    Ok(())
}

/// The shortest number that reads back as the same bits.
fn number(x: f64) -> String {
    if x.is_nan() { format!("bits:{:016x}", x.to_bits()) } else { format!("{x:?}") }
}
