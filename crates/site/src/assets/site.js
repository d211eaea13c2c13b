"use strict";
// What every page of the site has. Texts are put into a page as text only, never as markup.
const site = (() => {
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const data = (id) => JSON.parse(document.getElementById(id).textContent);

  // A text in which places in braces wait for what is only known here.
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

  // What is kept in this browser. Where it keeps nothing, all works but for that.
  const PREFIX = "evscope/";
  const kept = (key) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null;
    }
  };
  const keep = (key, value) => {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };

  // How far one has come in a lesson: the stop one is at, and for each stop how it was answered ("right" at once, or
  // "wrong") and what was tried. Whoever kept it: what is none is taken for nothing.
  const lessonKey = (name) => "lesson/" + name;
  const progress = (name) => {
    const found = kept(lessonKey(name));
    const isOne = Number.isInteger(found?.at) && Array.isArray(found.answers) && Array.isArray(found.tries);
    return isOne ? found : null;
  };

  // The page in the other language opens at the same place: the part of the text that is read, unless a page says
  // something more exact.
  const parts = () => [...document.querySelectorAll("main h1, main h2, main h3")];
  const part = () => "#part-" + Math.max(parts().findLastIndex((heading) => heading.getBoundingClientRect().top < 120), 0);
  const twin = document.querySelector("a.twin");
  const here = { part };
  const turn = () => twin.setAttribute("href", twin.getAttribute("href").replace(/#.*$/, "") + here.part());
  twin.addEventListener("click", turn);
  const asked = /^#part-(\d+)$/.exec(location.hash);
  if (asked) parts()[Number(asked[1])]?.scrollIntoView();

  return {
    make, data, fill, progress,
    keepProgress: (name, found) => keep(lessonKey(name), found),
    lang: document.documentElement.lang,
    // Says how the place on this page is called.
    placed: (fn) => { here.part = fn; },
    // Goes to the page in the other language.
    otherLang: () => { turn(); location.assign(twin.href); },
  };
})();
