// What both kinds of chart share: a place, a legend that chooses models, colours of the day.

/** A chart with a legend that chooses models and shows the values under the cursor. */
class Chart {
  constructor(place, models, checked) {
    this.place = place;
    this.models = models;
    this.live = place.querySelector(".live");
    this.plot = make("div", { className: "plot", tabIndex: 0, role: "group" });
    this.plot.setAttribute("aria-label", `${place.dataset.label}. ${this.keys}`);
    this.readout = make("p", { className: "readout" });
    this.legend = make("ul", { className: "legend" });
    this.rows = models.map((model) => this.legendRow(model, checked.includes(model.name)));
    this.swatches = this.rows.map(({ model, swatch }) => [
      swatch,
      () => lineColor(model),
      model.dash,
    ]);
    this.plot.addEventListener("keydown", (event) => this.pressed(event));
    charts.push(this);
  }

  legendRow(model, isChecked) {
    const box = make("input", { type: "checkbox", checked: isChecked });
    box.addEventListener("change", () => this.draw());
    const entry = this.legendEntry("label", model.name);
    if (this.models.length > 1) entry.entry.prepend(box);
    return { model, box, ...entry };
  }

  /** Add a line, its name and room for a value to the legend. */
  legendEntry(tag, text) {
    const swatch = make("canvas", { className: "swatch", width: 52, height: 20 });
    swatch.setAttribute("aria-hidden", "true");
    const name = make("span", { className: "name", textContent: text });
    const value = make("span", { className: "value" });
    const entry = make(tag, { className: "entry" }, swatch, name, value);
    this.legend.append(make("li", {}, entry));
    return { entry, swatch, value };
  }

  get isShown() {
    return this.rows.map((row) => row.box.checked);
  }

  get width() {
    return Math.max(200, this.plot.clientWidth);
  }

  paintSwatches() {
    for (const [swatch, stroke, dash] of this.swatches) {
      const pen = swatch.getContext("2d");
      pen.clearRect(0, 0, swatch.width, swatch.height);
      pen.strokeStyle = stroke();
      pen.lineWidth = 4;
      pen.setLineDash(dash.map((length) => 2 * length));
      pen.beginPath();
      pen.moveTo(0, 10);
      pen.lineTo(52, 10);
      pen.stroke();
    }
  }

  /** Put a new uPlot into its place: the old one may have had other colours. */
  create(options, values) {
    this.live.hidden = false;
    this.place.querySelector(".static").hidden = true;
    const box = { width: this.width, height: this.height };
    this.u?.destroy();
    this.paintSwatches();
    const tzDate = (x) => uPlot.tzDate(new Date(x * 1000), zone);
    const always = { legend: { show: false }, tzDate };
    this.u = new uPlot({ ...options, ...box, ...always }, values, this.plot);
    this.watcher ??= new ResizeObserver(() => {
      if (this.width !== this.u.width) this.u.setSize({ width: this.width, height: this.height });
    });
    this.watcher.observe(this.plot);
  }

  /** The axes; `xName` is what stands below numbers, null for moments, which need no name. */
  axes(xName) {
    const font = "12px system-ui, sans-serif";
    const look = { stroke: color("quiet"), font, labelFont: font };
    const grid = { stroke: color("grid"), width: 1 };
    const ticks = { ...grid, size: 5 };
    const counted = { label: xName, labelSize: 18, size: 30, incrs: WHOLE };
    const named = xName === null ? { values: TICKS } : counted;
    const x = { ...look, grid: { show: false }, ticks, ...named };
    const y = { ...look, grid, ticks, size: (_, texts) => widest(texts) };
    return [x, y];
  }

  line(model, extra = {}) {
    return {
      label: model.name,
      stroke: lineColor(model),
      width: 2,
      dash: model.dash,
      points: { show: false },
      spanGaps: false,
      ...extra,
    };
  }

  /** Show the values of the models in the legend, and what they are. */
  setValues(values, unit, text) {
    this.readout.textContent = text;
    this.rows.forEach(({ box, value }, number) => {
      const isSaid = box.checked && values[number] !== undefined;
      value.textContent = isSaid ? written(values[number], unit) : "";
    });
  }

  /** Put the cursor to a place on the x axis; whoever moves it by keys hears what is there. */
  readAt(x) {
    this.readout.setAttribute("role", "status");
    this.u.setCursor({ left: this.u.valToPos(x, "x"), top: 20 });
  }
}

/** The room in pixels that the longest of some texts takes beside an axis. */
function widest(texts) {
  const longest = Math.max(3, ...(texts ?? []).map((text) => text.length));
  return 18 + 7.2 * longest;
}
