// Elements of a page. Whatever comes from a trace is put in as text, never as markup.

const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const span = (kind, text) => kind ? make("span", { class: kind }, text) : text;
