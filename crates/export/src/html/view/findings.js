// The mistakes that were found, and what a teacher says: lists of steps to go to.

const findingsPane = (model) => listOf(model, "findings", () => model.findings().map((finding) => {
  const [wrong, help] = finding[model.lang()];
  return [finding.n, [span("finding", finding.rule), " ", wrong], help];
}));

const notesPane = (model) => listOf(model, "notes", () =>
  model.notes().map(([n, text]) => [n, [text.split("\n")[0] || lineOf(model.data.steps.find((step) => step.n === n))], text]));

const listOf = (model, word, rows) => {
  const title = make("h2", { id: fresh() });
  const list = make("ul", {});
  const all = make("section", { class: "found", "aria-labelledby": title.id }, title, list);

  const draw = (changes) => {
    if (!isAny(changes, "lang", "limit")) return;
    const there = rows();
    all.hidden = !there.length;
    title.textContent = `${model.say(word)} (${there.length})`;
    list.replaceChildren(...there.map(([n, text, more]) => {
      const row = button("", () => model.go(n));
      row.append(span("n", String(n).padStart(model.width)), " ", ...text);
      row.title = more;
      return make("li", {}, row);
    }));
  };

  return { elements: [all], draw };
};
