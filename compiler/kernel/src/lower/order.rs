//! The order in which strips are lowered: what feeds or keys a strip comes before it.

use super::{codes, taps};
use mixdown_analysis::mix::{Mix, Node, Strip, StripKind};
use mixdown_syntax::Diagnostic;

/// Strips in an order in which each comes after all it hears; text order where that leaves a choice.
pub(super) fn strips(mix: &Mix) -> Result<Vec<u32>, Diagnostic> {
    let n = mix.strips.len();
    let mut hears: Vec<Vec<u32>> = vec![Vec::new(); n];
    let master = mix.strips.iter().position(|s| s.kind == StripKind::Master);
    for (i, strip) in mix.strips.iter().enumerate() {
        if strip.kind == StripKind::Monitor {
            hears[i].extend(master.map(|m| m as u32));
        }
        for to in targets(strip) {
            if let Some(list) = hears.get_mut(to as usize) {
                list.push(i as u32);
            }
        }
        // Of itself a strip hears what stands above; it needs nobody before it for that.
        let others = taps::of_strip(strip).into_iter().filter(|tap| tap.strip as usize != i);
        hears[i].extend(others.map(|tap| tap.strip));
    }
    let mut order = Vec::with_capacity(n);
    // 0 not seen, 1 on the way, 2 done
    let mut mark = vec![0u8; n];
    for start in 0..n as u32 {
        visit(start, &hears, &mut mark, &mut order, &mut Vec::new()).map_err(|ring| ring_error(mix, &ring))?;
    }
    Ok(order)
}

fn visit(s: u32, hears: &[Vec<u32>], mark: &mut [u8], order: &mut Vec<u32>, way: &mut Vec<u32>) -> Result<(), Vec<u32>> {
    match mark[s as usize] {
        2 => return Ok(()),
        1 => {
            let from = way.iter().position(|w| *w == s).unwrap_or(0);
            return Err(way[from..].to_vec());
        }
        _ => {}
    }
    mark[s as usize] = 1;
    way.push(s);
    for h in &hears[s as usize] {
        visit(*h, hears, mark, order, way)?;
    }
    way.pop();
    mark[s as usize] = 2;
    order.push(s);
    Ok(())
}

fn ring_error(mix: &Mix, ring: &[u32]) -> Diagnostic {
    let names: Vec<&str> = ring.iter().rev().map(|s| mix.strips[*s as usize].name.as_str()).collect();
    let first = mix.strips[ring[0] as usize].span;
    let text = format!("{} -> {}", names.join(" -> "), names.first().copied().unwrap_or_default());
    Diagnostic::error(&codes::RING, first, format!("strips feed each other in a ring: {text}"))
        .help("let one of them go to the master")
}

/// Strips that hear a strip: by edges, sends and keys.
pub fn feeds(mix: &Mix, strip: u32) -> Vec<u32> {
    let mut out = mix.strips.get(strip as usize).map(targets).unwrap_or_default();
    for (i, other) in mix.strips.iter().enumerate() {
        if taps::of_strip(other).iter().any(|t| t.strip == strip) {
            out.push(i as u32);
        }
    }
    out
}

/// Strips that a strip feeds, by edges and sends.
pub(super) fn targets(strip: &Strip) -> Vec<u32> {
    let mut out: Vec<u32> = strip.outputs.iter().map(|o| o.to).collect();
    sends(&strip.nodes, &mut out);
    out
}

fn sends(nodes: &[Node], out: &mut Vec<u32>) {
    for node in nodes {
        match node {
            Node::Send { to, .. } => out.push(*to),
            Node::Wrap(w) => w.branches.iter().for_each(|b| sends(&b.nodes, out)),
            _ => {}
        }
    }
}
