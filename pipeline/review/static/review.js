// Offsets are those of Python: they count code points, and JavaScript's strings do not.
const main = document.getElementById("text");
const spans = [...document.querySelectorAll(".sentence")];
const words = spans.map((span) => [...span.textContent]);
const byId = (id) => document.getElementById(id);
const GONE = "no answer: is demarche review still running? Start it again and reload this page; what was judged is kept";
const opposite = { cooperative: "oppositional", oppositional: "cooperative" };

let state = { items: [], decisions: {}, mentions: [], sentences: [], verbs: [], roots: {}, statuses: [] };
let queue = [];
let at = 0;
let choosing = ""; // what is asked for: source, target, status or root
let draft = null; // a statement that is being added

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
  return item && { arguable: false, ...item, ...state.decisions[item.id], model: item };
}

function wordsOf({ start, end }) {
  const n = sentenceOf({ start, end });
  return n < 0 ? "" : words[n].slice(start - state.sentences[n].start, end - state.sentences[n].start).join("");
}

const verbOf = (shown) => (shown.verb ? { start: shown.verb[0], end: shown.verb[1] } : null);

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
  if (shown.verb) marks.push({ ...verbOf(shown), name: "verb" });
  drawSentence(n, marks.filter((mark) => sentenceOf(mark) === n));
  spans[n].classList.add("current");
  spans[n].scrollIntoView({ block: "center" });
}

function card(shown) {
  const pair = element("p", "pair", "");
  pair.append(element("span", "source", shown.source?.actor ?? "?"), " → ", element("span", "target", shown.target?.actor ?? "?"));
  const names = element("p", "soft", ["source", "target"].map((side) => (shown[side] ? wordsOf(shown[side]) : "?")).join(" → "));
  const about = [shown.verb && wordsOf(verbOf(shown)), shown.root, shown.status].filter(Boolean).join(" · ");
  if (!shown.model) return [element("p", "soft", "A new statement"), pair, names, element("p", "", about)];
  const verdict = element("p", "", "");
  verdict.append(element("span", `stance ${shown.stance}`, shown.stance), shown.arguable ? ", arguable" : "", ` · ${about}`);
  const { model } = shown;
  const said = element("p", "soft", `model: ${model.stance} ${model.confidence.toFixed(2)} · ${model.words} · ${model.root} · ${model.status}`);
  const decided = element("p", "soft", state.decisions[model.id] ? "judged" : "not judged yet");
  return [pair, names, verdict, said, decided];
}

async function call(path, body) {
  const request = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(location.pathname + path, request).catch(() => null);
  const found = await answer?.json().catch(() => null);
  if (!answer?.ok || !found) {
    refuse(found?.error ?? (answer?.ok === false ? answer.statusText : GONE));
    return null;
  }
  refuse("");
  return found;
}

function take(found) {
  state = found;
  queue = [...state.items];
  if (document.body.dataset.order === "uncertain") queue.sort((a, b) => a.confidence - b.confidence);
}

function step(by) {
  choosing = "";
  at = Math.min(Math.max(at + by, 0), Math.max(queue.length - 1, 0));
  draw();
}

/** Save the statement that is shown, changed; a verb that a person chose needs a root code of the stance's sign. */
async function decide(change) {
  const shown = current();
  if (!shown?.source || !shown.target) return;
  const { source, target, stance, arguable, verb, root, status, speaker } = { ...shown, arguable: false, ...change };
  const chosen = change.verb ?? draft?.verb;
  if (chosen && state.roots[stance] && !state.roots[stance].includes(root)) {
    ask("root", "What does the verb do?", state.roots[stance].map((name) => [name, () => decide({ ...change, root: name })]));
    return;
  }
  const item = shown.model ? shown.model.id : `added-${crypto.randomUUID()}`;
  const found = await call("/decide", { item, source, target, stance, arguable, verb, root, status, speaker });
  if (!found) return;
  take(found);
  choosing = "";
  if (draft) draft = null;
  else if (queue.some((other) => !state.decisions[other.id])) {
    do at = (at + 1) % queue.length; while (state.decisions[queue[at].id]);
  }
  draw();
}

