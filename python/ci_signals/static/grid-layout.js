// The grid's geometry, in pixels: sizes, and which rows and columns are in sight.
"use strict";
(() => {
  function addLayout(grid) {
    const { box, commits } = grid;
    const size = { row: 36, column: 30, band: 22, names: 206, left: 340 };
    const headHeight = () => 2 * size.band + size.names;
    const leftOf = (column) => size.left + column * size.column;

    // Few signals leave room for wider columns and whole messages; a low window shortens names.
    function measure() {
      const narrow = box.clientWidth < 640;
      const least = narrow ? 128 : 340;
      const count = grid.shown.length;
      const fair = Math.floor((box.clientWidth - least - 48) / count);
      const column = Math.max(30, Math.min(narrow ? 40 : 56, fair));
      const rest = Math.min(640, box.clientWidth - count * column - 48);
      return {
        left: narrow ? least : Math.max(least, rest),
        column,
        names: box.clientHeight < 560 ? 140 : 206,
      };
    }

    function fit() {
      Object.assign(size, measure());
      for (const name of ["left", "column", "names"]) box.style.setProperty(`--${name}`, `${size[name]}px`);
    }

    const needsFit = () => Object.entries(measure()).some(([name, pixels]) => size[name] !== pixels);

    // The part to draw: what is in sight and a little more, in steps, so that most scrolling draws nothing.
    function range() {
      const columns = (pixels, round) => round(pixels / size.column / 8) * 8;
      const rows = (pixels, round) => round(pixels / size.row / 4) * 4;
      const right = box.scrollLeft + box.clientWidth - size.left;
      const bottom = box.scrollTop + box.clientHeight - headHeight();
      return {
        first: Math.max(0, columns(box.scrollLeft, Math.floor) - 8),
        last: Math.min(grid.shown.length, columns(right, Math.ceil) + 8),
        from: Math.max(0, rows(box.scrollTop, Math.floor) - 4),
        to: Math.min(commits.length, rows(bottom, Math.ceil) + 4),
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
