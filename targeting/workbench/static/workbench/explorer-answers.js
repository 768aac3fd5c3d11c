// What the explorer knows: answers about nodes, and the one network that they make together.
// No drawing here: what is shown is what these functions say is shown.
"use strict";

(() => {
  const pair = (edge) => [edge.source, edge.target].sort().join("\n");

  class Answers {
    constructor() {
      this.byCenter = new Map();
    }

    // The first answer is the ground that everything else was expanded from.
    add(answer) {
      this.byCenter.set(answer.center, answer);
    }

    get ground() {
      return this.byCenter.keys().next().value;
    }

    isExpanded(key) {
      return this.byCenter.has(key);
    }

    // Takes an expansion back, and with it those that hang in the air without it.
    remove(key) {
      if (key === this.ground) return;
      this.byCenter.delete(key);
      let reached = this.reached();
      for (const center of [...this.byCenter.keys()]) {
        if (!reached.has(center)) {
          this.byCenter.delete(center);
          reached = this.reached();
        }
      }
    }

    // Keys that the ground answers, and whatever was expanded from these.
    reached() {
      const left = [...this.byCenter.values()];
      const reached = new Set(left[0].nodes.map((node) => node.key));
      for (let more = true; more; ) {
        more = false;
        for (const answer of left) {
          if (!reached.has(answer.center) || answer.isTaken === reached) continue;
          answer.isTaken = reached;
          for (const node of answer.nodes) {
            more ||= !reached.has(node.key);
            reached.add(node.key);
          }
        }
      }
      return reached;
    }

    // Everything known, each node and link once. What an answer says of more it says last.
    network() {
      const nodes = new Map();
      const edges = new Map();
      for (const answer of this.byCenter.values()) {
        for (const node of answer.nodes) {
          nodes.set(node.key, { ...nodes.get(node.key), ...node });
        }
        for (const edge of answer.edges) {
          edges.set([edge.source, edge.target, edge.kind].join("\n"), edge);
        }
      }
      return { nodes, edges: [...edges.values()] };
    }
  }

  // The part of the network that the choices leave: hubs, and links seen from one day to another.
  // A link whose days are not told is always shown; a node without any link left is not.
  function narrowed(network, { ground, hideHubs, since, until }) {
    const isNode = (key) => key === ground || !(hideHubs && network.nodes.get(key).hub);
    const edges = network.edges.filter(
      (edge) =>
        isNode(edge.source) &&
        isNode(edge.target) &&
        (!edge.first || edge.first <= until) &&
        (!edge.last || edge.last >= since)
    );
    const kept = new Set([ground]);
    for (const edge of edges) kept.add(edge.source).add(edge.target);
    const nodes = [...network.nodes.values()].filter((node) => kept.has(node.key));
    return { nodes, edges, lines: lines(edges), masses: masses(edges), hidden: hidden(nodes, edges) };
  }

  // One line for all links between the same two.
  function lines(edges) {
    const found = new Map();
    for (const edge of edges) {
      const key = pair(edge);
      const line = found.get(key) ?? { key, source: edge.source, target: edge.target, edges: [] };
      line.edges.push(edge);
      found.set(key, line);
    }
    return [...found.values()];
  }

  function masses(edges) {
    const found = new Map();
    for (const edge of edges) {
      if (edge.kind !== "trade" || edge.mass == null) continue;
      for (const end of [edge.source, edge.target]) {
        found.set(end, (found.get(end) ?? 0) + Number(edge.mass));
      }
    }
    return found;
  }

  // Neighbours in the whole network less those that are shown.
  function hidden(nodes, edges) {
    const near = new Map();
    for (const edge of edges) {
      for (const [one, other] of [[edge.source, edge.target], [edge.target, edge.source]]) {
        near.set(one, (near.get(one) ?? new Set()).add(other));
      }
    }
    const left = (node) => Math.max(0, node.degree - (near.get(node.key)?.size ?? 0));
    return new Map(nodes.filter((node) => node.degree != null).map((node) => [node.key, left(node)]));
  }

  window.Explorer = { Answers, narrowed };
})();
