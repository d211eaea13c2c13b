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
//   limit(n)         hides all that tells of a step after n, and what explains a step, until limit(null)
//   on(name, fn)     has fn called with the new value after a change of "step", "lang" or "level"
//   close()          empties the element, and lets go of the keys
const open = (root, data, options = {}) => {
  const asked = () => /^#(\d+)$/.exec(location.hash)?.[1];
  const model = modelOf(data, { lang: reads(), ...options });

  const press = (key) => runs.get(key)();
  const steps = stepsPane(model);
  const search = searchPane(model, () => steps.focus());
  const timeline = timelinePane(model);
  const help = helpPane(model, () => keys);
  const keys = keysOf(model, { help: () => help.open(), search: () => search.focus(), scale: () => timeline.turn() });
  const runs = byKey(keys);
  const bar = barPane(model, press, search);
  const columns = [
    ["left", [findingsPane, notesPane].map((pane) => pane(model)).concat(steps)],
    ["middle", [sourcePane, saidPane, causesPane].map((pane) => pane(model))],
    ["right", [changesPane, statePane].map((pane) => pane(model))],
  ];
  const panes = [bar, search, timeline, ...columns.flatMap(([, panes]) => panes), help];

  root.classList.add("evscope");
  root.replaceChildren(...bar.elements, ...timeline.elements,
    make("div", { class: "panes" }, ...columns.map(([name, panes]) =>
      make("div", { class: name }, ...panes.flatMap((pane) => pane.elements)))),
    ...help.elements);

  const values = { step: () => model.step()?.n ?? null, lang: model.lang, level: model.level };
  const listeners = [];
  const draw = (changes) => {
    if (changes.has("lang")) root.lang = tagOf(model.lang());
    for (const pane of panes) pane.draw(changes);
    const n = values.step();
    if (options.address && n !== null) history.replaceState(null, "", "#" + n);
  };
  model.listen(draw);
  model.listen((changes) => {
    for (const [name, fn] of listeners) if (changes.has(name)) fn(values[name]());
  });

  const onKey = (event) => {
    if (isTaken(event) || !runs.has(event.key)) return;
    event.preventDefault();
    press(event.key);
  };
  const onAddress = () => {
    const n = asked();
    if (n !== undefined) model.go(Number(n));
  };
  if (options.keys !== false) document.addEventListener("keydown", onKey);
  const first = asked(); // before the view's own first step becomes the address
  draw(new Set(["step", "level", "lang", "limit", "whose"]));
  if (options.address) {
    window.addEventListener("hashchange", onAddress);
    if (first !== undefined) model.go(Number(first));
  }

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

// A language as pages name it: by this, browsers choose letters.
const tagOf = (lang) => lang === "zh" ? "zh-CN" : lang;

// The reader's language, of those there are.
const reads = () => /^zh/i.test(navigator.language || "") ? "zh" : "en";
