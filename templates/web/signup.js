// Does the sum that the form asks for, from the moment somebody types into it, so that it is done when they send it.
// Without this script, or where a page without TLS has no WebCrypto, the form is taken after a while.
(function () {
  "use strict";
  var field = document.querySelector("input[name=altcha]");
  var form = field && field.form;
  if (!form || !window.crypto || !window.crypto.subtle) return;
  var challenge = JSON.parse(field.dataset.challenge);
  var asked = challenge.parameters;
  var state = document.getElementById("work-state");
  var working = null, waiting = null;

  function bytes(hex) {
    return Uint8Array.from(hex.match(/../g), function (pair) { return parseInt(pair, 16); });
  }

  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), function (octet) { return octet.toString(16).padStart(2, "0"); }).join("");
  }

  // PBKDF2 over the nonce and a counter, until what it gives begins as asked; the browser does it beside the page
  async function solve() {
    var nonce = bytes(asked.nonce), salt = bytes(asked.salt), password = new Uint8Array(nonce.length + 4);
    var view = new DataView(password.buffer);
    password.set(nonce);
    for (var counter = 0; ; counter += 1) {
      view.setUint32(nonce.length, counter);
      var key = await window.crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      var derived = hex(await window.crypto.subtle.deriveBits(
        { name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: asked.cost }, key, asked.keyLength * 8));
      if (derived.startsWith(asked.keyPrefix)) return { counter: counter, derivedKey: derived };
    }
  }

  function begin() {
    working = working || solve().then(function (solution) {
      field.value = window.btoa(JSON.stringify({ challenge: challenge, solution: solution }));
      if (waiting) form.requestSubmit(waiting);
    });
  }

  form.addEventListener("input", begin);
  form.addEventListener("submit", function (event) {
    if (field.value || event.submitter.name === "action") return;  // the latter only looks something up
    event.preventDefault();
    state.textContent = field.dataset.working;
    waiting = event.submitter;
    begin();
  });
})();
