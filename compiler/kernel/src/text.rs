//! Kernels as text, one declaration or instruction a line. [`print`] and [`read`] are each other's inverse: what is
//! read back is the same kernel, bit for bit.
//!
//! ```text
//! kernel "one-pole" f32
//!   input in 1
//!   slot b const
//!   state low float 1 = 0.0
//!   output out 1
//!   x = input in
//!   b = slot b
//!   old = read low
//!   rest = sub x old           // rest of the line: a comment
//!   new = fma b rest old
//!   write low new
//!   output out new
//! ```
//!
//! Grammar, a line at a time (`//` and what follows it, and empty lines, count for nothing):
//!
//! ```text
//! head        = "kernel" name float [ "factor" number ]      // first; float = f32 | f64
//! declaration = "input" name width | "output" name width     // width = 1 | 2
//!             | "slot" name ( "const" | "control" | "seed" )
//!             | "state" name ( "float" | "int" ) width "=" float-number
//!             | "line" name width capacity
//! instruction = value "=" operation | effect
//! operation   = "float" float-number | "int" number | "time"
//!             | "input" ref | "slot" ref | "read" ref         // of a state
//!             | "tap" ref value                               // of a line, by a delay
//!             | word value { value }                          // add sub mul div fma neg abs sqrt min max lt le eq
//!                                                             // and or not select bits from_bits iadd isub imul
//!                                                             // iand ior ixor frame
//!             | ( "shl" | "shr" | "channel" ) value number
//! effect      = "write" ref value                             // to a state
//!             | "put" ref value                               // into a line
//!             | "output" ref value
//! name        = word | string                                 // "…" with \" \\ \n \t \u{hex}
//! ref         = name | "#" number                             // the n-th declaration of its kind, from 0
//! float-number = decimal | "inf" | "-inf" | "bits:" 16 hex    // bits: NaN with its payload
//! ```
//!
//! Declarations stand above instructions. A value may have any word for a name, but each only once; the printer calls
//! instruction *n* `vn`. A name that two declarations of a kind share can only be referred to by number.

mod print;
mod read;
mod words;

pub use print::print;
pub use read::{TextError, read};

