//! Counts what the register allocator could not keep in registers, in the text of the machine code.

/// Stack references in the loops that are moves of the register allocator: those of the first block save the
/// caller's registers, those of the block that returns give them back. On x86-64 only vector loads of our own have
/// a name that begins with `v`.
pub(crate) fn count(disassembly: &str) -> usize {
    let mut blocks: Vec<(usize, bool)> = vec![(0, true)];
    for line in disassembly.lines().map(str::trim) {
        let Some(last) = blocks.last_mut() else { break };
        if line.starts_with("block") {
            blocks.push((0, line.starts_with("block0")));
        } else if line.starts_with("ret") {
            last.1 = true;
        } else if (line.contains("(%rsp)") || line.contains("[sp")) && !line.starts_with('v') {
            last.0 += 1;
        }
    }
    blocks.iter().filter(|(_, edge)| !edge).map(|(count, _)| count).sum()
}
