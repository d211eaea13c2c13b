// What each key does.

const keysOf = (model, help) => {
  const next = () => model.move(1);
  const previous = () => model.move(-1);
  const is = (mark) => (step) => step.mark === mark;
  const mine = (step) => step.lane === "P";
  return {
    n: next, ArrowRight: next, ArrowDown: next, j: next, l: next,
    p: previous, ArrowLeft: previous, ArrowUp: previous, k: previous, h: previous,
    N: () => model.over(1), P: () => model.over(-1),
    g: model.first, Home: model.first, G: model.last, End: model.last,
    PageDown: () => model.move(10), PageUp: () => model.move(-10),
    u: () => model.find(1, mine), U: () => model.find(-1, mine),
    x: () => model.find(1, is("watermark")), X: () => model.find(-1, is("watermark")),
    e: () => model.find(1, is("failure")), E: () => model.find(-1, is("failure")),
    d: () => model.finding(1), D: () => model.finding(-1),
    1: () => model.setLevel(1), 2: () => model.setLevel(2), 3: () => model.setLevel(3),
    s: model.otherSide,
    L: () => model.setLang(model.lang() === "en" ? "zh" : "en"),
    "?": help,
  };
};

// Keys that somebody takes first, or types into a field or a dialog, are theirs.
const isTaken = (event) => event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey ||
  (event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]"));
