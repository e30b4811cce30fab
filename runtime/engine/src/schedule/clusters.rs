//! Which nodes are given to a thread together.
//!
//! Always true here: clusters have no ring, because a node joins the cluster of its consumers only when it has no
//! others; the last cluster is the collector, and everything leads to it.

use crate::plan::Plan;
use mixdown_layout::{Node, Program};

/// Nodes that are visited one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    /// In topological order; empty for the collector.
    pub nodes: Vec<usize>,
    /// Clusters it reads from.
    pub before: Vec<usize>,
    /// Clusters that read from it.
    pub after: Vec<usize>,
}

/// Clusters in the order in which audio flows through them: each as soon as all that it reads from has come, so that
/// what belongs together stands together. The collector comes last.
pub(super) fn flow(clusters: &[Cluster]) -> Vec<usize> {
    let mut order = Vec::with_capacity(clusters.len());
    let mut seen = vec![false; clusters.len()];
    // Clusters on the way, and how many of those before them have been looked at.
    let mut way = vec![(clusters.len() - 1, 0)];
    while let Some((cluster, looked)) = way.last_mut() {
        match clusters[*cluster].before.get(*looked) {
            Some(&next) => {
                *looked += 1;
                if !std::mem::replace(&mut seen[next], true) {
                    way.push((next, 0));
                }
            }
            None => {
                order.push(*cluster);
                way.pop();
            }
        }
    }
    order
}

/// Sums are too small for a turn of their own and go with what they feed.
pub(super) fn clusters(program: &Program, plan: &Plan) -> Vec<Cluster> {
    let nodes = program.nodes.len();
    let mut readers = vec![Vec::new(); nodes];
    for (n, producers) in plan.producers.iter().enumerate() {
        producers.iter().for_each(|&p| readers[p].push(n));
    }
    // A cluster goes by its last node until the end.
    let collector = nodes;
    let mut leader: Vec<usize> = (0..=nodes).collect();
    for n in (0..nodes).rev() {
        let delivers = plan.delivering.binary_search(&n).is_ok();
        let mut into = readers[n].iter().map(|&r| leader[r]);
        if let (Node::Mix { .. }, false, Some(first)) = (&program.nodes[n], delivers, into.next())
            && into.all(|other| other == first)
        {
            leader[n] = first;
        }
    }
    let mut index = vec![usize::MAX; nodes + 1];
    let mut clusters: Vec<Cluster> = Vec::new();
    for n in 0..=nodes {
        if leader[n] == n {
            index[n] = clusters.len();
            clusters.push(Cluster::default());
        }
    }
    let cluster_of = |n: usize| index[leader[n]];
    let mut edges = Vec::new();
    for n in 0..nodes {
        clusters[cluster_of(n)].nodes.push(n);
        edges.extend(readers[n].iter().map(|&r| (cluster_of(n), cluster_of(r))));
        if readers[n].is_empty() || plan.delivering.binary_search(&n).is_ok() {
            edges.push((cluster_of(n), cluster_of(collector)));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    for (from, to) in edges.into_iter().filter(|(from, to)| from != to) {
        clusters[from].after.push(to);
        clusters[to].before.push(from);
    }
    clusters
}
