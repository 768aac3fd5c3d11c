// The picture of a network: where nodes stand, how they look, what is pointed at.
"use strict";

(() => {
  // Distinct for people who see colours otherwise (Okabe and Ito); what follows is grey.
  const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b7a900", "#7a5195"];
  const REST = "#8a939c";
  // Steps of the forces; nodes push each other apart in the last ones only, which cost the most.
  const TICKS = 60;
  const APART = 12;
  // Up to so many nodes there is room for all names: they stand twice as far from each other.
  const FEW = 60;
  // Arrows cost much where there are many lines; the table tells the direction then.
  const MOST_ARROWS = 400;

  const MOST_ZOOM = 1.3;

  const own = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Forces for a bounded number of steps: the same network is laid out the same. Whoever stands
  // already stays where they are, so that an expansion does not move what is being read.
  function place({ nodes, lines, masses }, places, anchor) {
    const middle = places.get(anchor) ?? { x: 0, y: 0 };
    const bodies = nodes.map((node, number) => {
      const known = places.get(node.key);
      const radius = size(node, masses.get(node.key)) / 2 + 9;
      if (known) return { key: node.key, radius, x: known.x, y: known.y, fx: known.x, fy: known.y };
      const turn = number * 2.399963; // the golden angle
      const away = 40 + 9 * Math.sqrt(number);
      return {
        key: node.key, radius, x: middle.x + away * Math.cos(turn), y: middle.y + away * Math.sin(turn),
      };
    });
    if (!bodies.some((body) => body.fx === undefined)) return;
    const room = nodes.length <= FEW ? 2 : 1;
    const links = lines.map(({ source, target }) => ({ source, target }));
    const simulation = d3
      .forceSimulation(bodies)
      .stop()
      .alphaDecay(1 - 0.001 ** (1 / TICKS))
      .force("link", d3.forceLink(links).id((body) => body.key).distance(70 * room))
      .force("charge", d3.forceManyBody().strength(-170 * room ** 2).distanceMax(700).theta(1.3))
      .force("x", d3.forceX(middle.x).strength(0.03))
      .force("y", d3.forceY(middle.y).strength(0.03));
    simulation.tick(TICKS - APART);
    simulation.force("collide", d3.forceCollide((body) => body.radius)).tick(APART);
    for (const { key, x, y } of bodies) places.set(key, { x, y });
  }

  function palette(nodes, by) {
    const counts = new Map();
    for (const node of nodes) {
      const value = node[by];
      if (value != null) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const ranked = [...counts].sort((one, other) => other[1] - one[1]).slice(0, PALETTE.length);
    return new Map(ranked.map(([value], number) => [value, PALETTE[number]]));
  }

  function size(node, mass) {
    if (node.kind !== "party") return 13;
    return 16 + Math.min(34, 1.6 * Math.cbrt(mass ?? 0)) + (node.grounds?.length ? 6 : 0);
  }

  const SHAPES = { offender: "triangle", watchlisted: "star" };
  const SIGNS = { offender: "▲ ", watchlisted: "★ " };

  function look(node, colours, by, mass) {
    const grounds = node.grounds ?? [];
    const isParty = node.kind === "party";
    const signs = grounds.map((ground) => SIGNS[ground] ?? "").join("");
    return {
      label: signs + (node.name.length > 28 ? `${node.name.slice(0, 27)}…` : node.name),
      colour: node.redacted ? REST : (colours.get(node[by]) ?? REST),
      shape: SHAPES[grounds[0]] ?? (isParty ? "ellipse" : "round-rectangle"),
      size: size(node, mass),
      border: grounds.length ? 3 : 1,
      rim: grounds.length ? own("--red") : own("--text"),
      dash: node.hub ? "dashed" : "solid",
    };
  }

  function sheet() {
    return [
      {
        selector: "node",
        style: {
          "background-color": "data(colour)", shape: "data(shape)", width: "data(size)",
          height: "data(size)", label: "data(label)", color: own("--text"), "font-size": 11,
          "min-zoomed-font-size": 8, "text-valign": "bottom", "text-margin-y": 3,
          "text-background-color": own("--ground"), "text-background-opacity": 0.8,
          "border-width": "data(border)", "border-color": "data(rim)", "border-style": "data(dash)",
        },
      },
      {
        selector: "edge",
        style: { width: "data(width)", "line-color": own("--quiet"), "line-opacity": 0.55, "curve-style": "haystack" },
      },
      {
        selector: "edge.directed",
        style: {
          "curve-style": "straight", "target-arrow-shape": "triangle", "arrow-scale": 0.8,
          "target-arrow-color": own("--quiet"),
        },
      },
      { selector: "node.center", style: { "border-width": 4, "border-color": own("--text") } },
      {
        selector: ":selected, .held",
        style: { "border-width": 5, "border-color": own("--focus"), "line-color": own("--focus") },
      },
      {
        selector: ".path",
        style: {
          "line-color": own("--focus"), "border-color": own("--focus"), "border-width": 5,
          "target-arrow-color": own("--focus"),
        },
      },
    ];
  }

  class Picture {
    constructor(container) {
      this.places = new Map();
      this.cy = cytoscape({
        container, style: sheet(), minZoom: 0.05, maxZoom: 4, boxSelectionEnabled: false,
        textureOnViewport: true, hideLabelsOnViewport: true, pixelRatio: 1,
      });
      this.cy.on("dragfree", "node", (event) => this.places.set(event.target.id(), { ...event.target.position() }));
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    }

    restyle() {
      this.cy.style(sheet());
      if (this.shown) this.draw(this.shown, this.by);
    }

    forget() {
      this.places.clear();
    }

    // Shows this and nothing else; what is there stays where it is.
    draw(shown, by, { anchor, path } = {}) {
      Object.assign(this, { shown, by });
      place(shown, this.places, anchor);
      const colours = palette(shown.nodes, by);
      const keys = new Set([...shown.nodes, ...shown.lines].map((one) => one.key));
      const isDirected = shown.lines.length <= MOST_ARROWS;
      this.cy.batch(() => {
        this.cy.elements().filter((one) => !keys.has(one.id())).remove();
        const fresh = [];
        for (const node of shown.nodes) {
          const data = { id: node.key, ...look(node, colours, by, shown.masses.get(node.key)) };
          const known = this.cy.getElementById(node.key);
          if (known.length) known.data(data).position({ ...this.places.get(node.key) });
          else fresh.push({ group: "nodes", data, position: { ...this.places.get(node.key) } });
        }
        for (const line of shown.lines) {
          if (this.cy.getElementById(line.key).length) continue;
          const seen = line.edges.reduce((sum, edge) => sum + (edge.count ?? 0), 0);
          const width = Math.min(6, 1 + Math.log10(Math.max(1, seen)));
          const { key, source, target } = line;
          fresh.push({ group: "edges", data: { id: key, source, target, width } });
        }
        this.cy.add(fresh);
        this.cy.edges().toggleClass("directed", isDirected);
        this.cy.elements().removeClass("path center");
        this.cy.getElementById(shown.ground).addClass("center");
        for (const key of path ?? []) this.cy.getElementById(key).addClass("path");
      });
      return colours;
    }

    hold(key) {
      this.cy.elements().unselect();
      const held = this.cy.getElementById(key);
      held.select();
      return held;
    }

    centre(key) {
      this.cy.center(this.cy.getElementById(key));
    }

    fit() {
      this.cy.fit(undefined, 30);
      if (this.cy.zoom() > MOST_ZOOM) this.cy.zoom(MOST_ZOOM).center();
    }

    png() {
      return this.cy.png({ full: true, scale: 2, bg: own("--ground"), output: "blob", maxWidth: 8000, maxHeight: 8000 });
    }
  }

  window.Explorer.Picture = Picture;
})();
