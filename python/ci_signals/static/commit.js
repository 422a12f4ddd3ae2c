// The page of one commit: its sha is the page's hash.
"use strict";
(() => {
  const {
    asObjects,
    bar,
    commitHeading,
    element,
    incidentLines,
    loadData,
    neighbours,
    outcomeOf,
    plural,
    readVocabulary,
    runsTable,
    shortSha,
    showError,
    signalLines,
  } = globalThis.ciSignals;
  const place = document.getElementById("commit");
  const { repository } = place.dataset;
  const title = () => element("h1", {}, "One commit");

  async function load(sha) {
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error("the address names no commit; open one from the grid");
    const [data, table] = await Promise.all([loadData("grid"), loadData("commits")]);
    readVocabulary(data);
    const commits = asObjects(data.commits);
    const details = asObjects(table).find((one) => one.sha === sha);
    if (!details) throw new Error("this build has no such commit; it may have left the window");
    return { details, commits, commit: commits[details.commit_rank - 1], signals: asObjects(data.signals) };
  }

  const section = (heading, ...children) => element("section", {}, element("h2", {}, heading), ...children);

  // A list of signals that people open when they want it.
  function folded(words, lines) {
    return element("details", {}, element("summary", {}, words), lines);
  }

  function draw({ details, commits, commit, signals }) {
    const rank = details.commit_rank;
    document.title = `${shortSha(commit)} ${commit.title}`;
    document.getElementById("crumb").textContent = shortSha(commit);
    const broke = details.broke.map(([order, streak, known]) => ({ ...signals[order - 1], streak, known }));
    const fixed = details.fixed.map(([order, streak]) => ({ ...signals[order - 1], streak }));
    const flakes = broke.filter((one) => one.is_flaky);
    const breaks = broke.filter((one) => !one.is_flaky);
    const broken = new Set(broke.map((one) => one.id));
    const still = signals.filter((one) => outcomeOf(one, rank).outcome === "failing" && !broken.has(one.id));
    const lines = (list, words) => signalLines(list, rank, commits, words);
    const parts = [];
    if (details.incidents.length) {
      parts.push(section("Suspected of", incidentLines(details.incidents)));
    }
    if (breaks.length) {
      const failed = ({ streak, known }) =>
        `failed on ${plural(streak, "commit")} in a row${known ? "" : "; no older verdict"}`;
      parts.push(section(`${plural(breaks.length, "signal")} first failed here`, lines(breaks, failed)));
    }
    if (fixed.length) {
      const failed = ({ streak }) => `had failed on ${plural(streak, "commit")}`;
      parts.push(section(`${plural(fixed.length, "signal")} passed again here`, lines(fixed, failed)));
    }
    if (flakes.length) {
      parts.push(folded(`${plural(flakes.length, "flaky signal")} failed here`, lines(flakes, () => "")));
    }
    if (still.length) {
      parts.push(folded(`${plural(still.length, "signal")} failed here and before`, lines(still, () => "")));
    }
    if (!parts.length) parts.push(element("p", {}, nothing(details)));
    place.replaceChildren(
      neighbours(commits, rank),
      ...commitHeading(details, commit, commits, repository),
      bar(details),
      ...parts,
      details.runs.length ? section("Its workflow runs", runsTable(details.runs, repository)) : "",
    );
  }

  // Without a verdict nothing is known, and that is no good news.
  function nothing({ runs, failing, flaky, passing, pending }) {
    if (!runs.length) return "No job of this commit is known: what it broke is not known.";
    if (!(failing + flaky + passing)) {
      return pending
        ? "Its jobs still run: what it broke is not known yet."
        : "No signal has a verdict on it: what it broke is not known.";
    }
    return "No signal first failed or passed again on it, and no incident suspects it.";
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

  addEventListener("hashchange", () => {
    if (location.hash !== "#main") show(); // #main is the skip link's
  });
  show();
})();
