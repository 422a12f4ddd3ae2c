// The page of one signal: its id is the page's hash.
"use strict";
(() => {
  const place = document.getElementById("signal");
  const repository = place.dataset.repository;

  function stateLine(signal, commits) {
    const at = (rank) => commits[rank - 1];
    const link = (rank) => element("a", { class: "mono", href: commitUrl(repository, at(rank)), title: at(rank).title }, at(rank).sha.slice(0, 9));
    const parts = [];
    const silent = signal.newest_verdict_rank - 1;
    if (signal.is_failing) parts.push(element("b", { class: "failure" }, "Failing now"), ` on the last ${plural(signal.streak_commits, "commit")} with a verdict`);
    else if (signal.is_flaky) parts.push(element("b", { class: "pending" }, "Flaky"), `: ${plural(signal.flaky_commits, "commit")} of ${signal.verdict_commits} both failed and passed, ${plural(signal.lone_failures, "failure")} between commits that did not fail`);
    else parts.push(element("b", { class: "success" }, "Recovered"), `: passing on the last ${plural(signal.streak_commits, "commit")} with a verdict`);
    parts.push(silent ? `; no verdict on the newest ${silent === 1 ? "commit" : `${silent} commits`}.` : ".");
    const lines = [element("p", { class: "lead" }, ...parts)];
    if (signal.first_failing_rank) {
      const broke = at(signal.first_failing_rank);
      const told = ["Latest break: first failed on ", link(signal.first_failing_rank), ` ${broke.title} (${broke.author}, ${time(broke.at)} UTC)`];
      if (!signal.last_good_rank) told.push("; the window holds no good commit before it.");
      else {
        told.push("; last good on ", link(signal.last_good_rank), ". ");
        told.push(signal.candidate_commits === 1 ? "No commit lies between: that one is the suspect." : `${plural(signal.candidate_commits - 1, "commit")} between without a verdict: ${signal.candidate_commits} suspects, listed below.`);
      }
      lines.push(element("p", {}, ...told));
      lines.push(element("p", {}, ...(signal.fixed_rank
        ? ["Good again on ", link(signal.fixed_rank), ` ${at(signal.fixed_rank).title}, after ${duration(signal.broken_minutes)}.`]
        : [`Broken for ${duration(signal.broken_minutes)} at the end of the window.`])));
    }
    return lines;
  }

  function strip(signal, commits) {
    const cells = commits.map((commit, index) => {
      const letters = cellsOf(signal)[index] || "";
      const rank = index + 1;
      const suspect = signal.candidate_commits && rank >= signal.first_failing_rank && rank < signal.last_good_rank;
      const words = letters ? cellWords(letters) : "no verdict";
      return element(
        "li", {}, element("a", { href: `#${signal.id}`, "data-rank": rank, class: `cell ${outcomeOf(letters)} ${letters.length > 1 ? "few" : ""} ${suspect ? "suspect" : ""}`,
          title: `${commit.sha.slice(0, 9)} ${commit.title}: ${words}`, "aria-label": `${commit.sha.slice(0, 9)}: ${words}` }, ...[...letters].slice(0, 4).map(glyph)));
    });
    return element("ol", { class: "strip", reversed: true, "aria-label": "History, oldest commit first" }, ...cells.reverse());
  }

  function daysTable(days, hours) {
    const head = ["Last", "commits with a verdict", "failed", "failed and passed", "failures", "successes"];
    const rows = days.map((row) => element(
      "tr", {}, element("th", { scope: "row" }, plural(row.days, "day"), row.covered ? "" : element("span", { class: "soft" }, ` (window: ${hours} h)`)),
      ...[row.verdicts, `${row.failing} of ${row.verdicts}`, `${row.flaky} of ${row.verdicts}`, `${row.failures} of ${row.failures + row.successes}`, `${row.successes} of ${row.failures + row.successes}`]
        .map((value) => element("td", { class: "number" }, String(value)))));
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Counts" }, element(
      "table", {}, element("thead", {}, element("tr", {}, ...head.map((text, index) => element("th", { scope: "col", class: index ? "number" : null }, text)))),
      element("tbody", {}, ...rows)));
  }

  function history(signal, commits, events, gaps) {
    return commits.map((commit, index) => {
      const rank = index + 1;
      const found = events.get(rank) || [];
      const notes = [];
      if (rank === signal.first_failing_rank) notes.push("first failed here");
      else if (signal.candidate_commits && rank > signal.first_failing_rank && rank < signal.last_good_rank) notes.push("suspect");
      if (rank === signal.last_good_rank) notes.push("last good");
      if (rank === signal.fixed_rank) notes.push("good again");
      return element(
        "li", { id: `commit-${rank}`, class: outcomeOf(cellsOf(signal)[index] || "") },
        element("div", { class: "commit-line" }, element("a", { class: "mono", href: commitUrl(repository, commit) }, commit.sha.slice(0, 9)),
          element("span", { class: "title" }, commit.title), element("span", { class: "soft" }, `${commit.author}, ${time(commit.at)}`),
          ...notes.map((note) => element("span", { class: "note" }, note))),
        found.length ? element("ol", { class: "events" }, ...found.map((event) => eventLine(repository, event)))
          : element("p", { class: "soft blank" }, `blank: ${gaps(signal, rank)[1]}`));
    });
  }

  async function show() {
    const id = location.hash.slice(1);
    place.replaceChildren(element("h1", {}, "One signal"), element("p", { class: "loading" }, "Loading"));
    try {
      if (!/^[0-9a-f]{32}$/.test(id)) throw new Error("the address names no signal; open one from the grid");
      const data = await loadData("grid");
      const commits = asObjects(data.commits);
      const signal = asObjects(data.signals).find((one) => one.id === id);
      if (!signal) throw new Error("this build has no such signal; it may have left the window");
      const { events, days } = await loadEvents(id);
      const summary = data.window[0];
      const name = middle(shortName(signal), 60);
      document.title = `${name} – ${signal.workflow}`;
      document.getElementById("crumb").textContent = name;
      const like = new URLSearchParams({ workflow: signal.workflow, text: signal.base });
      place.replaceChildren(
        element("h1", { class: "key" }, longName(signal)),
        element("p", { class: "soft" }, `${signal.source === "job" ? "Job" : "Test"} signal of ${signal.workflow} › ${signal.base}. `,
          element("a", { href: `index.html#${like}` }, "All signals of this job")),
        ...stateLine(signal, commits),
        element("h2", {}, "History, oldest first"),
        strip(signal, commits),
        element("h2", {}, "Counts"),
        element("p", {}, `Flake rate ${percent(signal.flake_rate)}: ${signal.flaky_commits} of ${plural(signal.verdict_commits, "commit")} with a verdict failed and passed; 95% interval ${percent(signal.flake_rate_low)} to ${percent(signal.flake_rate_high)}.`),
        daysTable(days, summary.hours),
        element("h2", {}, "Every event, newest commit first (UTC)"),
        element("ol", { class: "history" }, ...history(signal, commits, events, gapsOf(data.gaps))),
      );
      place.querySelector(".strip").addEventListener("click", (event) => {
        const cell = event.target.closest("[data-rank]");
        if (!cell) return;
        event.preventDefault();
        document.getElementById(`commit-${cell.dataset.rank}`).scrollIntoView({ block: "center" });
      });
    } catch (error) {
      place.replaceChildren(element("h1", {}, "One signal"));
      const problem = element("div");
      place.append(problem, element("p", {}, element("a", { href: "index.html" }, "To the grid")));
      showError(problem, error);
    }
    document.documentElement.dataset.ready = "true";
  }

  // the skip link uses the hash too
  addEventListener("hashchange", () => { if (location.hash !== "#main") show(); });
  show();
})();
