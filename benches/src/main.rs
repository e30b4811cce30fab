//! Prints the table. Fails where a kernel left the fast path or the sound is not the reference's.

use mixdown_benches::{outside, rows, table::Table};
use std::process::ExitCode;

/// The program's own, because this one stands in for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if std::env::var_os(outside::AS_PROGRAM).is_some() {
        return mixdown::verbs::main();
    }
    match all() {
        Ok(wrong) if wrong.is_empty() => ExitCode::SUCCESS,
        Ok(wrong) => {
            println!("\nnot the fast path:");
            wrong.iter().for_each(|w| println!("  {w}"));
            ExitCode::FAILURE
        }
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut table = Table::default();
    let wrong = rows::sound(&mut table)?;
    rows::kernels(&mut table)?;
    rows::convolution(&mut table)?;
    let folder = tempfile::tempdir()?;
    rows::whole(&mut table, folder.path())?;
    rows::silence(&mut table)?;
    rows::growth(&mut table)?;
    println!();
    table.print();
    Ok(wrong)
}
