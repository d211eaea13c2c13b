// What a teacher stops at: the stops of a lesson, or else the steps with notes, or else what the program does. Slides and
// hand-outs are made of them.

const stopsOf = (data) => {
  if (data.stops.length) return data.stops;
  const noted = data.notes.map(([n, text]) => ({ n, text }));
  const steps = noted.length ? noted : data.steps.filter((step) => step.level === 1).map(({ n }) => ({ n, text: "" }));
  return steps.map(({ n, text }) => ({ n, level: data.level, en: { text }, zh: { text } }));
};

const letter = (i) => String.fromCharCode(97 + i) + ")";

// A stop: its step, so many lines of source around it, what is said there, and what is asked. Where something is asked the
// step is not explained: that could answer it.
const stopBlock = (model, stop, around, heading) => {
  const step = model.data.steps.find((step) => step.n === stop.n);
  const said = stop[model.lang()];
  const place = model.data.places[step.here[Math.max(stop.level, step.level) - 1]];
  const source = place && place.text !== undefined ? [
    make("p", { class: "place" }, `${place.file}${place.fn ? " " + place.fn : ""}:${place.line}`),
    make("pre", { class: "excerpt code" }, ...excerpt(model.data, place, around)),
  ] : [];
  const explained = said.asked || isSaid(said.text) ? [] : [step[model.lang()].what, step[model.lang()].why];
  const texts = [...said.text.split("\n\n"), ...explained].filter(isSaid);
  return [
    make(heading, { class: "code " + step.lane }, span("n", String(step.n)), " ", ...pieces(step)),
    ...source,
    ...texts.map((text) => make("p", { class: "note" }, ...coded(text))),
    ...(said.asked ? asked(said.asked) : []),
  ];
};

const isSaid = (text) => text.trim() !== "";

const asked = ({ text, choices }) => [
  make("p", { class: "asked" }, ...coded(text)),
  ...(choices.length ? [make("ul", { class: "choices" }, ...choices.map((choice, i) => make("li", {}, letter(i) + " ", ...coded(choice))))] : []),
];
