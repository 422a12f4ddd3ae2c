// The parts of one commit's page. A rank is a commit's place in the window, 1 the newest.
"use strict";
(() => {
  const {
    chance,
    commitLink,
    element,
    github,
    longName,
    outcomeOf,
    plural,
    pullLink,
    shortSha,
    stateWords,
    time,
    titleOf,
  } = globalThis.ciSignals;

  const REACH = 12; // commits on either side that a signal's strip shows

  const page = (commit, ...words) => element("a", { href: `#${commit.sha}`, title: commit.title }, ...words);

  // The commits before and after, and where this one is between them.
  function neighbours(commits, rank) {
    const newer = commits[rank - 2];
    const older = commits[rank];
    return element(
      "p",
      { class: "soft neighbours" },
      newer ? page(newer, "← newer") : "newest",
      ` commit ${rank} of ${commits.length} `,
      older ? page(older, "older →") : "oldest",
    );
  }

  function commitHeading(details, commit, commits, repository) {
    const others = (ranks) =>
      ranks.flatMap((
        rank,
        index,
      ) => [index ? ", " : "", page(commits[rank - 1], shortSha(commits[rank - 1]))]);
    const notes = [];
    if (details.reverts.length) notes.push([" · reverts ", ...others(details.reverts)]);
    if (details.reverted_by.length) notes.push([" · reverted by ", ...others(details.reverted_by)]);
    return [
      element("h1", {}, titleOf(commit)),
      element(
        "p",
        { class: "soft" },
        commitLink(repository, commit),
        " ",
        pullLink(repository, commit),
        ` ${commit.author}, ${time(commit.at)} UTC · `,
        element("a", { href: github(repository, "commit", commit.sha, "checks") }, "its jobs"),
        ...notes.flat(),
      ),
    ];
  }

  const COUNTS = [
    ["failing", "failed"],
    ["flaky", "failed and passed"],
    ["pending", "wait"],
    ["passing", "passed"],
  ];

  // How many signals failed, flaked, wait and passed, as one bar.
  function bar(details) {
    const counts = COUNTS.filter(([name]) => details[name]);
    if (!counts.length) return element("p", { class: "soft" }, "No signal has an event on this commit.");
    const parts = counts.map(([name]) =>
      element("span", { class: name, style: `flex-grow: ${details[name]}`, "aria-hidden": "true" })
    );
    const keys = counts.map(([name, words]) =>
      element(
        "li",
        {},
        element("i", { class: `key ${name}` }),
        element("b", {}, `${details[name]}`),
        ` ${words}`,
      )
    );
    return element(
      "div",
      { class: "counts" },
      element("div", { class: "counts-bar" }, ...parts),
      element("ul", {}, ...keys),
    );
  }

  function incidentLines(incidents) {
    const lines = incidents.map(([, id, probability, order, status, signals, red, workflows]) =>
      element(
        "li",
        { class: `incident ${status}` },
        element("b", { class: "number" }, chance(probability)),
        element("meter", { min: 0, max: 1, value: probability, "aria-label": "Probability" }),
        element(
          "a",
          { href: `../index.html#incident-${id}` },
          `${plural(signals, "signal")} of ${workflows.join(", ")}`,
        ),
        element(
          "span",
          { class: "soft" },
          order === 1 ? "first suspect, " : "",
          status === "red" ? `${red} red now` : "fixed",
        ),
      )
    );
    return element("ul", { class: "suspected" }, ...lines);
  }

  // What a signal said on this commit and those near it, newest on the left.
  function nearStrip(signal, rank, commits) {
    const first = Math.max(1, rank - REACH);
    const near = commits.slice(first - 1, rank + REACH);
    const dots = near.map((commit, index) => {
      const { outcome, words } = outcomeOf(signal, first + index);
      const here = first + index === rank ? " here" : "";
      return element("i", {
        class: `dot ${outcome}${here}`,
        title: `${shortSha(commit)} ${words || "no event"}`,
      });
    });
    return element("span", { class: "near", "aria-hidden": "true" }, ...dots);
  }

  function signalLines(signals, rank, commits, words) {
    const lines = signals.map((signal) =>
      element(
        "li",
        {},
        nearStrip(signal, rank, commits),
        element(
          "div",
          {},
          element("a", { class: "mono", href: `signal.html#${signal.id}` }, longName(signal)),
          element("span", { class: "soft" }, ` ${signal.workflow} › ${signal.base} `),
          element(
            "span",
            { class: "fact" },
            [words(signal), `now ${stateWords(signal.state)}`].filter(Boolean).join("; "),
          ),
        ),
      )
    );
    return element("ul", { class: "signals" }, ...lines);
  }

  function runsTable(runs, repository) {
    const head = ["workflow", "run", "attempts", "jobs", "failed", "still run"];
    const headers = head.map((text, index) =>
      element("th", { scope: "col", class: index > 1 ? "number" : null }, text)
    );
    const rows = runs.map(([workflow, run, attempts, jobs, failed, pending]) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, workflow),
        element("td", {}, element("a", { href: github(repository, "actions", "runs", run) }, `${run}`)),
        element("td", { class: "number" }, `${attempts}`),
        element("td", { class: "number" }, `${jobs}`),
        element("td", { class: "number" }, failed ? element("b", { class: "failure" }, `${failed}`) : "0"),
        element("td", { class: "number" }, `${pending}`),
      )
    );
    const table = element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...headers)),
      element("tbody", {}, ...rows),
    );
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Runs" }, table);
  }

  Object.assign(globalThis.ciSignals, {
    bar,
    commitHeading,
    incidentLines,
    neighbours,
    runsTable,
    signalLines,
  });
})();
