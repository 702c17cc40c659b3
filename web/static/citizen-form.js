/* What both forms of the citizen's page do: hold a button while work runs, read a choice, say what is missing. */
(function () {
  "use strict";

  const page = window.GridCallCase;
  const say = window.GridCall.say;
  const byId = page.byId;

  /* Runs `work` with the button held and its text changed, so that a second tap sends nothing twice. */
  function held(button, busyText, work) {
    const before = button.textContent;
    button.disabled = true;
    button.textContent = say(busyText);
    const release = function () {
      button.disabled = false;
      button.textContent = before;
    };
    return work().then(
      function (found) {
        release();
        return found;
      },
      function (error) {
        release();
        throw error;
      }
    );
  }

  function chosen(name) {
    const input = document.querySelector('input[name="' + name + '"]:checked');
    return input ? input.value : null;
  }

  /* Says what is missing beside each field and moves to the first one; true when nothing is missing. */
  function complete(fields) {
    let first = null;
    fields.forEach(function (field) {
      page.write(field.told, field.given ? "" : say(field.text));
      if (byId(field.focus).type === "text") {
        byId(field.focus).setAttribute("aria-invalid", field.given ? "false" : "true");
      }
      first = first || (field.given ? null : field.focus);
    });
    if (first) {
      byId(first).focus();
    }
    return !first;
  }

  window.GridCallForm = { held: held, chosen: chosen, complete: complete };
})();
