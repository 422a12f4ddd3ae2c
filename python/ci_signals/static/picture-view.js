// A canvas that shows a range of time: drawing, zoom, selection and the keyboard.
"use strict";
(() => {
  const LEAST_MS = 0.01; // the shortest range: ten microseconds

  const theme = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // canvas, gutter: pixels on the left that are not on the axis. paint(context, view, width, height) draws.
  // height(width): of the drawing, in pixels. at(x, y): what is there; step(item, key): the item that an arrow
  // leads to; span(item): its [from, to]; open(item, apart); show(item, x, y): after a pointer or a key.
  function makeView({ canvas, gutter, end, paint, height, at, step, span, open, show }) {
    const view = { canvas, from: 0, to: end, hover: null, chosen: null, brush: null };
    const context = canvas.getContext("2d");
    let width = 0;
    let asked = false;

    view.x = (ms) => gutter + ((ms - view.from) / (view.to - view.from)) * (width - gutter);
    view.ms = (x) => view.from + ((x - gutter) / (width - gutter)) * (view.to - view.from);

    function draw() {
      asked = false;
      const ratio = globalThis.devicePixelRatio || 1;
      width = canvas.parentElement.clientWidth;
      const tall = height(width);
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(tall * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(tall * ratio);
        canvas.style.width = `${width}px`;
        canvas.style.height = `${tall}px`;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, tall);
      paint(context, view, width, tall);
      if (view.brush) {
        const [x0, x1] = view.brush;
        context.globalAlpha = 0.2;
        context.fillStyle = theme("--accent");
        context.fillRect(Math.min(x0, x1), 0, Math.abs(x1 - x0), tall);
        context.globalAlpha = 1;
      }
    }

    view.draw = draw;
    view.redraw = () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(draw);
    };

    // Shows the range, kept inside the run and no shorter than LEAST_MS.
    view.set = (from, to) => {
      const length = Math.min(Math.max(to - from, LEAST_MS), end);
      view.from = Math.min(Math.max(from, 0), end - length);
      view.to = view.from + length;
      view.redraw();
    };
    view.reset = () => view.set(0, end);
    view.zoom = (factor, around = (view.from + view.to) / 2) =>
      view.set(around - (around - view.from) * factor, around + (view.to - around) * factor);

    function choose(item) {
      view.chosen = item;
      if (item) {
        const [from, to] = span(item);
        if (to < view.from || from > view.to) {
          const length = view.to - view.from;
          view.set(from - length / 4, from + (length * 3) / 4);
        }
      }
      show(item, null);
      view.redraw();
    }

    const here = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const [x] = here(event);
      view.brush = [x, x];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = here(event);
      if (view.brush) view.brush[1] = x;
      view.hover = at(x, y);
      canvas.style.cursor = view.hover ? "pointer" : "crosshair";
      show(view.hover, event);
      view.redraw();
    });
    canvas.addEventListener("pointerleave", () => {
      view.hover = null;
      show(null, null);
      view.redraw();
    });
    canvas.addEventListener("pointercancel", () => {
      view.brush = null;
      view.redraw();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (!view.brush) return;
      const [x0, x1] = view.brush;
      view.brush = null;
      if (Math.abs(x1 - x0) > 4) {
        view.set(view.ms(Math.min(x0, x1)), view.ms(Math.max(x0, x1)));
        return;
      }
      const item = at(...here(event));
      if (item) open(item, event.ctrlKey || event.metaKey);
      view.redraw();
    });
    canvas.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        view.zoom(Math.exp(Math.sign(event.deltaY) * 0.25), view.ms(here(event)[0]));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        const moved = ((event.deltaX || event.deltaY) / (width - gutter)) * (view.to - view.from);
        view.set(view.from + moved, view.to + moved);
      }
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const keys = {
        "+": () => view.zoom(0.5, middle()),
        "=": () => view.zoom(0.5, middle()),
        "-": () => view.zoom(2, middle()),
        "0": view.reset,
        Escape: view.reset,
        Enter: () => view.chosen && open(view.chosen, event.ctrlKey || event.metaKey),
      };
      const act = keys[event.key];
      if (act) act();
      else if (/^Arrow|^Home$|^End$/.test(event.key)) choose(step(view.chosen, event.key));
      else return;
      event.preventDefault();
    });
    const middle = () => view.chosen ? (span(view.chosen)[0] + span(view.chosen)[1]) / 2 : undefined;

    new ResizeObserver(view.redraw).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", view.redraw);
    return view;
  }

  Object.assign(globalThis.ciSignals, { makeView, theme });
})();
