// The table of torch's own spans. Its rows lie in data/spans.js; a log without spans has none.
"use strict";
(() => {
  const { byIds, element, loadData } = globalThis.ciSignals;
  const [table, note] = byIds("spans", "no-spans");

  function took(ms) {
    const text = ms >= 1000
      ? `${(ms / 1000).toFixed(1)} s`
      : ms >= 10
      ? `${Math.round(ms)} ms`
      : `${ms.toPrecision(2)} ms`;
    return element("td", { class: "number", title: `${ms} ms` }, text);
  }

  function line(row, most) {
    const bar = element("meter", { min: 0, max: most, value: row.own_ms });
    return element(
      "tr",
      {},
      element("td", { class: "mono" }, row.span_name),
      took(row.own_ms),
      element("td", {}, bar),
      took(row.total_ms),
      element("td", { class: "number" }, String(row.spans)),
      took(row.longest_ms),
      element("td", { class: "mono" }, row.longest_compile_id),
    );
  }

  loadData("spans").then((rows) => {
    note.textContent = rows.length ? "" : "The log has no spans: older torch, or intermediate files.";
    table.hidden = rows.length === 0;
    const most = rows.length ? rows[0].own_ms : 1;
    table.tBodies[0].append(...rows.map((row) => line(row, most)));
  }, (error) => {
    note.textContent = error.message;
  });
})();
