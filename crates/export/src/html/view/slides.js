// A stop a slide, to be shown or printed. A question has a slide of its own, and its answer the next.
//
// root: an element. The number of the slide is the end of the page's address.
const slides = (root, data) => {
  const [least, most] = [12, 30]; // pixels of a letter
  let model = modelOf(data, { lang: reads() });
  let at = Math.max(0, (Number(location.hash.slice(1)) || 1) - 1);
  let all = [];
  const place = make("span", { role: "status" });
  const lang = button("", () => turnLang());
  const [back, on] = [["◀", -1], ["▶", 1]].map(([text, by]) => button(text, () => go(at + by)));
  const shown = make("div", { class: "slides" });

  const slide = (...children) => make("section", { class: "slide" }, ...children);
  const answer = ({ asked: question, answer: { right, after } }) => slide(
    ...asked(question), make("p", { class: "answer" }, "✓ ", ...coded(named(question.choices, right))),
    ...after.split("\n\n").map((text) => make("p", { class: "note" }, ...coded(text))));
  const named = (choices, right) => choices.includes(right) ? letter(choices.indexOf(right)) + " " + right : right;
  const makeAll = () => {
        const lesson = (data.titles || {})[model.lang()];
    all = [slide(make("h1", {}, lesson || data.title), make("p", {}, (lesson ? data.title + " · " : "") + model.say("about")))];
    for (const stop of stopsOf(data)) {
      const told = stop[model.lang()];
      all.push(slide(...stopBlock(model, stop, 6, "h2")));
      if (told.answer) all.push(answer(told));
    }
    shown.replaceChildren(...all);
  };

  // As big as the letters may be for all of it to be seen.
  const fit = (one) => {
    let size = most;
    do one.style.fontSize = `${size}px`;
    while (one.scrollHeight > one.clientHeight && --size >= least);
  };

  const go = (to) => {
    at = Math.min(Math.max(to, 0), all.length - 1);
    all.forEach((one, i) => one.classList.toggle("current", i === at));
    fit(all[at]);
    place.textContent = `${at + 1} / ${all.length}`;
    history.replaceState(null, "", "#" + (at + 1));
  };

  const turnLang = () => {
    model = modelOf(data, { lang: LANGS.find((other) => other !== model.lang()) });
    draw();
  };

  const draw = () => {
    document.documentElement.lang = tagOf(model.lang());
    lang.textContent = model.say("other");
    back.setAttribute("aria-label", model.say("previous-slide"));
    on.setAttribute("aria-label", model.say("next-slide"));
    makeAll();
    go(at);
  };

  const [next, previous] = [() => go(at + 1), () => go(at - 1)];
  const keys = {
    ArrowRight: next, ArrowDown: next, PageDown: next, " ": next, n: next,
    ArrowLeft: previous, ArrowUp: previous, PageUp: previous, p: previous,
    Home: () => go(0), End: () => go(all.length - 1), L: turnLang,
  };
  document.addEventListener("keydown", (event) => {
    const isPressed = event.key === " " && event.target instanceof HTMLButtonElement;
    if (isTaken(event) || isPressed || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  window.addEventListener("hashchange", () => go(Number(location.hash.slice(1)) - 1 || 0));
  window.addEventListener("resize", () => scale());
  // Slides are of one size, and as big as the window has room for.
  const scale = () => {
    const by = Math.min(innerWidth / 1280, innerHeight / 720);
    root.style.setProperty("--scale", String(by));
    fit(all[at]);
  };
  window.addEventListener("beforeprint", () => {
    root.classList.add("printing");
    all.forEach(fit);
    root.classList.remove("printing");
  });
  root.classList.add("evscope");
  root.replaceChildren(shown, make("nav", { class: "turn" }, back, place, on, lang));
  draw();
  scale();
};
