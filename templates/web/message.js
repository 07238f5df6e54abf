// A message of the outbox in light or dark at will; what was chosen stays for the next message.
// Without this script the message is as light or dark as the system is.
(function () {
  "use strict";
  var mail = document.getElementById("mail");
  var source = mail.getAttribute("srcdoc");
  var inputs = Array.prototype.slice.call(document.querySelectorAll("input[type=radio]"));

  if (window.top !== window) document.getElementById("back").hidden = true;

  // the message's own questions for the system's colours, answered: only those of its styles, never its words
  function coloured(scheme) {
    return source.replace(/<style[^]*?<\/style>|<meta[^>]*>/gi, function (part) {
      return part
        .replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, function (_, asked) {
          return asked.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)";
        })
        .replace(/\blight dark\b/gi, scheme);
    });
  }

  function chosen(name) {
    return inputs.find(function (one) { return one.name === name && one.checked; }).value;
  }

  function kept(name, value) {
    try {
      if (value !== undefined) window.sessionStorage.setItem("outbox-" + name, value);
      return window.sessionStorage.getItem("outbox-" + name);
    } catch (error) {
      return null;  // a browser that keeps nothing for files
    }
  }

  function choose(name, value) {
    inputs.forEach(function (one) { if (one.name === name && one.value === value) one.checked = true; });
  }

  var system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  choose("scheme", kept("scheme") || system);
  choose("width", kept("width") || (window.innerWidth < 640 ? "phone" : "desktop"));
  choose("part", kept("part") || "html");
  document.getElementById("schemes").hidden = false;
  if (chosen("scheme") !== system) mail.srcdoc = coloured(chosen("scheme"));
  mail.style.colorScheme = chosen("scheme");
  inputs.forEach(function (one) {
    one.addEventListener("change", function () {
      kept(one.name, one.value);
      if (one.name !== "scheme") return;
      mail.srcdoc = coloured(one.value);
      mail.style.colorScheme = one.value;
    });
  });
})();
