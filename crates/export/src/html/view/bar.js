// The buttons above the panes: each does what a key does.

const BUTTONS = { first: ["g", "|◀"], previous: ["p", "◀"], next: ["n", "▶"], last: ["G", "▶|"] };

const barPane = (model, keys, isHelping) => {
  const button = (key, text) => {
    const element = make("button", { type: "button", "data-key": key }, text);
    element.addEventListener("click", () => keys()[key]());
    return element;
  };
  const moves = Object.entries(BUTTONS).map(([word, [key, text]]) => [word, button(key, text)]);
  const level = make("span", {});
  const levels = ["1", "2", "3"].map((key) => button(key, key));
  const [whose, lang, help] = [button("s", ""), button("L", ""), button("?", "?")];
  const text = make("p", { class: "help" });
  const bar = make("nav", { class: "bar" }, ...moves.map((move) => move[1]),
    make("span", { role: "group" }, level, " ", ...levels), whose, lang, help);

  const draw = () => {
    for (const [word, move] of moves) {
      move.title = model.say(word);
      move.setAttribute("aria-label", model.say(word));
    }
    level.textContent = model.say("level");
    for (const button of levels) {
      button.setAttribute("aria-pressed", String(button.dataset.key === String(model.level())));
      button.title = model.say(`level${button.dataset.key}`);
    }
    whose.textContent = model.say(model.whose() === "here" ? "own" : "caller");
    lang.textContent = model.say("other");
    help.setAttribute("aria-pressed", String(isHelping()));
    text.textContent = model.say("keys");
    text.hidden = !isHelping();
  };

  return { elements: [bar, text], draw };
};
