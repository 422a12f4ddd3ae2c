// The compile directory: search, filter, sort, and details on demand.
// Details are the pages themselves in a frame, which works from file:// where fetch() does not. The frame's
// sandbox runs no scripts, so text from a log cannot act; it allows the same origin, because otherwise a
// page from file:// may not load its style sheet.
"use strict";
(() => {
  const { byIds, element, hasAll, onSearch } = globalThis.ciSignals;

  const loader = {
    // Show the page at `url` inside `place`, once.
    renderMetrics(url, place) {
      if (place.querySelector("iframe")) return;
      place.append(element("iframe", {
        class: "loaded",
        title: url,
        sandbox: "allow-same-origin allow-top-navigation-by-user-activation",
        src: `${url}#framed`, // without the header
      }));
    },
  };
  globalThis.loader = loader; // compile_directory.json names it

  for (const section of document.querySelectorAll("details.lazy")) {
    section.addEventListener("toggle", () => {
      if (section.open) loader.renderMetrics(section.dataset.url, section);
    });
  }

  const STEP = 200; // rows on the page at once: laying out ten thousand takes longer than finding them
  const [tools, search, status, found, table, more] = byIds(
    "tools",
    "search",
    "status",
    "found",
    "directory",
    "more",
  );
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows]
    .filter((row) => row.cells.length === heads.length)
    .map((row, index) => ({
      row,
      index,
      status: row.cells[1].textContent,
      text: `${row.cells[0].textContent} ${row.cells[2].textContent}`.toLowerCase(), // id, function, file
    }));
  let matches = rows;
  let shown = 0;

  // What a row is sorted by. Ids sort in the order of the log; a missing number comes before all others.
  function key({ row, index }, column, kind) {
    if (kind === "number") return index;
    if (kind === "text") return row.cells[column].textContent;
    const milliseconds = Number.parseFloat(row.cells[column].title);
    return Number.isNaN(milliseconds) ? -1 : milliseconds;
  }

  function sorted(entries) {
    const head = heads.find((cell) => cell.hasAttribute("aria-sort"));
    if (!head) return entries;
    const sign = head.getAttribute("aria-sort") === "descending" ? -1 : 1;
    const column = heads.indexOf(head);
    return entries
      .map((entry) => [key(entry, column, head.dataset.sort), entry])
      .sort(([a, x], [b, y]) => (a < b ? -sign : a > b ? sign : x.index - y.index))
      .map(([, entry]) => entry);
  }

  function toggle(row, button) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      row.nextElementSibling.remove();
      return;
    }
    const cell = element("td", { colspan: heads.length });
    row.after(element("tr", { class: "detail" }, cell));
    loader.renderMetrics(row.querySelector("a").getAttribute("href"), cell);
  }

  // A row has its button from the first time it is shown; details close when the list is drawn again.
  function withButton({ row }) {
    const label = `Details of ${row.cells[0].textContent}`;
    let button = row.querySelector("button");
    if (!button) {
      button = element("button", { type: "button", class: "toggle", "aria-label": label });
      button.addEventListener("click", () => toggle(row, button));
      row.cells[0].prepend(button);
    }
    button.setAttribute("aria-expanded", "false");
    return row;
  }

  function showMore() {
    body.append(...matches.slice(shown, shown + STEP).map(withButton));
    shown = Math.min(shown + STEP, matches.length);
    more.hidden = shown === matches.length;
    found.textContent = [matches.length, rows.length].map((count) => count.toLocaleString("en")).join(" of ");
  }

  const filter = onSearch(search, (words) => {
    const wanted = status.value;
    matches = sorted(
      rows.filter((entry) => (!wanted || entry.status === wanted) && hasAll(entry.text, words)),
    );
    body.replaceChildren();
    table.classList.add("shown");
    shown = 0;
    showMore();
  });

  function sortBy(head) {
    const [first, second] = head.dataset.sort === "value"
      ? ["descending", "ascending"]
      : ["ascending", "descending"];
    const next = head.getAttribute("aria-sort") === first ? second : first;
    for (const cell of heads) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", next);
    filter();
  }

  for (const head of heads) {
    const button = element("button", { type: "button" }, head.textContent);
    button.addEventListener("click", () => sortBy(head));
    head.replaceChildren(button);
  }
  if (rows.length) {
    tools.hidden = false;
    status.addEventListener("change", filter);
    more.addEventListener("click", showMore);
    filter();
  }
})();
