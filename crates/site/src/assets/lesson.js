// A lesson: its stops one after the other, beside the view of its trace. While a question is open nothing is shown
// of what comes after its step.
{
  const lesson = site.data("lesson");
  const { stops, words } = lesson;
  const make = site.make;
  const say = (word, values = {}) => site.fill(words[word], values);
  const { letter, takes, isRight } = judge;
  const known = stops.map((stop, i) => stop.ask && judge.lift(stop.ask.veiled, `${lesson.name}/${i}`));

  // ---- how far one has come

  const progress = { at: 0, answers: [], tries: [], ...site.progress(lesson.name) };
  progress.at = Math.min(Math.max(progress.at, 0), stops.length);
  let isKept = true;
  const keep = () => { isKept = site.keepProgress(lesson.name, progress); };
  const tries = () => progress.tries[progress.at] ??= [];
  const answered = () => progress.answers[progress.at] || "";
  const stop = () => stops[progress.at];
  const ask = () => stop()?.ask;
  const isOpen = () => ask() !== undefined && answered() === "";

  // Takes an answer: a choice's letter, or what was typed.
  const answer = (given) => {
    if (!isOpen() || tries().includes(given)) return;
    tries().push(given);
    const right = isRight(ask().kind, known[progress.at].right, given);
    const count = tries().length;
    if (right) progress.answers[progress.at] = count === 1 ? "right" : "wrong";
    else if (ask().tries !== null && count >= ask().tries) progress.answers[progress.at] = "wrong";
    keep();
    show();
    focusOn(isOpen() ? "input:not(:disabled)" : "#on");
  };

  // ---- what is shown

  const root = document.getElementById("stop");
  const trace = document.getElementById("view");
  const view = evscope.open(trace, site.trace, { lang: site.lang });
  const focusOn = (selector) => (root.querySelector(selector) ?? root.querySelector("h2"))?.focus();

  const pieces = (paragraph) => paragraph.map((piece) => {
    if (typeof piece === "string") return piece;
    const code = make("code", {}, piece[0]);
    return piece.length === 1 ? code : make("a", { href: piece[1] }, code);
  });
  const prose = (paragraphs) => paragraphs.map((paragraph) => make("p", {}, ...pieces(paragraph)));
  const button = (id, text, fn) => {
    const element = make("button", { type: "button", id }, text);
    element.addEventListener("click", fn);
    return element;
  };

  const inWords = (given) => ask().kind === "choice" ? `${given})` : say("typed", { text: given });
  const told = (right) => {
    if (ask().kind === "choice") return `${letter(Number(right))})`;
    return ask().kind === "step" ? say("step", { step: right }) : right;
  };

  const verdict = () => {
    const last = tries()[tries().length - 1];
    if (last === undefined) return [];
    const { right, after } = known[progress.at];
    const found = isRight(ask().kind, right, last);
    const [sign, text] =
      answered() === "right" ? ["✔", say("right")]
        : found ? ["✔", say("rightAtTry", { number: tries().length })]
          : isOpen() ? ["✖", say("notSo", { given: inWords(last) })]
            : ["✖", say("not", { given: inWords(last), right: told(right) })];
    const more = isOpen() ? ask().hint ?? [[words.lookAgain]] : after;
    return [make("p", { class: found ? "yes" : "no" }, make("strong", {}, `${sign} ${text}`)), ...prose(more)];
  };

  const choices = () => ask().choices.map((choice, i) => {
    const isTried = tries().includes(letter(i));
    const right = Number(known[progress.at].right) === i;
    const mark = !isOpen() && right ? "✔" : isTried ? "✖" : "";
    const input = make("input", { type: "radio", name: "choice", value: letter(i), id: `choice-${i}` });
    input.disabled = isTried || !isOpen();
    return make("div", { class: `choice${isTried && !right ? " tried" : ""}` }, input,
      make("label", { for: `choice-${i}` }, `${letter(i)}) `, ...choice.flatMap(pieces),
        ...(mark ? [" ", make("strong", { class: mark === "✔" ? "yes" : "no" }, mark)] : [])));
  });

  const field = () => {
    const input = make("input", { type: "text", id: "typed", autocomplete: "off", size: "12",
      ...(ask().kind === "value" ? {} : { inputmode: "numeric" }) });
    // Who has gone to a step to answer with it need not type its number.
    if (ask().kind === "step" && view.step() !== stop().step) input.value = String(view.step() ?? "");
    return make("p", {}, make("label", { for: "typed" }, words.yourAnswer), " ", input);
  };

  const question = () => {
    if (!ask()) return [];
    const isChoice = ask().kind === "choice";
    const form = make("form", { class: "question" });
    const [first, ...more] = ask().text;
    const text = [...pieces(first), ...more.flatMap((paragraph) => [make("br", {}), ...pieces(paragraph)])];
    form.append(make("fieldset", {}, make("legend", {}, ...text),
      ...(isChoice ? choices() : isOpen() ? [field()] : [])));
    if (isOpen()) form.append(make("p", {}, make("button", { type: "submit" }, words.answer)));
    form.append(make("p", { id: "complaint", role: "alert" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isChoice) {
        const chosen = form.querySelector("input:checked");
        if (chosen) answer(chosen.value); else complain(words.choose);
        return;
      }
      const given = form.querySelector("#typed").value.trim();
      if (takes(ask().kind, given)) answer(given);
      else complain(given === "" || ask().kind === "value" ? words.choose : say("aNumber", { line: given }));
    });
    return [form];
  };
  const complain = (text) => { root.querySelector("#complaint").textContent = text; };

  const ways = () => {
    const row = make("p", { class: "ways" });
    if (progress.at > 0) row.append(button("back", `← ${words.previous}`, () => turn(progress.at - 1)));
    if (stop()) {
      const on = button("on", `${words.next} →`, () => turn(progress.at + 1));
      if (isOpen()) on.classList.add("quiet");
      row.append(on);
    } else {
      row.append(button("again", words.again, () => {
        Object.assign(progress, { at: 0, answers: [], tries: [] });
        turn(0);
      }));
      if (lesson.next) {
        const [to, title] = lesson.next;
        row.append(make("a", { href: to, class: "button", id: "on" }, `${say("nextLesson", { title })} →`));
      }
    }
    return row;
  };

  const lastPage = () => {
    const made = progress.answers.filter(Boolean);
    const right = made.filter((how) => how === "right").length;
    return [
      make("h2", { tabindex: "-1" }, words.theEnd),
      ...(made.length ? [make("p", {}, say(made.length === 1 ? "one" : "many", { right, made: made.length }))] : []),
      make("p", {}, words.yours),
    ];
  };

  // Says that one is not at the stop, and how to return.
  const away = make("p", { class: "away" });
  const lookAround = () => {
    const isAway = stop() !== undefined && view.step() !== stop().step;
    away.hidden = !isAway;
    if (isAway) away.replaceChildren(words.away, " ", button("return", say("back", { step: stop().step }), goToStop));
  };

  const status = make("div", { class: "verdict", role: "status" });
  const show = () => {
    // The steps that follow are not there before the question is answered, unless one of them is the answer.
    const isHidden = isOpen() && ask().kind !== "step";
    goToStop();
    const note = isHidden ? [make("p", { class: "hidden-note" }, words.hidden)] : [];
    const page = stop()
      ? [make("h2", { tabindex: "-1" }, say("stop", { stop: progress.at + 1, stops: stops.length })), away,
        ...prose(stop().text), ...question(), ...note]
      : lastPage();
    // A live region is told of when what is in it changes, so it stays where it is.
    status.replaceChildren(...(ask() ? verdict() : []));
    root.replaceChildren(...page, status, ways(), make("p", { class: "keys" }, words.keys),
      ...(isKept ? [] : [make("p", { class: "note" }, words.notKept)]));
    lookAround();
  };

  const goToStop = () => {
    view.limit(null);
    if (!stop()) return;
    view.setLevel(stop().level);
    view.go(stop().step);
    if (isOpen() && ask().kind !== "step") view.limit(stop().step);
  };

  const turn = (to) => {
    progress.at = Math.min(Math.max(to, 0), stops.length);
    keep();
    show();
    history.replaceState(null, "", place());
    root.querySelector("h2").focus();
  };
  const place = () => `#stop-${progress.at + 1}`;

  // ---- keys: those of a lesson come before those of the view

  const choose = (i) => {
    const input = root.querySelector(`#choice-${i}`);
    if (!input) return complain(say("answersAre", { last: letter(ask().choices.length - 1) }));
    if (!input.disabled) {
      input.checked = true;
      input.focus();
    }
  };
  // Enter goes on: to the answer, to the next stop, to the next lesson.
  const enter = () => {
    if (isOpen()) focusOn("input:not(:disabled)");
    else root.querySelector("#on")?.click();
  };

  // Whether a key was the lesson's.
  const take = (event) => {
    const at = event.target instanceof Element ? event.target : document.body;
    const isTyping = at.id === "typed";
    if (at.closest("dialog, #view input, #view textarea")) return false;
    if (event.key === "Escape" && at.closest("form")) return root.querySelector("h2").focus(), true;
    if (isTyping) return false;
    const isChoice = isOpen() && ask().kind === "choice";
    if (isOpen() && /^[0-9]$/.test(event.key)) {
      if (isChoice) return choose(Number(event.key) - 1), true;
      const field = root.querySelector("#typed");
      field.focus();
      field.value = event.key;
      return true;
    }
    const i = event.key.length === 1 ? event.key.charCodeAt(0) - 97 : -1;
    if (isChoice && !at.closest("#view") && i >= 0 && i < ask().choices.length) return choose(i), true;
    if (event.key === ">") return turn(progress.at + 1), true;
    if (event.key === "<") return turn(progress.at - 1), true;
    // Lessons speak of the screen's key for why a step happened.
    if (event.key === "w") return trace.querySelector(".causes")?.scrollIntoView({ block: "nearest" }), true;
    if (event.key === "T") return goToStop(), root.querySelector("h2").focus(), true;
    if (event.key === "Enter" && !at.closest("a, button, input, select, summary, #view")) return enter(), true;
    return false;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !take(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  view.on("step", lookAround);
  view.on("lang", site.otherLang);
  site.placed(place);
  const asked = /^#stop-(\d+)$/.exec(location.hash);
  if (asked) progress.at = Math.min(Math.max(Number(asked[1]) - 1, 0), stops.length);
  document.documentElement.classList.add("taken");
  show();
  // The text is read first, wherever the view has its step.
  window.scrollTo(0, 0);
}
