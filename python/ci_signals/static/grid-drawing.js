// The grid's elements. Only what is in sight is drawn, and what stays in sight is kept.
"use strict";
(() => {
  const {
    commitLink,
    element,
    eventWords,
    foldText,
    fontOf,
    gapOf,
    glyph,
    lettersOf,
    longName,
    outcomeOf,
    plural,
    pullLink,
    shortName,
    stateWords,
    time,
    titleLink,
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
    const legend = document.getElementById("legend");
    const rows = new Map(); // the rows that are drawn: {node, cells by column}
    let headRows, corner, body, font, drawn;

    function layOut() {
      grid.fit();
      box.setAttribute("aria-rowcount", commits.length + 3);
      box.setAttribute("aria-colcount", grid.shown.length + 1);
      rows.clear();
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
        legend.content.cloneNode(true),
      );
      const headStyle = `height:${grid.headHeight()}px`;
      const head = element("div", { role: "rowgroup", class: "head", style: headStyle }, ...headRows);
      const bodyStyle = `height:${commits.length * size.row}px`;
      body = element("div", { role: "rowgroup", class: "body", style: bodyStyle });
      const style = `width:${leftOf(grid.shown.length) + 24}px`;
      headRows[2].append(corner);
      box.replaceChildren(element("div", { role: "presentation", class: "sizer", style }, head, body));
      font = fontOf(corner);
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
      reset.addEventListener("click", () => grid.change({ state: "", workflow: "", incident: "", text: "" }));
      box.replaceChildren(element("p", { class: "nothing" }, text, signals.length ? reset : null));
      box.removeAttribute("aria-activedescendant");
    }

    function draw() {
      if (!grid.shown.length) return;
      const { first, last, from, to } = grid.range();
      const columns = [first, last].join();
      const range = [columns, from, to].join();
      if (range === drawn) return;
      if (!drawn.startsWith(`${columns},`)) drawHead(first, last);
      drawn = range;
      for (const [row, { node }] of rows) {
        if (row >= from && row < to) continue;
        node.remove();
        rows.delete(row);
      }
      for (let row = from; row < to; row++) drawRow(row, first, last);
      grid.markActive();
    }

    function drawHead(first, last) {
      const sameWorkflow = (one, other) => one.workflow === other.workflow;
      const sameJob = (one, other) => sameWorkflow(one, other) && one.base === other.base;
      headRows[0].replaceChildren(...bands(first, last, "workflow", sameWorkflow, "band workflow-band"));
      headRows[1].replaceChildren(...bands(first, last, "base", sameJob, "band"));
      const names = [corner];
      for (let column = first; column < last; column++) names.push(nameHeader(column));
      headRows[2].replaceChildren(...names);
    }

    function nameHeader(column) {
      const signal = grid.shown[column];
      const { source, state } = signal;
      const words = stateWords(state);
      const lines = Math.floor((size.column - 2) / 14);
      const name = foldText(font, shortName(signal).replace(/^test_/, ""), size.names - 30, lines);
      const href = `signal.html#${signal.id}`;
      return element(
        "div",
        {
          role: "columnheader",
          class: `name ${source}`,
          "aria-colindex": column + 2,
          style: `left:${leftOf(column)}px`,
        },
        element(
          "a",
          { href, tabindex: "-1", title: longName(signal) },
          ...name.map((line) => element("span", {}, line)),
        ),
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
        const width = (end - start) * size.column;
        const attributes = {
          role: "columnheader",
          class: kind,
          "aria-colindex": start + 2,
          "aria-colspan": end - start,
          title: text,
          style: `left:${leftOf(start)}px;width:${width}px`,
        };
        made.push(
          element("div", attributes, element("span", {}, foldText(`bold ${font}`, text, width - 10, 1))),
        );
        column = end;
      }
      return made;
    }

    function drawRow(row, first, last) {
      if (!rows.has(row)) {
        const style = `top:${row * size.row}px`;
        const attributes = { role: "row", class: "row", "aria-rowindex": row + 4, style };
        const node = element("div", attributes, commitHeader(commits[row]));
        rows.set(row, { node, cells: new Map() });
        body.append(node);
      }
      const { node, cells } = rows.get(row);
      for (const [column, cell] of cells) {
        if (column >= first && column < last) continue;
        cell.remove();
        cells.delete(column);
      }
      for (let column = first; column < last; column++) {
        if (cells.has(column)) continue;
        const cell = blueprint(grid.shown[column], row + 1).cloneNode(true);
        cell.id = `c${row}-${column}`;
        cell.ariaColIndex = column + 2;
        cell.style.left = `${leftOf(column)}px`;
        cells.set(column, cell);
        node.append(cell);
      }
    }

    function commitHeader(commit) {
      const { author, title } = commit;
      const words = `${title}\n${author}, ${time(commit.at)} UTC`;
      return element(
        "div",
        { role: "rowheader", class: "commit", "aria-colindex": 1, title: words },
        commitLink(repository, commit, { tabindex: "-1" }),
        titleLink(commit, { class: "title", tabindex: "-1" }),
        commit.failing ? failingCount(commit.failing) : null,
        pullLink(repository, commit, { class: "pull", tabindex: "-1" }),
        element("span", { class: "by soft" }, author),
        element("time", { class: "soft" }, ...time(commit.at).split(/ (?=\S+$)/).map(dayOrHour)),
      );
    }

    // Where to look when most columns are out of sight. Filters do not change it.
    const failingCount = (many) =>
      element(
        "b",
        { class: "failing-count failure", title: `${plural(many, "signal")} failed on it` },
        `${many}`,
      );

    // A phone shows the hour only.
    const dayOrHour = (text, index) => element("span", { class: index ? "hour" : "day" }, text);

    Object.assign(grid, { draw, layOut });
  }

  Object.assign(globalThis.ciSignals, { addDrawing });
})();
