// Names in the grid's head, cut between words only: "_", "-", "/" and the like end a word.
"use strict";
(() => {
  const pen = document.createElement("canvas").getContext("2d");
  function fontOf(node) {
    const { fontSize, fontFamily } = getComputedStyle(node);
    return `${fontSize} ${fontFamily}`;
  }

  // Each word with the signs after it.
  const wordsIn = (text) =>
    text.match(/[\p{L}\p{M}\p{N}.]*[^\p{L}\p{M}\p{N}.]+|[\p{L}\p{M}\p{N}.]+$/gu) || [text];

  // A text in at most `most` lines of `room` pixels, in a font. What does not fit is left out
  // before the last line, since neighbours differ at their ends.
  function foldText(font, text, room, most) {
    const words = wordsIn(text);
    pen.font = font;
    const fits = (line) => pen.measureText(line.trimEnd()).width <= room;

    // Lines from the front, and how many words they hold.
    function fill(count, lines) {
      const filled = [];
      let used = 0;
      while (filled.length < lines && used < count) {
        let line = words[used++];
        while (used < count && fits(line + words[used])) line += words[used++];
        filled.push(line);
      }
      return { filled, used };
    }

    const whole = fill(words.length, most);
    if (whole.used === words.length) return whole.filled;
    let end = "";
    let left = words.length;
    while (left > 1 && fits(`…${words[left - 1]}${end}`)) end = words[--left] + end;
    return [...fill(left, most - 1).filled, `…${end}`];
  }

  Object.assign(globalThis.ciSignals, { foldText, fontOf });
})();
