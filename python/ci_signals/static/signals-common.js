// What the grid and the signal's page share: elements, times, glyphs, links.
"use strict";
const STATUS = { f: "failure", s: "success", p: "pending" };
// Letters of the reasons in fct_signal_gaps: a name for styles, and words.
const GAPS = {
  n: ["not-run", "the job did not run on this commit"],
  c: ["cancelled", "the job was cancelled"],
  k: ["skipped", "the job was skipped"],
  r: ["no-result", "the job ended without a result for this test"],
  o: ["skipped", "the test was skipped"],
};
const OUTCOME = { failing: "failed", flaky: "failed and passed", passing: "passed", pending: "still running" };

// Text goes in as text nodes: names in the data never become markup.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number) => String(number).padStart(2, "0");

function time(seconds) {
  const at = new Date(seconds * 1000);
  return `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

function duration(minutes) {
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const percent = (share) => `${Math.round(share * 1000) / 10}%`;
const plural = (count, one, many) => `${count} ${count === 1 ? one : many || `${one}s`}`;
const cellsOf = (signal) => (signal.cells ||= signal.strip.split(" "));
const cellWords = (letters) => [...letters].map((letter) => STATUS[letter]).join(", then ");

function outcomeOf(letters) {
  if (!letters) return "";
  if (letters.includes("f")) return letters.includes("s") ? "flaky" : "failing";
  return letters.includes("s") ? "passing" : "pending";
}

// The part of a name that tells it from its neighbours, and the whole of it.
function shortName(signal) {
  if (signal.source === "job") return "job itself";
  const parts = signal.key.split("::");
  return parts[parts.length - 1];
}
// Neighbours differ at their ends as often as at their starts.
const middle = (text, most) => {
  const letters = [...text];
  if (letters.length <= most) return text;
  const end = Math.min(14, Math.floor(most / 2));
  return `${letters.slice(0, most - end - 1).join("")}…${letters.slice(-end).join("")}`;
};
const longName = (signal) => (signal.source === "job" ? `${signal.key} (the job itself)` : signal.key);

const github = (repository, ...rest) =>
  ["https://github.com", ...repository.split("/"), ...rest].map((part, place) => (place ? encodeURIComponent(part) : part)).join("/");
const commitUrl = (repository, commit) => github(repository, "commit", commit.sha);
const jobUrl = (repository, event) => github(repository, "actions", "runs", event.run, "job", event.job);
const glyph = (letter) => element("i", { class: `g ${letter}`, "aria-hidden": "true" });

// The events of one signal: {events: Map commit rank -> [{status, at, run, attempt, job}], days: [...]}
async function loadEvents(id) {
  const file = await loadData(`events-${id.slice(0, 2)}`);
  const found = file.find((row) => row[0] === id);
  if (!found) throw new Error("this signal is not in the data");
  const events = new Map();
  for (const [rank, letter, at, run, attempt, job] of found[1]) {
    if (!events.has(rank)) events.set(rank, []);
    events.get(rank).push({ letter, at, run, attempt, job });
  }
  const days = found[2].map(([days, covered, verdicts, failing, flaky, failures, successes]) => ({
    days, covered, verdicts, failing, flaky, failures, successes,
  }));
  return { events, days };
}

function eventLine(repository, event) {
  return element(
    "li", {}, glyph(event.letter), element("b", { class: STATUS[event.letter] }, STATUS[event.letter]),
    ` ${time(event.at)}, attempt ${event.attempt}, `,
    element("a", { href: jobUrl(repository, event) }, `job ${event.job}`), ` of run ${event.run}`,
  );
}

// Why a cell is blank, when the data says so: [name, words]
function gapsOf(rows) {
  const letters = new Map(rows ? rows.slice(1) : []);
  return (signal, rank) => GAPS[(letters.get(signal.id) || "")[rank - 1]] || ["", "no event"];
}

function showError(place, error) {
  place.replaceChildren(element("p", { class: "problem", role: "alert" }, `Cannot show this: ${error.message}.`));
}
