// What each key does, and what it is called in the help: one table.

const keysOf = (model, { help, search, scale }) => {
  const is = (mark) => (step) => step.mark === mark;
  const mine = (step) => step.lane === "P";
  return [
    [["n", "→", "↓", "l", "j"], "next", () => model.move(1)],
    [["p", "←", "↑", "h", "k"], "previous", () => model.move(-1)],
    [["N"], "over", () => model.over(1)],
    [["P"], "over-back", () => model.over(-1)],
    [["PageDown"], "page-down", () => model.move(10)],
    [["PageUp"], "page-up", () => model.move(-10)],
    [["g", "Home"], "first", model.first],
    [["G", "End"], "last", model.last],
    [["u"], "next-callback", () => model.find(1, mine)],
    [["U"], "previous-callback", () => model.find(-1, mine)],
    [["x"], "next-watermark", () => model.find(1, is("watermark"))],
    [["X"], "previous-watermark", () => model.find(-1, is("watermark"))],
    [["e"], "next-error", () => model.find(1, is("failure"))],
    [["E"], "previous-error", () => model.find(-1, is("failure"))],
    [["d"], "next-finding", () => model.finding(1)],
    [["D"], "previous-finding", () => model.finding(-1)],
    [["'"], "next-note", () => model.note(1)],
    [["\""], "previous-note", () => model.note(-1)],
    [["/"], "search", search],
    [["]"], "next-hit", () => model.hit(1)],
    [["["], "previous-hit", () => model.hit(-1)],
    [["1"], "level1", () => model.setLevel(1)],
    [["2"], "level2", () => model.setLevel(2)],
    [["3"], "level3", () => model.setLevel(3)],
    [["s"], "other-side", model.otherSide],
    [["t"], "scale", scale],
    [["L"], "language", () => model.setLang(LANGS.find((lang) => lang !== model.lang()))],
    [["?"], "help", help],
  ];
};

// As the browser calls them.
const ARROWS = { "→": "ArrowRight", "←": "ArrowLeft", "↓": "ArrowDown", "↑": "ArrowUp" };

const byKey = (keys) => new Map(keys.flatMap(([names, , run]) => names.map((name) => [ARROWS[name] || name, run])));

// Where somebody may scroll, these scroll.
const SCROLLING = /^(Arrow|Page|Home|End)/;

// Keys that somebody takes first, or types into a field or a dialog, are theirs.
const isTaken = (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return true;
  const within = (selector) => event.target instanceof Element && event.target.closest(selector);
  return within("input, textarea, select, dialog, [contenteditable]")
    || (SCROLLING.test(event.key) && within("[data-scrolls]"));
};
