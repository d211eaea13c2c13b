// The step in words: what it is, why, what to watch for, what is wrong with it, and what a teacher says of it. While there
// is a limit, a question is open, which the words could answer.

const saidPane = (model) => {
  const what = make("p", { class: "what" });
  const why = make("p", {});
  const watch = make("p", { class: "watch" });
  const wrong = make("ul", { class: "wrong" });
  const notes = make("div", { class: "notes" });
  const all = make("div", { class: "said", "aria-live": "polite" }, notes, what, why, watch, wrong);

  const draw = () => {
    const step = model.step();
    const said = !step ? { what: model.say("empty"), why: "" }
      : model.isLimited() ? { what: "", why: model.say("limited") } : step[model.lang()];
    what.textContent = said.what;
    why.textContent = said.why;
    watch.textContent = said.watch || "";
    const here = (other) => step && other === step.n;
    notes.replaceChildren(...model.notes().filter(([n, text]) => here(n) && text).flatMap(([, text, , question]) =>
      [make("p", { class: "note" }, "✎ ", ...coded(text)), ...(question ? asked(question) : [])]));
    const findings = model.isLimited() ? [] : model.findings().filter((finding) => here(finding.n));
    wrong.replaceChildren(...findings.map((finding) => {
      const [text, help] = finding[model.lang()];
      return make("li", {}, span("finding", `${text} [${finding.rule}]`), " ", help);
    }));
  };

  return { elements: [all], draw };
};
