// Parts of a dossier with addresses of their own, put into its page when that is read.
"use strict";

(() => {
  async function fill(place) {
    const answer = await fetch(place.dataset.part, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return; // the link to the part stays
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(place.id);
    if (!part) return;
    place.replaceWith(document.adoptNode(part));
    if (location.hash === `#${part.id}`) part.scrollIntoView();
  }

  document.querySelectorAll("[data-part]").forEach(fill);

  // What is folded is read on paper, too.
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("main details:not(.steps details)")) one.open = true;
  });
})();
