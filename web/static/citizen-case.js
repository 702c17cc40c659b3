/* Draws one request 诉求 as its citizen may see it: state, public reply, journey, survey. Sends nothing. */
(function () {
  "use strict";

  const say = window.GridCall.say;
  const SHANGHAI = 8 * 60 * 60 * 1000;

  function byId(id) {
    return document.getElementById(id);
  }

  function write(id, text) {
    byId(id).textContent = text;
  }

  function show(id, visible) {
    byId(id).hidden = !visible;
  }

  function twoDigits(n) {
    return (n < 10 ? "0" : "") + n;
  }

  /* 2026-11-23 09:40 in Asia/Shanghai (UTC+8, no summer time) whatever the phone's own zone is. */
  function shanghaiTime(instant) {
    const at = Date.parse(instant);
    if (isNaN(at)) {
      return instant;
    }
    const d = new Date(at + SHANGHAI);
    const day = [d.getUTCFullYear(), twoDigits(d.getUTCMonth() + 1), twoDigits(d.getUTCDate())].join("-");
    return day + " " + twoDigits(d.getUTCHours()) + ":" + twoDigits(d.getUTCMinutes());
  }

  /* The newest step stands first: it is what the citizen came for. */
  function drawJourney(steps) {
    const list = byId("journey");
    list.textContent = "";
    const newestFirst = steps.slice().sort(function (a, b) {
      return Date.parse(b.at) - Date.parse(a.at);
    });
    newestFirst.forEach(function (step) {
      const item = document.createElement("li");
      const time = document.createElement("time");
      const what = document.createElement("span");
      time.setAttribute("datetime", step.at);
      time.textContent = shanghaiTime(step.at);
      what.className = "what";
      what.textContent = step.text;
      item.appendChild(time);
      item.appendChild(what);
      list.appendChild(item);
    });
    show("journey-none", steps.length === 0);
  }

  function check(name, value) {
    const inputs = document.querySelectorAll('input[name="' + name + '"]');
    for (let i = 0; i < inputs.length; i += 1) {
      inputs[i].checked = inputs[i].value === value;
    }
  }

  /* An officer who asked by phone may have heard the first answer only. */
  function answered(survey) {
    const solved = say(survey.solved ? "citizen.survey.solved.yes" : "citizen.survey.solved.no");
    if (!survey.satisfaction) {
      return say("citizen.survey.yours.solved", { solved: solved });
    }
    return say("citizen.survey.yours", { solved: solved, satisfaction: say("citizen.survey." + survey.satisfaction) });
  }

  function askComment() {
    const unsolved = byId("solved-no").checked;
    write("comment-label", say(unsolved ? "citizen.survey.comment.unsolved" : "citizen.survey.comment"));
  }

  function drawSurvey(shown) {
    const survey = shown.survey;
    show("survey", true);
    show("survey-form", shown.survey_open);
    show("survey-yours", !!survey);
    write("survey-yours", survey ? answered(survey) : "");
    show("survey-closed", !shown.survey_open);
    write("survey-closed", say(survey ? "citizen.survey.final" : "citizen.survey.closed"));
    write("survey-intro", say(survey ? "citizen.survey.may.change" : "citizen.survey.intro"));
    write("survey-submit", say(survey ? "citizen.survey.change" : "citizen.survey.submit"));
    askComment();
  }

  /* Puts the answers given before into the form; done once, so that nothing half chosen is ever overwritten. */
  function fillSurvey(survey) {
    check("solved", survey.solved ? "yes" : "no");
    check("satisfaction", survey.satisfaction);
    byId("comment").value = survey.comment || "";
    askComment();
  }

  function draw(shown, withSurvey) {
    write("case-title", shown.title);
    write("case-status", shown.status_text);
    write("case-number", shown.request_no);
    write("reply", shown.reply_text || say("citizen.reply.none"));
    drawJourney(shown.journey || []);
    show("survey", false);
    if (withSurvey) {
      drawSurvey(shown);
    }
  }

  byId("solved-yes").addEventListener("change", askComment);
  byId("solved-no").addEventListener("change", askComment);

  window.GridCallCase = { byId: byId, write: write, show: show, draw: draw, fillSurvey: fillSurvey };
})();
