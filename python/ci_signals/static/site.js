// What the scripts of all pages share: elements, counts, search.
// A page opened from file:// may not load modules. So scripts are plain files that a page names in order,
// and each hands its functions to the next ones in ciSignals.
"use strict";
(() => {
  // Text goes in as text nodes: names in the data never become markup.
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "style") made.style.cssText = value; // the content policy refuses the attribute
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const byIds = (...ids) => ids.map((id) => document.getElementById(id));
  const plural = (count, one, many) => `${count} ${count === 1 ? one : many || `${one}s`}`;

  // A text matches when it has every word that was typed. The text is in lower case already.
  const wordsOf = (typed) => typed.toLowerCase().split(/\s+/).filter(Boolean);
  const hasAll = (text, words) => words.every((word) => text.includes(word));
  const hasAny = (text, words) => words.some((word) => text.includes(word));

  // Calls filter(words) on every change of a search box, and keeps Enter from sending its form.
  // Returns a function that filters again by what is in the box.
  function onSearch(input, filter) {
    const run = () => filter(wordsOf(input.value));
    input.addEventListener("input", run);
    input.form.addEventListener("submit", (event) => event.preventDefault());
    return run;
  }

  globalThis.ciSignals = { byIds, element, hasAll, hasAny, onSearch, plural, wordsOf };
})();
