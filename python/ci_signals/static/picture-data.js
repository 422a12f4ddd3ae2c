// The data of a trace's picture: records in lanes on a time axis, one lane per rank and thread, with more rows
// where compilations overlap; and the same records side by side in the boxes of an icicle.
"use strict";
(() => {
  const { asObjects } = globalThis.ciSignals;

  const MOST_ROWS = 12; // in a lane; what does not fit is drawn over what ends first

  // The first row of a lane that is free at `start`; a new one if none is.
  function rowFor(ends, start) {
    const free = ends.findIndex((end) => end <= start);
    if (free >= 0) return free;
    return ends.length < MOST_ROWS ? ends.length : ends.indexOf(Math.min(...ends));
  }

  const laneName = ({ rank, thread }, severalThreads) =>
    [rank && `rank ${rank}`, severalThreads && thread && `thread ${thread}`].filter(Boolean).join(", ");

  // Records with `row`, their row on the axis; lanes with name, first row and number of rows.
  function inLanes(records) {
    const placed = records.filter((record) => record.start_ms !== null);
    placed.sort((a, b) => a.start_ms - b.start_ms || b.total_ms - a.total_ms);
    const threads = new Map();
    for (const { rank, thread } of placed) {
      if (!threads.has(rank)) threads.set(rank, new Set());
      threads.get(rank).add(thread);
    }
    const lanes = new Map();
    for (const record of placed) {
      const key = `${record.rank}/${record.thread}`;
      if (!lanes.has(key)) {
        const name = laneName(record, threads.get(record.rank).size > 1);
        lanes.set(key, { name, rank: Number(record.rank || -1), ends: [], records: [] });
      }
      const lane = lanes.get(key);
      record.row = rowFor(lane.ends, record.start_ms);
      lane.ends[record.row] = record.start_ms + record.total_ms;
      lane.records.push(record);
    }
    const sorted = [...lanes.values()].sort((a, b) => a.rank - b.rank);
    let first = 0;
    for (const lane of sorted) {
      lane.first = first;
      lane.rows = lane.ends.length;
      for (const record of lane.records) record.row += first;
      first += lane.rows;
    }
    return { placed, lanes: sorted, rows: first };
  }

  // Neighbours with the same key as one box: how the levels of the icicle come from sorted records.
  function boxes(records, keyOf, make) {
    const made = [];
    let last = null;
    for (const record of records) {
      const key = keyOf(record);
      if (!last || last.key !== key) {
        last = { key, from: record.offset_ms, to: record.offset_ms, records: [], ...make(record) };
        made.push(last);
      }
      last.to = record.offset_ms + record.total_ms;
      last.records.push(record);
    }
    return made;
  }

  const placeOf = ({ function_file, function_line }) =>
    function_file + (function_line ? `:${function_line}` : "");

  // From data/picture.js: what the timeline and the icicle draw, and for each record its words.
  function readPicture(data) {
    const functions = new Map(asObjects(data.functions).map((row) => [row.function_number, row]));
    const records = asObjects(data.records);
    const ranks = new Set(records.map(({ rank }) => rank));
    for (const record of records) {
      const named = functions.get(record.function_number);
      record.function = named.function || "(not logged)";
      record.file = named.function_file;
      record.place = placeOf(named);
      record.text = `${record.display_name} ${record.function} ${record.place}`.toLowerCase();
    }
    const byFunction = ({ rank, function_number }) => `${rank}/${function_number}`;
    const levels = [
      boxes(records, ({ rank, file }) => `${rank}/${file}`, ({ file }) => ({ name: file || "(not logged)" })),
      boxes(records, byFunction, (record) => ({ name: record.function, place: record.place })),
      boxes(
        records,
        ({ record_number }) => record_number,
        (record) => ({ name: record.display_name, record }),
      ),
    ];
    if (ranks.size > 1) {
      levels.unshift(
        boxes(records, ({ rank }) => rank, ({ rank }) => ({ name: rank ? `rank ${rank}` : "no rank" })),
      );
    }
    const total = records.reduce((most, record) => Math.max(most, record.offset_ms + record.total_ms), 0);
    const { placed, lanes, rows } = inLanes(records);
    const end = placed.reduce((most, record) => Math.max(most, record.start_ms + record.total_ms), 0);
    return { phases: data.phases, records, placed, lanes, rows, end, levels, total };
  }

  Object.assign(globalThis.ciSignals, { readPicture });
})();
