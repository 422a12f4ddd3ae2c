// The search box: hides what does not match on this page, and takes the same text to the grid.
"use strict";
(() => {
  const { byIds, element, hasAll, onSearch } = globalThis.ciSignals;
  const form = document.querySelector(".search");
  if (!form) return;
  const [input, note] = byIds("search", "search-note");
  const items = [...document.querySelectorAll("[data-search]")]
    .map((item) => ({ item, text: item.textContent.toLowerCase() }));
  // While something is searched, sections without a match are hidden, pictures of everything too.
  const sections = [...document.querySelectorAll("main section:not(.no-data)")];
  const gridUrl = () => `${form.dataset.grid}#${new URLSearchParams({ text: input.value.trim() })}`;

  const filter = onSearch(input, (words) => {
    for (const { item, text } of items) item.hidden = !hasAll(text, words);
    for (const section of sections) {
      section.hidden = words.length > 0 && !section.querySelector("[data-search]:not([hidden])");
    }
    note.replaceChildren();
    if (!words.length) return;
    const found = items.filter(({ item }) => !item.hidden).length;
    note.append(`${found} of ${items.length} on this page`);
    if (form.dataset.grid) note.append(", ", element("a", { href: gridUrl() }, "search every signal"));
  });

  form.addEventListener("submit", () => {
    if (form.dataset.grid && input.value.trim()) location.href = gridUrl();
  });
  filter();
})();
