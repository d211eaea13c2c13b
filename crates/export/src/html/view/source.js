// The source, and the calls around the step.

const sourcePane = (model) => {
  const title = make("h2", { id: fresh() });
  const around = make("p", { class: "around code" });
  const pane = make("pre", { class: "source code", role: "group", tabindex: "0", "aria-labelledby": title.id, "data-scrolls": "" });

  const draw = (changes) => {
    const [step, level] = [model.step(), model.level()];
    const place = step && model.data.places[step[model.whose()][level - 1]];
    title.textContent = place ? `${place.file}${place.fn ? " " + place.fn : ""}:${place.line}` : model.say("source");
    const calls = (step ? step.around : []).filter((call) => call[1] <= level);
    around.replaceChildren(...calls.flatMap(([n, , name], i) => {
      const call = linkTo(model, n, name);
      return i === 0 ? [call] : [" › ", call];
    }));
    if (!isAny(changes, "step", "level", "limit", "whose", "lang")) return;
    if (!place || place.text === undefined) {
      const why = place ? "textless" : step ? "nowhere" : "empty";
      pane.replaceChildren(make("div", { class: "prose" }, model.say(why)));
      return;
    }
    pane.replaceChildren(...excerpt(model.data, place, Infinity));
    const current = pane.querySelector(".current");
    if (current) pane.scrollTop = current.offsetTop - pane.offsetTop - pane.clientHeight / 3;
  };

  return { elements: [title, around, pane], draw };
};

// The lines of a place's function, so many on either side of its own.
const excerpt = (data, place, around) => {
  const text = data.sources[place.text];
  const lines = text.text.split("\n");
  const digits = String(text.first + lines.length).length;
  return lines.map((line, i) => [line, text.first + i])
    .filter(([, number]) => Math.abs(number - place.line) <= around)
    .map(([line, number]) => {
      const isCurrent = number === place.line;
      return make("div", isCurrent ? { class: "current" } : {},
        isCurrent ? "▶ " : "  ", span("n", String(number).padStart(digits)), "  " + line);
    });
};
