// A page with nothing but slides.
evscope.slides(document.getElementById("slides"), JSON.parse(document.getElementById("data").textContent));
