// The compile directory: search, filter, sort, and details on demand.
// Details are the pages themselves in a frame: that works from file:// as well, where fetch() does not,
// and a sandbox without scripts keeps whatever a log holds from running. (allow-same-origin: else
// the frame may not load its own style sheet from file://.)
"use strict";

const loader = {
  // Show the page at `url` inside `element`, once.
  renderMetrics(url, element) {
    if (element.querySelector("iframe")) return;
    const frame = document.createElement("iframe");
    frame.className = "loaded";
    frame.title = url;
    frame.setAttribute("sandbox", "allow-same-origin allow-top-navigation-by-user-activation");
    frame.src = url;
    element.append(frame);
  },
};
window.loader = loader;

for (const section of document.querySelectorAll("details.lazy")) {
  section.addEventListener("toggle", () => {
    if (section.open) loader.renderMetrics(section.dataset.url, section);
  });
}

const table = document.getElementById("directory");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const STEP = 200; // rows on the page at once: laying out ten thousand takes longer than finding them
const rows = [...body.rows]
  .filter((row) => row.cells.length === heads.length)
  .map((row, place) => ({
    row,
    place,
    status: row.cells[1].textContent,
    text: `${row.cells[0].textContent} ${row.cells[2].textContent}`.toLowerCase(), // id, function, file
  }));
const empty = rows.length ? null : body.rows[0];
let matches = rows;
let shown = 0;

function key(entry, column, kind) {
  if (kind === "number") return entry.place;
  const text = entry.row.cells[column].textContent;
  if (kind === "text") return text;
  return text === "" ? -1 : Number(text);
}

function toggle(entry) {
  const button = entry.row.querySelector("button");
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) {
    entry.row.nextElementSibling.remove();
    return;
  }
  const detail = document.createElement("tr");
  detail.className = "detail";
  const cell = detail.insertCell();
  cell.colSpan = heads.length;
  entry.row.after(detail);
  loader.renderMetrics(entry.row.querySelector("a").getAttribute("href"), cell);
}

function withButton(entry) {
  if (!entry.row.querySelector("button")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toggle";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Details of ${entry.row.cells[0].textContent}`);
    button.addEventListener("click", () => toggle(entry));
    entry.row.cells[0].prepend(button);
  }
  entry.row.querySelector("button").setAttribute("aria-expanded", "false");
  return entry.row;
}

function showMore() {
  body.append(...matches.slice(shown, shown + STEP).map(withButton));
  shown = Math.min(shown + STEP, matches.length);
  document.getElementById("more").hidden = shown === matches.length;
  document.getElementById("found").textContent =
    `${matches.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
}

function show() {
  const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const status = document.getElementById("status").value;
  matches = rows.filter(
    (entry) => (!status || entry.status === status) && words.every((word) => entry.text.includes(word)),
  );
  const head = heads.find((cell) => cell.hasAttribute("aria-sort"));
  if (head) {
    const down = head.getAttribute("aria-sort") === "descending" ? -1 : 1;
    const column = heads.indexOf(head);
    const keyed = matches.map((entry) => [key(entry, column, head.dataset.sort), entry]);
    keyed.sort(([a, x], [b, y]) => (a < b ? -down : a > b ? down : x.place - y.place));
    matches = keyed.map(([, entry]) => entry);
  }
  body.replaceChildren();
  shown = 0;
  showMore();
}

for (const head of heads) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = head.textContent;
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const first = head.dataset.sort === "value" ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = head.getAttribute("aria-sort") === first ? other : first;
    for (const cell of heads) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", next);
    show();
  });
}

if (!empty) {
  document.getElementById("tools").hidden = false;
  document.getElementById("tools").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("search").addEventListener("input", show);
  document.getElementById("status").addEventListener("change", show);
  document.getElementById("more").addEventListener("click", showMore);
  show();
}
