// The list of steps.

const SIGNS = { failure: "✖", watermark: "≈", callback: "●", finding: "!" };

const stepsPane = (model) => {
  const title = make("h2", {});
  const list = make("ol", { class: "steps code" });
  let rows = new Map(); // by step
  let current;

  const row = (step) => {
    const mark = model.isFound(step.n) ? "finding" : step.mark;
    const sign = make("span", { class: mark || "" }, SIGNS[mark] || " ");
    if (mark) sign.setAttribute("title", model.say(mark));
    const element = make("li", { class: step.lane },
      span("here", "  "),
      make("span", { class: "n", title: step.t + " s" }, String(step.n).padStart(model.width)), " ", sign, " ",
      span("lane " + step.lane, step.lane), " ",
      "  ".repeat(step.indent[model.level() - 1]), ...step.line.map(([kind, text]) => span(kind, text)));
    element.addEventListener("click", () => model.go(step.n));
    return element;
  };

  const mark = (element, isCurrent) => {
    if (!element) return;
    if (isCurrent) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
    element.firstChild.textContent = isCurrent ? "▶ " : "  ";
  };

  const draw = (changes) => {
    if (changes.has("level") || changes.has("lang") || changes.has("limit")) {
      title.textContent = `${model.say("steps")}: ${model.say(`level${model.level()}`)}`;
      rows = new Map(model.listed().map((step) => [step, row(step)]));
      list.replaceChildren(...rows.values());
    }
    mark(current, false);
    current = rows.get(model.step());
    mark(current, true);
    if (current) current.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  return { elements: [title, list], draw };
};
