// Where one is in a trace, and what is shown of it. The model knows no element of the page: it changes, and says to
// its listeners what changed.

const LANGS = ["en", "zh"];
const LEVELS = [1, 2, 3];

const modelOf = (data, options) => {
  const places = new Map(data.steps.map((step, i) => [step.n, i]));
  const found = [...new Set(data.findings.map((finding) => finding.n))];
  const noted = [...new Set([...data.stops.map((stop) => stop.n), ...data.notes.map(([n]) => n)])];
  const listeners = [];
  let lang = LANGS.includes(options.lang) ? options.lang : LANGS[0];
  let level = options.level || data.level;
  let limit = null; // the last step that may be known of
  let whose = "here"; // which side of a call the source shows
  let listed = []; // the steps of the level, up to the limit
  let step; // the current one of them
  let sought = ""; // what is searched for
  let hits = []; // the listed steps that have it
  let peaks = peaksOf(data.steps, limit);

  const isKnown = (n) => places.has(n) && (limit === null || n <= limit);
  const search = () => {
    const text = sought.toLowerCase();
    hits = text ? listed.filter((other) => lineOf(other).toLowerCase().includes(text)) : [];
  };
  const list = () => {
    listed = data.steps.filter((other) => other.level <= level && isKnown(other.n));
    search();
  };
  const changed = (...what) => {
    for (const listener of listeners) listener(new Set(what));
  };
  const at = () => listed.indexOf(step);

  // The step listed at or before one, or else the first.
  const nearest = (n) => listed.filter((other) => other.n <= n).pop() || listed[0];

  const stand = (there) => {
    if (!there || there === step) return;
    step = there;
    changed("step");
  };

  const relist = (...what) => {
    const before = step;
    list();
    step = before ? nearest(before.n) : listed[0];
    changed(...what, ...(step === before ? [] : ["step"]));
  };

  // Causes and findings are steps of the whole trace; one that this level hides is shown at a level that has it.
  const go = (n) => {
    if (!isKnown(n)) return;
    const there = data.steps[places.get(n)];
    if (there.level > level) {
      level = there.level;
      step = there;
      relist("level", "step");
    } else {
      stand(there);
    }
  };

  const find = (direction, wanted) => {
    for (let i = at() + direction; listed[i]; i += direction) {
      if (wanted(listed[i])) return stand(listed[i]);
    }
  };

  // To the nearest of some steps in a direction, at whatever level it is shown.
  const nextOf = (steps, direction) => {
    const here = step ? step.n : -1;
    const there = steps.filter(isKnown).sort((a, b) => direction * (a - b));
    const next = there.find((n) => direction * (n - here) > 0);
    if (next !== undefined) go(next);
  };

  // The last step that has been done by a listed one. What hidden steps have done may be what is asked for.
  const doneBy = (other) => limit === null ? other.done[level - 1] : other.n;

  list();
  step = options.step === undefined ? listed[0] : nearest(options.step);

  return {
    data,
    lang: () => lang,
    level: () => level,
    whose: () => whose,
    listed: () => listed,
    step: () => step,
    at,
    isKnown,
    isLimited: () => limit !== null,
    findings: () => data.findings.filter((finding) => isKnown(finding.n)),
    isFound: (n) => found.includes(n),
    // What a teacher says of steps: number, text, the level to look at it, and a question.
    notes: () => [
      ...data.stops.map((stop) => [stop.n, stop[lang].text, stop.level, stop[lang].asked]),
      ...data.notes.map(([n, text]) => [n, text, 1]),
    ].filter(([n]) => isKnown(n)),
    isNoted: (n) => noted.includes(n),
    say: (word) => data.words[lang][word],
    width: String(data.len).length,
    listen: (listener) => listeners.push(listener),
    // How the step differs from the one listed before it.
    changes: () => {
      if (!step) return new Map();
      const before = listed[at() - 1];
      const from = before ? doneBy(before) : -1;
      return changesOf(data.steps, places.get((before || listed[0]).n), from, doneBy(step));
    },
    state: () => step ? stateOf(data.steps, doneBy(step)) : new Map(),
    // The most that is known to have been in each buffer.
    peaks: () => peaks,
    go,
    find,
    goTo: (i) => stand(listed[i]),
    move: (by) => stand(listed[Math.min(Math.max(at() + by, 0), listed.length - 1)]),
    first: () => stand(listed[0]),
    last: () => stand(listed[listed.length - 1]),
    over: (direction) => {
      const depth = (other) => other.indent[level - 1];
      if (step) find(direction, (other) => depth(other) <= depth(step));
    },
    finding: (direction) => nextOf(found, direction),
    note: (direction) => nextOf(noted, direction),
    search: (text) => {
      sought = text.trim();
      search();
      changed("search");
    },
    sought: () => sought,
    hits: () => hits,
    // To the next step that has what is searched for; from the end to the other one.
    hit: (direction) => {
      const here = step ? step.n : -1;
      const sorted = direction > 0 ? hits : [...hits].reverse();
      stand(sorted.find((other) => direction * (other.n - here) > 0) || sorted[0]);
    },
    setLevel: (wanted) => {
      if (!LEVELS.includes(wanted) || wanted === level) return;
      level = wanted;
      relist("level");
    },
    setLang: (wanted) => {
      if (!LANGS.includes(wanted) || wanted === lang) return;
      lang = wanted;
      changed("lang");
    },
    limit: (n) => {
      limit = n;
      peaks = peaksOf(data.steps, limit);
      relist("limit");
    },
    otherSide: () => {
      whose = whose === "here" ? "other" : "here";
      changed("whose");
    },
  };
};

// A step as a line of text.
const lineOf = (step) => step.n + " " + step.line.map((piece) => piece[1]).join("");
