// The page of one signal: its id is the page's hash.
"use strict";
(() => {
  const {
    asObjects,
    daysTable,
    element,
    historyLines,
    loadData,
    loadEvents,
    longName,
    middle,
    percent,
    plural,
    readVocabulary,
    shortName,
    showError,
    stateLines,
    strip,
  } = globalThis.ciSignals;
  const place = document.getElementById("signal");
  const { repository } = place.dataset;
  const title = () => element("h1", {}, "One signal");

  async function load(id) {
    if (!/^[0-9a-f]{32}$/.test(id)) throw new Error("the address names no signal; open one from the grid");
    const data = await loadData("grid");
    readVocabulary(data);
    const signal = asObjects(data.signals).find((one) => one.id === id);
    if (!signal) throw new Error("this build has no such signal; it may have left the window");
    const { events, days, kinds } = await loadEvents(id);
    return {
      signal,
      commits: asObjects(data.commits),
      incidents: data.incidents,
      events,
      days,
      kinds,
    };
  }

  function counts(signal) {
    const flaky = `${signal.flaky_commits} of ${plural(signal.verdict_commits, "commit")}`;
    const interval = `${percent(signal.flake_rate_low)} to ${percent(signal.flake_rate_high)}`;
    const rate = percent(signal.flake_rate);
    return `Flake rate ${rate}: ${flaky} with a verdict failed and passed; 95% interval ${interval}.`;
  }

  function incidentLine(signal, incidents) {
    const { signals: many } = incidents.find((one) => one.incident_id === signal.incident_id) || {};
    if (!(many > 1)) return null;
    const others = element(
      "a",
      { href: `index.html#incident=${signal.incident_id}` },
      plural(many, "signal"),
    );
    return element("p", {}, "It broke with others, in an incident of ", others, ".");
  }

  function draw({ signal, commits, incidents, events, days, kinds }) {
    const name = middle(shortName(signal), 60);
    const kind = signal.source === "job" ? "Job" : "Test";
    const sameJob = new URLSearchParams({ workflow: signal.workflow, text: signal.base });
    document.title = `${name} – ${signal.workflow}`;
    document.getElementById("crumb").textContent = name;
    place.replaceChildren(...[
      element("h1", { class: "key" }, longName(signal)),
      element(
        "p",
        { class: "soft" },
        `${kind} signal of ${signal.workflow} › ${signal.base}. `,
        element("a", { href: `index.html#${sameJob}` }, "All signals of this job"),
      ),
      ...stateLines(signal, commits, repository),
      incidentLine(signal, incidents),
      element("h2", {}, "History, newest commit first (UTC)"),
      strip(signal, commits),
      element(
        "div",
        { class: "beside" },
        element(
          "section",
          {},
          element("h2", {}, "Why it failed"),
          element(
            "ul",
            { class: "said kinds" },
            ...kinds.map((kind) => element("li", {}, element("pre", {}, kind))),
          ),
        ),
        element(
          "section",
          {},
          element("h2", {}, "Counts"),
          element("p", {}, counts(signal)),
          ...daysTable(days),
        ),
      ),
      element("h2", {}, "Every event, newest commit first (UTC)"),
      element("ol", { class: "history" }, ...historyLines(signal, commits, events, repository)),
    ].filter(Boolean));
  }

  async function show() {
    place.replaceChildren(title(), element("p", { class: "loading" }, "Loading"));
    try {
      draw(await load(location.hash.slice(1)));
    } catch (error) {
      const problem = element("div");
      const back = element("p", {}, element("a", { href: "index.html" }, "Back to the grid"));
      place.replaceChildren(title(), problem, back);
      showError(problem, error);
    }
    document.documentElement.dataset.ready = "true";
  }

  place.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-rank]");
    if (!cell) return;
    event.preventDefault();
    const line = document.getElementById(`commit-${cell.dataset.rank}`);
    const run = line.closest("details");
    if (run) run.open = true;
    line.scrollIntoView({ block: "center" });
  });
  addEventListener("hashchange", () => {
    if (location.hash !== "#main") show(); // #main is the skip link's
  });
  show();
})();
