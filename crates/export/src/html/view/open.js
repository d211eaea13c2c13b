// Draws the view of a trace into an element and returns what one can do with it.
//
// data: what `evscope_export::html::data` wrote.
// options: all may be left out.
//   lang, level, step: to begin with; without them the reader's language, what the data says, the first step.
//   keys: false if the page takes all keys itself. A key whose event somebody prevented is left alone anyway.
//   address: true if the step's number is the end of the page's address.
//
// The handle:
//   go(n)            to a step; nothing happens if it is not there, or hidden by a limit
//   step()           its number, or null where no step is shown
//   level(), setLevel(1 | 2 | 3)
//   lang(), setLang("en" | "zh")
//   limit(n)         hides all that tells of a step after n, until limit(null)
//   on(name, fn)     has fn called with the new value after a change of "step", "lang" or "level"
//   close()          empties the element, and lets go of the keys
const open = (root, data, options = {}) => {
  const asked = () => /^#(\d+)$/.exec(location.hash)?.[1];
  const start = { lang: /^zh/i.test(navigator.language || "") ? "zh" : "en", ...options };
  const model = modelOf(data, start);
  let isHelping = false;
  let keys = {};

  const bar = barPane(model, () => keys, () => isHelping);
  const [left, right] = [[findingsPane, stepsPane], [sourcePane, saidPane, changesPane, causesPane]]
    .map((side) => side.map((pane) => pane(model)));
  const panes = [bar, ...left, ...right];
  keys = keysOf(model, () => { isHelping = !isHelping; bar.draw(); });

  const elements = (side) => side.flatMap((pane) => pane.elements);
  root.classList.add("evscope");
  root.replaceChildren(...bar.elements, make("div", { class: "panes" },
    make("div", { class: "left" }, ...elements(left)), make("div", { class: "right" }, ...elements(right))));

  const values = { step: () => model.step()?.n ?? null, lang: model.lang, level: model.level };
  const listeners = [];
  const draw = (changes) => {
    root.setAttribute("lang", model.lang());
    for (const pane of panes) pane.draw(changes);
    const n = values.step();
    if (options.address && n !== null) history.replaceState(null, "", "#" + n);
  };
  model.listen(draw);
  model.listen((changes) => {
    for (const [name, fn] of listeners) if (changes.has(name)) fn(values[name]());
  });

  const onKey = (event) => {
    if (isTaken(event) || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  };
  const onAddress = () => {
    const n = asked();
    if (n !== undefined) model.go(Number(n));
  };
  if (options.keys !== false) document.addEventListener("keydown", onKey);
  if (options.address) {
    window.addEventListener("hashchange", onAddress);
    onAddress();
  }
  draw(new Set(["step", "level", "lang", "limit", "whose"]));

  return {
    go: model.go,
    ...values,
    setLevel: model.setLevel,
    setLang: model.setLang,
    limit: model.limit,
    on: (name, fn) => listeners.push([name, fn]),
    close: () => {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("hashchange", onAddress);
      root.replaceChildren();
    },
  };
};
