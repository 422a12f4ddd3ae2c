// The grid's geometry, in pixels: sizes, and which rows and columns are in sight.
"use strict";
(() => {
  // The wider a step, the less often scrolling draws; the narrower, the less there is to draw.
  const STEP = { columns: 6, rows: 4 };

  function addLayout(grid) {
    const { box, commits } = grid;
    const size = { row: 24, column: 30, band: 22, names: 150, left: 360 };
    const headHeight = () => 2 * size.band + size.names;
    const leftOf = (column) => size.left + column * size.column;

    // Few signals leave room for wider columns and whole messages; a low window shortens names.
    function measure() {
      const narrow = box.clientWidth < 640;
      const least = narrow ? 124 : Math.max(280, Math.min(460, Math.floor(box.clientWidth * 0.28)));
      const count = grid.shown.length;
      const fair = Math.floor((box.clientWidth - (narrow ? least : 460) - 48) / count);
      const column = Math.max(30, Math.min(narrow ? 30 : 44, fair));
      const rest = Math.min(720, box.clientWidth - count * column - 48);
      return {
        left: narrow ? least : Math.max(least, rest),
        column,
        names: box.clientHeight < 480 ? 116 : 150,
      };
    }

    function fit() {
      Object.assign(size, measure());
      for (const name of ["left", "column", "names"]) box.style.setProperty(`--${name}`, `${size[name]}px`);
      box.classList.toggle("wide", size.left >= 560);
      box.classList.toggle("slim", size.left < 400);
      box.classList.toggle("narrow", size.left < 280);
    }

    const needsFit = () => Object.entries(measure()).some(([name, pixels]) => size[name] !== pixels);

    // The part to draw: what is in sight and a little more, in steps, so that most scrolling draws nothing.
    function range() {
      const columns = (pixels, round) => round(pixels / size.column / STEP.columns) * STEP.columns;
      const rows = (pixels, round) => round(pixels / size.row / STEP.rows) * STEP.rows;
      const right = box.scrollLeft + box.clientWidth - size.left;
      const bottom = box.scrollTop + box.clientHeight - headHeight();
      return {
        first: Math.max(0, columns(box.scrollLeft, Math.floor) - STEP.columns),
        last: Math.min(grid.shown.length, columns(right, Math.ceil) + STEP.columns),
        from: Math.max(0, rows(box.scrollTop, Math.floor) - STEP.rows),
        to: Math.min(commits.length, rows(bottom, Math.ceil) + STEP.rows),
      };
    }

    const rowsInSight = () => Math.max(1, Math.floor((box.clientHeight - headHeight()) / size.row) - 1);

    function scrollTo({ row, column }) {
      const above = row * size.row;
      const before = column * size.column;
      const height = box.clientHeight - headHeight() - size.row;
      const width = box.clientWidth - size.left - size.column;
      if (above < box.scrollTop) box.scrollTop = above;
      if (above > box.scrollTop + height) box.scrollTop = above - height;
      if (before < box.scrollLeft) box.scrollLeft = before;
      if (before > box.scrollLeft + width) box.scrollLeft = before - width;
    }

    Object.assign(grid, { fit, headHeight, leftOf, needsFit, range, rowsInSight, scrollTo, size });
  }

  Object.assign(globalThis.ciSignals, { addLayout });
})();
