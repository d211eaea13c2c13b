"use strict";
// Shows the data of this page. Whatever comes from the trace is put in as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const WORDS = data.words; // by language
  const SIGNS = { failure: "✖", watermark: "≈", callback: "●", finding: "!" };
  const FOUND = new Set(data.findings.map((found) => found.n));
  const view = {
    lang: /^zh/i.test(navigator.language || "") ? "zh" : "en",
    level: data.level, whose: "here", step: -1, help: false,
  };
  const say = () => WORDS[view.lang];
  let shown = []; // the steps of the level, as indices into data.steps
  let rows = new Map(); // and their rows in the list

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const width = String(data.len).length;
  const listRow = (i) => {
    const step = data.steps[i];
    const pieces = step.line.map(([kind, text]) => kind ? make("span", { class: kind }, text) : text);
    const mark = FOUND.has(step.n) ? "finding" : step.mark;
    const sign = make("span", { class: mark || "" }, SIGNS[mark] || " ");
    if (mark) sign.setAttribute("title", say()[mark]);
    const row = make("li", { class: step.lane },
      make("span", { class: "here" }, "  "),
      make("span", { class: "n", title: step.t + " s" }, String(step.n).padStart(width)), " ", sign, " ",
      make("span", { class: "lane " + step.lane }, step.lane), " ",
      "  ".repeat(step.indent[view.level - 1]), ...pieces);
    row.addEventListener("click", () => go(i));
    return row;
  };

  const list = () => {
    shown = data.steps.map((_, i) => i).filter((i) => data.steps[i].level <= view.level);
    rows = new Map(shown.map((i) => [i, listRow(i)]));
    $("steps").replaceChildren(...rows.values());
  };

  // The step shown at or before another one, or else the first.
  const nearest = (i) => shown.filter((other) => other <= i).pop() ?? shown[0] ?? -1;

  const go = (i) => {
    if (i === undefined || i < 0 || !data.steps[i]) return;
    const before = rows.get(view.step);
    if (before) {
      before.removeAttribute("aria-current");
      before.firstChild.textContent = "  ";
    }
    view.step = i;
    const row = rows.get(i);
    row.setAttribute("aria-current", "step");
    row.firstChild.textContent = "▶ ";
    row.scrollIntoView({ block: "nearest", inline: "nearest" });
    history.replaceState(null, "", "#" + data.steps[i].n);
    show();
  };

  // The causes are steps of the whole trace; one that this level hides is shown at a level that has it.
  const goTo = (n) => {
    const i = data.steps.findIndex((step) => step.n === n);
    if (i < 0) return;
    if (data.steps[i].level > view.level) setLevel(data.steps[i].level);
    go(i);
  };

  const move = (by) => {
    const at = shown.indexOf(view.step);
    go(shown[Math.min(Math.max(at + by, 0), shown.length - 1)]);
  };

  const find = (direction, wanted) => {
    for (let at = shown.indexOf(view.step) + direction; shown[at] !== undefined; at += direction) {
      if (wanted(data.steps[shown[at]])) return go(shown[at]);
    }
  };

  const over = (direction) => {
    const deep = (step) => step.indent[view.level - 1];
    const depth = deep(data.steps[view.step]);
    find(direction, (step) => deep(step) <= depth);
  };

  const setLevel = (level) => {
    view.level = level;
    list();
    const step = nearest(view.step);
    view.step = -1;
    labels();
    if (step < 0) show(); else go(step);
  };

  const source = (step) => {
    const place = step && data.places[step[view.whose][view.level - 1]];
    const pane = $("source");
    $("source-title").textContent = place ? `${place.file}${place.fn ? " " + place.fn : ""}:${place.line}` : "";
    const around = (step ? step.around : []).filter(([, level]) => level <= view.level);
    $("around").replaceChildren(...around.flatMap(([n, , name], i) => {
      const there = data.steps.some((other) => other.n === n);
      const call = there ? make("a", { href: "#" + n }, name) : name;
      return i === 0 ? [call] : [" › ", call];
    }));
    if (!place || place.text === undefined) {
      pane.replaceChildren(make("div", {}, place ? say().textless : step ? say().nowhere : say().empty));
      return;
    }
    const text = data.sources[place.text];
    const lines = text.text.split("\n");
    const digits = String(text.first + lines.length).length;
    pane.replaceChildren(...lines.map((line, i) => {
      const number = text.first + i;
      const current = number === place.line;
      return make("div", current ? { class: "current" } : {},
        (current ? "▶ " : "  "), make("span", { class: "n" }, String(number).padStart(digits)), "  " + line);
    }));
    const current = pane.querySelector(".current");
    if (current) pane.scrollTop = current.offsetTop - pane.offsetTop - pane.clientHeight / 3;
  };

  const show = () => {
    const step = data.steps[view.step];
    source(step);
    const said = step ? step[view.lang] : { what: say().empty, why: "" };
    $("what").textContent = said.what;
    $("why").textContent = said.why;
    $("watch").textContent = said.watch || "";
    const wrong = data.findings.filter((found) => step && found.n === step.n);
    $("wrong").replaceChildren(...wrong.map((found) => make("li", {},
      make("span", { class: "finding" }, `${found[view.lang][0]} [${found.rule}]`), " ", found[view.lang][1])));
    const changes = step ? step.changes[view.level - 1] : [];
    const rowsOf = changes.map(([path, from, to]) =>
      make("tr", {}, make("td", {}, path), make("td", {}, from), make("td", {}, "→ " + to)));
    $("changes").replaceChildren(...(rowsOf.length ? rowsOf : [make("tr", {}, make("td", {}, say().nothing))]));
    const links = (step ? step.why : []).map((cause) => {
      const there = data.steps.some((other) => other.n === cause.n);
      const text = `${String(cause.n).padStart(width)}  ${cause[view.lang]}`;
      const link = there ? make("a", { href: "#" + cause.n }, text) : text;
      return make("li", {}, cause.besides ? "    + " : "← ", link);
    });
    $("causes").replaceChildren(...(links.length ? links : [make("li", {}, say().root)]));
  };

  const labels = () => {
    document.documentElement.lang = view.lang;
    $("about").textContent = say().about;
    $("level").textContent = say().level;
    $("steps-title").textContent = `${say().steps}: ${say()[`level${view.level}`]}`;
    $("changes-title").textContent = say().changes;
    $("causes-title").textContent = say().causes;
    $("whose").textContent = view.whose === "here" ? say().own : say().caller;
    $("lang").textContent = say().other;
    $("keys").textContent = say().keys;
    $("findings-title").textContent = `${say().findings} (${data.findings.length})`;
    $("found").hidden = !data.findings.length;
    $("findings").replaceChildren(...data.findings.map((found) => {
      const row = make("li", { title: found[view.lang][1] },
        make("span", { class: "n" }, String(found.n).padStart(width)), " ",
        make("span", { class: "finding" }, found.rule), " ", found[view.lang][0]);
      row.addEventListener("click", () => goTo(found.n));
      return row;
    }));
    $("keys").hidden = !view.help;
    for (const id of ["next", "previous", "first", "last"]) {
      $(id).title = say()[id];
      $(id).setAttribute("aria-label", say()[id]);
    }
    for (const button of document.querySelectorAll("#levels button")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === String(view.level)));
      button.title = say()[`level${button.dataset.key}`];
    }
    $("help").setAttribute("aria-pressed", String(view.help));
  };

  // To the finding nearest in a direction, at whatever level its step is shown.
  const finding = (direction) => {
    const here = data.steps[view.step]?.n ?? -1;
    const there = [...FOUND].sort((a, b) => direction * (a - b)).find((n) => direction * (n - here) > 0);
    if (there !== undefined) goTo(there);
  };

  const is = (mark) => (step) => step.mark === mark;
  const mine = (step) => step.lane === "P";
  const KEYS = {
    n: () => move(1), ArrowRight: () => move(1), ArrowDown: () => move(1), j: () => move(1), l: () => move(1),
    p: () => move(-1), ArrowLeft: () => move(-1), ArrowUp: () => move(-1), k: () => move(-1), h: () => move(-1),
    N: () => over(1), P: () => over(-1),
    g: () => go(shown[0]), Home: () => go(shown[0]),
    G: () => go(shown[shown.length - 1]), End: () => go(shown[shown.length - 1]),
    PageDown: () => move(10), PageUp: () => move(-10),
    u: () => find(1, mine), U: () => find(-1, mine),
    x: () => find(1, is("watermark")), X: () => find(-1, is("watermark")),
    e: () => find(1, is("failure")), E: () => find(-1, is("failure")),
    d: () => finding(1), D: () => finding(-1),
    1: () => setLevel(1), 2: () => setLevel(2), 3: () => setLevel(3),
    s: () => { view.whose = view.whose === "here" ? "other" : "here"; labels(); show(); },
    L: () => { view.lang = view.lang === "en" ? "zh" : "en"; setLevel(view.level); },
    "?": () => { view.help = !view.help; labels(); },
  };

  document.addEventListener("keydown", (event) => {
    const key = KEYS[event.key];
    if (!key || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    key();
  });
  for (const button of document.querySelectorAll("button[data-key]")) {
    button.addEventListener("click", () => KEYS[button.dataset.key]());
  }
  // The step that the address asks for.
  const asked = () => /^#(\d+)$/.exec(location.hash)?.[1];
  const follow = (n) => {
    if (n !== undefined) goTo(Number(n));
  };
  window.addEventListener("hashchange", () => follow(asked()));

  const first = asked(); // before the page's own first step becomes the address
  setLevel(view.level);
  follow(first);
})();
