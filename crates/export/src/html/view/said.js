// The step in words: what it is, why, what to watch for, and what is wrong with it.

const saidPane = (model) => {
  const what = make("p", { class: "what" });
  const why = make("p", {});
  const watch = make("p", { class: "watch" });
  const wrong = make("ul", { class: "wrong" });
  const all = make("div", { class: "said", "aria-live": "polite" }, what, why, watch, wrong);

  const draw = () => {
    const step = model.step();
    const said = step ? step[model.lang()] : { what: model.say("empty"), why: "" };
    what.textContent = said.what;
    why.textContent = said.why;
    watch.textContent = said.watch || "";
    const findings = model.findings().filter((finding) => step && finding.n === step.n);
    wrong.replaceChildren(...findings.map((finding) => {
      const [text, help] = finding[model.lang()];
      return make("li", {}, span("finding", `${text} [${finding.rule}]`), " ", help);
    }));
  };

  return { elements: [all], draw };
};
