// Filters the papers of a page as one types. Without this script the page shows all of them.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) return;
  var text = document.getElementById("filter-text");
  var category = document.getElementById("filter-category");
  var count = document.getElementById("filter-count");
  var papers = Array.prototype.slice.call(document.querySelectorAll("article.paper"));
  var texts = papers.map(function (paper) { return fold(paper.textContent); });

  function fold(value) {
    return value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[\s-]+/g, " ");
  }

  function apply() {
    var words = fold(text.value).split(" ").filter(Boolean);
    var wanted = category ? category.value : "";
    var shown = 0;
    papers.forEach(function (paper, at) {
      var fits = (!wanted || paper.dataset.category === wanted) &&
        words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      paper.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = words.length || wanted ? shown + " / " + papers.length : "";
  }

  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  text.addEventListener("input", apply);
  if (category) category.addEventListener("change", apply);
})();
