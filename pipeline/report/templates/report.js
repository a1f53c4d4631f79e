const { columns, rows } = JSON.parse(document.getElementById("data").textContent);
const library = new Blob([document.getElementById("datatables").textContent], { type: "text/javascript" });
const { default: DataTable } = await import(URL.createObjectURL(library));

const filters = document.getElementById("filters");
const asText = DataTable.render.text();

for (const side of ["source", "target"]) {
  for (const actor of [...new Set(rows.map((row) => row[side]))].sort()) filters[side].add(new Option(actor, actor));
}

const tells = (name) => (name === "document" ? new Set(rows.map((row) => row.document)).size > 1 : rows.some((row) => row[name] !== ""));
const twoDigits = (value, type) => (type === "display" ? value.toFixed(2) : value);

const cells = columns.map((name) => ({
  data: name,
  title: name,
  render: name === "confidence" ? twoDigits : asText,
  visible: tells(name),
  className: `column-${name}`,
  createdCell: (cell, value) => name === "stance" && cell.classList.add(`stance-${value}`),
}));
const table = new DataTable("#rows", {
  data: rows,
  columns: cells,
  order: [],
  pageLength: 25,
  deferRender: true,
  autoWidth: false,
  createdRow: (element) => (element.tabIndex = 0),
});

let sentence = "";
table.search.fixed("filters", (_text, row) =>
  ["source", "target", "stance", "status"].every((name) => !filters[name].value || row[name] === filters[name].value) &&
  (!sentence || row.anchor === sentence));

function mark(element) {
  document.querySelectorAll(".found").forEach((other) => other.classList.remove("found"));
  element.classList.add("found");
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}

function show(wanted) {
  sentence = wanted.anchor ?? "";
  for (const name of ["source", "target", "stance", "status"]) filters[name].value = wanted[name] ?? "";
  table.search("").draw();
  document.getElementById("statements").scrollIntoView();
}

function toSentence(element) {
  const row = table.row(element).data();
  if (row) mark(document.getElementById(row.anchor));
}

function toRows(element) {
  show({ anchor: element.id });
  const first = document.querySelector("#rows tbody tr");
  if (first) mark(first);
}

function activate(selector, action) {
  document.addEventListener("click", (event) => {
    const element = event.target.closest(selector);
    if (element) action(element);
  });
  document.addEventListener("keydown", (event) => {
    const element = event.target.closest(selector);
    if (element === event.target && event.key === "Enter") action(element);
  });
}

activate("#rows tbody tr", toSentence);
activate("mark[id]", toRows);
document.querySelectorAll(".matrix button").forEach((cell) => cell.addEventListener("click", () => show(cell.dataset)));
filters.addEventListener("change", () => { sentence = ""; table.draw(); });
filters.addEventListener("reset", () => setTimeout(() => show({})));

window.addEventListener("beforeprint", () => table.page.len(-1).draw());
window.addEventListener("afterprint", () => table.page.len(25).draw());

document.getElementById("download").addEventListener("click", () => {
  const chosen = table.rows({ search: "applied", order: "applied" }).data().toArray();
  const defused = (value) => (/^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value));
  const quoted = (value) => `"${defused(value).replaceAll('"', '""')}"`;
  const lines = [columns, ...chosen.map((row) => columns.map((name) => row[name]))];
  const file = new Blob([lines.map((line) => line.map(quoted).join(",") + "\n").join("")], { type: "text/csv" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "statements.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
});
document.body.dataset.ready = "yes";
