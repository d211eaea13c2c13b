// Elements of a page. Whatever comes from a trace is put in as text, never as markup.

const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const span = (kind, text) => kind ? make("span", { class: kind }, text) : text;

const button = (text, run) => {
  const element = make("button", { type: "button" }, text);
  element.addEventListener("click", run);
  return element;
};

// A name for an element that others refer to; several views may be on a page.
let names = 0;
const fresh = () => `evscope-${++names}`;

const isAny = (changes, ...kinds) => kinds.some((kind) => changes.has(kind));

// A teacher's text: what stands between two backticks is code.
const coded = (text) => {
  const pieces = text.split("`");
  const isPaired = pieces.length % 2 === 1;
  return isPaired ? pieces.map((piece, i) => i % 2 ? make("code", {}, piece) : piece) : [text];
};
