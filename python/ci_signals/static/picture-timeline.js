// The timeline: compilations as bars on a time axis, a lane for each rank and thread.
"use strict";
(() => {
  const { duration, makeView, theme, ticks } = globalThis.ciSignals;
  const AXIS = 24;
  const MARKS = 8; // above the bars of a row, for failures and restarts
  const LANE_GAP = 6;

  // picture: of readPicture. found(record): whether the search finds it. open and show as in makeView.
  function makeTimeline(canvas, picture, { found, open, show }) {
    const { lanes, placed, rows } = picture;
    const rowHeight = Math.max(10, Math.min(34, Math.floor(560 / Math.max(rows, 1))));
    const marks = rowHeight >= 16 ? MARKS : 0;
    const names = lanes.map(({ name }) => name);
    const gutter = lanes.length > 1 ? 16 + 6 * Math.max(...names.map((name) => name.length)) : 0;
    const laneOf = lanes.flatMap((lane, index) => Array(lane.rows).fill(index));
    const top = (row) => AXIS + row * rowHeight + laneOf[row] * LANE_GAP;
    const byRow = Array.from({ length: rows }, () => []);
    for (const record of placed) {
      byRow[record.row].push(record);
      record.dearest = record.phase_ms.indexOf(Math.max(...record.phase_ms)); // -1 without phases
    }

    function drawAxis(context, view, width, tall) {
      context.fillStyle = theme("--ink-soft");
      context.strokeStyle = theme("--line");
      context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
      context.textBaseline = "middle";
      context.beginPath();
      for (const ms of ticks(view.from, view.to, Math.max(2, (width - gutter) / 110))) {
        const x = Math.round(view.x(ms)) + 0.5;
        context.moveTo(x, AXIS - 6);
        context.lineTo(x, tall);
        context.fillText(ms ? duration(ms) : "0", Math.min(x + 4, width - 44), AXIS / 2);
      }
      context.stroke();
      if (gutter) {
        for (const lane of lanes) {
          context.fillText(lane.name, 2, top(lane.first) + rowHeight / 2);
        }
      }
    }

    // Bars as rectangles by colour, so that the colour is set once; a pixel column is drawn once per row.
    function collect(view, width, wanted) {
      const colours = picture.phases.map(() => []);
      const [plain, labels, failures, restarts] = [[], [], [], []];
      const drawn = new Float64Array(rows).fill(-Infinity);
      for (const record of placed) {
        if (record.start_ms > view.to) break;
        const x0 = view.x(record.start_ms);
        const x1 = view.x(record.start_ms + record.total_ms);
        if (x1 < gutter || found(record) !== wanted) continue;
        const { row } = record;
        const y = top(row);
        if (record.is_failure) failures.push([x0, y]);
        else if (record.restarts) restarts.push([x0, y]);
        if (x1 < drawn[row] + 0.5) continue;
        drawn[row] = Math.max(x1, x0 + 1);
        if (x1 - x0 < 4 || record.dearest < 0) {
          const rects = record.dearest < 0 ? plain : colours[record.dearest];
          rects.push(x0, y, Math.max(x1 - x0, 1));
          continue;
        }
        let from = record.start_ms;
        record.phase_ms.forEach((ms, index) => {
          if (ms > 0) {
            const left = Math.max(view.x(from), gutter);
            const right = Math.min(view.x(from + ms), width);
            if (right > left) colours[index].push(left, y, right - left);
          }
          from += ms;
        });
        if (x1 - x0 > 50) labels.push([Math.max(x0, gutter), Math.min(x1, width), y, record]);
      }
      return { colours, plain, labels, failures, restarts };
    }

    function fill(context, rects, colour) {
      context.fillStyle = colour;
      for (let at = 0; at < rects.length; at += 3) {
        context.fillRect(rects[at], rects[at + 1] + marks, rects[at + 2], rowHeight - marks - 2);
      }
    }

    function drawMarks(context, points, colour, path) {
      context.fillStyle = colour;
      context.beginPath();
      let last = null;
      for (const [x, y] of points) {
        if (last && last[1] === y && x - last[0] < 2) continue;
        last = [x, y];
        path(x, y);
      }
      context.fill();
    }

    function drawBars(context, view, width, wanted) {
      const { colours, plain, labels, failures, restarts } = collect(view, width, wanted);
      colours.forEach((rects, index) => fill(context, rects, theme(`--phase-${picture.phases[index][0]}`)));
      fill(context, plain, theme("--ink-soft"));
      const size = marks || 6;
      drawMarks(context, restarts, theme("--pending"), (x, y) => {
        context.moveTo(x + size / 2 - 0.5, y + size / 2 - 1);
        context.arc(x, y + size / 2 - 1, size / 2 - 0.5, 0, 7);
      });
      drawMarks(context, failures, theme("--failure"), (x, y) => {
        context.moveTo(x - size / 2 - 0.5, y - 1);
        context.lineTo(x + size / 2 + 0.5, y - 1);
        context.lineTo(x, y + size - 1);
      });
      if (rowHeight < 16) return;
      for (const [x0, x1, y, record] of labels) {
        context.save();
        context.beginPath();
        context.rect(x0, y, x1 - x0 - 3, rowHeight);
        context.clip();
        // text on its own ground: a bar has several colours
        const words = `${record.display_name} ${record.function}`;
        const middle = y + marks + (rowHeight - marks - 2) / 2;
        const alpha = context.globalAlpha;
        context.fillStyle = theme("--ground");
        context.globalAlpha = alpha * 0.85;
        context.fillRect(x0 + 2, middle - 8, context.measureText(words).width + 6, 16);
        context.fillStyle = theme("--ink");
        context.globalAlpha = alpha;
        context.fillText(words, x0 + 5, middle);
        context.restore();
      }
    }

    function outline(context, view, record, colour) {
      if (!record) return;
      const x0 = view.x(record.start_ms);
      context.strokeStyle = colour;
      context.lineWidth = 2;
      const wide = Math.max(view.x(record.start_ms + record.total_ms) - x0, 3);
      context.strokeRect(x0, top(record.row) + marks, wide, rowHeight - marks - 2);
      context.lineWidth = 1;
    }

    function paint(context, view, width, tall) {
      drawAxis(context, view, width, tall);
      context.save();
      context.beginPath();
      context.rect(gutter, 0, width - gutter, tall);
      context.clip();
      context.globalAlpha = 0.15;
      drawBars(context, view, width, false);
      context.globalAlpha = 1;
      drawBars(context, view, width, true);
      outline(context, view, view.hover, theme("--ink"));
      outline(context, view, view.chosen, theme("--accent"));
      context.restore();
    }

    // The record under a point, or within three pixels of it.
    function at(x, y) {
      const row = byRow.findIndex((_, index) => y >= top(index) && y < top(index) + rowHeight);
      if (row < 0 || x < gutter) return null;
      const [early, late] = [view.ms(x - 3), view.ms(x + 3)];
      const ms = view.ms(x);
      const gap = ({ start_ms, total_ms }) => Math.max(start_ms - ms, ms - start_ms - total_ms, 0);
      return byRow[row]
        .filter(({ start_ms, total_ms }) => start_ms <= late && start_ms + total_ms >= early)
        .reduce((best, record) => !best || gap(record) < gap(best) ? record : best, null);
    }

    function step(record, key) {
      const wanted = placed.filter(found);
      const index = wanted.indexOf(record);
      if (key === "Home" || index < 0) return wanted[0] || null;
      if (key === "End") return wanted[wanted.length - 1];
      const move = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
      return wanted[Math.min(Math.max(index + move, 0), wanted.length - 1)];
    }

    const view = makeView({
      canvas,
      gutter,
      end: picture.end || 1,
      paint,
      height: () => rows ? top(rows - 1) + rowHeight + 4 : AXIS,
      at,
      step,
      span: ({ start_ms, total_ms }) => [start_ms, start_ms + total_ms],
      open,
      show,
    });
    return view;
  }

  Object.assign(globalThis.ciSignals, { makeTimeline });
})();
