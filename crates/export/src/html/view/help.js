// The help: what each key does, and what the signs mean.

const helpPane = (model, keys) => {
  const title = make("h2", { id: fresh() });
  const table = make("tbody", {});
  const signs = make("dl", {});
  const close = button("✕", () => dialog.close());
  const [keysTitle, signsTitle, more] = [make("h3", {}), make("h3", {}), make("p", {})];
  const dialog = make("dialog", { class: "help", "aria-labelledby": title.id },
    make("div", { class: "head" }, title, close),
    make("div", { class: "columns" },
      make("div", {}, keysTitle, make("table", {}, table)), make("div", {}, signsTitle, signs, more)));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });

  const draw = (changes) => {
    if (!changes.has("lang")) return;
    title.textContent = model.say("help");
    keysTitle.textContent = model.say("keys");
    signsTitle.textContent = model.say("signs");
    more.textContent = model.say("address");
    close.setAttribute("aria-label", model.say("close"));
    table.replaceChildren(...keys().map(([names, word]) => make("tr", {},
      make("th", { scope: "row" }, ...names.flatMap((name) => [make("kbd", {}, name), " "])),
      make("td", {}, (/^level/.test(word) ? model.say("level") + model.say("colon") : "") + model.say(word)))));
    const meaning = [
      ...LANES.map((lane) => ["lane " + lane, lane, model.say(lane)]),
      ...Object.entries(SIGNS).map(([kind, sign]) => [kind, sign, model.say(kind)]),
      ["changed", "◆", model.say("changed")],
      ["code", "L H", model.say("gauge")],
    ];
    signs.replaceChildren(...meaning.flatMap(([kind, sign, text]) =>
      [make("dt", {}, span(kind, sign)), make("dd", {}, text)]));
  };

  return { elements: [dialog], draw, open: () => dialog.showModal() };
};
