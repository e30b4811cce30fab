//! Control code: the same bits as the interpreter's, and only what control code can be.

use mixdown_codegen::Compiler;
use mixdown_kernel::builder::Builder;
use mixdown_kernel::interpret::ControlInterpreter;
use mixdown_kernel::ir::{Kernel, Value};
use mixdown_kernel::math;
use mixdown_kernel::random::{Random, same};
use mixdown_kernel::text::read;
use mixdown_layout::{ControlCode, Float, POINTS};
use std::sync::Arc;

/// A kernel of `inputs` numbers that answers what `made` makes of them.
fn control(inputs: u32, made: impl Fn(&mut Builder, &[Value]) -> Vec<Value>) -> Kernel {
    let mut b = Builder::new("control", Float::F64, 1);
    let ports: Vec<u32> = (0..inputs).map(|i| b.declare_input(format!("in{i}"), 1)).collect();
    let values: Vec<Value> = ports.into_iter().map(|p| b.input(p)).collect();
    let outputs = made(&mut b, &values);
    for (i, value) in outputs.into_iter().enumerate() {
        let port = b.declare_output(format!("out{i}"), 1);
        b.output(port, value);
    }
    b.finish().unwrap()
}

fn compare(kernel: Kernel) {
    let code = Compiler::verified().unwrap().compile_control(&kernel).unwrap();
    let (inputs, outputs) = (kernel.inputs.len(), kernel.outputs.len());
    let reference = ControlInterpreter::new(Arc::new(kernel)).unwrap();
    let mut random = Random::new(1);
    for i in 0..2000 {
        let given: Vec<f64> = (0..inputs * POINTS).map(|_| random.float(Float::F64)).collect();
        let (mut left, mut right) = (vec![0.0; outputs * POINTS], vec![0.0; outputs * POINTS]);
        let points = i % POINTS + 1;
        reference.eval(points, &given, &mut left);
        code.eval(points, &given, &mut right);
        // Machine code works in pairs; what stands behind the last point means nothing.
        right.chunks_mut(POINTS).for_each(|row| row[points..].fill(0.0));
        let equal = left.iter().zip(&right).all(|(l, r)| same(Float::F64, l.to_bits(), r.to_bits()));
        assert!(equal, "{given:?} gives {left:?} and {right:?}");
    }
}

#[test]
fn arithmetic() {
    compare(control(3, |b, v| {
        let sum = b.fma(v[0], v[1], v[2]);
        let root = b.sqrt(v[0]);
        let quotient = b.div(v[1], v[2]);
        let less = b.lt(v[0], v[1]);
        let chosen = b.select(less, sum, quotient);
        let low = b.min(v[0], v[2]);
        let high = b.max(v[0], v[2]);
        let bent = b.neg(root);
        vec![sum, root, quotient, chosen, low, high, bent]
    }));
}

#[test]
fn functions_of_the_language() {
    compare(control(2, |b, v| {
        let level = math::factor(b, v[0]);
        let db = math::to_db(b, v[1]);
        let power = math::pow(b, v[0], v[1]);
        let tangent = math::tan(b, v[0]);
        let wave = math::sin(b, v[1]);
        let whole = math::round(b, v[0]);
        vec![level, db, power, tangent, wave, whole]
    }));
}

#[test]
fn short_slices_are_not_overrun() {
    let kernel = control(2, |b, v| vec![b.add(v[0], v[1]), v[1]]);
    let code = Compiler::verified().unwrap().compile_control(&kernel).unwrap();
    let mut one = [7.0];
    code.eval(1, &[2.0], &mut one);
    assert_eq!(one, [2.0]);
    let mut row = [7.0; POINTS];
    code.eval(POINTS + 1, &[1.0; POINTS], &mut row);
    assert_eq!(row, [1.0; POINTS]);
}

#[test]
fn what_is_not_control_is_an_error() {
    let compiler = Compiler::verified().unwrap();
    let wrong = [
        "kernel a f32\n input in 1\n output out 1\n x = input in\n output out x",
        "kernel b f64\n input in 2\n output out 2\n x = input in\n output out x",
        "kernel c f64\n slot s const\n output out 1\n x = slot s\n output out x",
        "kernel d f64\n state s float 1 = 0\n output out 1\n x = read s\n output out x",
    ];
    for text in wrong {
        let error = compiler.compile_control(&read(text).unwrap()).err().map(|e| e.code());
        assert_eq!(error, Some("E0804"), "{text}");
    }
}
