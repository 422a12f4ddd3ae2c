// The parts of one signal's page. A rank is a commit's place in the window, 1 the newest.
"use strict";
(() => {
  const {
    commitLink,
    duration,
    element,
    eventLine,
    eventWords,
    gapOf,
    glyph,
    lettersOf,
    outcomeOf,
    plural,
    shortSha,
    stateWords,
    time,
  } = globalThis.ciSignals;

  const isSuspect = (signal, rank) =>
    signal.candidate_commits > 0 && rank >= signal.first_failing_rank && rank < signal.last_good_rank;

  // What the signal does now, and its latest break.
  function stateLines(signal, commits, repository) {
    const link = (rank) => {
      const commit = commits[rank - 1];
      return commitLink(repository, commit, { title: commit.title });
    };
    const lines = [state(signal)];
    if (signal.first_failing_rank) lines.push(latestBreak(signal, commits, link), fix(signal, commits, link));
    return lines.map((parts, index) => element("p", { class: index ? null : "lead" }, ...parts));
  }

  const STATE_CLASSES = { failing: "failure", unseen: "failure", recovered: "success" };

  function state(signal) {
    const words = stateWords(signal.state);
    const name = element("b", { class: STATE_CLASSES[signal.state] || "pending" }, words);
    const newer = plural(signal.silent_commits, "newer commit");
    const silent = `; no verdict since, on ${newer} in ${duration(signal.silent_minutes)}.`;
    const end = signal.silent_commits ? silent : ".";
    return [name, `: ${evidence(signal)}${end}`];
  }

  function evidence(signal) {
    const many = signal.streak_commits;
    const streak = `the ${many === 1 ? "newest commit" : `last ${many} commits`} with a verdict`;
    const flaky = plural(signal.flaky_commits, "commit");
    switch (signal.state) {
      case "flaky":
        return `${flaky} of ${signal.verdict_commits} both failed and passed, ` +
          `${plural(signal.lone_failures, "failure")} between commits that did not fail`;
      case "seen_once":
        return `one commit of ${signal.verdict_commits} with a verdict ` +
          (signal.flaky_commits ? "failed and passed" : "failed");
      case "recovered":
        return `passed on ${streak}`;
      default:
        return `failed on ${streak}`;
    }
  }

  function latestBreak(signal, commits, link) {
    const broke = commits[signal.first_failing_rank - 1];
    const parts = [
      "Latest break: first failed on ",
      link(signal.first_failing_rank),
      ` ${broke.title} (${broke.author}, ${time(broke.at)} UTC)`,
    ];
    if (!signal.last_good_rank) return [...parts, "; the window holds no good commit before it."];
    const between = signal.candidate_commits - 1;
    const suspects = between
      ? `${plural(between, "commit")} between without a verdict: ${between + 1} suspects, listed below.`
      : "No commit lies between them: the first failing one is the suspect.";
    return [...parts, "; last good on ", link(signal.last_good_rank), `. ${suspects}`];
  }

  function fix(signal, commits, link) {
    const broken = duration(signal.broken_minutes);
    if (signal.state === "unseen") return ["Whether it still fails is not known."];
    if (!signal.fixed_rank) return [`Broken for ${broken} at the end of the window.`];
    const { title } = commits[signal.fixed_rank - 1];
    return ["Good again on ", link(signal.fixed_rank), ` ${title}, after ${broken}.`];
  }

  function strip(signal, commits) {
    const cells = commits.map((commit, index) => {
      const rank = index + 1;
      const letters = lettersOf(signal, rank);
      const words = letters ? eventWords(letters) : "no verdict";
      const few = letters.length > 1 ? "few" : "";
      const attributes = {
        href: `#${signal.id}`,
        "data-rank": rank,
        class: `cell ${outcomeOf(signal, rank).outcome} ${few} ${isSuspect(signal, rank) ? "suspect" : ""}`,
        title: `${shortSha(commit)} ${commit.title}: ${words}`,
        "aria-label": `${shortSha(commit)}: ${words}`,
      };
      return element("li", {}, element("a", attributes, ...[...letters].slice(0, 4).map(glyph)));
    });
    const label = "History, oldest commit first";
    return element("ol", { class: "strip", reversed: true, "aria-label": label }, ...cells.reverse());
  }

  function daysTable(days, hours) {
    const head = ["Last", "commits with a verdict", "failed", "failed and passed", "failures", "successes"];
    const headers = head.map((text, index) =>
      element("th", { scope: "col", class: index ? "number" : null }, text)
    );
    const table = element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...headers)),
      element("tbody", {}, ...days.map((row) => daysRow(row, hours))),
    );
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Counts" }, table);
  }

  function daysRow({ days, covered, verdicts, failing, flaky, failures, successes }, hours) {
    const events = failures + successes;
    const values = [
      `${verdicts}`,
      `${failing} of ${verdicts}`,
      `${flaky} of ${verdicts}`,
      `${failures} of ${events}`,
      `${successes} of ${events}`,
    ];
    const note = covered ? "" : element("span", { class: "soft" }, ` (window: ${hours} h)`);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, plural(days, "day"), note),
      ...values.map((value) => element("td", { class: "number" }, value)),
    );
  }

  function notesOf(signal, rank) {
    const notes = [];
    if (rank === signal.first_failing_rank) notes.push("first failed here");
    else if (isSuspect(signal, rank)) notes.push("suspect");
    if (rank === signal.last_good_rank) notes.push("last good");
    if (rank === signal.fixed_rank) notes.push("good again");
    return notes.map((note) => element("span", { class: "note" }, note));
  }

  function historyLines(signal, commits, events, repository) {
    return commits.map((commit, index) => {
      const rank = index + 1;
      const lines = (events.get(rank) || []).map((event) => eventLine(repository, event));
      const blank = () => element("p", { class: "soft blank" }, `blank: ${gapOf(signal, rank).words}`);
      return element(
        "li",
        { id: `commit-${rank}`, class: outcomeOf(signal, rank).outcome },
        element(
          "div",
          { class: "commit-line" },
          commitLink(repository, commit),
          element("span", { class: "title" }, commit.title),
          element("span", { class: "soft" }, `${commit.author}, ${time(commit.at)}`),
          ...notesOf(signal, rank),
        ),
        lines.length ? element("ol", { class: "events" }, ...lines) : blank(),
      );
    });
  }

  Object.assign(globalThis.ciSignals, { daysTable, historyLines, stateLines, strip });
})();
