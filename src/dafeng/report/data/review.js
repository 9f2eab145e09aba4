"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const cards = [...document.querySelectorAll("article")];
const decisions = new Map(); // number → "accept" or "reject"
const spans = new Map(); // number → its marks in the text
for (const mark of document.querySelectorAll("#text mark"))
  for (const number of mark.dataset.all.split(" ").map(Number))
    spans.set(number, [...(spans.get(number) ?? []), mark]);
const key = "dafeng-review-" + data.sha256;

function fields(card) { return [...card.querySelectorAll(".fields input, .fields select")]; }

function fill(list) { // all other indicators, once a person turns to the list: a page holds many lists
  if (list.querySelector("optgroup")) return;
  const rest = document.createElement("optgroup");
  rest.label = data.words.others;
  rest.append(document.getElementById("indicators").content.cloneNode(true));
  list.append(rest);
}

function changed(card) {
  const result = {};
  for (const field of fields(card)) {
    if (field.value !== field.dataset.was) {
      const number = field.type === "number" && field.value !== "";
      result[field.name] = field.value === "" ? null : number ? Number(field.value) : field.value;
    }
  }
  return result;
}

function paint(card) {
  const number = Number(card.dataset.number);
  const decision = decisions.get(number);
  const edits = changed(card);
  for (const field of fields(card)) field.classList.toggle("changed", field.name in edits);
  const garbled = data.proposals[number].corrupt && !("value_base" in edits && edits.value_base !== null);
  card.querySelector(".accept").disabled = garbled;
  if (garbled && decision === "accept") { decisions.delete(number); return paint(card); }
  for (const name of ["accept", "reject"]) {
    card.querySelector("." + name).setAttribute("aria-pressed", String(decision === name));
    for (const mark of marks(number)) mark.classList.toggle(name, decision === name);
  }
  card.querySelector(".state").textContent =
    garbled ? data.words.garbled : Object.keys(edits).length ? data.words.changed : "";
  count();
}

function marks(number) { return spans.get(number) ?? []; }

function count() {
  const of = name => [...decisions.values()].filter(d => d === name).length;
  document.getElementById("count").textContent = data.words.count
    .replace("{accepted}", of("accept")).replace("{rejected}", of("reject"))
    .replace("{open}", cards.length - decisions.size);
}

function go(number, toText) {
  number = Number(number);
  for (const now of document.querySelectorAll(".now")) now.classList.remove("now");
  const card = document.getElementById("p" + number);
  const found = marks(number);
  card.classList.remove("hidden");
  for (const one of [card, ...found]) one.classList.add("now");
  (toText && found[0] ? found[0] : card).scrollIntoView({ block: "center" });
}

function decide(card, name) {
  const number = Number(card.dataset.number);
  if (decisions.get(number) === name) decisions.delete(number); else decisions.set(number, name);
  paint(card);
  keep();
}

function review() {
  const made = [...decisions].sort((a, b) => a[0] - b[0]).map(([number, decision]) => {
    const { start, end, slice, shown } = data.proposals[number];
    return { start, end, slice, decision, shown, changed: changed(cards[number]) };
  });
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(n => String(n).padStart(2, "0")).join("-");
  return { format: data.format, file: data.file, sha256: data.sha256,
    person: document.getElementById("person").value.trim(), date: day, decisions: made };
}

function save() {
  const link = document.createElement("a");
  link.href = "data:application/json;charset=utf-8," + encodeURIComponent(JSON.stringify(review(), null, 1));
  link.download = data.file.replace(/\.[^.]*$/, "") + ".review.json";
  link.click();
}

function keep() { // what was decided survives a closed tab, in this browser only
  try { localStorage.setItem(key, JSON.stringify(review())); } catch { /* no storage: nothing is lost but this */ }
}

function restore() {
  let held = null;
  try { held = JSON.parse(localStorage.getItem(key)); } catch { return; }
  if (!held) return;
  document.getElementById("person").value = held.person;
  for (const one of held.decisions) {
    const number = data.proposals.findIndex(p => p.start === one.start && p.end === one.end);
    if (number < 0) continue;
    for (const field of fields(cards[number]).filter(f => f.name in one.changed)) {
      if (field.name === "indicator_id") fill(field);
      field.value = one.changed[field.name] ?? "";
    }
    decisions.set(number, one.decision);
  }
}

function show(which) {
  for (const card of cards) {
    const number = Number(card.dataset.number);
    const fits = which === "all" || (which === "open" && !decisions.has(number))
      || (which === data.proposals[number].trust);
    card.classList.toggle("hidden", !fits);
  }
}

for (const card of cards) {
  const list = card.querySelector("[name=indicator_id]");
  list.onpointerdown = list.onfocus = () => fill(list);
  for (const field of fields(card)) field.dataset.was = field.value;
  card.querySelector(".jump").onclick = event => { event.preventDefault(); go(card.dataset.number, true); };
  card.querySelector(".accept").onclick = () => decide(card, "accept");
  card.querySelector(".reject").onclick = () => decide(card, "reject");
  card.querySelector(".fields").onchange = () => { paint(card); keep(); };
}
for (const mark of document.querySelectorAll("#text mark")) mark.onclick = () => go(mark.dataset.for, false);
document.getElementById("show").onchange = event => show(event.target.value);
document.getElementById("who").onsubmit = event => { event.preventDefault(); save(); };
document.getElementById("person").onchange = keep;
restore();
for (const card of cards) paint(card);
count();
