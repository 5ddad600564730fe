// A series is found by a part of its name, among thousands as well.

/** A field to search in, and buttons for the series before and after. */
class Search {
  constructor(id, names, choose) {
    this.names = names;
    this.choose = choose;
    this.chosen = 0;
    const list = make("datalist", { id: `${id}-series` });
    list.append(...names.map((name) => make("option", { value: name })));
    this.found = make("span", { id: `${id}-found`, className: "quiet", role: "status" });
    this.field = make("input", { type: "search", list: list.id, autocomplete: "off" });
    this.field.setAttribute("aria-describedby", this.found.id);
    this.field.addEventListener("input", () => this.searched(false));
    this.field.addEventListener("change", () => this.searched(true));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.searched(true);
    });
    const before = button("‹", "Series before", () => this.step(-1));
    const after = button("›", "Series after", () => this.step(1));
    const label = make("label", {}, `Series, of ${names.length}`, this.field);
    this.elements = [label, list, make("div", { className: "row" }, before, after), this.found];
  }

  step(side) {
    this.choose((this.chosen + side + this.names.length) % this.names.length);
  }

  /** Go where the text leads: to the name itself at once, to a part of it once it is final. */
  searched(isFinal) {
    const wanted = this.field.value.trim().toLowerCase();
    const names = this.names.map((name) => name.toLowerCase());
    const matching = names.filter((name) => name.includes(wanted));
    const isExact = names.includes(wanted);
    if (isExact) this.choose(names.indexOf(wanted));
    else if (isFinal && matching.length > 0) this.choose(names.indexOf(matching[0]));
    else if (isFinal) this.show(this.chosen);
    this.found.textContent = isExact || wanted === "" ? "" : `${matching.length} match`;
  }

  show(chosen) {
    this.chosen = chosen;
    this.field.value = this.names[chosen];
  }
}
