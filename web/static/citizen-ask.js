/* Asks the notify service for the citizen's page. Every failure is rejected as {status, message}: the server's own
   sentence (problem+json `detail`) where there is one, else plain words of ours; status 0 means no answer came. */
(function () {
  "use strict";

  const API = "/api/notify/citizen/";
  const PATIENCE = 20000;
  const say = window.GridCall.say;

  function lost() {
    throw { status: 0, message: say("citizen.error.network") };
  }

  function refusal(answer) {
    return answer
      .json()
      .catch(function () {
        return {};
      })
      .then(function (problem) {
        const fallback = answer.status >= 500 ? "citizen.error.network" : "citizen.error.unknown";
        throw { status: answer.status, message: problem.detail || say(fallback) };
      });
  }

  function tooLate() {
    return new Promise(function (resolve, reject) {
      window.setTimeout(reject, PATIENCE);
    });
  }

  /* GET without a body, POST with one; resolves with the answer's JSON. Cookies are never sent: the link is the key. */
  window.GridCallAsk = function (path, body) {
    const options = {
      method: body ? "POST" : "GET",
      cache: "no-store",
      credentials: "omit",
      headers: { Accept: "application/json", "Accept-Language": window.GridCall.language(), "X-GridCall": "1" },
    };
    if (body) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    return Promise.race([fetch(API + path, options), tooLate()]).then(function (answer) {
      return answer.ok ? answer.json().catch(lost) : refusal(answer);
    }, lost);
  };
})();
