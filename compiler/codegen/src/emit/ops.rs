//! One operation of the IR on machine vectors, and the shuffles of lanes.
//!
//! Always true here: a function emits what it says at the place where it is called and nothing else; operations
//! stay in the order in which they are emitted.

use cranelift::codegen::ir::{ConstantData, Endianness};
use cranelift::prelude::*;
use mixdown_kernel::ir::{Kind, Op};
use mixdown_layout::Float;

/// Types of the machine vectors of a kernel.
#[derive(Clone, Copy)]
pub(crate) struct Vectors {
    /// Four floats of 32 bits or two of 64.
    pub float: Type,
    /// Integers and masks of the same lanes.
    pub int: Type,
    /// One lane of [`Vectors::float`].
    pub lane: Type,
    /// One lane of [`Vectors::int`].
    pub int_lane: Type,
}

/// Memory that the calling convention gives: never a trap; vectors of states, slots and tables are aligned.
pub(crate) const ALIGNED: MemFlagsData = MemFlagsData::trusted();
/// Sample blocks: any float may be the first of four.
pub(crate) const UNALIGNED: MemFlagsData = MemFlagsData::new().with_notrap();

impl Vectors {
    /// The types for a float.
    pub fn of(float: Float) -> Self {
        match float {
            Float::F32 => {
                Vectors { float: types::F32X4, int: types::I32X4, lane: types::F32, int_lane: types::I32 }
            }
            Float::F64 => {
                Vectors { float: types::F64X2, int: types::I64X2, lane: types::F64, int_lane: types::I64 }
            }
        }
    }

    /// Type of a value of one kind.
    pub fn kind(&self, kind: Kind) -> Type {
        if kind == Kind::Float { self.float } else { self.int }
    }

    /// Lanes of a vector.
    pub fn lanes(&self) -> usize {
        self.float.lane_count() as usize
    }

    fn cast(&self, b: &mut FunctionBuilder, to: Type, v: Value) -> Value {
        b.ins().bitcast(to, MemFlagsData::new().with_endianness(Endianness::Little), v)
    }

    /// A vector with the same integer in all lanes.
    pub fn int_const(&self, b: &mut FunctionBuilder, n: i64) -> Value {
        let data: Vec<u8> = match self.int {
            types::I32X4 => std::iter::repeat_n((n as i32).to_le_bytes(), 4).flatten().collect(),
            _ => std::iter::repeat_n(n.to_le_bytes(), 2).flatten().collect(),
        };
        let data = b.func.dfg.constants.insert(ConstantData::from(&data[..]));
        b.ins().vconst(self.int, data)
    }

    /// A vector with the same float in all lanes.
    pub fn float_const(&self, b: &mut FunctionBuilder, x: f64) -> Value {
        let data: Vec<u8> = match self.float {
            types::F32X4 => std::iter::repeat_n((x as f32).to_le_bytes(), 4).flatten().collect(),
            _ => std::iter::repeat_n(x.to_le_bytes(), 2).flatten().collect(),
        };
        let data = b.func.dfg.constants.insert(ConstantData::from(&data[..]));
        b.ins().vconst(self.float, data)
    }

    /// 0, 1, 2, 3 in the lanes.
    pub fn int_steps(&self, b: &mut FunctionBuilder) -> Value {
        let data: Vec<u8> = (0i32..4).flat_map(i32::to_le_bytes).collect();
        let data = b.func.dfg.constants.insert(ConstantData::from(&data[..]));
        b.ins().vconst(types::I32X4, data)
    }

