/* Texts 文案: loads one language's sentences, puts them on the page, remembers the reader's choice of language.
   Plain ES2015 and a global name, because the oldest phones in use know no modules. */
(function () {
  "use strict";

  const LANGUAGES = ["zh-CN", "en"];
  const root = document.documentElement;
  const waiting = [];
  let texts = {};
  let language = "zh-CN";

  function remembered(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (refused) {
      return null;
    }
  }

  function remember(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (refused) {
      return;
    }
  }

  function firstLanguage() {
    const kept = remembered("gridcall.language");
    if (LANGUAGES.indexOf(kept) >= 0) {
      return kept;
    }
    return /^en/i.test(navigator.language || "") ? "en" : "zh-CN";
  }

  /* The sentence for a key; {name} is replaced from `values`. An unknown key shows itself. */
  function say(key, values) {
    const text = texts[key] === undefined ? key : texts[key];
    return text.replace(/\{(\w+)\}/g, function (whole, name) {
      return values && values[name] !== undefined ? String(values[name]) : whole;
    });
  }

  function paint() {
    const nodes = document.querySelectorAll("[data-text]");
    for (let i = 0; i < nodes.length; i += 1) {
      nodes[i].textContent = say(nodes[i].getAttribute("data-text"));
    }
    const labelled = document.querySelectorAll("[data-label]");
    for (let i = 0; i < labelled.length; i += 1) {
      labelled[i].setAttribute("aria-label", say(labelled[i].getAttribute("data-label")));
    }
    root.lang = language;
    document.title = say(root.getAttribute("data-title"));
    waiting.forEach(function (call) {
      call();
    });
  }

  function use(next) {
    return fetch("/locales/" + next + ".json")
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error("locale " + answer.status);
        }
        return answer.json();
      })
      .then(function (loaded) {
        texts = loaded;
        language = next;
        paint();
      });
  }

  function onClick(id, act) {
    const button = document.getElementById(id);
    if (button) {
      button.addEventListener("click", act);
    }
  }

  onClick("switch-language", function () {
    const next = language === "en" ? "zh-CN" : "en";
    remember("gridcall.language", next);
    use(next);
  });

  window.GridCall = {
    say: say,
    language: function () {
      return language;
    },
    /* Calls back after the first texts are there and after every change of language. */
    whenPainted: function (call) {
      waiting.push(call);
    },
    start: function () {
      const first = firstLanguage();
      return use(first).catch(function () {
        return first === "zh-CN" ? undefined : use("zh-CN");
      });
    },
  };
})();
