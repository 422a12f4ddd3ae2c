// One cell of the grid in full: the tooltip under the pointer, and the panel beside the grid.
"use strict";
(() => {
  const {
    chance,
    commitLink,
    element,
    eventLine,
    gapOf,
    glyph,
    lettersOf,
    loadEvents,
    longName,
    outcomeOf,
    plural,
    pullLink,
    shortSha,
    showError,
    statusOf,
    stateWords,
    time,
    titleLink,
  } = globalThis.ciSignals;

  // What a cell is about. `blank`: why it holds no event.
  function contentOf(grid, { row, column }) {
    const signal = grid.shown[column];
    const rank = row + 1;
    const letters = lettersOf(signal, rank);
    return { signal, commit: grid.commits[row], rank, letters, blank: `blank: ${gapOf(signal, rank).words}` };
  }

  const eventsOf = async ({ signal, rank }) => (await loadEvents(signal.id)).events.get(rank) || [];

  function cellUnder(event) {
    const cell = event.target.closest(".cell");
    const found = cell && /^c(\d+)-(\d+)$/.exec(cell.id);
    return found && { cell, row: Number(found[1]), column: Number(found[2]) };
  }

  function addDetail(grid) {
    const { box, repository } = grid;
    const panel = document.getElementById("detail");

    function close() {
      panel.hidden = true;
      box.focus({ preventScroll: true });
      grid.draw();
    }

    // Nodes for an incident that has other signals as well, and for a commit that can be the culprit.
    function incidentLine(signal) {
      const { signals: many } = grid.incidents.find((one) => one.incident_id === signal.incident_id) || {};
      if (!(many > 1)) return "";
      const others = element("a", { href: `#incident=${signal.incident_id}` }, plural(many, "signal"));
      return element("p", {}, "Broke with others: an incident of ", others);
    }
    function suspicion(signal, rank) {
      const [, probability] = signal.suspects.find(([suspect]) => suspect === rank) || [];
      if (!probability) return "";
      return element("p", { class: "note" }, `suspect, ${chance(probability)}`);
    }

    async function open(focus) {
      const content = contentOf(grid, grid.active);
      const { signal, commit, rank, letters, blank } = content;
      const { outcome, words } = outcomeOf(signal, rank);
      const events = element("ol", { class: "events" });
      const button = element("button", { type: "button", class: "close" }, "Close");
      button.addEventListener("click", close);
      panel.replaceChildren(
        button,
        element("h2", {}, element("a", { href: `signal.html#${signal.id}` }, longName(signal))),
        element("p", { class: "soft" }, `${signal.workflow} › ${signal.base}, ${stateWords(signal.state)}`),
        incidentLine(signal),
        element(
          "p",
          {},
          commitLink(repository, commit),
          " ",
          titleLink(commit),
          " ",
          pullLink(repository, commit),
        ),
        element("p", { class: "soft" }, `${commit.author}, ${time(commit.at)} UTC`),
        suspicion(signal, rank),
        element("p", { class: `outcome ${outcome}` }, letters ? words : blank),
        events,
      );
      panel.hidden = false;
      if (focus) button.focus({ preventScroll: true });
      if (!letters) return;
      try {
        events.replaceChildren(...(await eventsOf(content)).map((event) => eventLine(repository, event)));
      } catch (error) {
        showError(events, error);
      }
    }

    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
    box.addEventListener("click", (event) => {
      const at = cellUnder(event);
      if (!at) return;
      grid.moveTo(at.row, at.column);
      open();
    });
    Object.assign(grid, { closeDetail: close, isDetailOpen: () => !panel.hidden, openDetail: open });
  }

  function addTip(grid) {
    const { box } = grid;
    const tip = document.getElementById("tip");
    let hovered = "";

    function moveBeside(cell) {
      const at = cell.getBoundingClientRect();
      const own = tip.getBoundingClientRect();
      const below = at.bottom + 6 + own.height < innerHeight;
      tip.style.left = `${Math.max(4, Math.min(innerWidth - own.width - 8, at.left))}px`;
      tip.style.top = `${below ? at.bottom + 6 : Math.max(4, at.top - own.height - 6)}px`;
    }

    const line = (letter, words) => element("li", {}, glyph(letter), `${statusOf(letter)}${words}`);

    // At once what the grid knows; runs and times as soon as they are loaded.
    async function show({ cell, row, column }) {
      const content = contentOf(grid, { row, column });
      const { signal, commit, letters, blank } = content;
      const lines = element("ol", { class: "events" }, ...[...letters].map((letter) => line(letter, "")));
      tip.replaceChildren(
        element("b", {}, longName(signal)),
        element("span", {}, `${shortSha(commit)} ${commit.title}`),
        letters ? lines : element("span", {}, blank),
      );
      moveBeside(cell);
      if (!letters) return;
      const events = await eventsOf(content).catch(() => null);
      if (!events || hovered !== cell.id) return;
      lines.replaceChildren(
        ...events.map(({ letter, at, run, attempt }) =>
          line(letter, ` ${time(at)}, run ${run}, attempt ${attempt}`)
        ),
      );
      moveBeside(cell);
    }

    box.addEventListener("pointerover", (event) => {
      const at = event.pointerType === "touch" ? null : cellUnder(event);
      hovered = at ? at.cell.id : "";
      tip.hidden = !at;
      if (at) show(at);
    });
    box.addEventListener("pointerleave", () => {
      tip.hidden = true;
      hovered = "";
    });
    Object.assign(grid, {
      hideTip: () => {
        tip.hidden = true;
      },
    });
  }

  Object.assign(globalThis.ciSignals, { addDetail, addTip });
})();
