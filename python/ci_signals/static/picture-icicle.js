// The icicle: time by file, function, compilation and phase, each box as wide as its time.
"use strict";
(() => {
  const { duration, makeView, theme } = globalThis.ciSignals;
  const ROW = 24;

  // picture, found, open and show as in makeTimeline.
  function makeIcicle(canvas, picture, { found, open, show }) {
    const { levels, phases } = picture;
    const last = levels.length - 1;
    levels.forEach((level, depth) => level.forEach((box, index) => Object.assign(box, { depth, index })));

    // The first box of a level that ends after `ms`.
    function after(level, ms) {
      let [low, high] = [0, level.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (level[middle].to > ms) high = middle;
        else low = middle + 1;
      }
      return low;
    }

    const isFound = (box) => box.record ? found(box.record) : box.records.some(found);

    function drawLevel(context, view, level, depth, width) {
      const y = depth * ROW;
      let drawn = -Infinity;
      for (let index = after(level, view.from); index < level.length; index += 1) {
        const box = level[index];
        if (box.from > view.to) break;
        const x0 = Math.max(view.x(box.from), 0);
        const x1 = Math.min(view.x(box.to), width);
        if (x1 < drawn + 0.5) continue;
        drawn = Math.max(x1, x0 + 0.5);
        context.globalAlpha = isFound(box) ? 1 : 0.25;
        context.fillStyle = theme(box.record && box.record.is_failure ? "--failure" : `--box-${index % 2}`);
        context.fillRect(x0, y, Math.max(x1 - x0 - (x1 - x0 > 2 ? 1 : 0), 0.5), ROW - 1);
        if (x1 - x0 > 36) {
          context.save();
          context.beginPath();
          context.rect(x0, y, x1 - x0 - 4, ROW);
          context.clip();
          context.fillStyle = box.record && box.record.is_failure ? theme("--ground") : theme("--ink");
          context.fillText(`${box.name} ${duration(box.to - box.from)}`, x0 + 5, y + ROW / 2);
          context.restore();
        }
      }
      context.globalAlpha = 1;
    }

    function drawPhases(context, view, width) {
      const level = levels[last];
      const rects = phases.map(() => []);
      let drawn = -Infinity;
      for (let index = after(level, view.from); index < level.length; index += 1) {
        const { record, from, to } = level[index];
        if (from > view.to) break;
        const end = view.x(to);
        if (end < drawn + 0.5) continue;
        drawn = Math.max(end, view.x(from) + 0.5);
        if (end - view.x(from) < 4) {
          const dearest = record.phase_ms.indexOf(Math.max(...record.phase_ms));
          if (dearest >= 0) rects[dearest].push(view.x(from), end - view.x(from));
          continue;
        }
        let at = from;
        record.phase_ms.forEach((ms, phase) => {
          const left = Math.max(view.x(at), 0);
          const right = Math.min(view.x(at + ms), width);
          if (ms > 0 && right > left) rects[phase].push(left, right - left);
          at += ms;
        });
      }
      rects.forEach((bars, phase) => {
        context.fillStyle = theme(`--phase-${phases[phase][0]}`);
        for (let at = 0; at < bars.length; at += 2) {
          context.fillRect(bars[at], levels.length * ROW, Math.max(bars[at + 1], 0.5), ROW - 1);
        }
      });
    }

    function outline(context, view, box, colour) {
      if (!box) return;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      const x0 = view.x(box.from);
      context.strokeRect(x0, box.depth * ROW + 1, Math.max(view.x(box.to) - x0 - 1, 3), ROW - 3);
      context.lineWidth = 1;
    }

    function paint(context, view, width) {
      context.font = `13px ${getComputedStyle(document.body).fontFamily}`;
      context.textBaseline = "middle";
      levels.forEach((level, depth) => drawLevel(context, view, level, depth, width));
      drawPhases(context, view, width);
      outline(context, view, view.hover, theme("--ink"));
      outline(context, view, view.chosen, theme("--accent"));
    }

    function boxAt(depth, ms) {
      const level = levels[depth];
      const index = after(level, ms);
      return index < level.length && level[index].from <= ms ? level[index] : null;
    }

    function step(box, key) {
      if (!box || key === "Home") return levels[box ? box.depth : 0][0] || null;
      if (key === "End") return levels[box.depth][levels[box.depth].length - 1];
      if (key === "ArrowUp" || key === "ArrowDown") {
        const depth = Math.min(Math.max(box.depth + (key === "ArrowUp" ? -1 : 1), 0), last);
        return boxAt(depth, box.from) || box;
      }
      return levels[box.depth][box.index + (key === "ArrowLeft" ? -1 : 1)] || box;
    }

    const view = makeView({
      canvas,
      gutter: 0,
      end: picture.total || 1,
      paint,
      height: () => (levels.length + 1) * ROW,
      at: (x, y) => {
        const depth = Math.floor(y / ROW);
        return depth < 0 || depth > levels.length ? null : boxAt(Math.min(depth, last), view.ms(x));
      },
      step,
      span: ({ from, to }) => [from, to],
      // a file or a function fills the width; a compilation opens its page
      open: (box, apart) => box.record ? open(box.record, apart) : view.set(box.from, box.to),
      show: (box, event) => show(box, event),
    });
    return view;
  }

  Object.assign(globalThis.ciSignals, { makeIcicle });
})();
