// Search over tables and columns; a link to an entry opens it.
"use strict";
(() => {
  const { byIds, hasAll, hasAny, onSearch, plural } = globalThis.ciSignals;
  const [input, note, toggle] = byIds("search", "search-note", "toggle");
  const text = (node) => node.textContent.toLowerCase();
  // "Reads" and "Read by" are left out: they hold the names of other tables.
  const entries = [...document.querySelectorAll(".entry")].map((entry) => ({
    entry,
    head: text(entry.querySelector("summary")),
    whole: [...entry.querySelectorAll("summary, tbody, .claimed")].map(text).join(" "),
    link: document.querySelector(`.contents li a[href="#${CSS.escape(entry.id)}"]`)?.parentElement,
    rows: [...entry.querySelectorAll("tbody tr")].map((row) => ({ row, text: text(row) })),
  }));

  // An entry stays when it has every word. When its head lacks some of them, it opens and shows
  // only the columns that have one of those.
  const filter = onSearch(input, (words) => {
    let tables = 0;
    let columns = 0;
    for (const { entry, head, link, whole, rows } of entries) {
      const missing = words.filter((word) => !head.includes(word));
      const found = rows.filter(({ text }) => hasAny(text, missing));
      entry.hidden = !hasAll(whole, words);
      if (link) link.hidden = entry.hidden;
      for (const { row, text } of rows) row.hidden = found.length > 0 && !hasAny(text, missing);
      if (entry.hidden) continue;
      tables += 1;
      columns += found.length;
      if (words.length) entry.open = missing.length > 0;
    }
    for (const layer of document.querySelectorAll(".layer")) {
      layer.hidden = !layer.querySelector(".entry:not([hidden])");
      document.querySelector(`.part a[href="#${layer.id}"]`).parentElement.hidden = layer.hidden;
    }
    const counts = [plural(tables, "entry", "entries")];
    if (columns) counts.push(plural(columns, "column"));
    note.textContent = words.length ? counts.join(", ") : "";
  });

  function showTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      input.value = "";
      filter();
    }
    if (target.matches(".entry")) target.open = true;
    target.scrollIntoView();
  }

  addEventListener("hashchange", showTarget);
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(open));
    for (const { entry } of entries) if (!entry.hidden) entry.open = open;
  });
  filter();
  showTarget();
})();
