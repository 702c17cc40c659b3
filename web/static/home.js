/* The start page 起始页: asks each service whether it is ready, every 15 seconds while the page is looked at. */
(function () {
  "use strict";

  const PAUSE = 15000;
  const badges = document.querySelectorAll("[data-service]");

  function show(badge, state) {
    if (badge.getAttribute("data-state") === state && badge.lang === window.GridCall.language()) {
      return;
    }
    badge.setAttribute("data-state", state);
    badge.lang = window.GridCall.language();
    badge.className = "health " + state;
    badge.textContent = window.GridCall.say("home.health." + state);
  }

  function ask(badge) {
    return fetch("/api/" + badge.getAttribute("data-service") + "/readyz", { cache: "no-store" }).then(
      function (answer) {
        show(badge, answer.ok ? "up" : "down");
      },
      function () {
        show(badge, "down");
      }
    );
  }

  function askAll() {
    if (document.hidden) {
      return;
    }
    for (let i = 0; i < badges.length; i += 1) {
      ask(badges[i]);
    }
  }

  window.GridCall.whenPainted(askAll);
  window.GridCall.start();
  window.setInterval(askAll, PAUSE);
  document.addEventListener("visibilitychange", askAll);
})();
