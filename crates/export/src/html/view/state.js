// The state after the step: the objects that are there, each with its fields, and buffers with a gauge. What the step
// changed is marked.

const NONE = "–";
// An object of these begins unfolded: it is what one looks for.
const UNFOLDED = ["bev", "buf"];
const SIDES = { input: "read", output: "write" };

const statePane = (model) => {
  const title = make("h2", { id: fresh() });
  const list = make("ul", { class: "state code", "aria-labelledby": title.id });
  const turned = new Set(); // those that the reader folded or unfolded

  const draw = (changes) => {
    if (!isAny(changes, "step", "level", "lang", "limit")) return;
    title.textContent = model.say("state");
    const view = { model, values: model.state(), changed: model.changes(), peaks: model.peaks() };
    list.replaceChildren(...objectsOf(view).map((object) => {
      const fold = make("details", { class: "object" }, summaryOf(view, object), ...partsOf(view, object));
      fold.open = UNFOLDED.includes(object.kind) !== turned.has(object.id);
      fold.firstChild.addEventListener("click", () => {
        if (!turned.delete(object.id)) turned.add(object.id);
      });
      return make("li", {}, fold);
    }));
  };

  return { elements: [title, list], draw };
};

// The objects that are there, with the names of their fields. One that the step freed is there once more.
const objectsOf = ({ model, values, changed }) => {
  const objects = new Map();
  const kinds = model.data.kinds.map(({ name }) => name).concat(""); // what belongs to no object comes last
  const ends = new Map(model.data.kinds.map((kind) => [kind.name, kind.ends]));
  for (const path of values.keys()) {
    const [, id, kind, field] = /^(([a-z]*)\d*)(?:\.(.+))?$/.exec(path) || [];
    if (id === undefined) continue;
    if (!objects.has(id)) objects.set(id, { id, kind: kinds.includes(kind) ? kind : "", fields: [] });
    if (field) objects.get(id).fields.push(field);
  }
  const has = (path) => (values.get(path) || NONE) !== NONE;
  const isThere = ({ id, kind, fields }) => {
    if (kind === "") return has(id);
    if (!has(id) || !fields.length) return false;
    // Its buffers stand in the bufferevent.
    if (kind === "buf" && has(`${id}.bev`)) return false;
    const end = `${id}.${ends.get(kind)}`;
    return !has(end) || changed.has(end);
  };
  const number = (id) => Number(/\d*$/.exec(id)[0]);
  return [...objects.values()].filter(isThere)
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || number(a.id) - number(b.id));
};

const summaryOf = ({ model, values, changed }, { id, kind }) => {
  const value = (field) => values.get(`${id}.${field}`);
  const is = (field) => (value(field) || NONE) !== NONE;
  const fd = is("fd") ? [`fd ${value("fd")}`] : [];
  const about = {
    base: () => [value("backend")],
    listener: () => [...fd, value("addr")],
    bev: () => [value("kind"), ...fd, is("freed_at") && model.say("freed")],
    event: () => [
      is("bev") ? `${value("bev")}.${(value("role") || "").replace(/^bev\./, "")}` : value("role"), ...fd,
      model.say(value("pending") === "yes" ? "pending" : "not-pending"),
      is("active") && `${model.say("active")} ${value("active")}`, is("freed_at") && model.say("freed"),
    ],
    buf: () => [],
    "": () => [values.get(id)],
  }[kind]();
  const isChanged = [...changed.keys()].some((path) => path === id || path.startsWith(id + "."));
  const mark = isChanged ? [make("span", { class: "changed", title: model.say("changed") }, " ◆")] : [];
  return make("summary", {}, make("strong", {}, id), " ", about.filter(Boolean).join(" · "), ...mark);
};

const partsOf = (view, object) => {
  if (object.kind === "") return [];
  const own = object.fields.filter((field) => !/^(input|output)\./.test(field));
  if (object.kind === "buf") {
    return [gaugeOf(view, object.id, 0, 0), fieldsOf(view, object.id, own.filter((field) => field !== "len"))];
  }
  if (object.kind !== "bev") return [fieldsOf(view, object.id, own)];
  const value = (field) => Number(view.values.get(`${object.id}.${field}`)) || 0;
  const sides = Object.entries(SIDES).map(([side, does]) => {
    const path = `${object.id}.${side}`;
    // Whose buffer it is, is seen.
    const fields = object.fields.filter((field) => field.startsWith(side + ".") && !/\.(len|bev|side)$/.test(field))
      .map((field) => field.slice(side.length + 1));
    return make("div", { class: "side" }, gaugeOf(view, path, value(`${does}_low`), value(`${does}_high`)),
      fieldsOf(view, path, fields));
  });
  return [...sides, fieldsOf(view, object.id, own)];
};

const fieldsOf = ({ model, values, changed }, path, fields) => make("dl", {}, ...fields.flatMap((field) => {
  const name = `${path}.${field}`;
  const change = changed.get(name);
  if (values.get(name) === NONE && !change) return [];
  return [make("dt", {}, field), valueOf(model, values.get(name), change)];
}));

// A value; if the step changed it, with a mark and with what it was.
const valueOf = (model, value, change) => {
  if (!change) return make("dd", {}, value);
  return make("dd", { class: "changed" }, make("span", { title: model.say("changed") }, "◆ "), value, " ",
    make("small", {}, `${model.say("was")} ${change[0]}`));
};

// How full a buffer is, with its marks, on the scale of the most that it has to do with.
const gaugeOf = ({ model, values, changed, peaks }, path, low, high) => {
  const len = Number(values.get(`${path}.len`)) || 0;
  const scale = Math.max(len, low, high, peaks.get(`${path}.len`) || 0, 1);
  const bar = make("div", { class: "gauge", "aria-hidden": "true" });
  const put = (kind, share, text) => {
    const part = make("span", { class: kind }, text);
    part.style[kind === "fill" ? "width" : "left"] = `${100 * share / scale}%`;
    bar.append(part);
  };
  put("fill", len, "");
  const side = path.split(".")[1] || ""; // a buffer of its own has no marks
  if (side) put("low", low, "L");
  if (high) put("high", high, "H");
  const change = changed.get(`${path}.len`);
  const texts = [
    side && model.say(side), `${len} B`, change && `◆ ${model.say("was")} ${change[0]} B`,
    side && `${model.say("low")} ${low}`, side && `${model.say("high")} ${high || NONE}`,
  ].filter(Boolean);
  return make("div", { class: change ? "level changed" : "level" }, make("p", {}, texts.join("  ")), bar);
};
