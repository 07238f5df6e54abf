// Looks the interests up while one types, and makes the feed's address easy to copy. Without this script a button does the
// first, and the second is a matter of a few more taps.
(function () {
  "use strict";
  var form = document.getElementById("preferences");
  var panel = document.getElementById("preview");
  var state = document.getElementById("preview-state");
  var feed = document.getElementById("feed-address");
  var WAIT = 600;
  var asked = null;
  var timer = null;
  var running = false;

  // what the preview depends on, and nothing else of the form
  function body() {
    var fields = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (name === "interests" || name === "max_papers" || name.indexOf("topic:") === 0) fields.append(name, value);
    });
    return fields.toString();
  }

  function show(text) {
    var open = Array.prototype.map.call(panel.querySelectorAll("details"), function (one) {
      return [one.querySelector("summary").textContent, one.open];
    });
    var fresh = new DOMParser().parseFromString(text, "text/html").body;
    fresh.querySelectorAll("details").forEach(function (one) {
      var summary = one.querySelector("summary").textContent;
      open.forEach(function (was) { if (was[0] === summary) one.open = was[1]; });
    });
    panel.replaceChildren.apply(panel, Array.from(fresh.childNodes));
  }

  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, wait);
  }

  // one request at a time: what is typed meanwhile is asked for when the answer is there
  function ask() {
    var wanted = body();
    if (running || wanted === asked) return;
    running = true;
    panel.setAttribute("aria-busy", "true");
    window.fetch(form.dataset.preview, {
      method: "POST",
      body: wanted,
      headers: { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" },
      credentials: "omit"
    }).then(function (answer) {
      if (answer.status === 429 || answer.status === 503) {
        state.textContent = state.dataset.busy;
        later(1000 * (parseInt(answer.headers.get("Retry-After"), 10) || 3));
        return null;
      }
      asked = wanted;
      return answer.ok ? answer.text() : null;
    }).then(function (text) {
      if (text === null) return;
      state.textContent = "";
      show(text);
    }).catch(function () {
      asked = wanted;  // offline: the button is still there
    }).finally(function () {
      running = false;
      panel.removeAttribute("aria-busy");
      if (asked !== null && body() !== asked) later(WAIT);
    });
  }

  // a topic that is suggested is the one of the list: both are ticked or neither
  form.addEventListener("change", function (event) {
    var box = event.target;
    if (!box.name || box.name.indexOf("topic:") !== 0) return;
    form.querySelectorAll('input[name="' + CSS.escape(box.name) + '"]').forEach(function (one) {
      one.checked = box.checked;
    });
    later(0);
  });
  form.addEventListener("input", function (event) {
    if (event.target.name === "interests" || event.target.name === "max_papers") later(WAIT);
  });

  if (feed) feed.addEventListener("focus", function () { feed.select(); });
  if (panel.querySelector("h3")) asked = body();
  else later(0);
})();
