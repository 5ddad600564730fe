// Actual values and forecasts of one series from one origin.

class Explorer extends Chart {
  get keys() {
    return (
      "Left and right choose the origin, with Shift the moment to read; " +
      "plus and minus zoom, 0 shows the usual part."
    );
  }

  get height() {
    return 340;
  }

  constructor(place, contents) {
    super(place, contents.models, contents.checked);
    this.contents = contents;
    this.hasInterval = contents.interval !== null;
    this.banded = contents.shown;
    this.actual = this.legendEntry("span", "actual");
    this.legend.prepend(this.legend.lastChild);
    this.swatches.push([this.actual.swatch, () => color("actual"), []]);
    this.table = make("details", {}, make("summary", {}, "These values as a table"));
    this.table.addEventListener("toggle", () => this.fillTable());
    const note = make("p", { className: "quiet" }, contents.left_out);
    this.live.append(this.controls(), this.plot, this.readout, this.legend, note, this.table);
  }

  async start() {
    await this.choose(0);
  }

  // Controls are there where there is something to choose.

  controls() {
    const { series, models } = this.contents;
    const names = series.map((each) => each.name);
    this.search = new Search(this.place.id, names, (number) => this.choose(number));
    const parts = series.length > 1 ? [...this.search.elements] : [];
    const slider = this.originControl();
    if (series.some((each) => each.origins > 1)) parts.push(slider);
    if (this.hasInterval && models.length > 1) parts.push(this.intervalControl());
    parts.push(this.zoomControl());
    return make("div", { className: "controls" }, ...parts);
  }

  originControl() {
    this.slider = make("input", { type: "range", min: 0, step: 1 });
    this.slider.addEventListener("input", () => this.goTo(Number(this.slider.value)));
    this.when = make("output");
    const text = make("span", {}, "Forecast from ", this.when);
    return make("label", { className: "origin" }, text, this.slider);
  }

  intervalControl() {
    const names = this.models.map(({ name }) => make("option", { value: name }, name));
    const select = make("select", {}, make("option", { value: "" }, "none"), ...names);
    select.value = this.banded;
    select.addEventListener("change", () => {
      this.banded = select.value;
      this.draw();
    });
    return make("label", {}, `${this.contents.interval} interval of`, select);
  }

  zoomControl() {
    const buttons = [
      button("+", "Zoom in", () => this.zoom(0.6)),
      button("−", "Zoom out", () => this.zoom(1 / 0.6)),
      button("Reset", "Reset zoom", () => this.reset()),
    ];
    const row = make("div", { className: "row" }, ...buttons);
    return make("div", { className: "field" }, make("span", {}, "Zoom"), row);
  }

  // What is chosen.

  async choose(number) {
    const { series, models } = this.contents;
    this.search.show(number);
    const opened = await unpack(series[number], models.length, this.hasInterval ? 3 : 1);
    // Somebody may have gone on while the block was read.
    if (number !== this.search.chosen) return;
    // The origin stays about where it was; at first it is the last one.
    const origin = this.view ? nearest(opened.starts, this.view.start) : opened.origins - 1;
    this.view = new View(opened, origin);
    this.slider.max = opened.origins - 1;
    this.draw();
  }

  goTo(origin) {
    this.view.goTo(origin);
    this.update();
  }

  zoom(factor) {
    this.view.zoom(factor);
    this.showRange();
  }

  reset() {
    this.view.window = null;
    this.showRange();
  }

  // Drawing: columns are moments, actual values, a line for each model, both ends of the interval.

  get columns() {
    const { moments, actual, rows } = this.view;
    const lines = this.models.map((_, number) => this.view.line(number, 0));
    const banded = this.models.findIndex(({ name }) => name === this.banded);
    const hasBand = this.hasInterval && banded >= 0;
    const ends = [1, 2].map((quantity) =>
      hasBand ? this.view.line(banded, quantity) : new Array(rows).fill(null),
    );
    return [moments, actual, ...lines, ...ends];
  }

