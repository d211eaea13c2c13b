// Where one is in a trace, and what is shown of it. The model knows no element of the page: it changes, and says to
// its listeners what changed.

const LANGS = ["en", "zh"];

const modelOf = (data, options) => {
  const places = new Map(data.steps.map((step, i) => [step.n, i]));
  const found = [...new Set(data.findings.map((finding) => finding.n))];
  const listeners = [];
  let lang = LANGS.includes(options.lang) ? options.lang : LANGS[0];
  let level = options.level || data.level;
  let limit = null; // the last step that may be known of
  let whose = "here"; // which side of a call the source shows
  let listed = []; // the steps of the level, up to the limit
  let step; // the current one of them

  const isKnown = (n) => places.has(n) && (limit === null || n <= limit);
  const list = () => {
    listed = data.steps.filter((other) => other.level <= level && isKnown(other.n));
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

  list();
  step = options.step === undefined ? listed[0] : nearest(options.step);

  return {
    data,
    lang: () => lang,
    level: () => level,
    whose: () => whose,
    listed: () => listed,
    step: () => step,
    isKnown,
    findings: () => data.findings.filter((finding) => isKnown(finding.n)),
    isFound: (n) => found.includes(n),
    say: (word) => data.words[lang][word],
    width: String(data.len).length,
    listen: (listener) => listeners.push(listener),
    go,
    find,
    move: (by) => stand(listed[Math.min(Math.max(at() + by, 0), listed.length - 1)]),
    first: () => stand(listed[0]),
    last: () => stand(listed[listed.length - 1]),
    over: (direction) => {
      const depth = (other) => other.indent[level - 1];
      if (step) find(direction, (other) => depth(other) <= depth(step));
    },
    // To the finding nearest in a direction, at whatever level its step is shown.
    finding: (direction) => {
      const here = step ? step.n : -1;
      const there = found.filter(isKnown).sort((a, b) => direction * (a - b));
      const next = there.find((n) => direction * (n - here) > 0);
      if (next !== undefined) go(next);
    },
    setLevel: (wanted) => {
      if (![1, 2, 3].includes(wanted) || wanted === level) return;
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
      relist("limit");
    },
    otherSide: () => {
      whose = whose === "here" ? "other" : "here";
      changed("whose");
    },
  };
};
