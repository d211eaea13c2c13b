"use strict";
// A trace of one's own: read by evscope itself, compiled to WebAssembly, and shown like any other.
{
  const { words } = site.data("open");
  const told = document.getElementById("told");
  const root = document.getElementById("view");
  const MOST = 64 * 1024 * 1024; // unpacked and looked at it takes some ten times its size
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  const say = (word, values = {}) => { told.textContent = site.fill(words[word], values); };
  let view = null;

  let module = null;
  const compiled = () => module ??= WebAssembly.compile(Uint8Array.from(atob(site.reader), (c) => c.charCodeAt(0)));

  // What the module makes of a trace's bytes: JSON, or why it could not. Each trace has a module of its own, so that
  // one that breaks it is the last that it reads.
  const read = async (name, bytes) => {
    const { exports } = await WebAssembly.instantiate(await compiled(), {});
    const put = (which, content) => {
      const at = exports.input(which, content.length);
      new Uint8Array(exports.memory.buffer, at, content.length).set(content);
    };
    const text = new TextEncoder();
    [text.encode(name), bytes, text.encode(site.lang)].forEach((content, which) => put(which, content));
    exports.read();
    const out = new Uint8Array(exports.memory.buffer, exports.output(), exports.output_len());
    return JSON.parse(new TextDecoder().decode(out));
  };

  const show = async (file) => {
    if (typeof WebAssembly === "undefined") return say("none");
    if (file.size > MOST) return say("tooBig", { file: file.name, size: megabytes(file.size), most: megabytes(MOST) });
    say("reading", { file: file.name });
    view?.close();
    view = null;
    root.hidden = true;
    let result;
    try {
      result = await read(file.name, new Uint8Array(await file.arrayBuffer()));
    } catch {
      return say("broken", { file: file.name });
    }
    if (result.error !== undefined) {
      told.textContent = result.error;
      return;
    }
    const { data, all } = result;
    const isCut = data.steps.length < all;
    say(isCut ? "cut" : "shown", { file: file.name, shown: data.steps.length, all });
    if (result.note) told.append(" ", result.note);
    root.hidden = false;
    view = evscope.open(root, data, { lang: site.lang });
    view.on("lang", site.otherLang);
    root.scrollIntoView();
  };

  const input = document.getElementById("file");
  input.addEventListener("change", () => { if (input.files[0]) show(input.files[0]); });
  const drop = document.getElementById("drop");
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) show(file);
  });
}
