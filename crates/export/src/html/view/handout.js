// The trace on paper: the steps of a level, the source at each stop, and questions with room to answer.
//
// lang, level: what is shown. Returns an element.
const handOut = (data, lang, level) => {
  const model = modelOf(data, { lang, level });
  const row = (step) => make("li", { class: step.lane }, span("n", String(step.n).padStart(model.width)), " ",
    signOf(model, step), " ", span("lane " + step.lane, step.lane), " ", "  ".repeat(step.indent[level - 1]), ...pieces(step));
  const room = () => make("div", { class: "room", "aria-hidden": "true" }, ...[1, 2, 3].map(() => make("div", {})));
  const block = (stop) => make("section", {}, ...stopBlock(model, stop, 4, "h3"), ...(stop[lang].asked ? [room()] : []));
  return make("div", { class: "evscope hand-out" },
    ...stopsOf(data).map(block),
    make("h2", {}, model.say("steps") + model.say("colon") + model.say(`level${level}`)),
    make("ol", { class: "code" }, ...model.listed().map(row)));
};
