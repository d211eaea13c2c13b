// What a step changed, and why it happened.

const changesPane = (model) => {
  const title = make("h2", {});
  const list = make("ul", { class: "changes code" });

  const draw = () => {
    title.textContent = model.say("changes");
    const rows = [...model.changes()].map(([path, [from, to]]) =>
      make("li", {}, path, " ", make("del", {}, from), " → ", make("ins", {}, to)));
    list.replaceChildren(...(rows.length ? rows : [make("li", {}, model.say("nothing"))]));
  };

  return { elements: [title, list], draw };
};

const causesPane = (model) => {
  const title = make("h2", {});
  const list = make("ul", { class: "causes code" });

  const draw = () => {
    const step = model.step();
    title.textContent = model.say("causes");
    const links = (step ? step.why : []).map((i) => {
      const cause = model.data.links[i];
      const text = `${String(cause.n).padStart(model.width)}  ${cause[model.lang()]}`;
      return make("li", {}, cause.besides ? "    + " : "← ", linkTo(model, cause.n, text));
    });
    list.replaceChildren(...(links.length ? links : [make("li", {}, model.say("root"))]));
  };

  return { elements: [title, list], draw };
};

// A step that is on the page can be gone to.
const linkTo = (model, n, text) => {
  if (!model.isKnown(n)) return text;
  const link = make("a", { href: "#" + n }, text);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    model.go(n);
  });
  return link;
};
