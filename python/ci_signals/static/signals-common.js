// What the grid and the page of one signal share: names, times, links, events.
"use strict";
(() => {
  const { element, loadData, statusOf } = globalThis.ciSignals;

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");

  // Seconds since 1970 as "Nov 20 07:26", in UTC.
  function time(seconds) {
    const at = new Date(seconds * 1000);
    const day = `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}`;
    return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  }

  function duration(minutes) {
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
  }

  // A probability; nothing is certain.
  const chance = (share) => share > 0.99 ? ">99%" : `${Math.round(share * 100)}%`;
  const percent = (share) => `${Math.round(share * 1000) / 10}%`;

  // A job has a second signal for its tests as a whole under a policy.
  const isItself = (signal) => signal.key === signal.base;
  const longName = (
    signal,
  ) => (signal.source === "job" && isItself(signal) ? `${signal.key} (the job itself)` : signal.key);
  // The part that tells a signal from its neighbours.
  const shortName = (signal) => (signal.source === "job" ? signal.key : signal.key.split("::").at(-1));

  // A text cut in its middle: neighbours differ at their ends as often as at their starts.
  function middle(text, most) {
    const letters = [...text];
    if (letters.length <= most) return text;
    const end = Math.min(14, Math.floor(most / 2));
    return `${letters.slice(0, most - end - 1).join("")}…${letters.slice(-end).join("")}`;
  }

  // An address on the repository's host; null, which makes no link, when the host is unknown.
  function github(repository, ...rest) {
    const server = document.documentElement.dataset.server ?? "https://github.com";
    if (!/^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?$/.test(server)) return null;
    return [server, ...[...repository.split("/"), ...rest].map(encodeURIComponent)].join("/");
  }
  const shortSha = (commit) => commit.sha.slice(0, 9);
  const glyph = (letter) => element("i", { class: `g ${letter}`, "aria-hidden": "true" });

  function commitLink(repository, commit, attributes) {
    const href = github(repository, "commit", commit.sha);
    return element("a", { class: "mono", ...attributes, href }, shortSha(commit));
  }

  // The title of a commit without its pull request, and a link to that; null without one.
  function titleOf({ title, pull_request: number }) {
    return number ? title.slice(0, title.lastIndexOf(`(#${number})`)).trimEnd() : title;
  }
  // The same as a link to the commit's page.
  function titleLink(commit, attributes) {
    return element("a", { ...attributes, href: `commit.html#${commit.sha}` }, titleOf(commit));
  }
  function pullLink(repository, { pull_request: number }, attributes) {
    if (!number) return null;
    return element("a", { ...attributes, href: github(repository, "pull", number) }, `#${number}`);
  }

  // The events of one signal by the rank of their commit, and its counts over days.
  async function loadEvents(id) {
    const file = await loadData(`events-${id.slice(0, 2)}`);
    const found = file.find((row) => row[0] === id);
    if (!found) throw new Error("this signal is not in the data");
    const events = new Map();
    const texts = found[3].map(([kind, message, context]) => ({ kind, message, context }));
    for (const [rank, letter, at, run, attempt, job, text, shard, seconds] of found[1]) {
      if (!events.has(rank)) events.set(rank, []);
      const event = { letter, at, run, attempt, job, seconds };
      events.get(rank).push({ ...event, said: texts[text - 1], shard: found[4][shard - 1] });
    }
    const days = found[2].map(([days, covered, verdicts, failing, flaky, failures, successes]) => (
      { days, covered, verdicts, failing, flaky, failures, successes }
    ));
    return { events, days, kinds: [...new Set(texts.map(({ kind }) => kind))] };
  }

  // What a failure said: its message, and around it the end of a traceback or lines of a log.
  function saidParts({ kind, message, context }) {
    const more = context && context !== message && element(
      "details",
      {},
      element("summary", {}, "around it"),
      element("pre", {}, context),
    );
    return [element("pre", { title: kind }, message || kind), more || null];
  }

  // How long a job took; empty while it runs.
  function took(seconds) {
    if (seconds === null) return "";
    return seconds < 60 ? `${seconds} s` : duration(Math.round(seconds / 60));
  }

  // An event in full. `repeats`: the event above it said the same.
  function eventLine(repository, { letter, at, run, attempt, job, said, shard, seconds }, repeats) {
    const status = statusOf(letter);
    const ran = took(seconds);
    return element(
      "li",
      {},
      glyph(letter),
      element("b", { class: status }, status),
      ` ${time(at)}, attempt ${attempt}, `,
      element(
        "a",
        { href: github(repository, "actions", "runs", run, "job", job), title: `run ${run}` },
        `job ${job}`,
      ),
      ran ? ` took ${ran}` : "",
      shard ? element("span", { class: "soft" }, `, ${shard}`) : null,
      said && repeats ? element("span", { class: "soft" }, ", said the same as above") : null,
      said && !repeats ? element("div", { class: "said" }, ...saidParts(said)) : null,
    );
  }

  function showError(place, error) {
    const text = `Cannot show this: ${error.message}.`;
    place.replaceChildren(element("p", { class: "problem", role: "alert" }, text));
  }

  Object.assign(globalThis.ciSignals, {
    chance,
    commitLink,
    duration,
    eventLine,
    github,
    glyph,
    loadEvents,
    longName,
    middle,
    percent,
    pullLink,
    shortName,
    shortSha,
    showError,
    time,
    titleLink,
    titleOf,
  });
})();
