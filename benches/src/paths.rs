//! Which code every kernel of a session became. The fast path is part of what is promised: where a kernel leaves it,
//! the benchmark fails.

use crate::inside::Session;
use mixdown_layout::{Node, PathTaken};

/// Samples a stage runs before the next.
const UNROLL: usize = 4;
/// Most stack references in the loops, of every thousand bytes of code: about one instruction in twenty.
const SPILLS: usize = 12;

/// Prints every kernel's path and returns what is wrong with them.
pub fn report(name: &str, session: &Session) -> Vec<String> {
    let mut wrong = Vec::new();
    let built = session.built();
    let program = &built.lowered.program;
    for (k, (info, code)) in program.kernels.iter().zip(&built.code.kernels).enumerate() {
        let path = code.path();
        let channels = info.outputs.iter().copied().max().unwrap_or(1) as usize;
        let packs: Vec<usize> = program
            .nodes
            .iter()
            .filter_map(|n| match n {
                Node::Kernel { kernel, instances } if *kernel as usize == k => Some(instances.len()),
                _ => None,
            })
            .collect();
        let instances: usize = packs.iter().sum();
        // As few packs as hold all instances: nothing that could share lanes runs alone.
        let fewest = instances.div_ceil(info.packing.capacity());
        println!(
            "{name} {:<14} {:<12} {:<9} {:>3} strips of {channels} ch in {:>2} packs  stages {:>2}  unroll {}  spills {:>4}  bytes {:>6}",
            info.name,
            path.engine,
            format!("{:?}", info.packing).to_lowercase(),
            instances,
            packs.len(),
            path.stages,
            path.unroll,
            path.spills,
            path.bytes
        );
        wrong.extend(faults(&path, packs.len(), fewest).into_iter().map(|fault| format!("{name}: {}: {fault}", info.name)));
    }
    wrong
}

fn faults(path: &PathTaken, packs: usize, fewest: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    if path.engine != "machine code" {
        wrong.push(format!("runs as {}", path.engine));
    }
    if path.unroll < UNROLL {
        wrong.push(format!("stages run {} samples, not {UNROLL}", path.unroll));
    }
    if packs > fewest {
        wrong.push(format!("takes {packs} packs where {fewest} hold it"));
    }
    if path.spills * 1000 > path.bytes * SPILLS {
        wrong.push(format!("{} spills in {} bytes", path.spills, path.bytes));
    }
    wrong
}
