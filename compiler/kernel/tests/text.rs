//! The text form: what is printed reads back as the same kernel, what is wrong is told with its line.

use mixdown_kernel::ir::{Kernel, Op};
use mixdown_kernel::random::{Random, kernel};
use mixdown_kernel::text::{print, read};
use mixdown_layout::Float;

/// Equal to the last bit, where `==` would let `-0` be `0` and NaN nothing.
fn assert_same(a: &Kernel, b: &Kernel, text: &str) {
    let bits = |k: &Kernel| -> Vec<Option<u64>> {
        k.body.iter().map(|op| if let Op::Float(x) = op { Some(x.to_bits()) } else { None }).collect()
    };
    assert_eq!(format!("{a:?}"), format!("{b:?}"), "{text}");
    assert_eq!(bits(a), bits(b), "{text}");
}

#[test]
fn thousands_of_kernels_read_back() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let float = if random.one_in(2) { Float::F32 } else { Float::F64 };
        let k = kernel(&mut random, float, 10 + seed as usize % 90);
        let text = print(&k);
        let back = read(&text).unwrap_or_else(|f| panic!("seed {seed}: {f:?}\n{text}"));
        assert_same(&k, &back, &text);
    }
}

#[test]
fn strange_numbers_and_names_read_back() {
    let mut k = kernel(&mut Random::new(5), Float::F64, 40);
    k.name = "a \"name\"\n\t\\ // no comment \u{7f}\u{2028}".into();
    for (i, port) in k.outputs.iter_mut().enumerate() {
        port.name = ["", "1st", "#0"][i % 3].into();
    }
    k.inputs.iter_mut().for_each(|p| p.name = "twice".into());
    k.slots.iter_mut().for_each(|s| s.name = "eq[2]/bell é =".into());
    let numbers = [f64::from_bits(0x7FF8_0000_0000_1234), f64::INFINITY, -0.0, 5e-324, 0.1, f64::MAX, 1e21];
    k.body.extend(numbers.map(Op::Float));
    k.body.extend([Op::Int(i64::MIN), Op::Int(-1)]);
    let text = print(&k);
    let back = read(&text).unwrap_or_else(|f| panic!("{f:?}\n{text}"));
    assert_same(&k, &back, &text);
}

#[test]
fn a_kernel_written_by_hand() {
    let text = "
        // A one-pole.
        kernel \"one pole\" f32 factor 2
          input in 2
          slot b const       // how fast
          state low float 2 = 0
          line tail 1 4096
          output out 2

          x = input in
          b = slot b
          old = read low
          rest = sub x old
          new = fma b rest old
          write low new
          left = channel new 0
          put tail left
          d = int 12
          late = tap tail d
          y = add new late
          output out y
    ";
    let k = read(text).unwrap();
    assert_eq!(k.factor, 2);
    assert_eq!(k.body.len(), 12);
    assert!(mixdown_kernel::verify::verify(&k).is_empty());
    assert_same(&k, &read(&print(&k)).unwrap(), text);
}

#[test]
fn faults_have_lines() {
    let text = "kernel k f32\n\n  input in 3\n  x = input inn\n  y = add x z\n  y = nonsense\n  output out\n";
    let faults = read(text).unwrap_err();
    let lines: Vec<u32> = faults.iter().map(|f| f.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 6, 7], "{faults:#?}");
}

#[test]
fn every_fault_is_told_by_its_line() {
    let head = "kernel k f32\n input in 1\n output out 1\n state s float 1 = 0.0\n line l 1 8\n";
    let faults = [
        ("x = float nan", "bits:"),
        ("x = float 1.0.0", "`1.0.0`"),
        ("x = int 99999999999999999999", "`99999999999999999999`"),
        ("x = input", "`input` with 0 operands"),
        ("x = input #7x", "#7x"),
        ("x = input \"in", "string without an end"),
        ("x = input \"\\q\"", "escape"),
        ("x = input \"\\u{110000}\"", "no character"),
        ("x = add y", "1 operands, 2"),
        ("x = abs \"x\"", "no value `x`"),
        ("x = time now", "`time` with 1 operands"),
        ("x = shl x 99999999999", "no value `x`"),
        ("x =", "operation is missing"),
        ("jump up", "no operation `jump`"),
        ("output out", "`output` with 1 operands"),
        ("put nowhere x", "no line `nowhere`"),
        ("read s", ""),
        ("state t mask 1 = 0", "float or int"),
        ("state t float 1", "no whole `state`"),
        ("slot x sometimes", "const, control or seed"),
        ("line x 1 -8", "`-8`"),
        ("input y 0", "1 or 2 channels"),
    ];
    for (line, message) in faults {
        let Err(faults) = read(&format!("{head}{line}\n")) else {
            // An operation whose value nobody names is no fault.
            assert_eq!(message, "", "{line}");
            continue;
        };
        assert_eq!(faults[0].line, 6, "{line}: {faults:?}");
        assert!(faults[0].message.contains(message), "{line}: {}", faults[0].message);
    }
    assert!(read("").unwrap_err()[0].message.contains("no kernel"));
    assert!(read("kernal k f32").unwrap_err()[0].message.contains("first line"));
    assert!(read("kernel k f16").unwrap_err()[0].message.contains("`f16`"));
    let late = read(&format!("{head}x = time\n input y 1\n")).unwrap_err();
    assert!(late[0].message.contains("above"), "{late:?}");
}

#[test]
fn no_text_makes_the_reader_fall() {
    let text = print(&kernel(&mut Random::new(9), Float::F32, 60));
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let mut bytes = text.clone().into_bytes();
        for _ in 0..1 + random.below(6) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] = b" \n=#\"\\{}09v."[random.below(12)],
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b" \n=#\"\\u{}-1e"[random.below(12)]),
            }
        }
        // Read or told, never fallen over; what is read can be printed and verified.
        if let Ok(k) = read(&String::from_utf8_lossy(&bytes)) {
            let _ = mixdown_kernel::verify::verify(&k);
            assert!(read(&print(&k)).is_ok());
        }
    }
}
