// The queue as it changes: rows stay where they are, what they say is renewed, and what is new
// is counted until the reader asks for it.
"use strict";

(() => {
  const place = document.getElementById("live");
  const told = { fresh: new Set(), changed: new Set() };
  let waiting;

  const row = (id, from = document) => from.querySelector(`[data-alert="${id}"]`);

  // The same page, read again: each row that is still on it takes the place of the old one.
  async function renew() {
    waiting = undefined;
    const changed = [...told.changed].filter((id) => row(id));
    told.changed.clear();
    if (changed.length) {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of changed) replace(row(id), row(id, page));
    }
    place.hidden = !told.fresh.size;
    document.getElementById("live-count").textContent = told.fresh.size;
  }

  function replace(old, fresh) {
    if (!fresh) {
      old.classList.add("gone"); // decided or moved elsewhere: it stays until the page is read anew
      return;
    }
    const isChosen = old.querySelector("input[type=checkbox]")?.checked;
    const hasFocus = old.contains(document.activeElement);
    const cells = [...fresh.cells].map((cell) => document.adoptNode(cell));
    if (isChosen && cells[0].querySelector("input")) cells[0].querySelector("input").checked = true;
    old.replaceChildren(...cells);
    old.classList.add("changed");
    if (hasFocus) old.querySelector("[data-open]").focus();
  }

  const stream = new EventSource(place.dataset.stream);
  stream.addEventListener("alert", (event) => {
    const { alert, is_new: isNew } = JSON.parse(event.data);
    if (row(alert)) told.changed.add(alert);
    else if (isNew) told.fresh.add(alert);
    waiting ??= setTimeout(renew, 1000);
  });
  stream.addEventListener("reload", () => {
    place.hidden = false;
  });
  addEventListener("pagehide", () => stream.close());
})();
