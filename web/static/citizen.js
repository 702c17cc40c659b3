/* The citizen's page 市民页: behind /c/{token} it shows the request and asks the two questions; elsewhere it is the
   track form 查询. It keeps nothing on the phone but the reader's language and text size. */
(function () {
  "use strict";

  const page = window.GridCallCase;
  const say = window.GridCall.say;
  const byId = page.byId;
  const send = window.GridCallAsk;
  const form = window.GridCallForm;
  const PARTS = ["loading", "trouble", "case", "track"];
  const token = (/^\/c\/([A-Za-z0-9_-]+)\/?$/.exec(window.location.pathname) || [])[1];
  const isLink = /^\/c\//.test(window.location.pathname);
  let shown = null;
  let filled = false;

  function only(parts) {
    PARTS.forEach(function (id) {
      page.show(id, parts.indexOf(id) >= 0);
    });
    page.show("link-warning", isLink && parts.indexOf("case") >= 0);
  }

  /* What the reader is told: never an error of our own making in the machine's words. */
  function plain(error) {
    return error.status === undefined ? say("citizen.error.unknown") : error.message;
  }

  function linkPath() {
    return "links/" + encodeURIComponent(token);
  }

  function draw(found) {
    shown = found;
    page.draw(found, isLink);
    if (found.survey && !filled) {
      filled = true;
      page.fillSurvey(found.survey);
    }
    page.show("track-again", !isLink);
    only(["case"]);
  }

  function trouble(error) {
    const wrongLink = !token || error.status === 404 || error.status === 410;
    page.write("trouble-text", wrongLink ? error.message || say("citizen.error.link") : plain(error));
    page.show("retry", !wrongLink);
    only(wrongLink ? ["trouble", "track"] : ["trouble"]);
    byId("trouble").focus();
  }

  function openLink() {
    if (!token) {
      trouble({ status: 404, message: "" });
      return;
    }
    only(["loading"]);
    page.show("survey-told", false);
    send(linkPath()).then(draw).catch(trouble);
  }

  function thank(solved) {
    page.write("survey-told", say(solved ? "citizen.survey.thanks" : "citizen.survey.thanks.unsolved"));
    page.show("survey-told", true);
    byId("survey-told").focus();
  }

  byId("survey-form").addEventListener("submit", function (event) {
    event.preventDefault();
    const solved = form.chosen("solved");
    const satisfaction = form.chosen("satisfaction");
    const whole = form.complete([
      { given: solved, told: "solved-missing", text: "citizen.survey.solved.missing", focus: "solved-yes" },
      { given: satisfaction, told: "satisfaction-missing", text: "citizen.survey.satisfaction.missing", focus: "satisfaction-5" },
    ]);
    page.write("survey-trouble", "");
    if (!whole) {
      return;
    }
    const answer = { solved: solved === "yes", satisfaction: satisfaction };
    const comment = byId("comment").value.trim();
    if (comment) {
      answer.comment = comment;
    }
    form.held(byId("survey-submit"), "citizen.survey.busy", function () {
      return send(linkPath() + "/survey", answer);
    })
      .then(function (found) {
        draw(found);
        thank(answer.solved);
      })
      .catch(function (error) {
        page.write("survey-trouble", plain(error));
      });
  });

  byId("track-form").addEventListener("submit", function (event) {
    event.preventDefault();
    const number = byId("request-no").value.replace(/\s/g, "").toUpperCase();
    const code = byId("query-code").value.replace(/\s/g, "");
    const whole = form.complete([
      { given: number, told: "request-no-missing", text: "citizen.track.number.missing", focus: "request-no" },
      { given: /^\d{8}$/.test(code), told: "query-code-missing", text: "citizen.track.code.missing", focus: "query-code" },
    ]);
    page.write("track-trouble", "");
    if (!whole) {
      return;
    }
    form.held(byId("track-submit"), "citizen.track.busy", function () {
      return send("track", { request_no: number, query_code: code });
    })
      .then(function (found) {
        draw(found);
        byId("case-title").focus();
      })
      .catch(function (error) {
        page.write("track-trouble", plain(error));
      });
  });

  function begin() {
    window.GridCall.start().catch(function () {
      only(["trouble"]);
    });
  }

  byId("retry").addEventListener("click", begin);
  byId("track-again").addEventListener("click", function () {
    shown = null;
    byId("query-code").value = "";
    only(["track"]);
    byId("track-heading").focus();
  });

  /* After a change of language the server's sentences are asked for anew; the track form's case is drawn as it was. */
  window.GridCall.whenPainted(function () {
    if (isLink) {
      openLink();
    } else if (shown) {
      draw(shown);
    } else {
      only(["track"]);
    }
  });

  begin();
})();
