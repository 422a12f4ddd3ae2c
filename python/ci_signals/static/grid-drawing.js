// The grid's elements. Only what is in sight is drawn.
"use strict";
(() => {
  const {
    commitLink,
    element,
    eventWords,
    gapOf,
    glyph,
    lettersOf,
    longName,
    middle,
    outcomeOf,
    shortName,
    stateWords,
    time,
  } = globalThis.ciSignals;

  // One cell for each content, to be copied: a screen holds a thousand cells of a dozen kinds.
  const blueprints = new Map();
  function blueprint(signal, rank) {
    const letters = lettersOf(signal, rank);
    const gap = letters ? { reason: "", words: "" } : gapOf(signal, rank);
    const key = letters || gap.words;
    if (blueprints.has(key)) return blueprints.get(key);
    const crowd = letters.length > 3 ? "many" : letters.length > 1 ? "few" : "";
    const cell = element("div", {
      role: "gridcell",
      class: `cell ${outcomeOf(signal, rank).outcome} ${crowd} ${gap.reason && `gap-${gap.reason}`}`,
      "aria-label": letters ? eventWords(letters) : `blank: ${gap.words}`,
    });
    const many = letters.length > 6;
    cell.append(...[...letters].slice(0, many ? 5 : 6).map(glyph));
    if (many) cell.append(element("small", {}, `+${letters.length - 5}`));
    blueprints.set(key, cell);
    return cell;
  }

  function addDrawing(grid) {
    const { box, commits, leftOf, repository, signals, size } = grid;
    let headRows, corner, body, drawn;

    function layOut() {
      grid.fit();
      box.setAttribute("aria-rowcount", commits.length + 3);
      box.setAttribute("aria-colcount", grid.shown.length + 1);
      if (!grid.shown.length) {
        showNothing();
        return;
      }
      headRows = [size.band, size.band, size.names].map((height, index) =>
        element("div", {
          role: "row",
          class: "head-row",
          "aria-rowindex": index + 1,
          style: `height:${height}px`,
        })
      );
      corner = element(
        "div",
        { role: "columnheader", class: "corner", "aria-colindex": 1 },
        "commit (times in UTC)",
      );
      const headStyle = `height:${grid.headHeight()}px`;
      const head = element("div", { role: "rowgroup", class: "head", style: headStyle }, ...headRows);
      const bodyStyle = `height:${commits.length * size.row}px`;
      body = element("div", { role: "rowgroup", class: "body", style: bodyStyle });
      const style = `width:${leftOf(grid.shown.length) + 24}px`;
      box.replaceChildren(element("div", { role: "presentation", class: "sizer", style }, head, body));
      drawn = "";
      draw();
    }

    function showNothing() {
      const text = signals.length
        ? "No signal matches these filters. "
        : grid.summary.finished_jobs
        ? "No job or test failed in this window, so there are no signals."
        : "No data: no job of this window has ended.";
      const reset = element("button", { type: "button" }, "Show all signals");
      reset.addEventListener("click", () => grid.change({ state: "", workflow: "", text: "" }));
      box.replaceChildren(element("p", { class: "nothing" }, text, signals.length ? reset : null));
      box.removeAttribute("aria-activedescendant");
    }

    function draw() {
      if (!grid.shown.length) return;
      const { first, last, from, to } = grid.range();
      const range = [first, last, from, to].join();
      if (range === drawn) return;
      drawn = range;
      drawHead(first, last);
      const rows = [];
      for (let row = from; row < to; row++) rows.push(drawRow(row, first, last));
      body.replaceChildren(...rows);
      grid.markActive();
    }

    function drawHead(first, last) {
      const sameWorkflow = (one, other) => one.workflow === other.workflow;
      const sameJob = (one, other) => sameWorkflow(one, other) && one.base === other.base;
      headRows[0].replaceChildren(...bands(first, last, "workflow", sameWorkflow, "band workflow-band"));
      headRows[1].replaceChildren(...bands(first, last, "base", sameJob, "band"));
      const lines = size.column < 44 ? 1 : 2;
      const letters = Math.floor((size.names - 34) / 7.4) * lines - (lines - 1);
      box.classList.toggle("two-lines", lines === 2);
      const names = [corner];
      for (let column = first; column < last; column++) names.push(nameHeader(column, letters));
      headRows[2].replaceChildren(...names);
    }

    function nameHeader(column, letters) {
      const signal = grid.shown[column];
      const { source, state } = signal;
      const words = stateWords(state);
      const name = middle(shortName(signal).replace(/^test_/, ""), letters);
      const href = `signal.html#${signal.id}`;
      return element(
        "div",
        {
          role: "columnheader",
          class: `name ${source}`,
          "aria-colindex": column + 2,
          style: `left:${leftOf(column)}px`,
        },
        element("a", { href, tabindex: "-1", title: longName(signal) }, element("span", {}, name)),
        element("i", { class: `mark ${state}`, title: words, role: "img", "aria-label": words }),
      );
    }

    // One header over neighbours of the same kind. It may begin and end out of sight.
    function bands(first, last, key, same, kind) {
      const { shown } = grid;
      const made = [];
      for (let column = first; column < last;) {
        let start = column;
        let end = column + 1;
        while (start > 0 && same(shown[start - 1], shown[column])) start--;
        while (end < shown.length && same(shown[end], shown[column])) end++;
        const text = shown[column][key];
        const attributes = {
          role: "columnheader",
          class: kind,
          "aria-colindex": start + 2,
          "aria-colspan": end - start,
          title: text,
          style: `left:${leftOf(start)}px;width:${(end - start) * size.column}px`,
        };
        made.push(element("div", attributes, element("span", {}, text)));
        column = end;
      }
      return made;
    }

    function drawRow(row, first, last) {
      const commit = commits[row];
      const header = element(
        "div",
        { role: "rowheader", class: "commit", "aria-colindex": 1, title: commit.title },
        commitLink(repository, commit, { tabindex: "-1" }),
        element("span", { class: "title" }, commit.title),
        element("span", { class: "by soft" }, `${time(commit.at)} ${commit.author}`),
      );
      const cells = [];
      for (let column = first; column < last; column++) {
        const cell = blueprint(grid.shown[column], row + 1).cloneNode(true);
        cell.id = `c${row}-${column}`;
        cell.ariaColIndex = column + 2;
        cell.style.left = `${leftOf(column)}px`;
        cells.push(cell);
      }
      const style = `top:${row * size.row}px`;
      return element("div", { role: "row", class: "row", "aria-rowindex": row + 4, style }, header, ...cells);
    }

    Object.assign(grid, { draw, layOut });
  }

  Object.assign(globalThis.ciSignals, { addDrawing });
})();
