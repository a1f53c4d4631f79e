// Offsets are those of Python: they count code points, and JavaScript's strings do not.
const main = document.getElementById("text");
const spans = [...document.querySelectorAll(".sentence")];
const words = spans.map((span) => [...span.textContent]);
const byId = (id) => document.getElementById(id);
const opposite = { cooperative: "oppositional", oppositional: "cooperative" };

let state = { items: [], decisions: {}, mentions: [], sentences: [] };
let queue = [];
let at = 0;
let choosing = "";
let draft = null;

function refuse(problem) { byId("error").textContent = problem; }

function element(name, className, text) {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function sentenceOf(role) {
  return state.sentences.findIndex((sentence) => sentence.start <= role.start && role.end <= sentence.end);
}

/** What is shown: the statement under way, an item as it was decided, or as the model has it. */
function current() {
  if (draft) return draft;
  const item = queue[at];
  return item && { ...item, ...state.decisions[item.id], model: item };
}

function wordsOf(role) {
  const n = sentenceOf(role);
  return n < 0 ? "" : words[n].slice(role.start - state.sentences[n].start, role.end - state.sentences[n].start).join("");
}

function drawSentence(n, marks) {
  const start = state.sentences[n].start;
  const cuts = [...new Set([0, words[n].length, ...marks.flatMap((m) => [m.start - start, m.end - start])])].sort((a, b) => a - b);
  const pieces = cuts.slice(0, -1).map((from, i) => {
    const names = marks.filter((m) => m.start - start <= from && from < m.end - start).map((m) => m.name);
    return element("span", names.join(" "), words[n].slice(from, cuts[i + 1]).join(""));
  });
  spans[n].replaceChildren(...pieces);
}

function draw() {
  const judged = queue.filter((item) => state.decisions[item.id]).length;
  byId("progress").max = queue.length || 1;
  byId("progress").value = judged;
  const added = Object.keys(state.decisions).length - judged;
  byId("count").textContent = `${judged} of ${queue.length} judged${added ? `, ${added} added` : ""}`;
  spans.forEach((span, n) => {
    span.textContent = words[n].join("");
    const here = queue.filter((item) => item.sentence === n);
    span.classList.toggle("judged", here.length > 0 && here.every((item) => state.decisions[item.id]));
    span.classList.remove("current");
  });
  const shown = current();
  byId("card").replaceChildren(...(shown ? card(shown) : [element("p", "", queue.length ? "" : "The model found no statement here.")]));
  byId("choice").hidden = !choosing;
  if (!shown) return;
  const n = sentenceOf(shown.source ?? shown.target);
  const marks = ["source", "target"].filter((side) => shown[side]).map((name) => ({ ...shown[name], name }));
  if (shown.model) marks.push({ start: shown.model.verb[0], end: shown.model.verb[1], name: "verb" });
  drawSentence(n, marks.filter((mark) => sentenceOf(mark) === n));
  spans[n].classList.add("current");
  spans[n].scrollIntoView({ block: "center" });
}

function card(shown) {
  const pair = element("p", "pair", "");
  pair.append(element("span", "source", shown.source?.actor ?? "?"), " → ", element("span", "target", shown.target?.actor ?? "?"));
  const names = element("p", "soft", ["source", "target"].map((side) => (shown[side] ? wordsOf(shown[side]) : "?")).join(" → "));
  if (!shown.model) return [element("p", "soft", "A new statement"), pair, names];
  const verdict = element("p", "", "");
  verdict.append(element("span", `stance ${shown.stance}`, shown.stance), shown.arguable ? ", arguable" : "");
  const { model } = shown;
  const said = element("p", "soft", `model: ${model.stance} ${model.confidence.toFixed(2)} · ${model.words} · ${model.root} · ${model.status}`);
  const decided = element("p", "soft", state.decisions[model.id] ? "judged" : "not judged yet");
  return [pair, names, verdict, said, decided];
}

async function call(path, body) {
  const answer = await fetch(path, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const found = await answer.json();
  if (!answer.ok) { refuse(found.error ?? answer.statusText); return null; }
  refuse("");
  return found;
}

function take(found) {
  state = found;
  queue = [...state.items];
  if (document.body.dataset.order === "uncertain") queue.sort((a, b) => a.confidence - b.confidence);
}

function step(by) {
  at = Math.min(Math.max(at + by, 0), Math.max(queue.length - 1, 0));
  draw();
}

async function decide(change) {
  const shown = current();
  if (!shown?.source || !shown.target) return;
  const { source, target, stance = "none", arguable = false } = { ...shown, arguable: false, ...change };
  const item = shown.model ? shown.model.id : `added-${crypto.randomUUID()}`;
  const found = await call("/decide", { item, source, target, stance, arguable });
  if (!found) return;
  take(found);
  if (draft) draft = null;
  else if (queue.some((other) => !state.decisions[other.id])) {
    do at = (at + 1) % queue.length; while (state.decisions[queue[at].id]);
  }
  draw();
}

function choose(side) {
  choosing = side;
  const shown = current();
  const { start, end } = state.sentences[shown.model.sentence];
  const inside = state.mentions.filter((m) => start <= m.start && m.end <= end);
  const options = inside.flatMap((m) => m.actors.map((actor) => ({ start: m.start, end: m.end, actor })));
  byId("question").textContent = `Who is the ${side}? Press a number.`;
  byId("options").replaceChildren(...options.slice(0, 9).map((role) => {
    const line = element("li", "", `${wordsOf(role)} (${role.actor})`);
    line.mention = role;
    return line;
  }));
  draw();
}

function pick(role) {
  const side = choosing;
  choosing = "";
  if (draft) { draft[side] = role; draw(); } else decide({ [side]: role });
}

function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const n = spans.findIndex((span) => span.contains(range.startContainer));
  if (n < 0 || !spans[n].contains(range.endContainer)) return null;
  const before = range.cloneRange();
  before.selectNodeContents(spans[n]);
  before.setEnd(range.startContainer, range.startOffset);
  const raw = range.toString();
  const start = state.sentences[n].start + [...before.toString()].length + ([...raw].length - [...raw.trimStart()].length);
  return { start, end: start + [...raw.trim()].length };
}

function add(side) {
  const place = selected();
  if (!place) { refuse("select the words in one sentence first"); return; }
  const known = state.mentions.find((m) => m.start < place.end && place.start < m.end);
  draft = { ...(draft ?? {}), [side]: known ? { start: known.start, end: known.end, actor: known.actors[0] } : { ...place, actor: "" } };
  refuse("");
  if (!known || known.actors.length > 1) {
    choosing = side;
    byId("question").textContent = `Who is “${wordsOf(draft[side])}”?`;
    byId("options").replaceChildren();
  }
  draw();
  if (choosing) byId("actor").focus();
}

byId("actor").addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.key === "Escape") cancel();
  if (event.key !== "Enter" || !choosing) return;
  const shown = current();
  pick({ start: shown[choosing].start, end: shown[choosing].end, actor: event.target.value.trim() });
  event.target.value = "";
  event.target.blur();
});

