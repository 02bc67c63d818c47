"use strict";
// Everything here is a convenience: the page works without it.
const mine = document.getElementById("mine");
const state = mine ? mine.dataset.state : "open";
const PAUSE = 2000; // milliseconds between looks at one's place

async function look() {
  let place;
  try {
    const answer = await fetch("/place.json", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    place = await answer.json();
  } catch {
    setTimeout(look, 3 * PAUSE);
    return;
  }
  if (place.state !== state) {
    location.replace("/");
    return;
  }
  for (const part of mine.querySelectorAll("[data-say]")) {
    const text = place[part.dataset.say];
    if (part.textContent !== text) part.textContent = text;
  }
  document.title = place.headline;
  setTimeout(look, PAUSE);
}
if (state === "waiting" || state === "rendering") setTimeout(look, PAUSE);

const prompt = document.getElementById("prompt");
if (prompt) {
  const count = document.createElement("p");
  count.className = "count";
  const say = () => { count.textContent = `${prompt.value.length} of ${prompt.maxLength}`; };
  prompt.addEventListener("input", say);
  prompt.after(count);
  say();
}

for (const share of document.querySelectorAll(".share")) {
  if (!navigator.clipboard) break;
  const link = share.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.value);
    button.textContent = "Copied";
  });
  link.after(button);
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    // Only after the values were gathered, lest they be left out.
    setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; });
  });
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});
