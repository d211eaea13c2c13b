// The search: plain text in the lines of the steps.

const searchPane = (model, back) => {
  const field = make("input", { type: "search", autocomplete: "off", spellcheck: "false", size: "14" });
  const count = make("span", { role: "status" });
  const [previous, next] = [["‹", -1], ["›", 1]].map(([text, direction]) => button(text, () => model.hit(direction)));
  const all = make("form", { role: "search" }, field, count, previous, next);

  field.addEventListener("input", () => model.search(field.value));
  all.addEventListener("submit", (event) => {
    event.preventDefault();
    model.hit(1);
    back();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    model.search("");
    back();
  });

  const label = () => {
    field.placeholder = "/";
    field.setAttribute("aria-label", model.say("search"));
    field.title = `${model.say("search")} (/)`;
    for (const [element, word, key] of [[previous, "previous-hit", "["], [next, "next-hit", "]"]]) {
      element.setAttribute("aria-label", model.say(word));
      element.title = `${model.say(word)} (${key})`;
    }
  };

  const draw = (changes) => {
    if (changes.has("lang")) label();
    if (!isAny(changes, "lang", "level", "limit", "search") && !model.sought()) return;
    const hits = model.hits();
    for (const element of [previous, next]) element.disabled = !hits.length;
    const at = hits.indexOf(model.step()) + 1;
    count.textContent = !model.sought() ? "" : !hits.length ? model.say("no-hit")
      : `${at || NONE} / ${hits.length}`;
  };

  return { elements: [all], draw, focus: () => field.focus() };
};
