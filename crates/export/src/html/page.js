// A page with nothing but the view of a trace. On paper it is a hand-out.
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const view = evscope.open(document.getElementById("view"), data, { address: true });
  const say = () => {
    document.documentElement.lang = document.getElementById("view").lang;
    document.getElementById("about").textContent = data.words[view.lang()].about;
  };
  view.on("lang", say);
  say();
  const paper = document.getElementById("paper");
  window.addEventListener("beforeprint", () => paper.replaceChildren(evscope.handOut(data, view.lang(), view.level())));
  window.addEventListener("afterprint", () => paper.replaceChildren());
}
