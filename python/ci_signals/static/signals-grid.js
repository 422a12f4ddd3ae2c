// The grid: commits down, signals across, only what is in sight drawn.
"use strict";
(async () => {
  const grid = document.getElementById("grid");
  const detail = document.getElementById("detail");
  const tip = document.getElementById("tip");
  const fields = { workflow: document.getElementById("workflow"), sort: document.getElementById("sort"), text: document.getElementById("text") };
  const chips = [...document.querySelectorAll("[data-state]")];

  let data;
  try {
    data = await loadData("grid");
  } catch (error) {
    showError(grid, error);
    return;
  }
  const summary = data.window[0];
  const repository = summary.repository;
  const commits = asObjects(data.commits);
  const signals = asObjects(data.signals);
  const gaps = gapsOf(data.gaps);
  for (const signal of signals) signal.haystack = `${signal.key}\n${signal.base}\n${signal.workflow}`.toLowerCase();
  for (const workflow of data.workflows) fields.workflow.append(element("option", { value: workflow.name }, workflow.name));

  // ---- which signals, in which order: the orders themselves are the report model's
  const FLAGS = { failing: "is_failing", flaky: "is_flaky", recovered: "is_recovered", pending: "is_pending" };
  const ORDERS = { recent: "recently_broken_order", longest: "longest_broken_order", flakiest: "flakiest_order" };
  const view = { state: "", workflow: "", sort: "group", text: "" };
  let shown = [];
  let active = { row: 0, column: 0 };

  function readHash() {
    const given = new URLSearchParams(location.hash.slice(1));
    view.state = given.get("state") in FLAGS ? given.get("state") : "";
    view.workflow = data.workflows.some((workflow) => workflow.name === given.get("workflow")) ? given.get("workflow") : "";
    view.sort = given.get("sort") in ORDERS ? given.get("sort") : "group";
    view.text = given.get("text") || "";
  }

  function hash() {
    const parts = new URLSearchParams();
    for (const [name, value] of Object.entries(view)) if (value && value !== "group") parts.set(name, value);
    return `#${parts}`;
  }

  function apply() {
    const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
    shown = signals.filter(
      (signal) =>
        (!view.state || signal[FLAGS[view.state]]) &&
        (!view.workflow || signal.workflow === view.workflow) &&
        words.every((word) => signal.haystack.includes(word)),
    );
    const order = ORDERS[view.sort];
    if (order) shown.sort((one, other) => one[order] - other[order]);
    active = { row: Math.min(active.row, commits.length - 1), column: 0 };
    const totals = data.workflows.find((workflow) => workflow.name === view.workflow) || summary;
    for (const chip of chips) {
      chip.setAttribute("aria-pressed", String(chip.dataset.state === view.state));
      chip.querySelector("b").textContent = totals[chip.dataset.state || "signals"];
    }
    fields.workflow.value = view.workflow;
    fields.sort.value = view.sort;
    if (fields.text.value !== view.text) fields.text.value = view.text;
    document.getElementById("permalink").href = hash();
    document.getElementById("shown").textContent = `${shown.length} of ${plural(signals.length, "signal")}`;
    grid.scrollLeft = 0;
    layOut();
  }

  function change(what) {
    Object.assign(view, what);
    history.replaceState(null, "", hash());
    apply();
  }

  // ---- geometry
  const size = { row: 36, column: 30, band: 22, names: 206, left: 340 };
  const top = () => 2 * size.band + size.names;
  let sizer, headRows, body, drawn;

  // few signals leave room for wider columns and whole messages, a low window for short names only
  function measure() {
    const narrow = grid.clientWidth < 640;
    const least = narrow ? 128 : 340;
    const column = Math.max(30, Math.min(narrow ? 40 : 56, Math.floor((grid.clientWidth - least - 48) / shown.length)));
    const left = narrow ? least : Math.max(least, Math.min(640, grid.clientWidth - shown.length * column - 48));
    return { left, column, names: grid.clientHeight < 560 ? 140 : 206 };
  }

  function layOut() {
    Object.assign(size, measure());
    for (const name of ["left", "column", "names"]) grid.style.setProperty(`--${name}`, `${size[name]}px`);
    grid.setAttribute("aria-rowcount", commits.length + 3);
    grid.setAttribute("aria-colcount", shown.length + 1);
    if (!shown.length) {
      const nothing = signals.length ? "No signal matches these filters. " : "No job or test failed in this window: there is no signal.";
      const reset = element("button", { type: "button" }, "Show all signals");
      reset.addEventListener("click", () => change({ state: "", workflow: "", text: "" }));
      grid.replaceChildren(element("p", { class: "nothing" }, nothing, signals.length ? reset : null));
      grid.removeAttribute("aria-activedescendant");
      return;
    }
    const width = `${size.left + shown.length * size.column + 24}px`;
    headRows = [size.band, size.band, size.names].map((height, place) =>
      element("div", { role: "row", class: "head-row", "aria-rowindex": place + 1, style: `height:${height}px` }));
    const corner = element("div", { role: "columnheader", class: "corner", "aria-colindex": 1 }, "commit (times in UTC)");
    const head = element("div", { role: "rowgroup", class: "head", style: `height:${top()}px` }, ...headRows);
    body = element("div", { role: "rowgroup", class: "body", style: `height:${commits.length * size.row}px` });
    sizer = element("div", { role: "presentation", class: "sizer", style: `width:${width}` }, head, body);
    grid.replaceChildren(sizer);
    headRows.corner = corner;
    drawn = "";
    draw();
  }

  // ---- drawing: the rows and columns in sight, and a few beside them
  function draw() {
    if (!shown.length) return;
    // in steps, so that most scrolling draws nothing
    const columns = (pixels, round) => round(pixels / size.column / 8) * 8;
    const rows = (pixels, round) => round(pixels / size.row / 4) * 4;
    const first = Math.max(0, columns(grid.scrollLeft, Math.floor) - 8);
    const last = Math.min(shown.length, columns(grid.scrollLeft + grid.clientWidth - size.left, Math.ceil) + 8);
    const from = Math.max(0, rows(grid.scrollTop, Math.floor) - 4);
    const to = Math.min(commits.length, rows(grid.scrollTop + grid.clientHeight - top(), Math.ceil) + 4);
    const range = [first, last, from, to].join();
    if (range === drawn) return;
    drawn = range;
    drawHead(first, last);
    const made = [];
    for (let row = from; row < to; row++) made.push(drawRow(row, first, last));
    body.replaceChildren(...made);
    markActive();
  }

  const left = (column) => size.left + column * size.column;

  function drawHead(first, last) {
    headRows[0].replaceChildren(...bands(first, last, (signal) => signal.workflow, "band workflow-band"));
    headRows[1].replaceChildren(...bands(first, last, (signal) => signal.base, "band", (signal) => signal.workflow));
    const names = [headRows.corner];
    const lines = size.column < 44 ? 1 : 2;
    const letters = Math.floor((size.names - 34) / 7.4) * lines - (lines - 1);
    grid.classList.toggle("two-lines", lines === 2);
    for (let column = first; column < last; column++) {
      const signal = shown[column];
      const link = element("a", { href: `signal.html#${signal.id}`, tabindex: "-1", title: longName(signal) }, element("span", {}, middle(shortName(signal).replace(/^test_/, ""), letters)));
      names.push(element(
        "div", { role: "columnheader", class: `name ${signal.source}`, "aria-colindex": column + 2, style: `left:${left(column)}px` },
        link, element("i", { class: `mark ${signal.state}`, title: signal.state, role: "img", "aria-label": signal.state }),
      ));
    }
    headRows[2].replaceChildren(...names);
  }

  function bands(first, last, textOf, kind, within) {
    const same = (one, other) => textOf(one) === textOf(other) && (!within || within(one) === within(other));
    const made = [];
    for (let column = first; column < last; ) {
      let start = column;
      let end = column + 1;
      while (start > 0 && same(shown[start - 1], shown[column])) start--;
      while (end < shown.length && same(shown[end], shown[column])) end++;
      made.push(element(
        "div", { role: "columnheader", class: kind, "aria-colindex": start + 2, "aria-colspan": end - start, title: textOf(shown[column]),
          style: `left:${left(start)}px;width:${(end - start) * size.column}px` },
        element("span", {}, textOf(shown[column])),
      ));
      column = end;
    }
    return made;
  }

  // one cell for each content, to be copied: a screen holds a thousand cells of a dozen kinds
  const blueprints = new Map();
  function blueprint(letters, [gap, gapWords]) {
    const key = letters || gapWords;
    if (blueprints.has(key)) return blueprints.get(key);
    const crowd = letters.length > 3 ? "many" : letters.length > 1 ? "few" : "";
    const cell = element("div", {
      role: "gridcell", class: `cell ${outcomeOf(letters)} ${crowd} ${gap ? `gap-${gap}` : ""}`,
      "aria-label": letters ? cellWords(letters) : `blank: ${gapWords}`,
    });
    const many = letters.length > 6;
    cell.append(...[...letters].slice(0, many ? 5 : 6).map(glyph));
    if (many) cell.append(element("small", {}, `+${letters.length - 5}`));
    blueprints.set(key, cell);
    return cell;
  }

  function drawRow(row, first, last) {
    const commit = commits[row];
    const header = element(
      "div", { role: "rowheader", class: "commit", "aria-colindex": 1, title: commit.title },
      element("a", { class: "mono", tabindex: "-1", href: commitUrl(repository, commit) }, commit.sha.slice(0, 9)),
      element("span", { class: "title" }, commit.title),
      element("span", { class: "by soft" }, `${time(commit.at)} ${commit.author}`),
    );
    const cells = [];
    for (let column = first; column < last; column++) {
      const signal = shown[column];
      const letters = cellsOf(signal)[row] || "";
      const cell = blueprint(letters, letters ? ["", ""] : gaps(signal, row + 1)).cloneNode(true);
      cell.id = `c${row}-${column}`;
      cell.ariaColIndex = column + 2;
      cell.style.left = `${left(column)}px`;
      cells.push(cell);
    }
    return element("div", { role: "row", class: "row", "aria-rowindex": row + 4, style: `top:${row * size.row}px` }, header, ...cells);
  }

  // ---- one cell: keyboard, tooltip, detail
  function markActive() {
    for (const cell of body.querySelectorAll(".active")) cell.classList.remove("active");
    const cell = document.getElementById(`c${active.row}-${active.column}`);
    if (cell) cell.classList.add("active");
    if (cell) grid.setAttribute("aria-activedescendant", cell.id);
    else grid.removeAttribute("aria-activedescendant");
  }

  function moveTo(row, column) {
    active = { row: Math.max(0, Math.min(commits.length - 1, row)), column: Math.max(0, Math.min(shown.length - 1, column)) };
    reveal();
    if (!detail.hidden) openDetail();
  }

  // scroll until the active cell is in sight
  function reveal() {
    const above = active.row * size.row;
    const x = active.column * size.column;
    const height = grid.clientHeight - top() - size.row;
    const width = grid.clientWidth - size.left - size.column;
    if (above < grid.scrollTop) grid.scrollTop = above;
    if (above > grid.scrollTop + height) grid.scrollTop = above - height;
    if (x < grid.scrollLeft) grid.scrollLeft = x;
    if (x > grid.scrollLeft + width) grid.scrollLeft = x - width;
    draw();
    markActive();
  }

  const page = () => Math.max(1, Math.floor((grid.clientHeight - top()) / size.row) - 1);
  const KEYS = {
    ArrowUp: () => moveTo(active.row - 1, active.column),
    ArrowDown: () => moveTo(active.row + 1, active.column),
    ArrowLeft: () => moveTo(active.row, active.column - 1),
    ArrowRight: () => moveTo(active.row, active.column + 1),
    PageUp: () => moveTo(active.row - page(), active.column),
    PageDown: () => moveTo(active.row + page(), active.column),
    Home: (event) => moveTo(event.ctrlKey ? 0 : active.row, 0),
    End: (event) => moveTo(event.ctrlKey ? commits.length - 1 : active.row, shown.length - 1),
    Enter: () => openDetail(true),
    Escape: () => closeDetail(),
  };
  grid.addEventListener("keydown", (event) => {
    const act = event.target === grid && shown.length && KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  detail.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDetail();
  });

  function closeDetail() {
    detail.hidden = true;
    grid.focus({ preventScroll: true });
    draw();
  }

  async function openDetail(focus) {
    const signal = shown[active.column];
    const commit = commits[active.row];
    const letters = cellsOf(signal)[active.row] || "";
    const outcome = outcomeOf(letters);
    const events = element("ol", { class: "events" });
    const close = element("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", closeDetail);
    detail.replaceChildren(
      close,
      element("h2", {}, element("a", { href: `signal.html#${signal.id}` }, longName(signal))),
      element("p", { class: "soft" }, `${signal.workflow} › ${signal.base}`),
      element("p", {}, element("a", { class: "mono", href: commitUrl(repository, commit) }, commit.sha.slice(0, 9)), ` ${commit.title}`),
      element("p", { class: "soft" }, `${commit.author}, ${time(commit.at)} UTC`),
      element("p", { class: `outcome ${outcome}` }, outcome ? `${OUTCOME[outcome]}` : `blank: ${gaps(signal, active.row + 1)[1]}`),
      events,
    );
    detail.hidden = false;
    if (focus) close.focus({ preventScroll: true });
    if (!letters) return;
    try {
      const loaded = await loadEvents(signal.id);
      events.replaceChildren(...(loaded.events.get(active.row + 1) || []).map((event) => eventLine(repository, event)));
    } catch (error) {
      showError(events, error);
    }
  }

  function place(event) {
    const cell = event.target.closest(".cell");
    const found = cell && /^c(\d+)-(\d+)$/.exec(cell.id);
    return found && { cell, row: Number(found[1]), column: Number(found[2]) };
  }

  grid.addEventListener("click", (event) => {
    const at = place(event);
    if (!at) return;
    moveTo(at.row, at.column);
    openDetail();
  });

  let hovered = "";
  grid.addEventListener("pointerover", async (event) => {
    const at = event.pointerType === "touch" ? null : place(event);
    hovered = at ? at.cell.id : "";
    tip.hidden = !at;
    if (!at) return;
    const signal = shown[at.column];
    const commit = commits[at.row];
    const letters = cellsOf(signal)[at.row] || "";
    const lines = element("ol", { class: "events" });
    tip.replaceChildren(
      element("b", {}, longName(signal)),
      element("span", {}, `${commit.sha.slice(0, 9)} ${commit.title}`),
      letters ? lines : element("span", {}, `blank: ${gaps(signal, at.row + 1)[1]}`),
    );
    for (const letter of letters) lines.append(element("li", {}, glyph(letter), STATUS[letter]));
    positionTip(at.cell);
    if (!letters) return;
    const loaded = await loadEvents(signal.id).catch(() => null);
    if (!loaded || hovered !== at.cell.id) return;
    lines.replaceChildren(...(loaded.events.get(at.row + 1) || []).map((one) =>
      element("li", {}, glyph(one.letter), `${STATUS[one.letter]} ${time(one.at)}, run ${one.run}, attempt ${one.attempt}`)));
    positionTip(at.cell);
  });
  grid.addEventListener("pointerleave", () => { tip.hidden = true; hovered = ""; });

  function positionTip(cell) {
    const box = cell.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const below = box.bottom + 6 + own.height < innerHeight;
    tip.style.left = `${Math.max(4, Math.min(innerWidth - own.width - 8, box.left))}px`;
    tip.style.top = `${below ? box.bottom + 6 : Math.max(4, box.top - own.height - 6)}px`;
  }

  // ---- filters
  for (const chip of chips) chip.addEventListener("click", () => change({ state: chip.dataset.state }));
  fields.workflow.addEventListener("change", () => change({ workflow: fields.workflow.value }));
  fields.sort.addEventListener("change", () => change({ sort: fields.sort.value }));
  fields.text.addEventListener("input", () => change({ text: fields.text.value }));
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  // the skip link uses the hash too
  addEventListener("hashchange", () => { if (location.hash !== "#main") { readHash(); apply(); } });

  let frame = 0;
  const redraw = () => { frame ||= requestAnimationFrame(() => { frame = 0; tip.hidden = true; draw(); }); };
  grid.addEventListener("scroll", redraw, { passive: true });
  new ResizeObserver(() => {
    const changed = Object.entries(measure()).some(([name, pixels]) => size[name] !== pixels);
    if (changed) layOut();
    else redraw();
    if (shown.length && !detail.hidden) reveal();
  }).observe(grid);

  readHash();
  apply();
  document.documentElement.dataset.ready = "true";
})();
