//! The verifier: random kernels pass, and every fault that is put into one is told.

use mixdown_kernel::builder::Builder;
use mixdown_kernel::ir::{Kernel, Kind, Op, Type, Value};
use mixdown_kernel::random::{Random, kernel};
use mixdown_kernel::text::{print, read};
use mixdown_kernel::verify::verify;
use mixdown_layout::{Float, SlotKind};

#[test]
fn random_kernels_are_well_formed() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let float = if random.one_in(2) { Float::F32 } else { Float::F64 };
        let k = kernel(&mut random, float, 200);
        assert_eq!(verify(&k), [], "seed {seed}\n{}", print(&k));
    }
}

/// A kernel with one of everything, which is right.
const WHOLE: &str = "kernel k f32
  input in 1
  input wide 2
  output out 1
  output both 2
  slot c const
  slot r control
  slot seed seed
  state s float 1 = 0.0
  state w float 2 = 0.0
  state n int 1 = 3.0
  line l 1 8
  line m 2 16
  x = input in
  y = input wide
  i = slot seed
  c = lt x y
  d = int 7
  z = int 0
  t = tap l d
  write s x
  write w y
  write n i
  put l x
  put m y
  u = tap l z
  q = add y t
  output both q
";

/// Lines that end the kernel, and what is told of it; every one has one fault.
const FAULTS: &[(&str, &str)] = &[
    ("", "output port `out` is never written"),
    ("output out x\noutput out x", "output port `out` is written twice"),
    ("output out y", "writes a frame to the mono output port `out`"),
    ("output out i", "an integer, a float is wanted"),
    ("output out c", "a mask, a float is wanted"),
    ("output #2 x\noutput out x", "output port 2 of 2"),
    ("a = input #2\noutput out x", "input port 2 of 2"),
    ("a = slot #3\noutput out x", "slot 3 of 3"),
    ("a = read #3\noutput out x", "state 3 of 3"),
    ("a = tap #2 d\noutput out x", "line 2 of 2"),
    ("write #9 x\noutput out x", "state 9 of 3"),
    ("put #9 x\noutput out x", "line 9 of 2"),
    ("put l x\noutput out x", "line `l` is written twice"),
    ("write s y\noutput out x", "writes a frame to the mono state `s`"),
    ("write s i\noutput out x", "an integer, a float is wanted"),
    ("write n x\noutput out x", "a float, an integer is wanted"),
    ("write s c\noutput out x", "a mask, a float is wanted"),
    ("a = add x i\noutput out x", "an integer, a float is wanted"),
    ("a = sub c x\noutput out x", "a mask, a float is wanted"),
    ("a = fma x x i\noutput out x", "an integer, a float is wanted"),
    ("a = neg i\noutput out x", "an integer, a float is wanted"),
    ("a = sqrt c\noutput out x", "a mask, a float is wanted"),
    ("a = max x c\noutput out x", "a mask, a float is wanted"),
    ("a = lt i i\noutput out x", "an integer, a float is wanted"),
    ("a = and c x\noutput out x", "a float, a mask is wanted"),
    ("a = not i\noutput out x", "an integer, a mask is wanted"),
    ("a = select x x x\noutput out x", "a float, a mask is wanted"),
    ("a = select c x i\noutput out x", "an integer, a float is wanted"),
    ("a = select c i x\noutput out x", "a float, an integer is wanted"),
    ("a = select c c c\noutput out x", "a mask, a float is wanted"),
    ("a = bits i\noutput out x", "an integer, a float is wanted"),
    ("a = from_bits x\noutput out x", "a float, an integer is wanted"),
    ("a = iadd x i\noutput out x", "a float, an integer is wanted"),
    ("a = ixor i c\noutput out x", "a mask, an integer is wanted"),
    ("a = shl i 32\noutput out x", "an integer has 32 bits"),
    ("a = shr x 1\noutput out x", "a float, an integer is wanted"),
    ("a = channel y 2\noutput out x", "channel 2"),
    ("a = frame x y\noutput out x", "two mono values"),
    ("a = frame x i\noutput out x", "an integer, a float is wanted"),
    ("a = tap l x\noutput out x", "a float, an integer is wanted"),
    ("e = int 8\na = tap l e\noutput out x", "delay 8 of line `l`, which holds 8"),
    ("e = int -1\na = tap l e\noutput out x", "delay -1 of line `l`"),
];