function cancel() {
  choosing = "";
  draft = null;
  byId("actor").blur();
  refuse("");
  draw();
}

async function undo() {
  const found = await call("/undo", {});
  if (!found) return;
  take(found);
  const back = queue.findIndex((item) => item.id === found.undone);
  if (back >= 0) at = back;
  draw();
}

const keys = {
  a: () => decide({ arguable: false }),
  f: () => decide({ stance: opposite[current().stance] ?? current().model.stance }),
  n: () => decide({ stance: "none" }),
  r: () => decide({ arguable: true }),
  d: () => decide({ source: current().target, target: current().source }),
  s: () => choose("source"),
  t: () => choose("target"),
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (choosing && /^[1-9]$/.test(event.key)) {
    const option = byId("options").children[Number(event.key) - 1];
    if (option) pick(option.mention);
  } else if (event.key === "Escape") cancel();
  else if (event.key === "u") undo();
  else if (event.key === "1") add("source");
  else if (event.key === "2") add("target");
  else if (draft) {
    if (event.key === "c") decide({ stance: "cooperative" });
    if (event.key === "o") decide({ stance: "oppositional" });
  } else if (keys[event.key] && current()) keys[event.key]();
  else return;
  event.preventDefault();
});

take(await call("/state"));
draw();
document.body.dataset.ready = "yes";
