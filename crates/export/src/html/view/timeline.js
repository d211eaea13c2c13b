// All steps of the level from left to right, a row for each who acts, and above them what stands out. It is a slider.

const LANES = ["K", "L", "B", "P"];
const OUT = ["failure", "finding", "watermark", "callback", "note"];
const SVG = "http://www.w3.org/2000/svg";
const [WIDE, ROW, TOP] = [1000, 10, 12];

const timelinePane = (model) => {
  let byTime = false;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${TOP + LANES.length * ROW}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const cursor = make("div", { class: "cursor" });
  const slider = make("div", { class: "slider", role: "slider", tabindex: "0" }, svg, cursor);
  const names = make("div", { class: "names code", "aria-hidden": "true" });
  const scale = button("", () => turn());
  const all = make("div", { class: "timeline" }, names, slider, scale);
  let places = []; // of the listed steps, from 0 to 1

  const path = (kind, line) => {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("class", kind);
    element.setAttribute("d", line);
    return element;
  };

  const rows = () => {
    const steps = model.listed();
    const [first, last] = [steps[0], steps[steps.length - 1]].map((step) => step ? Number(step.t) : 0);
    places = steps.map((step, i) => byTime && last > first ? (Number(step.t) - first) / (last - first)
      : i / Math.max(steps.length - 1, 1));
    const lines = new Map([...LANES, ...OUT].map((kind) => [kind, ""]));
    steps.forEach((step, i) => {
      const x = (places[i] * WIDE).toFixed(1);
      lines.set(step.lane, lines.get(step.lane) + `M${x} ${TOP + LANES.indexOf(step.lane) * ROW + 1}v8`);
      const out = model.isFound(step.n) ? "finding" : step.mark || (model.isNoted(step.n) ? "note" : "");
      if (out) lines.set(out, lines.get(out) + `M${x} 6h0`);
    });
    svg.replaceChildren(...[...lines].filter(([, line]) => line).map(([kind, line]) => path(kind, line)));
  };

  const draw = (changes) => {
    if (isAny(changes, "level", "lang", "limit", "scale")) {
      rows();
      slider.setAttribute("aria-label", model.say("timeline"));
      slider.setAttribute("aria-valuemin", "0");
      slider.setAttribute("aria-valuemax", String(Math.max(places.length - 1, 0)));
      scale.textContent = model.say(byTime ? "by-time" : "by-steps");
      scale.title = `${model.say("scale")} (t)`;
      names.replaceChildren(...LANES.map((lane) => make("span", { class: "lane " + lane, title: model.say(lane) }, lane)));
    }
    const [step, at] = [model.step(), model.at()];
    all.hidden = !step;
    if (!step) return;
    slider.setAttribute("aria-valuenow", String(at));
    slider.setAttribute("aria-valuetext", `${step.n}, ${step.t} s, ${lineOf(step)}`);
    // It is as wide as the slider, and moved: what stands beside it is not laid out anew for that.
    cursor.style.transform = `translateX(${places[at] * 100}%)`;
  };

  const turn = () => {
    byTime = !byTime;
    draw(new Set(["scale"]));
  };

  // To the step nearest to where the pointer is.
  const point = (event) => {
    const { left, width } = svg.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle] < share) low = middle + 1;
      else high = middle;
    }
    const isBefore = low > 0 && (low === places.length || share - places[low - 1] < places[low] - share);
    model.goTo(isBefore ? low - 1 : low);
  };
  slider.addEventListener("pointerdown", (event) => {
    slider.setPointerCapture(event.pointerId);
    point(event);
  });
  slider.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) point(event);
  });

  return { elements: [all], draw, turn };
};
