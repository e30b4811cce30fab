//! The graph behind the split: recurrent regions (strongly connected components through states and lines), and
//! an order of the regions that keeps few values alive between them.

use super::{BLOCK, remade};
use crate::ir::{Kernel, Op, Value};

/// Regions of a kernel's body and what must run before what.
pub(super) struct Graph {
    /// Instructions of each region, in program order; more than one where they are a recurrence.
    pub regions: Vec<Vec<Value>>,
    /// By region: how many states it writes; they stand in registers while it runs.
    pub states: Vec<usize>,
    /// By region: the regions that must not run before it.
    after: Vec<Vec<usize>>,
    /// By region: how many regions must run before it.
    waits: Vec<usize>,
    /// By value: how many other regions read it, and the region that makes it.
    region_of: Vec<usize>,
    read_by: Vec<Vec<usize>>,
}

impl Graph {
    /// Builds the graph over all instructions that are neither fixed nor remade in every stage.
    pub fn new(kernel: &Kernel, fixed: &[bool]) -> Self {
        let body = &kernel.body;
        let inside: Vec<bool> = body.iter().enumerate().map(|(i, op)| !fixed[i] && !remade(kernel, op)).collect();
        let edges = edges(kernel, &inside);
        let region_of = components(&edges, &inside);
        let count = region_of.iter().filter(|&&r| r != usize::MAX).max().map_or(0, |m| m + 1);
        let mut regions = vec![Vec::new(); count];
        for (i, &r) in region_of.iter().enumerate() {
            if r != usize::MAX {
                regions[r].push(Value(i as u32));
            }
        }
        let states = regions.iter().map(|region| written_states(kernel, region)).collect();
        let mut after = vec![Vec::new(); count];
        for (i, list) in edges.iter().enumerate() {
            for &j in list {
                let (a, b) = (region_of[i], region_of[j]);
                if a != b {
                    after[a].push(b);
                }
            }
        }
        let mut waits = vec![0; count];
        for list in &mut after {
            list.sort_unstable();
            list.dedup();
            for &b in list.iter() {
                waits[b] += 1;
            }
        }
        let mut read_by = vec![Vec::new(); body.len()];
        for (i, op) in body.iter().enumerate().filter(|(i, _)| inside[*i]) {
            for v in op.operands() {
                let v = v.0 as usize;
                if v < i && inside[v] && region_of[v] != region_of[i] {
                    read_by[v].push(region_of[i]);
                }
            }
        }
        for list in &mut read_by {
            list.sort_unstable();
            list.dedup();
        }
        Graph { regions, states, after, waits, region_of, read_by }
    }

    /// A topological order of the regions. Of those that may run, the one that leaves the fewest values alive
    /// runs first; of equals the one that goes on with what ran last, then the one first in the program.
    pub fn regions_in_order(&self) -> Vec<usize> {
        let mut waits = self.waits.clone();
        let mut ready: Vec<usize> = (0..self.regions.len()).filter(|&r| waits[r] == 0).collect();
        let mut unread: Vec<usize> = self.read_by.iter().map(Vec::len).collect();
        let mut inputs: Vec<Vec<usize>> = vec![Vec::new(); self.regions.len()];
        for (v, readers) in self.read_by.iter().enumerate() {
            for &r in readers {
                inputs[r].push(v);
            }
        }
        let mut order = Vec::with_capacity(self.regions.len());
        let mut last = usize::MAX;
        while !ready.is_empty() {
            let score = |&r: &usize| {
                let dies = inputs[r].iter().filter(|&&v| unread[v] == 1).count() as isize;
                let born = self.regions[r].iter().filter(|v| !self.read_by[v.0 as usize].is_empty()).count() as isize;
                let goes_on = inputs[r].iter().any(|&v| self.region_of[v] == last);
                (born - dies, !goes_on, self.regions[r].last().map_or(0, |v| v.0))
            };
            let Some(at) = (0..ready.len()).min_by_key(|&at| score(&ready[at])) else { break };
            let region = ready.swap_remove(at);
            for &v in &inputs[region] {
                unread[v] -= 1;
            }
            for &next in &self.after[region] {
                waits[next] -= 1;
                if waits[next] == 0 {
                    ready.push(next);
                }
            }
            order.push(region);
            last = region;
        }
        order
    }
}

