// Times for people, as site/units.py writes them, and the marks of a time axis.
"use strict";
(() => {
  function duration(ms) {
    if (!(Math.abs(ms) < 1e15)) return `${ms} ms`; // damaged
    if (ms < 0) return `-${duration(-ms)}`;
    if (ms === 0) return "0 ms";
    if (ms < 0.9995) return ms >= 0.0005 ? `${(ms * 1000).toFixed(0)} µs` : "<1 µs";
    if (ms < 999.5) return `${ms.toFixed(ms < 99.95 ? 1 : 0)} ms`;
    if (ms < 119_950) return `${(ms / 1000).toFixed(1)} s`;
    const seconds = Math.round(ms / 1000);
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    const minutes = Math.round(ms / 60_000);
    return `${Math.floor(minutes / 60).toLocaleString("en")} h ${minutes % 60} min`;
  }

  const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [step / 1000, step]);
  const LONG_STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800];
  const ALL_STEPS = [...STEPS.sort((a, b) => a - b), ...LONG_STEPS.map((seconds) => seconds * 1000)];

  // Round times between `from` and `to` ms, at most `most` of them.
  function ticks(from, to, most) {
    const step = ALL_STEPS.find((candidate) => (to - from) / candidate <= most) || (to - from) / most;
    const first = Math.ceil(from / step);
    const count = Math.floor(to / step) - first + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step);
  }

  Object.assign(globalThis.ciSignals, { duration, ticks });
})();
