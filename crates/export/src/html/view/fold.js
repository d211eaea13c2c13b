// The state of the program: the sum of what the steps changed.

// What the steps after one, and up to another, have changed all in all: what each part of the state was and is. The
// looking begins at an index.
const changesOf = (steps, index, from, to) => {
  const all = new Map();
  for (let i = index; steps[i] && steps[i].n <= to; i++) {
    if (steps[i].n <= from) continue;
    for (const [path, was, is] of steps[i].changes) {
      const [first] = all.get(path) || [was];
      if (first === is) all.delete(path);
      else all.set(path, [first, is]);
    }
  }
  return all;
};

// The value of each part of the state after a step.
const stateOf = (steps, to) => {
  const values = new Map();
  for (const step of steps) {
    if (step.n > to) break;
    for (const [path, , is] of step.missed || []) values.set(path, is);
    for (const [path, , is] of step.changes) values.set(path, is);
  }
  return values;
};

// The most that was ever in each buffer, by the path of its length, as far as one may know.
const peaksOf = (steps, limit) => {
  const peaks = new Map();
  for (const step of steps) {
    if (limit !== null && step.n > limit) break;
    for (const [path, , is] of [...(step.missed || []), ...step.changes]) {
      if (path.endsWith(".len")) peaks.set(path, Math.max(peaks.get(path) || 0, Number(is) || 0));
    }
  }
  return peaks;
};