/// How many states a region writes.
fn written_states(kernel: &Kernel, region: &[Value]) -> usize {
    let mut states: Vec<u32> = region
        .iter()
        .filter_map(|v| match kernel.body[v.0 as usize] {
            Op::WriteState(s, _) => Some(s),
            _ => None,
        })
        .collect();
    states.sort_unstable();
    states.dedup();
    states.len()
}

/// Edges `a -> b`: the stage of `a` is not after the stage of `b`.
fn edges(kernel: &Kernel, inside: &[bool]) -> Vec<Vec<usize>> {
    let body = &kernel.body;
    let mut edges = vec![Vec::new(); body.len()];
    let mut states: Vec<Vec<usize>> = vec![Vec::new(); kernel.states.len()];
    let mut reads: Vec<Vec<(usize, Option<i64>)>> = vec![Vec::new(); kernel.lines.len()];
    let mut writes: Vec<Vec<usize>> = vec![Vec::new(); kernel.lines.len()];
    for (i, op) in body.iter().enumerate() {
        if !inside[i] {
            continue;
        }
        for v in op.operands().map(|v| v.0 as usize) {
            if v < i && inside[v] {
                edges[v].push(i);
            }
        }
        match *op {
            Op::ReadState(s) | Op::WriteState(s, _) => {
                if let Some(list) = states.get_mut(s as usize) {
                    list.push(i);
                }
            }
            Op::ReadLine(l, delay) => {
                let delay = match body.get(delay.0 as usize) {
                    Some(Op::Int(d)) => Some(*d),
                    _ => None,
                };
                if let Some(list) = reads.get_mut(l as usize) {
                    list.push((i, delay));
                }
            }
            Op::WriteLine(l, _) => {
                if let Some(list) = writes.get_mut(l as usize) {
                    list.push(i);
                }
            }
            _ => {}
        }
    }
    // All accesses of a state that is written stand in one stage: a ring of edges joins them.
    for list in &states {
        for pair in list.windows(2) {
            edges[pair[0]].push(pair[1]);
            edges[pair[1]].push(pair[0]);
        }
    }
    for (line, (reads, writes)) in reads.iter().zip(&writes).enumerate() {
        let capacity = i64::from(kernel.lines[line].capacity);
        for &write in writes {
            for &(read, delay) in reads {
                // A block of reads before the writes of that block: only what older blocks wrote.
                let read_first = delay.is_some_and(|d| d >= i64::from(BLOCK) && d < capacity);
                // A block of writes before the reads: the ring must not have come round.
                let write_first =
                    delay.is_some_and(|d| (0..=capacity - i64::from(BLOCK)).contains(&d) && (d > 0 || write < read));
                if !write_first {
                    edges[read].push(write);
                }
                if !read_first {
                    edges[write].push(read);
                }
            }
        }
        for pair in writes.windows(2) {
            edges[pair[0]].push(pair[1]);
            edges[pair[1]].push(pair[0]);
        }
    }
    edges
}

/// Strongly connected components (Tarjan, without recursion), numbered; `usize::MAX` outside the graph.
fn components(edges: &[Vec<usize>], inside: &[bool]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let n = edges.len();
    let (mut index, mut low, mut on_stack) = (vec![NONE; n], vec![NONE; n], vec![false; n]);
    let mut component = vec![NONE; n];
    let (mut stack, mut next, mut count) = (Vec::new(), 0, 0);
    let mut calls: Vec<(usize, usize)> = Vec::new();
    for root in (0..n).filter(|&i| inside[i]) {
        if index[root] != NONE {
            continue;
        }
        calls.push((root, 0));
        while let Some((v, edge)) = calls.pop() {
            if edge == 0 {
                index[v] = next;
                low[v] = next;
                next += 1;
                stack.push(v);
                on_stack[v] = true;
            }
            if let Some(&w) = edges[v].get(edge) {
                calls.push((v, edge + 1));
                if index[w] == NONE {
                    calls.push((w, 0));
                } else if on_stack[w] {
                    low[v] = low[v].min(index[w]);
                }
                continue;
            }
            if low[v] == index[v] {
                while let Some(w) = stack.pop() {
                    on_stack[w] = false;
                    component[w] = count;
                    if w == v {
                        break;
                    }
                }
                count += 1;
            }
            if let Some(&(parent, _)) = calls.last() {
                low[parent] = low[parent].min(low[v]);
            }
        }
    }
    component
}
