// The mistakes that were found, and what a teacher says: lists of steps to go to.

const findingsPane = (model) => listOf(model, "findings", () => model.findings().map((finding) => {
  const [wrong, help] = finding[model.lang()];
  return [finding.n, [span("finding", finding.rule), " ", wrong], help];
}), "");

// A note is long: here it is as long as a line, and all of it is shown at its step.
const notesPane = (model) => listOf(model, "notes", () => model.notes().map(([n, text, level]) =>
  [n, text ? coded(text) : pieces(model.data.steps.find((step) => step.n === n)), text, level]), "short");

const listOf = (model, word, rows, kind) => {
  const title = make("h2", { id: fresh() });
  const list = make("ul", { class: kind });
  const all = make("section", { class: "found", "aria-labelledby": title.id }, title, list);

  const draw = (changes) => {
    if (!isAny(changes, "lang", "limit")) return;
    const there = rows();
    all.hidden = !there.length;
    title.textContent = `${model.say(word)} (${there.length})`;
    list.replaceChildren(...there.map(([n, text, more, level]) => {
      const row = button("", () => {
        if (level > model.level()) model.setLevel(level);
        model.go(n);
      });
      row.append(span("n", String(n).padStart(model.width)), " ", ...text);
      row.title = more;
      return make("li", {}, row);
    }));
  };

  return { elements: [all], draw };
};
