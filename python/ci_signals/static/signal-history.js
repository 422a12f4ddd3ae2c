// The commits of one signal's page: a strip with an axis, and a list that folds runs of passes.
// A rank is a commit's place in the window, 1 the newest; strip and list begin with the newest.
"use strict";
(() => {
  const {
    chance,
    commitLink,
    element,
    eventLine,
    eventWords,
    gapOf,
    glyph,
    lettersOf,
    outcomeOf,
    plural,
    pullLink,
    shortSha,
    time,
    titleLink,
  } = globalThis.ciSignals;
  const TICKS = 8;
  const LEAST_RUN = 3;

  // The probability that the commit of this rank broke the signal; null for other commits, and where only
  // the verdicts around it make it a suspect.
  const probabilityOf = (signal, rank) => signal.suspects.find(([suspect]) => suspect === rank)?.[1] ?? null;
  const isSuspect = (signal, rank) =>
    signal.candidate_commits > 0 && rank >= signal.first_failing_rank && rank < signal.last_good_rank;

  function strip(signal, commits) {
    const cells = commits.map((commit, index) => {
      const rank = index + 1;
      const letters = lettersOf(signal, rank);
      const notes = notesOf(signal, rank);
      const words = [letters ? eventWords(letters) : "no verdict", ...notes].join(", ");
      const probability = probabilityOf(signal, rank) ?? (isSuspect(signal, rank) ? 0 : null);
      const attributes = {
        href: `#${signal.id}`,
        "data-rank": rank,
        class: `cell ${outcomeOf(signal, rank).outcome} ${probability === null ? "" : "suspect"}`,
        style: probability === null ? null : `--probability:${probability}`,
        title: `${shortSha(commit)} ${commit.title}\n${time(commit.at)} UTC\n${words}`,
        "aria-label": `${shortSha(commit)}: ${words}`,
      };
      return element("li", {}, element("a", attributes, ...[...letters].slice(0, 4).map(glyph)));
    });
    const many = commits.length;
    const style = `min-width:${many * 7}px;max-width:${many * 30}px`;
    return element(
      "div",
      { class: "timeline", tabindex: "0", role: "region", "aria-label": "History, newest commit first" },
      element("ol", { class: `strip ${many > 60 ? "crowded" : ""}`, style }, ...cells),
      axis(commits, style),
    );
  }

  // A time under every few commits, and the day where it changes.
  function axis(commits, style) {
    const step = Math.ceil(commits.length / TICKS);
    let before = "";
    const ticks = commits.map(({ at }, index) => {
      if (index % step) return null;
      const [, day, hour] = /^(.*) (\S+)$/.exec(time(at));
      const text = day === before ? hour : `${hour}\n${day}`;
      before = day;
      return element("span", { style: `left:${((index + 0.5) / commits.length) * 100}%` }, text);
    });
    return element("div", { class: "axis soft", "aria-hidden": "true", style }, ...ticks);
  }

  function notesOf(signal, rank) {
    const notes = [];
    const probability = probabilityOf(signal, rank);
    if (rank === signal.first_failing_rank) notes.push("first failed here");
    if (probability !== null) notes.push(`suspect, ${chance(probability)}`);
    else if (isSuspect(signal, rank) && rank !== signal.first_failing_rank) notes.push("suspect");
    if (rank === signal.last_good_rank) notes.push("last good");
    if (rank === signal.fixed_rank) notes.push("good again");
    return notes;
  }

  // Commits that nobody needs to read one by one: without a failure and without a note.
  function kindOf(signal, rank) {
    const { outcome } = outcomeOf(signal, rank);
    if (outcome === "failing" || outcome === "flaky" || notesOf(signal, rank).length) return "";
    return outcome === "pending" ? "waiting" : "quiet";
  }

  function historyLines(signal, commits, events, repository) {
    const lines = commitLines(signal, commits, events, repository);
    const shown = [];
    for (let rank = 1; rank <= commits.length;) {
      const kind = kindOf(signal, rank);
      let end = rank + 1;
      while (kind && end <= commits.length && kindOf(signal, end) === kind) end++;
      const part = lines.slice(rank - 1, end - 1);
      if (part.length < LEAST_RUN) shown.push(...part);
      else shown.push(foldedRun(signal, commits, rank, end, part));
      rank = end;
    }
    return shown;
  }

  function foldedRun(signal, commits, rank, end, lines) {
    const counts = new Map();
    for (let one = rank; one < end; one++) {
      const words = outcomeOf(signal, one).words || "without an event";
      counts.set(words, (counts.get(words) || 0) + 1);
    }
    const parts = [...counts].map(([words, count]) => `${count} ${words}`).join(", ");
    const [newest, oldest] = [commits[rank - 1], commits[end - 2]];
    const summary = element(
      "summary",
      {},
      `${plural(lines.length, "commit")}: ${parts} `,
      element("span", { class: "soft" }, `${time(newest.at)} back to ${time(oldest.at)}`),
    );
    const list = element("ol", { class: "history" }, ...lines);
    return element("li", { class: "run" }, element("details", {}, summary, list));
  }

  function commitLines(signal, commits, events, repository) {
    let said; // what the failure above said
    return commits.map((commit, index) => {
      const rank = index + 1;
      const lines = (events.get(rank) || []).map((event) => {
        const repeats = event.said && event.said === said;
        said = event.said || said;
        return eventLine(repository, event, repeats);
      });
      const blank = () => element("p", { class: "soft blank" }, `blank: ${gapOf(signal, rank).words}`);
      return element(
        "li",
        { id: `commit-${rank}`, class: `commit-row ${outcomeOf(signal, rank).outcome}` },
        element(
          "div",
          { class: "commit-line" },
          commitLink(repository, commit),
          titleLink(commit, { class: "title" }),
          pullLink(repository, commit),
          element("span", { class: "soft" }, `${commit.author}, ${time(commit.at)}`),
          ...notesOf(signal, rank).map((note) => element("span", { class: "note" }, note)),
        ),
        lines.length ? element("ol", { class: "events" }, ...lines) : blank(),
      );
    });
  }

  Object.assign(globalThis.ciSignals, { historyLines, strip });
})();
