//! The frozen codes of this room.

use mixdown_syntax::CodeInfo;

/// The host cannot run machine code of kernels.
pub const NO_FMA: CodeInfo = CodeInfo {
    code: "E0801",
    title: "this processor has no fused multiply-add",
    explanation: "Machine code computes `a * b + c` with one rounding, because the language says so. A processor \
                  without an instruction for it would be many times slower, so nothing is compiled for it.\n\n\
                  `mixdown render song.mix` fails on such a machine; \
                  `mixdown render song.mix --engine interpreter` gives the same samples, slowly.",
};

/// The host is not known to the code generator.
pub const NO_HOST: CodeInfo = CodeInfo {
    code: "E0802",
    title: "no machine code for this processor",
    explanation: "Machine code is made for 64-bit x86 and 64-bit ARM. On other processors \
                  `mixdown render song.mix --engine interpreter` gives the same samples, slowly.",
};

/// The kernel breaks a rule of the IR.
pub const MALFORMED: CodeInfo = CodeInfo {
    code: "E0803",
    title: "a kernel that is not well formed",
    explanation: "An instruction of the kernel reads a later value, a value of another kind, or a port, slot, state \
                  or line that is not declared. Kernels made from `.mix` text never do; a kernel written by hand \
                  may: `%1 = add %0, %2` is wrong where `%2` stands below it, `%2 = add %0, %1` is right.",
};

/// A control kernel does what control code cannot.
pub const NOT_CONTROL: CodeInfo = CodeInfo {
    code: "E0804",
    title: "control code with audio in it",
    explanation: "Control code works in 64-bit floats on mono values and has no slots, states, lines or time: it \
                  is evaluated at points that are far apart. A follower belongs into an effect's body, not into \
                  the value of a parameter.",
};

/// Cranelift refused.
pub const REFUSED: CodeInfo = CodeInfo {
    code: "E0805",
    title: "the code generator refused a kernel",
    explanation: "This is a fault of Mixdown, not of the mix. `mixdown dump song.mix --ir` shows the kernel; \
                  please report it. `--engine interpreter` renders the mix meanwhile.",
};

/// Too large for tables.
pub const TOO_LARGE: CodeInfo = CodeInfo {
    code: "E0806",
    title: "a kernel that is too large",
    explanation: "One kernel has at most 2^20 declarations and instructions, and a megabyte of values that wait for \
                  others. A strip of that size is the result of a loop in the mix that nobody meant: \
                  `for i in 0..1000000` around an effect is wrong, `for i in 0..12` is right.",
};

/// All codes of this room.
pub const CODES: &[CodeInfo] = &[NO_FMA, NO_HOST, MALFORMED, NOT_CONTROL, REFUSED, TOO_LARGE];
