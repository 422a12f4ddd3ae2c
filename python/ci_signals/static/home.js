// The search box: hides what does not match on this page, and leads to the grid with the same text.
"use strict";
(() => {
  const form = document.querySelector(".search");
  if (!form) return;
  const input = document.getElementById("search");
  const note = document.getElementById("search-note");
  const items = [...document.querySelectorAll("[data-search]")].map((item) => ({ item, text: item.textContent.toLowerCase() }));
  const gridUrl = () => `${form.dataset.grid}#${new URLSearchParams({ text: input.value.trim() })}`;

  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { item, text } of items) {
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) found += 1;
    }
    note.replaceChildren();
    if (!words.length) return;
    note.append(`${found} of ${items.length} on this page`);
    if (!form.dataset.grid) return;
    const link = document.createElement("a");
    link.href = gridUrl();
    link.textContent = "search every signal";
    note.append(", ", link);
  }

  input.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.grid && input.value.trim()) location.href = gridUrl();
  });
  filter();
})();
