// What a cell says: its outcome, its events in words, and why it is blank.
"use strict";
(() => {
  const STATUS = { f: "failure", s: "success", p: "pending" };
  const OUTCOMES = {
    failing: "failed",
    flaky: "failed and passed",
    passing: "passed",
    pending: "still running",
  };
  // The letters of the reasons in fct_signal_gaps: a name for styles, and words.
  const GAPS = {
    n: ["not-run", "the job did not run on this commit"],
    c: ["cancelled", "the job was cancelled"],
    k: ["skipped", "the job was skipped"],
    r: ["no-result", "the job ended without a result for this test"],
    o: ["skipped", "the test was skipped"],
  };

  // The events of a signal on the commit of this rank, one letter each: "fs" failed, then passed.
  function lettersOf(signal, rank) {
    signal.cells ||= signal.strip.split(" ");
    return signal.cells[rank - 1] || "";
  }

  function outcomeOf(letters) {
    if (!letters) return "";
    if (letters.includes("f")) return letters.includes("s") ? "flaky" : "failing";
    return letters.includes("s") ? "passing" : "pending";
  }

  const statusOf = (letter) => STATUS[letter];
  const outcomeWords = (outcome) => OUTCOMES[outcome];
  const eventWords = (letters) => [...letters].map(statusOf).join(", then ");

  // Why a cell is blank, where the data says so: a function of signal and rank that gives [name, words].
  function gapsOf(rows) {
    const letters = new Map(rows ? rows.slice(1) : []);
    return (signal, rank) => GAPS[(letters.get(signal.id) || "")[rank - 1]] || ["", "no event"];
  }

  Object.assign(globalThis.ciSignals, { eventWords, gapsOf, lettersOf, outcomeOf, outcomeWords, statusOf });
})();
