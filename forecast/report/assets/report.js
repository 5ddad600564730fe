// The report comes alive: charts to move through, tables to sort, a page by night.
// Without this program all figures and tables are there as well; it replaces what it can draw.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const MISSING = -32768;
  const root = document.documentElement;
  const charts = [];

  // ---- small helpers -------------------------------------------------------------------------

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

  // ---- moments -------------------------------------------------------------------------------

  const isDated = data.zone !== null;
  const zone = isDated ? knownZone(data.zone) : null;

  function knownZone(name) {
    try {
      new Intl.DateTimeFormat("en", { timeZone: name });
      return name;
    } catch {
      return "UTC";
    }
  }

  const formatter =
    isDated &&
    new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      ...(data.has_clock ? { timeStyle: "short" } : {}),
    });

  /** Write a place on the x axis, seconds since 1970 or a row, as a moment. */
  const moment = (x) => (isDated ? formatter.format(new Date(x * 1000)) : String(x));

  /** Return moments of the data, milliseconds or rows, as places on the x axis. */
  const onAxis = (value) => (isDated ? value / 1000 : value);

  // Ticks of dated axes, by the seconds between them: the text of each, and what stands below it
  // where a new year, month or day begins. {YYYY} and the like are uPlot's.
  const TICKS = [
    [3600 * 24 * 365, "{YYYY}", null, null, null, null, null, null, 1],
    [3600 * 24 * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [3600 * 24, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
    [1, ":{ss}", "\n{D} {MMM} {YYYY} {HH}:{mm}", null, "\n{HH}:{mm}", null, "\n{HH}:{mm}", null, 1],
  ];

  // What steps and rows may be apart from tick to tick.
  const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6];

  // ---- the data of one series ----------------------------------------------------------------

  /** Read the block of a series; forecast/report/packing.py says what is in it. */
  async function unpack(series, nModels, nQuantities) {
    const bytes = Uint8Array.from(atob(series.block), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const buffer = await new Response(stream).arrayBuffer();
    const { rows, origins, horizon } = series;
    let at = 0;
    const take = (Kind, length) => {
      const taken = new Kind(buffer, at, length);
      at += taken.byteLength;
      return taken;
    };
    const scales = take(Float64Array, 2 * (1 + nModels));
    const moments = summed(take(Float64Array, rows)).map(onAxis);
    const starts = summed(take(Float64Array, origins)).map(onAxis);
    const places = take(Int32Array, origins * horizon);
    const actual = real(take(Int16Array, rows), scales[0], scales[1]);
    const perModel = nQuantities * origins * horizon;
    const values = [];
    for (let model = 0; model < nModels; model++) {
      const [base, unit] = scales.slice(2 + 2 * model);
      values.push(real(take(Int16Array, perModel), base, unit));
    }
    return { rows, origins, horizon, moments, starts, places, actual, values, unit: scales[1] || 1 };
  }

  function summed(steps) {
    const sums = [];
    let sum = 0;
    for (const step of steps) sums.push((sum += step));
    return sums;
  }

  function real(integers, base, unit) {
    return Array.from(integers, (each) => (each === MISSING ? null : base + each * unit));
  }

  // ---- what both kinds of chart share --------------------------------------------------------

  /** A chart with a legend that chooses models and shows the values under the cursor. */
  class Chart {
    constructor(place, models, checked) {
      this.place = place;
      this.models = models;
      this.live = place.querySelector(".live");
      this.plot = make("div", { className: "plot", tabIndex: 0 });
      this.plot.setAttribute("role", "group");
      this.plot.setAttribute("aria-label", `${place.dataset.label}. ${this.keys}`);
      this.readout = make("p", { className: "readout" });
      this.legend = make("ul", { className: "legend" });
      this.rows = models.map((model) => this.legendRow(model, checked.includes(model.name)));
      this.swatches = this.rows.map(({ model, swatch }) => [swatch, () => lineColor(model), model.dash]);
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
      const box = { width: Math.max(200, this.plot.clientWidth), height: this.height };
      this.u?.destroy();
      this.paintSwatches();
      this.u = new uPlot({ ...options, ...box, legend: { show: false } }, values, this.plot);
      this.watcher ??= new ResizeObserver(() => {
        const width = Math.max(200, this.plot.clientWidth);
        if (width !== this.u.width) this.u.setSize({ width, height: this.height });
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
      const y = { ...look, grid, ticks, size: (u, texts) => widest(texts) };
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

    setValues(values, unit, text) {
      this.readout.textContent = text;
      this.rows.forEach((row, number) => {
        const value = row.box.checked ? values(number) : undefined;
        row.value.textContent = value === undefined ? "" : written(value, unit);
      });
    }
  }

  function widest(texts) {
    const longest = Math.max(3, ...(texts ?? []).map((text) => text.length));
    return 18 + 7.2 * longest;
  }

  // ---- actual and forecasts ------------------------------------------------------------------

  /** Actual values and forecasts of one series from one origin. */
  class Explorer extends Chart {
    get keys() {
      return "Left and right choose the origin, with Shift the moment to read; plus and minus zoom, 0 resets.";
    }

    get height() {
      return 340;
    }

    constructor(place, contents) {
      super(place, contents.models, contents.checked);
      this.contents = contents;
      this.nQuantities = contents.interval === null ? 1 : 3;
      this.banded = contents.shown;
      this.read = null;
      this.actual = this.legendEntry("span", "actual");
      this.legend.prepend(this.legend.lastChild);
      this.swatches.push([this.actual.swatch, () => color("actual"), []]);
      this.buildControls();
    }

    async start() {
      await this.choose(0);
    }

    // Controls: series, origin, interval, zoom.

    buildControls() {
      const controls = make("div", { className: "controls" });
      this.buildSeries(controls);
      this.buildOrigin(controls);
      this.buildInterval(controls);
      this.buildZoom(controls);
      this.table = make("details", {}, make("summary", { textContent: "These values as a table" }));
      this.table.addEventListener("toggle", () => this.fillTable());
      const notes = this.contents.left_out
        ? [make("p", { className: "quiet", textContent: this.contents.left_out })]
        : [];
      this.live.append(controls, this.plot, this.readout, this.legend, ...notes, this.table);
    }

    buildSeries(controls) {
      const { series } = this.contents;
      const list = make("datalist", { id: `${this.place.id}-series` });
      list.append(...series.map((each) => make("option", { value: each.name })));
      this.search = make("input", { type: "search", list: list.id, autocomplete: "off" });
      this.search.setAttribute("aria-describedby", `${this.place.id}-found`);
      this.found = make("span", { id: `${this.place.id}-found`, className: "quiet" });
      this.found.setAttribute("role", "status");
      this.search.addEventListener("input", () => this.searched(false));
      this.search.addEventListener("change", () => this.searched(true));
      this.search.addEventListener("keydown", (event) => {
        if (event.key === "Enter") this.searched(true);
      });
      const back = make("button", { type: "button", textContent: "‹", title: "Series before" });
      const on = make("button", { type: "button", textContent: "›", title: "Series after" });
      back.setAttribute("aria-label", "Series before");
      on.setAttribute("aria-label", "Series after");
      back.addEventListener("click", () => this.choose(this.chosen - 1));
      on.addEventListener("click", () => this.choose(this.chosen + 1));
      const label = make("label", {}, `Series, of ${series.length}`, this.search);
      const field = make("div", { className: "row field-series" }, label);
      const steps = make("div", { className: "field" }, make("div", { className: "row" }, back, on));
      if (series.length > 1) controls.append(field, list, steps, this.found);
    }

    buildOrigin(controls) {
      this.slider = make("input", { type: "range", min: 0, step: 1 });
      this.slider.addEventListener("input", () => this.goTo(Number(this.slider.value)));
      this.when = make("output");
      const label = make("label", { className: "origin" }, make("span", {}, "Forecast from ", this.when));
      label.append(this.slider);
      const isOne = this.contents.series.every((each) => each.origins === 1);
      if (!isOne) controls.append(label);
    }

    buildInterval(controls) {
      const { models, interval } = this.contents;
      this.select = make("select");
      this.select.append(make("option", { value: "", textContent: "none" }));
      for (const { name } of models) {
        this.select.append(make("option", { value: name, textContent: name }));
      }
      this.select.value = this.banded;
      this.select.addEventListener("change", () => {
        this.banded = this.select.value;
        this.draw();
      });
      const label = make("label", {}, `${interval} interval of`, this.select);
      if (interval !== null && models.length > 1) controls.append(label);
    }

    buildZoom(controls) {
      const buttons = [
        ["+", "Zoom in", () => this.zoom(0.6)],
        ["−", "Zoom out", () => this.zoom(1 / 0.6)],
        ["Reset", "Reset zoom", () => this.reset()],
      ].map(([text, label, act]) => {
        const button = make("button", { type: "button", textContent: text, title: label });
        button.setAttribute("aria-label", label);
        button.addEventListener("click", act);
        return button;
      });
      const row = make("div", { className: "row" }, ...buttons);
      controls.append(make("div", { className: "field" }, make("span", { textContent: "Zoom" }), row));
    }

    // Choosing a series.

    searched(isFinal) {
      const wanted = this.search.value.trim().toLowerCase();
      const names = this.contents.series.map((each) => each.name.toLowerCase());
      const exact = names.indexOf(wanted);
      const matching = names.filter((name) => name.includes(wanted));
      if (exact >= 0) this.choose(exact);
      else if (isFinal && matching.length) this.choose(names.indexOf(matching[0]));
      else if (isFinal) this.search.value = this.contents.series[this.chosen].name;
      const isMany = exact < 0 && wanted !== "";
      this.found.textContent = isMany ? `${matching.length} match` : "";
    }

    async choose(number) {
      const { series, models } = this.contents;
      const chosen = (number + series.length) % series.length;
      if (chosen === this.chosen) return;
      const before = this.series?.starts[this.origin];
      this.chosen = chosen;
      const opened = await unpack(series[chosen], models.length, this.nQuantities);
      // Somebody may have gone on while the block was read.
      if (chosen !== this.chosen) return;
      this.series = opened;
      this.search.value = series[chosen].name;
      this.origin = before === undefined ? opened.origins - 1 : nearest(opened.starts, before);
      this.slider.max = opened.origins - 1;
      this.window = null;
      this.draw();
    }

    // Choosing an origin, and how much of it is seen.

    goTo(origin) {
      this.origin = Math.max(0, Math.min(this.series.origins - 1, origin));
      this.read = null;
      this.update();
    }

    /** The places of the steps of the origin among the moments. */
    get steps() {
      const { places, horizon } = this.series;
      return places.slice(this.origin * horizon, (this.origin + 1) * horizon);
    }

    /** From where to where the chart shows by default: four horizons before the origin, and all of it. */
    get usual() {
      const { moments, rows, horizon } = this.series;
      const there = this.steps.filter((place) => place >= 0);
      const first = Math.max(0, Math.min(...there) - 4 * horizon);
      const last = Math.min(rows - 1, Math.max(...there) + Math.ceil(horizon / 4));
      return [moments[first], moments[last]];
    }

    get range() {
      const start = this.series.starts[this.origin];
      if (this.window) return this.window.map((offset) => start + offset);
      const [from, to] = this.usual;
      const margin = (to - from) * 0.01 || 1;
      return [from - margin, to + margin];
    }

    look(from, to) {
      const start = this.series.starts[this.origin];
      this.window = [from - start, to - start];
      this.u.setScale("x", { min: from, max: to });
    }

    zoom(factor) {
      const [from, to] = this.range;
      const { moments, rows } = this.series;
      const middle = (from + to) / 2;
      const half = ((to - from) / 2) * factor;
      const all = moments[rows - 1] - moments[0];
      if (half > 0 && half <= all) this.look(middle - half, middle + half);
    }

    reset() {
      this.window = null;
      const [min, max] = this.range;
      this.u.setScale("x", { min, max });
    }

    // Drawing.

    /** The values of one model and quantity from the origin, at their moments. */
    alongMoments(model, quantity) {
      const { rows, origins, horizon, values, moments, actual, starts } = this.series;
      const line = new Array(rows).fill(null);
      const from = (quantity * origins + this.origin) * horizon;
      this.steps.forEach((place, step) => {
        if (place >= 0) line[place] = values[model][from + step];
      });
      // The line begins where the forecast was made, if that is the moment before its first step.
      const before = this.steps[0] - 1;
      if (moments[before] === starts[this.origin]) line[before] = actual[before];
      return line;
    }

    get columns() {
      const { moments, actual } = this.series;
      const lines = this.models.map((_, number) => this.alongMoments(number, 0));
      const banded = this.models.findIndex((model) => model.name === this.banded);
      const nothing = new Array(moments.length).fill(null);
      const ends =
        banded >= 0 && this.nQuantities === 3
          ? [this.alongMoments(banded, 1), this.alongMoments(banded, 2)]
          : [nothing, nothing];
      return [moments, actual, ...lines, ...ends];
    }

    draw() {
      if (!this.series) return;
      const shown = this.isShown;
      const banded = this.models.find((model) => model.name === this.banded);
      const fill = banded ? `${lineColor(banded)}33` : "transparent";
      const end = { stroke: "transparent", width: 0, points: { show: false } };
      const isFew = this.series.horizon === 1;
      const lines = this.models.map((model, number) =>
        this.line(model, { show: shown[number], points: { show: isFew, size: 8 } }),
      );
      const actual = {
        label: "actual",
        stroke: color("actual"),
        width: 2.2,
        points: { show: false },
      };
      const place = this.models.length + 2;
      const [min, max] = this.range;
      this.create(
        {
          series: [{}, actual, ...lines, { ...end }, { ...end }],
          bands: [{ series: [place + 1, place], fill }],
          axes: this.axes(isDated ? null : "row"),
          scales: { x: { time: isDated, min, max } },
          tzDate: (x) => uPlot.tzDate(new Date(x * 1000), zone ?? "UTC"),
          cursor: {
            drag: { x: true, y: false, setScale: false },
            bind: { dblclick: () => () => this.reset() },
            points: { size: 7 },
          },
          hooks: {
            setSelect: [(u) => this.selected(u)],
            setCursor: [(u) => this.pointed(u.cursor.idx)],
            draw: [(u) => this.markOrigin(u)],
          },
        },
        this.columns,
      );
      this.update();
    }

    /** Show the chosen origin: other data, the same chart. */
    update() {
      const [min, max] = this.range;
      this.u.batch(() => {
        this.u.setData(this.columns, false);
        this.u.setScale("x", { min, max });
      });
      const when = moment(this.series.starts[this.origin]);
      this.slider.value = this.origin;
      this.slider.setAttribute("aria-valuetext", when);
      this.when.textContent = `${when} (${this.origin + 1} of ${this.series.origins})`;
      this.pointed(null);
      this.fillTable();
    }

    selected(u) {
      if (u.select.width < 5) return;
      const from = u.posToVal(u.select.left, "x");
      const to = u.posToVal(u.select.left + u.select.width, "x");
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.look(from, to);
    }

    markOrigin(u) {
      const x = Math.round(u.valToPos(this.series.starts[this.origin], "x", true));
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

    /** Show the values at a place, or the mean error of the origin where nobody points. */
    pointed(place) {
      const { unit, actual, moments } = this.series;
      if (place === null || place === undefined) {
        const hasActual = this.steps.some((step) => step >= 0 && actual[step] !== null);
        const text = hasActual ? "Mean absolute error from this origin:" : "";
        this.setValues((number) => (hasActual ? this.meanError(number) : undefined), unit, text);
        this.actual.value.textContent = "";
        return;
      }
      this.actual.value.textContent = written(actual[place], unit);
      const columns = this.u.data;
      const isForecast = this.steps.includes(place);
      const [low, high] = columns.slice(-2).map((column) => (isForecast ? column[place] : null));
      const ends = low === null ? "" : `, ${this.nameOfInterval} ${written(low, unit)} to ${written(high, unit)}`;
      const text = `${moment(moments[place])}${ends}`;
      this.setValues((number) => (isForecast ? columns[number + 2][place] : undefined), unit, text);
    }

    get nameOfInterval() {
      const { interval } = this.contents;
      const name = interval.endsWith("%") ? `${interval} interval` : interval;
      return this.models.length > 1 ? `${name} of ${this.banded}` : name;
    }

    meanError(number) {
      const line = this.u.data[number + 2];
      const errors = Array.from(this.steps)
        .filter((place) => place >= 0 && line[place] !== null && this.series.actual[place] !== null)
        .map((place) => Math.abs(this.series.actual[place] - line[place]));
      return errors.length ? errors.reduce((sum, each) => sum + each, 0) / errors.length : null;
    }

    fillTable() {
      if (!this.table.open || !this.series) return;
      const shown = this.models.map((model, number) => ({ model, number }));
      const chosen = shown.filter(({ number }) => this.rows[number].box.checked);
      const heads = ["moment", "actual", ...chosen.map(({ model }) => model.name)];
      const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col", textContent: text })));
      const rows = Array.from(this.steps)
        .filter((place) => place >= 0)
        .map((place) => {
          const { unit, actual, moments } = this.series;
          const values = chosen.map(({ number }) => this.u.data[number + 2][place]);
          const cells = [actual[place], ...values].map((value) =>
            make("td", { className: "number", textContent: written(value, unit) }),
          );
          return make("tr", {}, make("th", { scope: "row", textContent: moment(moments[place]) }), ...cells);
        });
      const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
      const scroll = make("div", { className: "scroll", tabIndex: 0 }, table);
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", "Values of this origin");
      this.table.querySelector(".scroll")?.remove();
      this.table.append(scroll);
    }

    // Keys.

    pressed(event) {
      const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (side && event.shiftKey) this.readNext(side);
      else if (side) this.goTo(this.origin + side);
      else if (event.key === "Home") this.goTo(0);
      else if (event.key === "End") this.goTo(this.series.origins - 1);
      else if (event.key === "+") this.zoom(0.6);
      else if (event.key === "-") this.zoom(1 / 0.6);
      else if (event.key === "0") this.reset();
      else return;
      event.preventDefault();
    }

    /** Move the moment whose values are read; it begins at the first step. */
    readNext(side) {
      const { moments, rows } = this.series;
      const first = this.steps.find((place) => place >= 0);
      const next = this.read === null ? first : this.read + side;
      this.read = Math.max(0, Math.min(rows - 1, next));
      this.u.setCursor({ left: this.u.valToPos(moments[this.read], "x"), top: 20 });
      this.pointed(this.read);
      this.readout.setAttribute("role", "status");
    }
  }

  function nearest(values, wanted) {
    let best = 0;
    values.forEach((value, place) => {
      if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = place;
    });
    return best;
  }

  // ---- errors by step or by origin -----------------------------------------------------------

  /** The mean absolute error of each model at each step or from each origin. */
  class Errors extends Chart {
    get keys() {
      return "Left and right choose the place to read.";
    }

    get height() {
      return 260;
    }

    constructor(place, contents, models, checked, isByOrigin) {
      super(place, models, checked);
      this.contents = contents;
      this.isDated = isByOrigin && isDated;
      this.what = isByOrigin ? "Origin" : "Step";
      this.read = null;
      this.live.append(this.plot, this.readout, this.legend);
    }

    start() {
      this.draw();
    }

    draw() {
      const shown = this.isShown;
      const isFew = this.contents.x.length < 32;
      const lines = this.models.map((model, number) =>
        this.line(model, { show: shown[number], points: { show: isFew, size: 5 } }),
      );
      const x = this.isDated ? this.contents.x.map(onAxis) : this.contents.x;
      this.create(
        {
          series: [{}, ...lines],
          axes: this.axes(this.isDated ? null : this.what.toLowerCase()),
          scales: { x: { time: this.isDated }, y: { range: (u, min, max) => [0, (max ?? 1) * 1.08] } },
          tzDate: (value) => uPlot.tzDate(new Date(value * 1000), zone ?? "UTC"),
          cursor: { drag: { x: false, y: false }, points: { size: 7 } },
          hooks: { setCursor: [(u) => this.pointed(u.cursor.idx)] },
        },
        [x, ...this.contents.values],
      );
    }

    pointed(place) {
      if (place === null || place === undefined) {
        this.readout.textContent = "";
        for (const row of this.rows) row.value.textContent = "";
        return;
      }
      const x = this.u.data[0][place];
      const text = `${this.what} ${this.isDated ? moment(x) : x}`;
      const { values, unit } = this.contents;
      this.setValues((number) => values[number][place], unit, text);
    }

    pressed(event) {
      const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!side) return;
      const last = this.contents.x.length - 1;
      this.read = this.read === null ? 0 : Math.max(0, Math.min(last, this.read + side));
      this.u.setCursor({ left: this.u.valToPos(this.u.data[0][this.read], "x"), top: 20 });
      this.readout.setAttribute("role", "status");
      event.preventDefault();
    }
  }

  // ---- tables that sort ----------------------------------------------------------------------

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const label = head.querySelector(".head");
      const button = make("button", { type: "button" }, ...label.childNodes);
      label.replaceWith(button);
      button.addEventListener("click", () => {
        const isAscending = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
        sortBy(table.tBodies[0], column, isAscending ? 1 : -1);
      });
    });
  }

  /** Sort rows by a column: numbers by value, texts by letters, what is undefined last. */
  function sortBy(body, column, direction) {
    const key = (row) => {
      const cell = row.cells[column];
      if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
      return cell.classList.contains("number") ? null : cell.textContent;
    };
    const compared = (a, b) =>
      typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true });
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      if (a === null || b === null) return (a === null) - (b === null);
      return direction * compared(a, b);
    });
    body.append(...rows);
  }

  // ---- day, night and paper ------------------------------------------------------------------

  function followTheme() {
    const button = document.getElementById("theme");
    const name = () => (button.textContent = isDark() ? "Light" : "Dark");
    const redraw = () => {
      name();
      for (const chart of charts) chart.draw();
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      redraw();
    });
    darkOutside.addEventListener("change", redraw);
    name();
  }

  function followPrinting() {
    const closed = () => document.querySelectorAll("main details:not([open])");
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...closed()].filter((each) => !each.closest(".live"));
      for (const each of opened) each.open = true;
    });
    addEventListener("afterprint", () => {
      for (const each of opened) each.open = false;
    });
  }

  // ---- begin ---------------------------------------------------------------------------------

  document.querySelectorAll(".scroll > table").forEach(makeSortable);
  followTheme();
  followPrinting();
  const { models, checked } = data.forecasts;
  const starting = [
    ...["forecast", "forecasts"]
      .filter((name) => name in data)
      .map((name) => new Explorer(document.getElementById(`chart-${name}`), data[name])),
    ...["step", "origin"].map((name) => {
      const place = document.getElementById(`chart-${name}`);
      return new Errors(place, data[name], models, checked, name === "origin");
    }),
  ].map((chart) => chart.start());
  Promise.all(starting).then(() => (root.dataset.ready = "yes"));
})();
