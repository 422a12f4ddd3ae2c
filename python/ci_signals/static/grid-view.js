// Which signals the grid shows, in which order: the filters, and the page's address, which keeps them.
"use strict";
(() => {
  const { byIds, element, hasAll, plural, shortSha, titleOf, wordsOf } = globalThis.ciSignals;

  // The column of the data behind each state and each order.
  const FLAGS = {
    failing: "is_failing",
    unseen: "is_unseen",
    flaky: "is_flaky",
    seen_once: "is_seen_once",
    recovered: "is_recovered",
    pending: "is_pending",
  };
  const ORDERS = {
    recent: "recently_broken_order",
    longest: "longest_broken_order",
    flakiest: "flakiest_order",
  };

  function addView(grid) {
    const { commits, incidents, signals, summary, workflows } = grid;
    const [form, workflow, incident, sort, text] = byIds("filters", "workflow", "incident", "sort", "text");
    const [permalink, count, fold] = byIds("permalink", "shown", "fold");
    const chips = [...document.querySelectorAll("[data-state]")];
    const view = { state: "", workflow: "", incident: "", sort: "group", text: "" };

    for (const signal of signals) {
      signal.haystack = `${signal.key}\n${signal.base}\n${signal.workflow}`.toLowerCase();
    }
    for (const { workflow_name: name } of workflows) {
      workflow.append(element("option", { value: name }, name));
    }
    for (const one of incidents) {
      incident.append(element("option", { value: one.incident_id }, wordsOfIncident(one)));
    }
    incident.parentElement.hidden = !incidents.length;

    // An incident goes by its first suspect.
    function wordsOfIncident({ signals: many, status, suspect_rank: rank }) {
      const suspect = commits[rank - 1];
      const name = suspect ? `${shortSha(suspect)} ${titleOf(suspect)}` : "broken before the window";
      return `${plural(many, "signal")}, ${status}: ${name}`;
    }

    function readHash() {
      const given = new URLSearchParams(location.hash.slice(1));
      const oneOf = (values, name) => (values.includes(given.get(name)) ? given.get(name) : "");
      view.state = oneOf(Object.keys(FLAGS), "state");
      view.incident = oneOf(incidents.map((one) => one.incident_id), "incident");
      view.workflow = oneOf(workflows.map((one) => one.workflow_name), "workflow");
      view.sort = oneOf(Object.keys(ORDERS), "sort") || "group";
      view.text = given.get("text") || "";
    }

    function hash() {
      const parts = Object.entries(view).filter(([, value]) => value && value !== "group");
      return `#${new URLSearchParams(parts)}`;
    }

    function select() {
      const words = wordsOf(view.text);
      const found = signals.filter(
        (signal) =>
          (!view.state || signal[FLAGS[view.state]]) &&
          (!view.workflow || signal.workflow === view.workflow) &&
          (!view.incident || signal.incident_id === view.incident) &&
          hasAll(signal.haystack, words),
      );
      const order = ORDERS[view.sort];
      return order ? found.sort((one, other) => one[order] - other[order]) : found;
    }

    function showFilters() {
      const totals = workflows.find((one) => one.workflow_name === view.workflow) || summary;
      for (const chip of chips) {
        chip.setAttribute("aria-pressed", String(chip.dataset.state === view.state));
        chip.querySelector("b").textContent =
          totals[chip.dataset.state ? `${chip.dataset.state}_signals` : "signals"];
      }
      workflow.value = view.workflow;
      incident.value = view.incident;
      sort.value = view.sort;
      if (text.value !== view.text) text.value = view.text; // writing it moves the caret
      permalink.href = hash();
      count.textContent = `${grid.shown.length} of ${plural(signals.length, "signal")}`;
      const used = [...form.querySelectorAll("[aria-pressed=true]")].filter((chip) => chip.dataset.state);
      const chosen = [workflow, incident].filter((select) => select.value).map((select) =>
        select.selectedOptions[0]
      );
      const words = [...used, ...chosen].map((node) => node.textContent).concat(view.text || []);
      fold.textContent = words.length ? `Filters: ${words.join(", ")}` : "Filters";
    }

    function apply() {
      grid.shown = select();
      const chosen = incidents.find((one) => one.incident_id === view.incident);
      const row = chosen?.suspect_rank ? chosen.suspect_rank - 1 : grid.active.row;
      grid.active = { row: Math.max(0, Math.min(row, commits.length - 1)), column: 0 };
      showFilters();
      grid.box.scrollLeft = 0;
      grid.layOut();
      if (chosen && grid.shown.length) grid.reveal(); // its suspects
    }

    function change(what) {
      Object.assign(view, what);
      history.replaceState(null, "", hash());
      apply();
    }

    function openHash() {
      readHash();
      apply();
    }

    for (const chip of chips) chip.addEventListener("click", () => change({ state: chip.dataset.state }));
    workflow.addEventListener("change", () => change({ workflow: workflow.value }));
    incident.addEventListener("change", () => change({ incident: incident.value }));
    fold.addEventListener("click", () => {
      const open = form.classList.toggle("open");
      fold.setAttribute("aria-expanded", String(open));
    });
    sort.addEventListener("change", () => change({ sort: sort.value }));
    text.addEventListener("input", () => change({ text: text.value }));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", () => {
      if (location.hash !== "#main") openHash(); // #main is the skip link's
    });
    Object.assign(grid, { change, openHash });
  }

  Object.assign(globalThis.ciSignals, { addView });
})();
