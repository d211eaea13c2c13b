// The source, and the calls around the step.

const sourcePane = (model) => {
  const title = make("h2", {});
  const around = make("p", { class: "around code" });
  const pane = make("pre", { class: "source code", tabindex: "0" });

  const draw = () => {
    const [step, level] = [model.step(), model.level()];
    const place = step && model.data.places[step[model.whose()][level - 1]];
    title.textContent = place ? `${place.file}${place.fn ? " " + place.fn : ""}:${place.line}` : "";
    const calls = (step ? step.around : []).filter((call) => call[1] <= level);
    around.replaceChildren(...calls.flatMap(([n, , name], i) => {
      const call = linkTo(model, n, name);
      return i === 0 ? [call] : [" › ", call];
    }));
    if (!place || place.text === undefined) {
      const why = place ? "textless" : step ? "nowhere" : "empty";
      pane.replaceChildren(make("div", {}, model.say(why)));
      return;
    }
    const text = model.data.sources[place.text];
    const lines = text.text.split("\n");
    const digits = String(text.first + lines.length).length;
    pane.replaceChildren(...lines.map((line, i) => {
      const number = text.first + i;
      const isCurrent = number === place.line;
      return make("div", isCurrent ? { class: "current" } : {},
        isCurrent ? "▶ " : "  ", span("n", String(number).padStart(digits)), "  " + line);
    }));
    const current = pane.querySelector(".current");
    if (current) pane.scrollTop = current.offsetTop - pane.offsetTop - pane.clientHeight / 3;
  };

  return { elements: [title, around, pane], draw };
};
