// The list of an outbox: a pane for the message beside it, and a search through all recipients on all its pages.
// Without this script every row is a link to its message, and every page of the list to its neighbours.
(function () {
  "use strict";
  var MOST = 200;
  var form = document.getElementById("find");
  var words = document.getElementById("words");
  var order = document.getElementById("order");
  var count = document.getElementById("count");
  var rows = document.getElementById("rows");
  var pages = document.getElementById("pages");
  var empty = document.getElementById("row").content.firstElementChild;
  var pane = document.getElementById("message");
  var wide = window.matchMedia("(min-width: 60em)");
  var own = Array.prototype.slice.call(rows.children);
  var texts = null, titles = null, waiting = null;

  function fold(value) {
    return value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[\s-]+/g, " ");
  }

  // --- the pane

  function open(link) {
    rows.querySelectorAll("[aria-current]").forEach(function (one) { one.removeAttribute("aria-current"); });
    link.setAttribute("aria-current", "true");
    pane.contentWindow.location.replace(link.href);
  }

  function arrange() {
    document.body.classList.toggle("beside", wide.matches);
    pane.hidden = !wide.matches;
    var first = rows.querySelector("a[href$='.html']");
    if (wide.matches && first && !rows.querySelector("[aria-current]")) open(first);
  }

  rows.addEventListener("click", function (event) {
    var link = event.target.closest("a[href$='.html']");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
  wide.addEventListener("change", arrange);

  // --- the search; its data is loaded when it is first used

  function load(then) {
    if (texts) return then();
    waiting = then;
    if (document.getElementById("searched")) return;
    var script = document.createElement("script");
    script.id = "searched";
    script.src = "recipients.js";
    script.onload = function () {
      titles = window.outboxTitles.map(fold);
      texts = window.outboxRecipients.map(function (one) { return fold(one.slice(1, 5).concat(one[8]).join(" ")); });
      waiting();
    };
    script.onerror = function () { count.textContent = count.dataset.failed; };
    document.head.append(script);
  }

  function matching() {
    var wanted = fold(words.value).split(" ").filter(Boolean).map(function (word) {
      return { word: word, titles: new Set(titles.flatMap(function (title, at) {
        return title.indexOf(word) >= 0 ? [at] : [];
      })) };
    });
    return window.outboxRecipients.filter(function (one, at) {
      return wanted.every(function (each) {
        return texts[at].indexOf(each.word) >= 0 || one[7].some(function (title) { return each.titles.has(title); });
      });
    });
  }

  var orders = {
    papers: function (a, b) { return b[5] - a[5]; },
    few: function (a, b) { return a[5] - b[5]; },
    size: function (a, b) { return b[6] - a[6]; },
    email: function (a, b) { return a[1] < b[1] ? -1 : 1; }
  };

  function item(one) {
    var row = empty.cloneNode(true), link = row.firstElementChild;
    if (one[0]) link.setAttribute("href", one[0]);
    link.querySelector("bdi").textContent = one[1];
    ["subject", "preheader", "facts"].forEach(function (name, at) {
      link.querySelector("." + name).textContent = one[2 + at];
    });
    return row;
  }

  function apply() {
    var all = !words.value.trim() && !order.value;
    if (pages) pages.hidden = !all;
    if (all) {
      rows.replaceChildren.apply(rows, own);
      count.textContent = "";
      return arrange();
    }
    load(function () {
      var found = matching();
      // who gets nothing has no size and no number to be ordered by
      if (order.value === "few") found = found.filter(function (one) { return one[0]; });
      if (order.value) found = found.slice().sort(orders[order.value]);
      var shown = found.slice(0, MOST);
      rows.replaceChildren.apply(rows, shown.map(item));
      var said = shown.length < found.length ? count.dataset.first : count.dataset.all;
      count.textContent = said.replace("{found}", found.length).replace("{all}", texts.length).replace("{shown}", MOST);
      arrange();
    });
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); });
  words.addEventListener("input", apply);
  order.addEventListener("change", apply);
  form.hidden = false;
  if (words.value || order.value) apply(); else arrange();
})();