/** Offer options, each `[label, what it does]`, for the keys 1 to 9. */
function ask(what, question, options) {
  choosing = what;
  byId("question").textContent = question;
  byId("free").hidden = !["source", "target"].includes(what);
  byId("options").replaceChildren(...options.slice(0, 9).map(([label, action]) => Object.assign(element("li", "", label), { action })));
  draw();
}

const change = (values) => {
  if (!draft) return decide(values);
  Object.assign(draft, values);
  draw();
};

function askActor(side) {
  const { start, end } = state.sentences[sentenceOf(current()[side])];
  const inside = state.mentions.filter((m) => start <= m.start && m.end <= end);
  const roles = inside.flatMap((m) => m.actors.map((actor) => ({ start: m.start, end: m.end, actor })));
  ask(side, `Who is the ${side}? Press a number.`, roles.map((role) => [`${wordsOf(role)} (${role.actor})`, () => change({ [side]: role })]));
}

function askStatus() {
  ask("status", "Is it so? Press a number.", state.statuses.map((status) => [status, () => change({ status })]));
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

const crossing = (place) => (span) => span.start < place.end && place.start < span.end;

function add(side) {
  const place = selected();
  if (!place) { refuse("select the words in one sentence first"); return; }
  const known = state.mentions.find(crossing(place));
  draft ??= { arguable: false, stance: "none", verb: null, root: "", status: "actual", speaker: "" };
  draft[side] = known ? { start: known.start, end: known.end, actor: known.actors[0] } : { ...place, actor: "" };
  refuse("");
  if (known?.actors.length === 1) { draw(); return; }
  const actors = known?.actors ?? [];
  ask(side, `Who is “${wordsOf(draft[side])}”?`, actors.map((actor) => [actor, () => change({ [side]: { ...draft[side], actor } })]));
  if (!known) byId("actor").focus();
}

function chooseVerb() {
  const place = selected();
  if (!place) { refuse("select the words of the verb first"); return; }
  const known = state.verbs.find(crossing(place)) ?? { ...place, root: "" };
  change({ verb: [known.start, known.end], root: known.root });
}

byId("actor").addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.key === "Escape") cancel();
  if (event.key !== "Enter" || !choosing) return;
  const side = choosing;
  const actor = event.target.value.trim();
  choosing = "";
  event.target.value = "";
  event.target.blur();
  change({ [side]: { ...current()[side], actor } });
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
  a: () => decide({}),
  f: () => decide({ stance: opposite[current().stance] ?? current().model.stance }),
  n: () => decide({ stance: "none" }),
  r: () => decide({ arguable: true }),
  d: () => decide({ source: current().target, target: current().source }),
  s: () => askActor("source"),
  t: () => askActor("target"),
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") cancel();
  else if (choosing && /^[1-9]$/.test(event.key)) {
    const option = byId("options").children[Number(event.key) - 1];
    if (option) { choosing = ""; option.action(); }
  } else if (event.key === "J" || event.key === "K") byId(event.key === "J" ? "next" : "previous")?.click();
  else if (event.key === "u") undo();
  else if (event.key === "v" && current()) chooseVerb();
  else if (event.key === "x" && current()) askStatus();
  else if (event.key === "1") add("source");
  else if (event.key === "2") add("target");
  else if (draft) {
    if (event.key === "c") decide({ stance: "cooperative" });
    if (event.key === "o") decide({ stance: "oppositional" });
  } else if (keys[event.key] && current()) keys[event.key]();
  else return;
  event.preventDefault();
});

const first = await call("/state");
if (first) take(first);
draw();
document.body.dataset.ready = "yes";
