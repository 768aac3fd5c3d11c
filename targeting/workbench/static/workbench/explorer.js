// The explorer's page: asks, draws, tells, and keeps the table beside the picture in step.
"use strict";

(() => {
  const place = document.getElementById("explorer");
  const words = JSON.parse(document.getElementById("words").textContent);
  const by = (id) => document.getElementById(id);
  const answers = new Explorer.Answers();
  let picture, network, shown, held, start, filling;
  let path = [];

  function made(tag, text = "", attributes = {}) {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function action(text, act, key = "") {
    const button = made("button", text, { type: "button" });
    if (key) button.append(" ", made("kbd", key));
    button.addEventListener("click", act);
    return button;
  }

  function tell(text) {
    by("status").textContent = text;
  }

  async function read(address) {
    tell(words.loading);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    tell("");
    return answer;
  }

  async function trying(act) {
    try {
      await act();
    } catch (error) {
      tell(words.failed);
    }
  }

  // Days since 1970: what a slider counts in.
  const number = (day) => Date.parse(day) / 86400000;
  const day = (count) => new Date(count * 86400000).toISOString().slice(0, 10);

  function stretchWindow() {
    const days = network.edges.flatMap((edge) => [edge.first, edge.last]).filter(Boolean).map(number);
    const [low, high] = days.length ? [Math.min(...days), Math.max(...days)] : [0, 0];
    for (const [id, value] of [["since", low], ["until", high]]) {
      const slider = by(id);
      const wasAtEnd = slider.value === slider[id === "since" ? "min" : "max"] || !slider.dataset.is;
      Object.assign(slider, { min: low, max: high });
      if (wasAtEnd) slider.value = value;
      slider.dataset.is = "1";
      slider.disabled = !days.length;
    }
  }

  function draw(anchor) {
    const [since, until] = [by("since").value, by("until").value].map(Number).sort((a, b) => a - b).map(day);
    by("window").textContent = by("since").disabled ? "" : `${since} – ${until}`;
    shown = Explorer.narrowed(network, {
      ground: answers.ground, hideHubs: by("hubs").checked, since, until,
    });
    shown.ground = answers.ground;
    picture.draw(shown, by("colour").value, { anchor, path });
    clearTimeout(filling);
    filling = setTimeout(fill, 50);
  }

  // The tables follow when the picture stands.
  function fill() {
    fillNodes();
    fillLinks();
  }

  function renew(anchor) {
    network = answers.network();
    stretchWindow();
    draw(anchor);
  }

  function expand(key) {
    if (answers.isExpanded(key) || network.nodes.get(key)?.redacted) return;
    trying(async () => {
      const begun = performance.now();
      const query = new URLSearchParams({ at: key, depth: 1 });
      answers.add(await (await read(`${place.dataset.source}?${query}`)).json());
      renew(key);
      if (held) hold(held);
      picture.cy.one("render", () => performance.measure("expansion", { start: begun }));
    });
  }

  function collapse(key) {
    answers.remove(key);
    renew(key);
    if (held) hold(held);
  }

  function toggle(key) {
    if (answers.isExpanded(key)) collapse(key);
    else expand(key);
  }

  async function connect(one, other) {
    const address = `${place.dataset.connection}?${new URLSearchParams({ from: one.key, to: other.key })}`;
    const { paths } = await (await read(`${address}&as=data`)).json();
    path = [];
    if (!paths.length) return tell(words.no_path);
    for (const [order, found] of paths.entries()) {
      // Nameless nodes are numbered path by path.
      const name = (key) => (key.startsWith("hidden:") ? `path${order} ${key}` : key);
      const nodes = found.nodes
        .map((node) => ({ ...node, key: name(node.key), grounds: node.grounds ?? [] }))
        .map((node) => network.nodes.get(node.key) ?? node);
      const edges = found.edges.map((edge) => ({ ...edge, source: name(edge.source), target: name(edge.target) }));
      answers.add({ center: `path ${order}`, nodes, edges: edges.filter((edge) => !isKnown(edge)) });
      path.push(...nodes.map((node) => node.key));
      path.push(...edges.map((edge) => [edge.source, edge.target].sort().join("\n")));
    }
    renew(one.key);
    await evidence(address);
  }

  const isKnown = (edge) =>
    network.edges.some((one) => one.source === edge.source && one.target === edge.target && one.kind === edge.kind);

  // The page that tells the same without scripts: its text is taken over, nothing in it runs.
  async function evidence(address) {
    const page = new DOMParser().parseFromString(await (await read(address)).text(), "text/html");
    const told = document.adoptNode(page.getElementById("evidence"));
    told.removeAttribute("id");
    by("details").append(told);
  }

  function tellNode(node) {
    const details = by("details");
    const marks = node.marks?.length ? ` · ${node.marks.join(", ")}` : "";
    const facts = [
      node.word + (node.hub ? ` · ${words.hub}` : "") + marks,
      node.community != null ? `${words.community} ${node.community}` : "",
      shown.masses.has(node.key) ? `${shown.masses.get(node.key).toLocaleString(document.documentElement.lang)} ${words.kg}` : "",
      shown.hidden.has(node.key) ? `${words.hidden}: ${shown.hidden.get(node.key)}` : "",
    ];
    details.replaceChildren(made("h3", node.name), ...facts.filter(Boolean).map((fact) => made("p", fact)));
    const actions = made("p", "", { class: "actions" });
    if (!node.redacted && node.key !== answers.ground) {
      const word = answers.isExpanded(node.key) ? words.collapse : words.expand;
      actions.append(action(word, () => toggle(node.key), word === words.expand ? "e" : "c"));
    }
    if (!node.redacted && start && start.key !== node.key) {
      actions.append(action(words.end, () => trying(() => connect(start, node))));
    }
    if (!node.redacted) actions.append(action(words.start, () => { start = node; tell(words.start_chosen); }));
    if (node.party) actions.append(made("a", words.open, { href: node.page }));
    details.append(actions);
  }

  function tellLine(line, isHeld) {
    const details = by("details");
    details.replaceChildren();
    for (const edge of line.edges) {
      const ends = [edge.source, edge.target].map((key) => network.nodes.get(key)?.name ?? key);
      details.append(made("h3", `${ends[0]} — ${edge.word ?? edge.kind} → ${ends[1]}`));
      const days = edge.first ? `${edge.first} – ${edge.last}` : "";
      const mass = edge.mass != null ? `${Number(edge.mass).toLocaleString(document.documentElement.lang)} ${words.kg}` : "";
      const count = edge.count ? `${words.declarations}: ${edge.count}` : "";
      details.append(made("p", [count, mass, days].filter(Boolean).join(" · ")));
      if (edge.found?.length) details.append(made("p", `${words.found}: ${edge.found.join("; ")}`));
    }
    const address = line.edges.find((edge) => edge.evidence)?.evidence;
    if (isHeld && address) trying(() => evidence(address));
    else if (address) details.append(made("a", words.evidence, { href: address }));
  }

  function tellOf(key, isHeld) {
    const node = network.nodes.get(key);
    const line = node ? null : shown.lines.find((one) => one.key === key);
    if (node) tellNode(node);
    else if (line) tellLine(line, isHeld);
  }

  function hold(key) {
    held = key;
    if (!picture.hold(key).length) held = undefined;
    else tellOf(key, true);
  }

  // In a narrow window each cell says itself what its column is called.
  function putRows(id, rows) {
    const heads = [...by(id).closest("table").tHead.rows[0].cells].map((one) => one.textContent);
    for (const row of rows) {
      [...row.cells].forEach((cell, place) => { if (place && cell.textContent) cell.dataset.told = heads[place]; });
    }
    by(id).replaceChildren(...rows);
  }

  function fillNodes() {
    const rows = shown.nodes.map((node) => {
      const row = made("tr");
      const name = made("th", "", { scope: "row" });
      name.append(action(node.name, () => { hold(node.key); picture.centre(node.key); }));
      const on = made("td");
      if (!node.redacted && node.key !== answers.ground) {
        on.append(action(answers.isExpanded(node.key) ? words.collapse : words.expand, () => toggle(node.key)));
      }
      const cells = [
        made("td", node.word + (node.hub ? ` · ${words.hub}` : "")), made("td", (node.marks ?? []).join(", ")),
        made("td", node.community ?? ""), made("td", node.degree ?? "", { class: "number" }),
        made("td", shown.hidden.get(node.key) ?? "", { class: "number" }),
        made("td", shown.masses.get(node.key)?.toLocaleString(document.documentElement.lang) ?? "", { class: "number" }),
      ];
      row.append(name, ...cells, on);
      return row;
    });
    putRows("nodes", rows);
    by("node-count").textContent = shown.nodes.length;
  }

  function fillLinks() {
    const name = (key) => network.nodes.get(key)?.name ?? key;
    const rows = shown.edges.map((edge) => {
      const row = made("tr");
      const told = made("td");
      if (edge.evidence) told.append(made("a", words.declarations, { href: edge.evidence }));
      row.append(
        made("th", name(edge.source), { scope: "row" }), made("td", edge.word ?? edge.kind), made("td", name(edge.target)),
        made("td", edge.count ?? "", { class: "number" }),
        made("td", edge.mass != null ? Number(edge.mass).toLocaleString(document.documentElement.lang) : "", { class: "number" }),
        made("td", (edge.found ?? []).join("; ")), made("td", edge.first ?? ""), made("td", edge.last ?? ""), told
      );
      return row;
    });
    putRows("links", rows);
    by("link-count").textContent = shown.edges.length;
  }

  function save() {
    const link = made("a", "", { href: URL.createObjectURL(picture.png()), download: "network.png" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function arrange() {
    picture.forget();
    draw();
    picture.fit();
  }

  function listen() {
    const { cy } = picture;
    cy.on("tap", "node, edge", (event) => hold(event.target.id()));
    cy.on("tap", (event) => { if (event.target === cy) { held = undefined; cy.elements().unselect(); } });
    cy.on("mouseover", "node, edge", (event) => { if (!held) tellOf(event.target.id(), false); });
    cy.on("dbltap", "node", (event) => toggle(event.target.id()));
    for (const id of ["hubs", "colour", "since", "until"]) by(id).addEventListener("input", () => draw());
    by("fit").addEventListener("click", () => picture.fit());
    by("arrange").addEventListener("click", arrange);
    by("png").addEventListener("click", save);
    const keys = {
      KeyE: () => held && expand(held), KeyC: () => held && answers.isExpanded(held) && collapse(held),
      KeyF: () => picture.fit(), KeyR: arrange, KeyH: () => by("hubs").click(),
    };
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input:not([type=checkbox], [type=range]), textarea, select");
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys[event.code]) return;
      event.preventDefault();
      keys[event.code]();
    });
  }

  trying(async () => {
    place.hidden = false;
    document.querySelector(".walk .plain").hidden = true; // the box beside the picture does it
    const query = new URLSearchParams({ depth: place.dataset.depth });
    if (place.dataset.at) query.set("at", place.dataset.at);
    const answer = await (await read(`${place.dataset.source}?${query}`)).json();
    answers.add(answer);
    picture = new Explorer.Picture(by("picture"));
    listen();
    const chosen = new URLSearchParams(location.search);
    by("hubs").checked = chosen.get("hubs") === "hide";
    if (!answer.nodes.some((node) => node.community != null)) by("colour").value = "kind";
    renew(answer.center);
    picture.fit();
    fill();
    if (answer.omitted) tell(`${words.limit}: ${answer.omitted}`);
    place.dataset.ready = "1";
  });
})();
