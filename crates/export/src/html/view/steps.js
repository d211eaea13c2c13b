// The list of steps: one of them can have the focus, the current one.

const SIGNS = { failure: "✖", watermark: "≈", callback: "●", finding: "!", note: "✎" };

const signOf = (model, step) => {
  const kind = model.isFound(step.n) ? "finding" : step.mark || (model.isNoted(step.n) ? "note" : "");
  const sign = span(kind || "none", SIGNS[kind] || " ");
  if (kind) sign.setAttribute("title", model.say(kind));
  return sign;
};

const pieces = (step) => step.line.map(([kind, text]) => span(kind, text));

const stepsPane = (model) => {
  const title = make("h2", { id: fresh() });
  const list = make("ol", { class: "steps code", role: "listbox", "aria-labelledby": title.id });
  let rows = new Map(); // by step
  let current;

  const row = (step) => {
    const element = make("li", { class: step.lane, role: "option", tabindex: "-1", "aria-selected": "false" },
      span("here", "  "),
      make("span", { class: "n", title: step.t + " s" }, String(step.n).padStart(model.width)), " ",
      signOf(model, step), " ", span("lane " + step.lane, step.lane), " ",
      "  ".repeat(step.indent[model.level() - 1]), ...pieces(step));
    element.addEventListener("click", () => model.go(step.n));
    return element;
  };

  const mark = (element, isCurrent) => {
    if (!element) return;
    if (isCurrent) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
    element.setAttribute("aria-selected", String(isCurrent));
    element.tabIndex = isCurrent ? 0 : -1;
    element.firstChild.textContent = isCurrent ? "▶ " : "  ";
  };

  const draw = (changes) => {
    const hasFocus = list.contains(document.activeElement);
    if (isAny(changes, "level", "lang", "limit")) {
      title.textContent = model.say("steps") + model.say("colon") + model.say(`level${model.level()}`);
      rows = new Map(model.listed().map((step) => [step, row(step)]));
      list.replaceChildren(...rows.values());
    }
    const hits = new Set(model.hits());
    if (isAny(changes, "level", "lang", "limit", "search")) {
      for (const [step, element] of rows) element.classList.toggle("hit", hits.has(step));
    }
    mark(current, false);
    current = rows.get(model.step());
    mark(current, true);
    if (!current) return;
    if (hasFocus) current.focus({ preventScroll: true });
    within(list, current);
  };

  // In a window of another size other rows are to be seen.
  new ResizeObserver(() => current && within(list, current)).observe(list);

  return { elements: [title, list], draw, focus: () => current && current.focus({ preventScroll: true }) };
};

// Scrolls a pane, and nothing around it, until a row is to be seen.
const within = (pane, row) => {
  const [outer, inner] = [pane.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top) pane.scrollTop -= outer.top - inner.top;
  if (inner.bottom > outer.bottom) pane.scrollTop += inner.bottom - outer.bottom + pane.offsetHeight - pane.clientHeight;
};
