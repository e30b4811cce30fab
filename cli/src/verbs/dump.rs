//! `mixdown dump`: every stage of the compiler as text.

use super::Context;
use crate::args::{DumpArgs, MixArgs};
use crate::exit::{Exit, Stop};
use mixdown_kernel::lower::{Options, lower};

/// Prints one stage. The tree of a broken text is printed too: it holds the good parts.
pub fn run(context: &Context, args: &DumpArgs) -> Exit {
    match stage(context, args) {
        Ok(text) => context.print(&text),
        Err(exit) => exit,
    }
}

fn stage(context: &Context, args: &DumpArgs) -> Result<String, Exit> {
    let stop = |s: Stop| context.voice.stop(&Default::default(), s);
    if args.tree {
        let text = std::fs::read_to_string(&args.song).map_err(|e| {
            stop(Stop::environment("E0939", format!("{}: {}", args.song.display(), crate::project::plain(&e)), "check the spelling"))
        })?;
        let mut sources = mixdown_syntax::SourceMap::default();
        let id = sources.add(args.song.display().to_string(), text.clone());
        let (tree, diagnostics) = mixdown_syntax::parse(id, &text);
        context.voice.diagnostics(&sources, &diagnostics);
        let printed = context.print(&format!("{tree:#?}\n"));
        return Err(printed.or(if crate::build::has_errors(&diagnostics) { Exit::Wrong } else { Exit::Done }));
    }
    let (_, analysis) = context.analyse(&args.song, &MixArgs::default(), false)?;
    let Some(mix) = &analysis.mix else { return Err(Exit::Wrong) };
    let json = |e: serde_json::Error| stop(Stop::environment("E0899", e.to_string(), "please report it"));
    if args.mix {
        return serde_json::to_string_pretty(mix).map(|s| s + "\n").map_err(json);
    }
    let options = Options { float: crate::render::float(args.precision), ..Options::default() };
    let lowered = lower(mix, &options)
        .map_err(|list| context.voice.stop(&analysis.sources, Stop::Diagnostics(list, Exit::Wrong)))?;
    if args.program {
        return serde_json::to_string_pretty(&lowered.program).map(|s| s + "\n").map_err(json);
    }
    let mut out = String::new();
    if args.kernel {
        for (kernel, packing) in &lowered.kernels {
            out += &format!("; packing {packing:?}\n{}\n", mixdown_kernel::text::print(kernel));
        }
        for control in &lowered.controls {
            out += &format!("; control\n{}\n", mixdown_kernel::text::print(control));
        }
        return Ok(out);
    }
    let refused = |e: mixdown_codegen::CodegenError| stop(Stop::environment(e.code(), e.to_string(), ""));
    let compiler = mixdown_codegen::Compiler::new().map_err(refused)?;
    for (kernel, packing) in &lowered.kernels {
        let text = if args.clif { compiler.dump_clif(kernel, *packing) } else { compiler.dump_asm(kernel, *packing) };
        out += &format!("; {} {packing:?}\n{}\n", kernel.name, text.map_err(refused)?);
    }
    Ok(out)
}
