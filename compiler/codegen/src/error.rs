//! What can go wrong while code is made, as data: a frozen code and a sentence.

use crate::codes;
use mixdown_syntax::CodeInfo;
use std::fmt;

/// An error of this room. Nothing was compiled.
#[derive(Clone, Debug)]
pub struct CodegenError {
    /// The code (`E0803`) with title and explanation.
    pub info: CodeInfo,
    /// Name of the kernel, empty where the host is the trouble.
    pub kernel: String,
    /// What is wrong, a sentence without a final period.
    pub message: String,
}

impl CodegenError {
    /// An error of the host.
    pub(crate) fn host(info: CodeInfo, message: impl Into<String>) -> Self {
        CodegenError { info, kernel: String::new(), message: message.into() }
    }

    /// An error of one kernel.
    pub(crate) fn kernel(info: CodeInfo, kernel: &str, message: impl Into<String>) -> Self {
        CodegenError { info, kernel: kernel.to_owned(), message: message.into() }
    }

    /// Cranelift's refusal of one kernel.
    pub(crate) fn refused(kernel: &str, reason: impl fmt::Display) -> Self {
        Self::kernel(codes::REFUSED, kernel, reason.to_string())
    }

    /// The frozen code.
    pub fn code(&self) -> &'static str {
        self.info.code
    }
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.info.code, self.info.title)?;
        if !self.kernel.is_empty() {
            write!(f, " (kernel {})", self.kernel)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for CodegenError {}
