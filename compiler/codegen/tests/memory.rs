//! Memory of code: freed when the last reference goes, also where compiling fails.

use mixdown_codegen::Compiler;
use mixdown_kernel::text::read;
use mixdown_layout::Packing;

/// Resident pages of this process; `None` where the system does not tell.
fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[test]
fn a_thousand_kernels_leave_nothing_behind() {
    let kernel = read(
        "kernel one-pole f32\n input in 1\n slot a const\n state y float 1 = 0\n output out 1
        x = input in\n a = slot a\n y = read y\n z = fma a y x\n write y z\n output out z",
    )
    .unwrap();
    let compiler = Compiler::new().unwrap();
    let cycle = |times: usize| {
        for _ in 0..times {
            drop(compiler.compile_kernel(&kernel, Packing::Instances).unwrap());
        }
    };
    cycle(100);
    let Some(before) = resident_bytes() else { return };
    cycle(1000);
    let grown = resident_bytes().map_or(0, |after| after.saturating_sub(before));
    assert!(grown < 3 << 20, "1000 kernels left {grown} bytes behind");
}
