//! Counts what the register allocator could not keep in registers, in the text of the machine code.

/// Stack references in the loops: of all blocks but the first, which saves the caller's registers, and the last,
/// which gives them back.
pub(crate) fn count(disassembly: &str) -> usize {
    let mut blocks: Vec<usize> = vec![0];
    for line in disassembly.lines() {
        if line.starts_with("block") {
            blocks.push(0);
        } else if line.contains("(%rsp)") || line.contains("[sp") {
            if let Some(last) = blocks.last_mut() {
                *last += 1;
            }
        }
    }
    let inner = blocks.get(2..blocks.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().sum()
}
