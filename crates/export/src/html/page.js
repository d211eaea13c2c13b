// A page with nothing but the view of a trace.
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const view = evscope.open(document.getElementById("view"), data, { address: true });
  const say = () => {
    document.documentElement.lang = view.lang();
    document.getElementById("about").textContent = data.words[view.lang()].about;
  };
  view.on("lang", say);
  say();
}