#[test]
fn every_fault_in_the_body_is_told() {
    let whole = format!("{WHOLE}output out x\n");
    assert_eq!(verify(&read(&whole).unwrap()), []);
    for (lines, message) in FAULTS {
        let k = read(&format!("{WHOLE}{lines}\n")).unwrap_or_else(|f| panic!("{lines}: {f:?}"));
        let faults = verify(&k);
        assert_eq!(faults.len(), 1, "{lines}: {faults:?}");
        assert!(faults[0].to_string().contains(message), "{lines}: {}", faults[0]);
    }
}

#[test]
fn every_fault_of_a_declaration_is_told() {
    type Break = fn(&mut Kernel);
    let faults: &[(Break, &str)] = &[
        (|k| k.factor = 0, "factor of 0"),
        (|k| k.inputs[0].width = 0, "input port `in` has 0 channels"),
        (|k| k.outputs[1].width = 3, "output port `both` has 3 channels"),
        (|k| k.states[1].name = "s".into(), "two states are called `s`"),
        (|k| k.states[1].ty.width = 4, "state `w` has 4 channels"),
        (|k| k.states[0].ty.kind = Kind::Mask, "state `s` holds a mask"),
        (|k| k.states[2].init = 0.5, "integer state `n` starts at 0.5"),
        (|k| k.states[2].init = f64::NAN, "integer state `n` starts at NaN"),
        (|k| k.lines[1].name = "l".into(), "two lines are called `l`"),
        (|k| k.lines[0].width = 0, "line `l` has 0 channels"),
        (|k| k.lines[1].capacity = 12, "capacity 12 of line `m` is no power of two"),
        (|k| k.lines[1].capacity = 0, "capacity 0"),
        (|k| k.lines[1].capacity = 1 << 31, "capacity 2147483648"),
        (|k| k.slots[2].kind = SlotKind::Const, "an integer is wanted"),
        (|k| k.lines[0].capacity = 4, "delay 7 of line `l`, which holds 4"),
        (|k| k.body[5] = Op::Int(-1), "delay -1"),
        (|k| k.body[4] = Op::Int(0), "read without delay above its write"),
        (|k| k.body[0] = Op::Abs(Value(0)), "reads value 0, which does not come before it"),
        (|k| k.body[3] = Op::Lt(Value(0), Value(900)), "reads value 900"),
        (|k| k.body[3] = Op::Eq(Value(0), Value(7)), "reads value 7"),
    ];
    for (spoil, message) in faults {
        let mut k = read(&format!("{WHOLE}output out x\n")).unwrap();
        spoil(&mut k);
        let faults = verify(&k);
        assert!(faults.iter().any(|f| f.to_string().contains(message)), "{message}: {faults:?}");
    }
}

#[test]
fn the_builder_tells_faults_and_goes_on() {
    let mut b = Builder::new("k", Float::F32, 1);
    let input = b.declare_input("in", 1);
    let out = b.declare_output("out", 1);
    let state = b.declare_state("s", Type { kind: Kind::Float, width: 1 }, 0.0);
    let x = b.input(input);
    let i = b.time();
    let wrong = b.add(x, i);
    let wide = b.frame(x, x);
    b.write_state(state, wide);
    let nowhere = b.read_state(7);
    b.write_line(7, nowhere);
    b.output(out, wrong);
    let faults = b.finish().unwrap_err();
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn random_harm_never_passes_unseen_or_falls() {
    // Operands moved to other places: told, or still well formed, but no panic.
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let mut k = kernel(&mut random, Float::F32, 60);
        for _ in 0..3 {
            let (at, to) = (random.below(k.body.len()), random.below(k.body.len() + 2) as u32);
            k.body[at] = k.body[at].map(|_| Value(to));
            if to as usize >= at && k.body[at].operands().count() > 0 {
                assert!(!verify(&k).is_empty(), "seed {seed}");
            }
        }
        let _ = verify(&k);
    }
}
