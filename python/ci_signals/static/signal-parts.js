// The parts of one signal's page. A rank is a commit's place in the window, 1 the newest.
"use strict";
(() => {
  const {
    commitLink,
    duration,
    element,
    plural,
    pullLink,
    stateWords,
    time,
    titleLink,
  } = globalThis.ciSignals;

  // What the signal does now, and its latest break.
  function stateLines(signal, commits, repository) {
    const link = (rank) => {
      const commit = commits[rank - 1];
      return commitLink(repository, commit, { title: commit.title });
    };
    const named = (rank) => {
      const commit = commits[rank - 1];
      const space = commit.pull_request ? " " : "";
      return [link(rank), " ", titleLink(commit), space, pullLink(repository, commit)];
    };
    const lines = [state(signal)];
    if (signal.first_failing_rank) lines.push(latestBreak(signal, commits, link, named), fix(signal, named));
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

  function latestBreak(signal, commits, link, named) {
    const broke = commits[signal.first_failing_rank - 1];
    const parts = [
      "Latest break: first failed on ",
      ...named(signal.first_failing_rank),
      ` (${broke.author}, ${time(broke.at)} UTC)`,
    ];
    if (!signal.last_good_rank) return [...parts, "; the window holds no good commit before it."];
    const between = signal.candidate_commits - 1;
    const suspects = between
      ? `${plural(between, "commit")} between without a verdict: ${between + 1} suspects, listed below.`
      : "No commit lies between them: the first failing one is the suspect.";
    return [...parts, "; last good on ", link(signal.last_good_rank), `. ${suspects}`];
  }

  function fix(signal, named) {
    const broken = duration(signal.broken_minutes);
    if (signal.state === "unseen") return ["Whether it still fails is not known."];
    if (!signal.fixed_rank) return [`Broken for ${broken} at the end of the window.`];
    return ["Good again on ", ...named(signal.fixed_rank), `, after ${broken}.`];
  }

  // Counts over days. A span that reaches back to before what is known is left out when it adds nothing.
  function daysTable(days) {
    const same = (row, other) => !row.covered && other && row.verdicts === other.verdicts;
    const shown = days.filter((row, index) => !same(row, days[index - 1]));
    const missing = days.filter((row) => !shown.includes(row)).map((row) => row.days);
    const head = [
      "Last",
      "share",
      "commits with a verdict",
      "failed",
      "failed and passed",
      "failures",
      "successes",
    ];
    const headers = head.map((text, index) =>
      element("th", { scope: "col", class: index > 1 ? "number" : null }, text)
    );
    const table = element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...headers)),
      element("tbody", {}, ...shown.map(daysRow)),
    );
    const words = `No more than this is known of ${missing.join(" and ")} days.`;
    return [
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Counts" }, table),
      element("p", { class: "soft", hidden: !missing.length }, words),
    ];
  }

  function daysRow({ days, covered, verdicts, failing, flaky, failures, successes }) {
    const events = failures + successes;
    const values = [
      `${verdicts}`,
      `${failing} of ${verdicts}`,
      `${flaky} of ${verdicts}`,
      `${failures} of ${events}`,
      `${successes} of ${events}`,
    ];
    const part = (name, count) => element("i", { class: name, style: `flex-grow:${count}` });
    const parts = [["failing", failing], ["flaky", flaky], ["passing", verdicts - failing - flaky]];
    const bar = parts.filter(([, count]) => count).map(([name, count]) => part(name, count));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `${plural(days, "day")}${covered ? "" : ", as far as known"}`),
      element("td", {}, element("div", { class: "share", "aria-hidden": "true" }, ...bar)),
      ...values.map((value) => element("td", { class: "number" }, value)),
    );
  }

  Object.assign(globalThis.ciSignals, { daysTable, stateLines });
})();
