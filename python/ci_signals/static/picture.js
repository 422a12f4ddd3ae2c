// The picture of a trace: its timeline, its icicle, their search and their words.
"use strict";
(() => {
  const {
    byIds,
    duration,
    element,
    hasAll,
    loadData,
    makeIcicle,
    makeTimeline,
    onSearch,
    plural,
    readPicture,
  } = globalThis.ciSignals;
  const [section, tools, search, found, tip, now, timelineCanvas, icicleCanvas] = byIds(
    "picture",
    "picture-tools",
    "picture-search",
    "picture-found",
    "picture-tip",
    "picture-now",
    "timeline",
    "icicle",
  );

  const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

  // What a record is, in lines.
  function wordsOf(record, phases) {
    const times = phases
      .map(([, title], index) => [record.phase_ms[index] || 0, title])
      .filter(([ms]) => ms > 0)
      .sort(([a], [b]) => b - a)
      .map(([ms, title]) => `${title} ${duration(ms)}`);
    return [
      `${record.display_name} ${record.function}`,
      record.place,
      [record.rank && `rank ${record.rank}`, duration(record.total_ms)].filter(Boolean).join(", "),
      times.join(", "),
      record.start_ms === null ? "" : `began ${duration(record.start_ms)} after the first`,
      [record.is_failure && "failure", record.restarts && plural(record.restarts, "restart")]
        .filter(Boolean).join(", "),
    ].filter(Boolean);
  }

  function wordsOfBox(box, { phases, total }) {
    if (box.record) return wordsOf(box.record, phases);
    const time = box.to - box.from;
    return [
      box.name,
      box.place,
      `${duration(time)}, ${percent(time / total)} of the time`,
      plural(box.records.length, "record"),
    ].filter(Boolean);
  }

  // Beside the pointer; a key's choice is said in the line under the picture.
  function tell(lines, event) {
    tip.hidden = !lines || !event;
    if (!lines) return;
    if (!event) {
      now.textContent = lines.join(" · ");
      return;
    }
    tip.replaceChildren(...lines.map((line) => element("div", {}, line)));
    const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(left, 4)}px`;
    tip.style.top = `${event.clientY + 16}px`;
  }

  function open(record, apart) {
    if (apart) globalThis.open(record.page, "_blank", "noopener");
    else location.assign(record.page);
  }

  function show(data) {
    const picture = readPicture(data);
    const { records, placed } = picture;
    let words = [];
    const finds = (record) => record.isFound;
    for (const record of records) record.isFound = true;
    const timeline = makeTimeline(timelineCanvas, picture, {
      found: finds,
      open,
      show: (record, event) => tell(record && wordsOf(record, picture.phases), event),
    });
    const icicle = makeIcicle(icicleCanvas, picture, {
      found: finds,
      open,
      show: (box, event) => tell(box && wordsOfBox(box, picture), event),
    });
    const views = placed.length ? [timeline, icicle] : [icicle];
    timelineCanvas.parentElement.hidden = !placed.length;
    const filter = onSearch(search, (typed) => {
      words = typed;
      let count = 0;
      for (const record of records) {
        record.isFound = hasAll(record.text, words);
        if (record.isFound) count += 1;
      }
      found.textContent = words.length
        ? `${count.toLocaleString("en")} of ${records.length.toLocaleString("en")}`
        : "";
      for (const view of views) view.redraw();
    });
    for (const button of tools.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        const act = {
          in: (view) => view.zoom(0.5),
          out: (view) => view.zoom(2),
          all: (view) => view.reset(),
        };
        for (const view of views) act[button.dataset.zoom](view);
      });
    }
    filter();
    for (const view of views) view.draw();
    section.dataset.ready = "";
  }

  section.hidden = false;
  loadData("picture").then(show, () => {
    section.hidden = true;
  });
})();
