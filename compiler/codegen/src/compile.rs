//! The front door: kernels in, runnable code out.

use crate::emit::{Tables, control_function, kernel_function};
use crate::flat::Flat;
use crate::plan::Plan;
use crate::unit::Unit;
use crate::{CodegenError, host, spills};
use cranelift::codegen::ir::Function;
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::prelude::{AbiParam, FunctionBuilderContext, Signature, types};
use mixdown_kernel::ir::Kernel;
use mixdown_kernel::stages::UNROLL;
use mixdown_layout::{BlockCall, ControlCode, KernelCode, POINTS, Packing, PathTaken};
use std::sync::Arc;

/// A compiler for this machine. Cheap to share between threads by reference; a call of one of its functions
/// compiles on the thread that calls.
pub struct Compiler {
    isa: OwnedTargetIsa,
    disassemble: bool,
}

impl Compiler {
    /// A compiler for the processor we run on. Fails with `E0801` where it has no fused multiply-add, with `E0802`
    /// where it is of an unknown kind. Builds with debug assertions verify what they hand to Cranelift.
    pub fn new() -> Result<Compiler, CodegenError> {
        Ok(Compiler { isa: host::isa(cfg!(debug_assertions))?, disassemble: false })
    }

    /// The same with Cranelift's verifier on, for tests: compiling takes about half as long again.
    pub fn verified() -> Result<Compiler, CodegenError> {
        Ok(Compiler { isa: host::isa(true)?, disassemble: false })
    }

    /// Whether code is read again to count spills for [`PathTaken::spills`] (0 otherwise). Slower; for benchmarks.
    pub fn count_spills(mut self, yes: bool) -> Compiler {
        self.disassemble = yes;
        self
    }

    /// Compiles one kernel for one packing.
    pub fn compile_kernel(&self, kernel: &Kernel, packing: Packing) -> Result<Arc<dyn KernelCode>, CodegenError> {
        let flat = Flat::new(kernel, packing)?;
        let plan = Plan::new(&flat)?;
        let tables = Tables::new(&plan);
        let function = self.function(&flat, &plan, tables.address());
        let unit = Unit::compile(&self.isa, &kernel.name, function, Some(tables), self.disassemble)?;
        let path = PathTaken {
            engine: "machine code".to_owned(),
            stages: plan.stages.len(),
            unroll: UNROLL as usize,
            spills: unit.disassembly.as_deref().map_or(0, spills::count),
            bytes: unit.bytes,
        };
        Ok(Arc::new(MachineKernel { unit, path }))
    }

    /// Compiles kernels in order; stops at the first that fails.
    pub fn compile_kernels(&self, kernels: &[(&Kernel, Packing)]) -> Result<Vec<Arc<dyn KernelCode>>, CodegenError> {
        kernels.iter().map(|(kernel, packing)| self.compile_kernel(kernel, *packing)).collect()
    }

    /// Compiles control code: a 64-bit kernel of mono ports without slots, states, lines and time.
    pub fn compile_control(&self, kernel: &Kernel) -> Result<Arc<dyn ControlCode>, CodegenError> {
        let mut signature = self.signature();
        signature.params.extend([AbiParam::new(types::I64); 2]);
        let function = control_function(kernel, signature, &*self.isa)?;
        let unit = Unit::compile(&self.isa, &kernel.name, function, None, self.disassemble)?;
        Ok(Arc::new(MachineControl { unit, inputs: kernel.inputs.len(), outputs: kernel.outputs.len() }))
    }

    /// Compiles control kernels in order; stops at the first that fails.
    pub fn compile_controls(&self, kernels: &[&Kernel]) -> Result<Vec<Arc<dyn ControlCode>>, CodegenError> {
        kernels.iter().map(|kernel| self.compile_control(kernel)).collect()
    }

    /// The kernel as Cranelift's IR, for `mixdown dump --clif`. The address of its constants is written as 0.
    pub fn dump_clif(&self, kernel: &Kernel, packing: Packing) -> Result<String, CodegenError> {
        let flat = Flat::new(kernel, packing)?;
        let plan = Plan::new(&flat)?;
        Ok(self.function(&flat, &plan, 0).display().to_string())
    }

    /// The kernel as machine code in text, for `mixdown dump --asm`.
    pub fn dump_asm(&self, kernel: &Kernel, packing: Packing) -> Result<String, CodegenError> {
        let flat = Flat::new(kernel, packing)?;
        let plan = Plan::new(&flat)?;
        let unit = Unit::compile(&self.isa, &kernel.name, self.function(&flat, &plan, 0), None, true)?;
        Ok(unit.disassembly.clone().unwrap_or_default())
    }

    fn function(&self, flat: &Flat, plan: &Plan, constants: i64) -> Function {
        kernel_function(flat, plan, constants, self.signature(), &*self.isa, &mut FunctionBuilderContext::new())
    }

    fn signature(&self) -> Signature {
        let mut signature = Signature::new(self.isa.default_call_conv());
        signature.params.push(AbiParam::new(types::I64));
        signature
    }
}

/// A kernel as machine code.
struct MachineKernel {
    unit: Unit,
    path: PathTaken,
}

impl KernelCode for MachineKernel {
    unsafe fn run(&self, call: &BlockCall) {
        // SAFETY: the unit holds a function of this very signature, and it is alive as long as `self`.
        let function: extern "C" fn(*const BlockCall) = unsafe { std::mem::transmute(self.unit.entry()) };
        function(call);
    }

    fn path(&self) -> PathTaken {
        self.path.clone()
    }
}

/// Control code as machine code.
struct MachineControl {
    unit: Unit,
    inputs: usize,
    outputs: usize,
}

impl ControlCode for MachineControl {
    fn eval(&self, points: usize, inputs: &[f64], outputs: &mut [f64]) {
        let (reads, writes) = (self.inputs * POINTS, self.outputs * POINTS);
        // Lengths are the caller's promise; a broken one must not become a wild read or write.
        if inputs.len() < reads || outputs.len() < writes {
            let mut given = inputs.to_vec();
            given.resize(reads.max(inputs.len()), 0.0);
            let mut made = vec![0.0; writes.max(outputs.len())];
            self.eval(points, &given, &mut made);
            outputs.iter_mut().zip(made).for_each(|(to, from)| *to = from);
            return;
        }
        // SAFETY: the unit holds a function of this very signature, and it is alive as long as `self`.
        let function: extern "C" fn(*const f64, *mut f64, usize) = unsafe { std::mem::transmute(self.unit.entry()) };
        function(inputs.as_ptr(), outputs.as_mut_ptr(), points.clamp(1, POINTS) * size_of::<f64>());
    }
}