    /// One pure operation; `args` are its operands in order, `kind` the kind of its result.
    ///
    /// Answers `None` where the operation is not pure.
    pub fn pure(&self, b: &mut FunctionBuilder, op: &Op, args: &[Value], kind: Kind) -> Option<Value> {
        let arg = |i: usize| args.get(i).copied();
        let (x, y) = (arg(0)?, arg(1));
        Some(match *op {
            Op::Add(..) => b.ins().fadd(x, y?),
            Op::Sub(..) => b.ins().fsub(x, y?),
            Op::Mul(..) => b.ins().fmul(x, y?),
            Op::Div(..) => b.ins().fdiv(x, y?),
            Op::Fma(..) => b.ins().fma(x, y?, arg(2)?),
            Op::Neg(_) => b.ins().fneg(x),
            Op::Abs(_) => b.ins().fabs(x),
            Op::Sqrt(_) => b.ins().sqrt(x),
            // The two patterns that become `minps` and `maxps`.
            Op::Min(..) => {
                let less = b.ins().fcmp(FloatCC::LessThan, x, y?);
                self.choose(b, less, x, y?)
            }
            Op::Max(..) => {
                let less = b.ins().fcmp(FloatCC::LessThan, y?, x);
                self.choose(b, less, x, y?)
            }
            Op::Lt(..) => b.ins().fcmp(FloatCC::LessThan, x, y?),
            Op::Le(..) => b.ins().fcmp(FloatCC::LessThanOrEqual, x, y?),
            Op::Eq(..) => b.ins().fcmp(FloatCC::Equal, x, y?),
            Op::And(..) | Op::IAnd(..) => b.ins().band(x, y?),
            Op::Or(..) | Op::IOr(..) => b.ins().bor(x, y?),
            Op::Not(_) => b.ins().bnot(x),
            Op::Select(..) if kind == Kind::Float => self.choose(b, x, y?, arg(2)?),
            Op::Select(..) => b.ins().bitselect(x, y?, arg(2)?),
            Op::Bits(_) => self.cast(b, self.int, x),
            Op::FromBits(_) => self.cast(b, self.float, x),
            Op::IAdd(..) => b.ins().iadd(x, y?),
            Op::ISub(..) => b.ins().isub(x, y?),
            Op::IMul(..) => b.ins().imul(x, y?),
            Op::IXor(..) => b.ins().bxor(x, y?),
            Op::Shl(_, n) => {
                let n = b.ins().iconst(types::I32, i64::from(n));
                b.ins().ishl(x, n)
            }
            Op::Shr(_, n) => {
                let n = b.ins().iconst(types::I32, i64::from(n));
                b.ins().ushr(x, n)
            }
            // Only frames of [`mixdown_layout::Packing::Frames`] come here: pairs of lanes.
            Op::Channel(_, c) => {
                let c = usize::from(c);
                self.shuffle(b, x, x, [c, c, c + 2, c + 2])
            }
            Op::Frame(..) => self.frame(b, x, y?),
            Op::Float(_) | Op::Int(_) | Op::Input(_) | Op::Slot(_) | Op::Time | Op::ReadState(_)
            | Op::ReadLine(..) | Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..) => return None,
        })
    }

    /// `mask ? a : b` of floats.
    fn choose(&self, b: &mut FunctionBuilder, mask: Value, x: Value, y: Value) -> Value {
        let mask = self.cast(b, self.float, mask);
        b.ins().bitselect(mask, x, y)
    }

    /// Left lanes of `x`, right lanes of `y`.
    pub fn frame(&self, b: &mut FunctionBuilder, x: Value, y: Value) -> Value {
        self.shuffle(b, x, y, [0, 1 + self.lanes(), 2, 3 + self.lanes()])
    }

    /// The chosen lanes of `x` and `y` (numbered on); in 64 bits only the first two choices count.
    pub fn shuffle(&self, b: &mut FunctionBuilder, x: Value, y: Value, lanes: [usize; 4]) -> Value {
        let size = 16 / self.lanes();
        let mut bytes = [0u8; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = (lanes[i / size] * size + i % size) as u8;
        }
        let ty = b.func.dfg.value_type(x);
        let mask = b.func.dfg.immediates.push(ConstantData::from(&bytes[..]));
        let left = self.cast(b, types::I8X16, x);
        let right = if x == y { left } else { self.cast(b, types::I8X16, y) };
        let mixed = b.ins().shuffle(left, right, mask);
        self.cast(b, ty, mixed)
    }

    /// Rows to columns of a square of vectors: four by four in 32 bits, two by two in 64.
    pub fn transpose(&self, b: &mut FunctionBuilder, rows: &[Value]) -> Vec<Value> {
        match *rows {
            [r0, r1, r2, r3] => {
                let low = |b: &mut _, x, y| self.shuffle(b, x, y, [0, 4, 1, 5]);
                let high = |b: &mut _, x, y| self.shuffle(b, x, y, [2, 6, 3, 7]);
                let (t0, t1) = (low(b, r0, r1), high(b, r0, r1));
                let (t2, t3) = (low(b, r2, r3), high(b, r2, r3));
                vec![
                    self.shuffle(b, t0, t2, [0, 1, 4, 5]),
                    self.shuffle(b, t0, t2, [2, 3, 6, 7]),
                    self.shuffle(b, t1, t3, [0, 1, 4, 5]),
                    self.shuffle(b, t1, t3, [2, 3, 6, 7]),
                ]
            }
            [r0, r1] => vec![self.shuffle(b, r0, r1, [0, 2, 0, 0]), self.shuffle(b, r0, r1, [1, 3, 0, 0])],
            _ => rows.to_vec(),
        }
    }
}
