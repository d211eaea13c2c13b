"use strict";
// The list of lessons: how far one has come in each, and which is the next to take.
{
  const { lessons, words } = site.data("progress");
  let next = null;
  let isBegun = false;
  for (const lesson of lessons) {
    const progress = site.progress(lesson.name);
    const isDone = progress !== null && progress.at >= lesson.stops;
    if (!isDone) next ??= { ...lesson, progress };
    if (progress === null) continue;
    isBegun = true;
    const answers = progress.answers.filter(Boolean);
    const told = isDone
      ? site.fill(words.done, { right: answers.filter((answer) => answer === "right").length, made: answers.length })
      : site.fill(words.at, { stop: progress.at + 1, stops: lesson.stops });
    const row = document.querySelector(`[data-lesson="${CSS.escape(lesson.name)}"]`);
    row.querySelector(".how-far").textContent = told;
    row.classList.toggle("done", isDone);
  }
  const text = next && site.fill(isBegun ? words.goOn : words.begin, { title: next.title });
  document.getElementById("go-on").replaceChildren(
    next ? site.make("a", { href: next.to, class: "button" }, text) : words.all);
}
