// The buttons above the panes: each does what a key does.

const MOVES = { first: ["g", "|◀"], previous: ["p", "◀"], next: ["n", "▶"], last: ["G", "▶|"] };

const barPane = (model, press, search) => {
  const keyed = (key, text) => {
    const element = button(text, () => press(key));
    element.dataset.key = key;
    return element;
  };
  const moves = Object.entries(MOVES).map(([word, [key, text]]) => [word, keyed(key, text)]);
  const level = make("span", { id: fresh() });
  const levels = LEVELS.map((number) => keyed(String(number), String(number)));
  const [whose, lang, help] = [keyed("s", ""), keyed("L", ""), keyed("?", "?")];
  const bar = make("div", { class: "bar" },
    make("div", { class: "moves" }, ...moves.map((move) => move[1]),
      make("span", { class: "levels", role: "group", "aria-labelledby": level.id }, level, ...levels)),
    make("div", { class: "more" }, ...search.elements, whose, lang, help));

  const name = (element, word) => {
    element.title = `${model.say(word)} (${element.dataset.key})`;
    return model.say(word);
  };

  const draw = (changes) => {
    if (!isAny(changes, "lang", "level", "whose")) return;
    for (const [word, move] of moves) move.setAttribute("aria-label", name(move, word));
    level.textContent = model.say("level");
    for (const button of levels) {
      const number = button.dataset.key;
      button.setAttribute("aria-pressed", String(number === String(model.level())));
      button.setAttribute("aria-label", `${number}: ${name(button, `level${number}`)}`);
    }
    name(whose, "other-side");
    whose.textContent = model.say(model.whose() === "here" ? "own" : "caller");
    name(lang, "language");
    lang.textContent = model.say("other");
    lang.lang = LANGS.find((other) => other !== model.lang());
    help.setAttribute("aria-label", name(help, "help"));
  };

  return { elements: [bar], draw };
};
