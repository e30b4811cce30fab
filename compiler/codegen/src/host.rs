//! The machine we run on, as Cranelift sees it.

use crate::{CodegenError, codes};
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::codegen::settings;
use cranelift::prelude::Configurable;

/// Settings that every measurement asked for: no optimiser of Cranelift's, the slow and good register allocator.
const SETTINGS: [(&str, &str); 6] = [
    ("opt_level", "none"),
    ("regalloc_algorithm", "backtracking"),
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    ("unwind_info", "false"),
    ("enable_probestack", "false"),
];

/// The instruction set of this processor, with or without Cranelift's verifier; an error where it has no fused
/// multiply-add.
pub(crate) fn isa(verify: bool) -> Result<OwnedTargetIsa, CodegenError> {
    let refuse = |reason: &dyn ToString| CodegenError::host(codes::NO_HOST, reason.to_string());
    let mut flags = settings::builder();
    for (name, value) in SETTINGS {
        flags.set(name, value).map_err(|e| refuse(&e))?;
    }
    flags.set("enable_verifier", if verify { "true" } else { "false" }).map_err(|e| refuse(&e))?;
    let builder = cranelift_native::builder().map_err(|e| refuse(&e))?;
    let isa = builder.finish(settings::Flags::new(flags)).map_err(|e| refuse(&e))?;
    // Only x86-64 has processors without it; there it is a flag of its own.
    let fma = isa.isa_flags().into_iter().find(|flag| flag.name == "has_fma");
    if fma.is_some_and(|flag| flag.as_bool() != Some(true)) {
        return Err(CodegenError::host(codes::NO_FMA, "use --engine interpreter"));
    }
    Ok(isa)
}
