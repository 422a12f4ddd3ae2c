// The grid: commits down, signals across. Its parts share one object and call each other through it.
"use strict";
(async () => {
  const {
    addCursor,
    addDetail,
    addDrawing,
    addLayout,
    addTip,
    addView,
    asObjects,
    loadData,
    readVocabulary,
    showError,
  } = globalThis.ciSignals;
  const box = document.getElementById("grid");

  let data;
  try {
    data = await loadData("grid");
  } catch (error) {
    showError(box, error);
    return;
  }
  readVocabulary(data);
  const grid = {
    box,
    summary: data.window[0],
    repository: data.window[0].repository,
    workflows: data.workflows,
    incidents: data.incidents,
    commits: asObjects(data.commits),
    signals: asObjects(data.signals),
    shown: [], // the signals that pass the filters, in order
    active: { row: 0, column: 0 },
  };
  for (const add of [addLayout, addDrawing, addCursor, addDetail, addTip, addView]) add(grid);

  let frame = 0;
  const redraw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      grid.hideTip();
      grid.draw();
    });
  };
  box.addEventListener("scroll", redraw, { passive: true });
  new ResizeObserver(() => {
    if (grid.needsFit()) grid.layOut();
    else redraw();
    if (grid.shown.length && grid.isDetailOpen()) grid.reveal();
  }).observe(box);

  grid.openHash();
  document.documentElement.dataset.ready = "true";
})();
