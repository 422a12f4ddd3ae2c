// The active cell, and the keys that move and open it.
"use strict";
(() => {
  const { chance, element, longName, stateWords } = globalThis.ciSignals;
  const between = (least, value, most) => Math.max(least, Math.min(most, value));

  function addCursor(grid) {
    const { box, commits } = grid;

    // The commits that can have broken the active signal: the darker, the more probable.
    function markSuspects() {
      for (const marked of box.querySelectorAll(".suspect")) {
        marked.classList.remove("suspect");
        delete marked.dataset.probability;
      }
      const { column } = grid.active;
      for (const [rank, probability] of grid.shown[column]?.suspects ?? []) {
        const cell = document.getElementById(`c${rank - 1}-${column}`);
        if (!cell) continue;
        const header = cell.parentElement.firstElementChild;
        header.dataset.probability = chance(probability);
        for (const marked of [cell, header]) {
          marked.classList.add("suspect");
          marked.style.setProperty("--probability", probability);
        }
      }
    }

    // The corner says in full what the active column is.
    function nameActive() {
      const signal = grid.shown[grid.active.column];
      const place = box.querySelector(".active-signal");
      place.replaceChildren(
        element("b", {}, longName(signal)),
        ` ${stateWords(signal.state)}, ${signal.workflow} › ${signal.base}`,
      );
    }

    function markActive() {
      markSuspects();
      nameActive();
      for (const cell of box.querySelectorAll(".active")) cell.classList.remove("active");
      const cell = document.getElementById(`c${grid.active.row}-${grid.active.column}`);
      cell?.classList.add("active");
      if (cell) box.setAttribute("aria-activedescendant", cell.id);
      else box.removeAttribute("aria-activedescendant");
    }

    function reveal() {
      grid.scrollTo(grid.active);
      grid.draw();
      markActive();
    }

    function moveTo(row, column) {
      grid.active = {
        row: between(0, row, commits.length - 1),
        column: between(0, column, grid.shown.length - 1),
      };
      reveal();
      if (grid.isDetailOpen()) grid.openDetail();
    }

    const moveBy = (rows, columns) => moveTo(grid.active.row + rows, grid.active.column + columns);
    const KEYS = {
      ArrowUp: () => moveBy(-1, 0),
      ArrowDown: () => moveBy(1, 0),
      ArrowLeft: () => moveBy(0, -1),
      ArrowRight: () => moveBy(0, 1),
      PageUp: () => moveBy(-grid.rowsInSight(), 0),
      PageDown: () => moveBy(grid.rowsInSight(), 0),
      Home: (event) => moveTo(event.ctrlKey ? 0 : grid.active.row, 0),
      End: (event) => moveTo(event.ctrlKey ? commits.length - 1 : grid.active.row, grid.shown.length - 1),
      Enter: () => grid.openDetail(true),
      Escape: () => grid.closeDetail(),
    };
    box.addEventListener("keydown", (event) => {
      const act = event.target === box && grid.shown.length && KEYS[event.key];
      if (!act) return;
      event.preventDefault();
      act(event);
    });

    Object.assign(grid, { markActive, moveTo, reveal });
  }

  Object.assign(globalThis.ciSignals, { addCursor });
})();
