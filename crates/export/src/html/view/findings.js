// The mistakes that were found.

const findingsPane = (model) => {
  const title = make("h2", {});
  const list = make("ul", { class: "findings" });
  const all = make("div", { class: "found" }, title, list);

  const draw = () => {
    const findings = model.findings();
    all.hidden = !findings.length;
    title.textContent = `${model.say("findings")} (${findings.length})`;
    list.replaceChildren(...findings.map((finding) => {
      const [wrong, help] = finding[model.lang()];
      const row = make("li", { title: help }, span("n", String(finding.n).padStart(model.width)), " ",
        span("finding", finding.rule), " ", wrong);
      row.addEventListener("click", () => model.go(finding.n));
      return row;
    }));
  };

  return { elements: [all], draw };
};
