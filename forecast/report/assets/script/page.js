// What all parts share: the data of the page, elements, colours, numbers.

const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const charts = []; // all of them, to be drawn anew by night

/** Make an element; text is text, whatever it looks like. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Make a button; `label` says what it does to those who hear it. */
function button(text, label, act) {
  const made = make("button", { type: "button", title: label }, text);
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

/** Make a table that scrolls in its box; the first cell of each row heads it. */
function tableOf(label, heads, rows) {
  const head = heads.map((text) => make("th", { scope: "col" }, text));
  const body = rows.map(([first, ...others]) => {
    const cells = others.map((text) => make("td", { className: "number" }, text));
    return make("tr", {}, make("th", { scope: "row" }, first), ...cells);
  });
  const parts = [make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)];
  const box = make("div", { className: "scroll", tabIndex: 0, role: "region" });
  box.setAttribute("aria-label", label);
  box.append(make("table", {}, ...parts));
  return box;
}

/** Return the value of a colour of the style sheet, by day or by night. */
const color = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

const darkOutside = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ?? (darkOutside.matches ? "dark" : "light")) === "dark";
const lineColor = (model) => (isDark() ? model.dark : model.light);

/** Write a number with as many decimals as its unit has, thousands apart. */
function written(value, unit) {
  if (value === null) return "–";
  const decimals = Math.min(20, Math.max(0, -Math.round(Math.log10(unit))));
  const [whole, part] = value.toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f").replace("-", "−");
  return part === undefined ? grouped : `${grouped}.${part}`;
}
