// Keys of the workbench. Without it every page can be read and decided all the same.
"use strict";

const rows = Array.from(document.querySelectorAll("[data-row]"));
let place = -1;

function move(step) {
  if (!rows.length) {
    document.querySelector(step > 0 ? "[rel=next]" : "[rel=prev]")?.click();
    return;
  }
  rows[place]?.classList.remove("here");
  place = Math.min(Math.max(place + step, 0), rows.length - 1);
  rows[place].classList.add("here");
  rows[place].querySelector("[data-open]").focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => rows[place]?.querySelector("[data-open]").click(),
  x: () => rows[place]?.querySelector("input[type=checkbox]")?.click(),
  u: () => document.querySelector("[data-up]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  // By the place of the key, so that a Russian or Kazakh layout has the same keys.
  const key = event.code.replace(/^Key/, "").toLowerCase();
  if (keys[key]) {
    event.preventDefault();
    keys[key]();
  }
});

// What goes on by itself is read again until it has ended.
function refresh(place) {
  setTimeout(async () => {
    if (place.querySelector("input:focus")) return refresh(place); // somebody types in it
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(place.id);
    if (!fresh) return;
    if (fresh.dataset.refresh) {
      place.replaceWith(fresh);
      refresh(fresh);
    } else {
      location.reload(); // it has ended: the rest of the page has changed, too
    }
  }, Number(place.dataset.refresh));
}

document.querySelectorAll("[data-refresh]").forEach(refresh);

// A form that answers while one types: the part of the page that it names is asked for anew.
const LIVE_WAIT = 500;

function live(form) {
  let timer, asked;
  async function ask() {
    asked?.abort();
    if (!form.checkValidity()) return;
    asked = new AbortController();
    const place = document.getElementById(form.dataset.live);
    place.setAttribute("aria-busy", "true");
    try {
      const body = new FormData(form);
      const answer = await fetch(location.href, { method: "POST", body, signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      if (fresh) place.replaceChildren(...fresh.childNodes);
      place.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") place.removeAttribute("aria-busy");
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, LIVE_WAIT);
  });
}

document.querySelectorAll("form[data-live]").forEach(live);
