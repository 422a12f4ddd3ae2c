// Which signals the grid shows, in which order: the filters, and the page's address, which keeps them.
"use strict";
(() => {
  const { byIds, element, hasAll, plural, wordsOf } = globalThis.ciSignals;

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
    const { commits, signals, summary, workflows } = grid;
    const [form, workflow, sort, text] = byIds("filters", "workflow", "sort", "text");
    const [permalink, count] = byIds("permalink", "shown");
    const chips = [...document.querySelectorAll("[data-state]")];
    const view = { state: "", workflow: "", sort: "group", text: "" };

    for (const signal of signals) {
      signal.haystack = `${signal.key}\n${signal.base}\n${signal.workflow}`.toLowerCase();
    }
    for (const { workflow_name: name } of workflows) {
      workflow.append(element("option", { value: name }, name));
    }

    function readHash() {
      const given = new URLSearchParams(location.hash.slice(1));
      const oneOf = (values, name) => (values.includes(given.get(name)) ? given.get(name) : "");
      view.state = oneOf(Object.keys(FLAGS), "state");
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
      sort.value = view.sort;
      if (text.value !== view.text) text.value = view.text; // writing it moves the caret
      permalink.href = hash();
      count.textContent = `${grid.shown.length} of ${plural(signals.length, "signal")}`;
    }

    function apply() {
      grid.shown = select();
      grid.active = { row: Math.min(grid.active.row, commits.length - 1), column: 0 };
      showFilters();
      grid.box.scrollLeft = 0;
      grid.layOut();
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
