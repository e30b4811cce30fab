//! One function in its own memory.
//!
//! Always true here: the memory of code lives exactly as long as its [`Unit`]; plain `drop` of a Cranelift module
//! would leak it, so it is freed by hand.

use crate::CodegenError;
use crate::emit::Tables;
use cranelift::codegen::Context;
use cranelift::codegen::ir::Function;
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, ModuleError, default_libcall_names};
use std::sync::Mutex;

/// Compiled code of one function.
pub(crate) struct Unit {
    module: Mutex<Option<JITModule>>,
    entry: usize,
    /// Bytes of code.
    pub bytes: usize,
    /// Disassembly, where it was asked for.
    pub disassembly: Option<String>,
    _tables: Option<Tables>,
}

impl Unit {
    /// Compiles a function; `tables` are kept for it.
    pub fn compile(
        isa: &OwnedTargetIsa,
        name: &str,
        function: Function,
        tables: Option<Tables>,
        disassemble: bool,
    ) -> Result<Unit, CodegenError> {
        let mut module = JITModule::new(JITBuilder::with_isa(isa.clone(), default_libcall_names()));
        let mut context = Context::for_function(function);
        context.set_disasm(disassemble);
        let made = define(&mut module, &mut context);
        let unit = |module| Mutex::new(Some(module));
        let entry = match made {
            Ok(entry) => entry,
            Err(e) => {
                // The module goes with its memory, as in every other case.
                drop(Unit { module: unit(module), entry: 0, bytes: 0, disassembly: None, _tables: None });
                return Err(CodegenError::refused(name, e));
            }
        };
        let code = context.compiled_code();
        let bytes = code.map_or(0, |c| c.code_buffer().len());
        let disassembly = code.and_then(|c| c.vcode.clone());
        Ok(Unit { module: unit(module), entry, bytes, disassembly, _tables: tables })
    }

    /// Address of the function.
    pub fn entry(&self) -> *const u8 {
        std::ptr::with_exposed_provenance(self.entry)
    }
}

fn define(module: &mut JITModule, context: &mut Context) -> Result<usize, Box<ModuleError>> {
    let id = module.declare_function("kernel", Linkage::Export, &context.func.signature)?;
    module.define_function(id, context)?;
    module.finalize_definitions()?;
    Ok(module.get_finalized_function(id).expose_provenance())
}

impl Drop for Unit {
    fn drop(&mut self) {
        let module = self.module.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        if let Some(module) = module {
            // SAFETY: the entry address never leaves the crate without a reference to this unit, so nobody can run
            // or hold the code that is freed here.
            unsafe { module.free_memory() };
        }
    }
}
