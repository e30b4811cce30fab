//! What kernels become: few spills, errors as data, texts to look at.

#[allow(dead_code)]
#[path = "../examples/kernels/mod.rs"]
mod kernels;

use mixdown_codegen::{Compiler, codes};
use mixdown_kernel::ir::{Op, Value};
use mixdown_layout::{Float, Packing, SlotKind};

/// Spills that the kernels of the benchmark may have, each at the most.
#[test]
fn registers_are_enough() {
    if cfg!(not(target_arch = "x86_64")) {
        return;
    }
    let compiler = Compiler::verified().unwrap().count_spills(true);
    let list = [
        (kernels::biquads(Float::F32, 1, SlotKind::Const), 2),
        (kernels::compressor(Float::F32, 1), 8),
        (kernels::strip(Float::F32, 1, SlotKind::Const), 10),
    ];
    for ((kernel, _), most) in list {
        let path = compiler.compile_kernel(&kernel, Packing::Instances).unwrap().path();
        assert!(path.spills <= most, "{}: {} spills, {most} are allowed", kernel.name, path.spills);
        assert!(path.bytes > 0 && path.stages > 0 && path.unroll == 4, "{path:?}");
    }
}

#[test]
fn a_kernel_that_is_not_well_formed_is_an_error() {
    let (mut kernel, _) = kernels::biquads(Float::F32, 1, SlotKind::Const);
    kernel.body.push(Op::Add(Value(9999), Value(0)));
    let error = Compiler::verified().unwrap().compile_kernel(&kernel, Packing::Frames).err();
    let error = error.map(|e| (e.code(), e.to_string().contains("9999")));
    assert_eq!(error, Some(("E0803", true)));
}

#[test]
fn dumps_show_the_code() {
    let (kernel, _) = kernels::biquads(Float::F32, 1, SlotKind::Const);
    let compiler = Compiler::verified().unwrap();
    assert!(compiler.dump_clif(&kernel, Packing::Instances).unwrap().contains("fma"));
    assert!(compiler.dump_asm(&kernel, Packing::Instances).unwrap().contains("fmadd"));
}

#[test]
fn kernels_compile_on_many_threads() {
    let compiler = Compiler::verified().unwrap();
    let (kernel, _) = kernels::strip(Float::F32, 2, SlotKind::Control);
    let bytes = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| compiler.compile_kernel(&kernel, Packing::Instances).unwrap().path().bytes))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]), "{bytes:?}");
}

#[test]
fn codes_are_of_this_room_and_stand_once() {
    let list: Vec<&str> = codes::CODES.iter().map(|info| info.code).collect();
    assert!(list.iter().all(|code| code.starts_with("E08")));
    assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
}
