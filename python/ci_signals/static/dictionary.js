// Search over tables and columns; links open what they lead to.
"use strict";
(() => {
  const input = document.getElementById("search");
  const note = document.getElementById("search-note");
  const toggle = document.getElementById("toggle");
  const text = (node) => node.textContent.toLowerCase();
  // names of other tables, in what an entry reads and is read by, are not its own words
  const entries = [...document.querySelectorAll(".entry")].map((entry) => ({
    entry,
    head: text(entry.querySelector("summary")),
    whole: [...entry.querySelectorAll("summary, tbody, .claimed")].map(text).join(" "),
    rows: [...entry.querySelectorAll("tbody tr")].map((row) => ({ row, text: text(row) })),
  }));
  const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

  // An entry stays when it has all the words. Its columns are cut down to those that hold a word
  // that its head lacks, and it opens to show them.
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let tables = 0;
    let columns = 0;
    for (const { entry, head, whole, rows } of entries) {
      const missing = words.filter((word) => !head.includes(word));
      entry.hidden = !words.every((word) => whole.includes(word));
      const found = rows.filter(({ text }) => missing.some((word) => text.includes(word)));
      for (const { row, text } of rows) {
        row.hidden = found.length > 0 && !missing.some((word) => text.includes(word));
      }
      if (entry.hidden) continue;
      tables += 1;
      columns += found.length;
      if (words.length) entry.open = missing.length > 0;
    }
    for (const layer of document.querySelectorAll(".layer")) {
      layer.hidden = !layer.querySelector(".entry:not([hidden])");
    }
    note.textContent = words.length
      ? `${counted(tables, "entry").replace("entrys", "entries")}${columns ? `, ${counted(columns, "column")}` : ""}`
      : "";
  }

  function show() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      input.value = "";
      filter();
    }
    if (target.matches(".entry")) target.open = true;
    target.scrollIntoView();
  }

  input.addEventListener("input", filter);
  input.form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", show);
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(open));
    for (const { entry } of entries) if (!entry.hidden) entry.open = open;
  });
  filter();
  show();
})();
