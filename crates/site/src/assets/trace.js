"use strict";
// A page on which one steps through a trace.
{
  const view = evscope.open(document.getElementById("view"), site.trace, { address: true, lang: site.lang });
  view.on("lang", site.otherLang);
  site.placed(() => location.hash);
}