  draw() {
    if (!this.view) return;
    const isSingle = this.view.horizon === 1;
    const points = { show: isSingle, size: 8 };
    const lines = this.models.map((model, number) =>
      this.line(model, { show: this.isShown[number], points }),
    );
    const actual = { stroke: color("actual"), width: 2.2, points: { show: false } };
    const ends = [1, 2].map(() => ({ stroke: "transparent", points: { show: false } }));
    const banded = this.models.find(({ name }) => name === this.banded);
    const fill = banded ? `${lineColor(banded)}33` : "transparent";
    const lower = this.models.length + 2;
    const [min, max] = this.view.range;
    const options = {
      series: [{}, actual, ...lines, ...ends],
      bands: [{ series: [lower + 1, lower], fill }],
      axes: this.axes(isDated ? null : "row"),
      scales: { x: { time: isDated, min, max } },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => this.reset() },
        points: { size: 7 },
      },
      hooks: {
        setSelect: [() => this.selected()],
        setCursor: [(u) => this.pointed(u.cursor.idx)],
        draw: [(u) => this.markOrigin(u)],
      },
    };
    this.create(options, this.columns);
    this.update();
  }

  /** Show the chosen origin: other data, the same chart. */
  update() {
    this.read = null;
    this.u.batch(() => {
      this.u.setData(this.columns, false);
      this.showRange();
    });
    const when = moment(this.view.start);
    this.slider.value = this.view.origin;
    this.slider.setAttribute("aria-valuetext", when);
    this.when.textContent = `${when} (${this.view.origin + 1} of ${this.view.origins})`;
    this.pointed(null);
    this.fillTable();
  }

  showRange() {
    const [min, max] = this.view.range;
    this.u.setScale("x", { min, max });
  }

  markOrigin(u) {
    const x = Math.round(u.valToPos(this.view.start, "x", true));
    const { left, top, width, height } = u.bbox;
    if (x < left || x > left + width) return;
    u.ctx.save();
    u.ctx.strokeStyle = color("quiet");
    u.ctx.setLineDash([4, 4]);
    u.ctx.beginPath();
    u.ctx.moveTo(x, top);
    u.ctx.lineTo(x, top + height);
    u.ctx.stroke();
    u.ctx.restore();
  }

  // Reading: with the mouse, with keys, as a table.

  selected() {
    const { left, width } = this.u.select;
    if (width < 5) return;
    const [from, to] = [left, left + width].map((pixel) => this.u.posToVal(pixel, "x"));
    this.u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.view.look(from, to);
    this.showRange();
  }

  /** Show the values at a place, or the mean error of the origin where nobody points. */
  pointed(place) {
    const lines = this.u.data.slice(2, -2);
    const { unit, actual, moments } = this.view;
    if (place === null || place === undefined) {
      const errors = lines.map((line) => this.view.meanError(line));
      const isKnown = errors.some((error) => error !== undefined);
      this.actual.value.textContent = "";
      this.setValues(errors, unit, isKnown ? "Mean absolute error from this origin:" : "");
      return;
    }
    const isForecast = this.view.known.includes(place);
    const [low, high] = this.u.data.slice(-2).map((end) => (isForecast ? end[place] : null));
    const ends = low === null ? [] : [this.intervalInWords(low, high)];
    const values = lines.map((line) => (isForecast ? line[place] : undefined));
    this.actual.value.textContent = written(actual[place], unit);
    this.setValues(values, unit, [moment(moments[place]), ...ends].join(", "));
  }

  intervalInWords(low, high) {
    const { interval } = this.contents;
    const name = interval.endsWith("%") ? `${interval} interval` : interval;
    const whose = this.models.length > 1 ? ` of ${this.banded}` : "";
    const [from, to] = [low, high].map((end) => written(end, this.view.unit));
    return `${name}${whose} ${from} to ${to}`;
  }

  fillTable() {
    if (!this.table.open || !this.view) return;
    const { unit, actual, moments, known } = this.view;
    const shown = this.models.map((_, number) => number).filter((each) => this.isShown[each]);
    const names = shown.map((number) => this.models[number].name);
    const columns = [actual, ...shown.map((number) => this.u.data[number + 2])];
    const rows = known.map((place) => [
      moment(moments[place]),
      ...columns.map((column) => written(column[place], unit)),
    ]);
    this.table.querySelector(".scroll")?.remove();
    this.table.append(tableOf("Values of this origin", ["moment", "actual", ...names], rows));
  }

  pressed(event) {
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (side && event.shiftKey) this.readNext(side);
    else if (side) this.goTo(this.view.origin + side);
    else if (event.key === "Home") this.goTo(0);
    else if (event.key === "End") this.goTo(this.view.origins - 1);
    else if (event.key === "+") this.zoom(0.6);
    else if (event.key === "-") this.zoom(1 / 0.6);
    else if (event.key === "0") this.reset();
    else return;
    event.preventDefault();
  }

  /** Move the moment whose values are read; it begins at the first step. */
  readNext(side) {
    const next = this.read === null ? this.view.known[0] : this.read + side;
    this.read = Math.max(0, Math.min(this.view.rows - 1, next));
    this.readAt(this.view.moments[this.read]);
    this.pointed(this.read);
  }
}
