// What a cell says: its outcome, its events in words, and why it is blank. The data has a letter for each
// outcome and each reason; their names and words come with it, from the seeds cell_outcomes, gap_reasons and signal_states.
"use strict";
(() => {
  const STATUS = { f: "failure", s: "success", p: "pending" };
  let outcomes = new Map();
  let reasons = new Map();
  let states = new Map();

  // Take the vocabulary from the data of the grid.
  function readVocabulary(data) {
    outcomes = new Map(data.outcomes.map((row) => [row.letter, row]));
    reasons = new Map(data.gap_reasons.map((row) => [row.letter, row]));
    states = new Map(data.states.map((row) => [row.state, row.words]));
  }

  // The events of a signal on the commit of this rank, one letter each: "fs" failed, then passed.
  function lettersOf(signal, rank) {
    signal.cells ||= signal.strip.split(" ");
    return signal.cells[rank - 1] || "";
  }

  // {outcome, words} of the commit of this rank; both "" without an event.
  const outcomeOf = (signal, rank) => outcomes.get(signal.outcomes[rank - 1]) || { outcome: "", words: "" };

  // {reason, words}: why the commit of this rank gave no event.
  const gapOf = (signal, rank) => reasons.get(signal.gaps[rank - 1]) || { reason: "", words: "no event" };

  const stateWords = (state) => states.get(state) || state;
  const statusOf = (letter) => STATUS[letter];
  const eventWords = (letters) => [...letters].map(statusOf).join(", then ");

  Object.assign(globalThis.ciSignals, {
    eventWords,
    gapOf,
    lettersOf,
    outcomeOf,
    readVocabulary,
    stateWords,
    statusOf,
  });
})();
