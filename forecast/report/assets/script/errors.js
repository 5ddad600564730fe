// The mean absolute error of each model by step or by origin.

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
    this.what = isByOrigin ? "Origin" : "Step";
    this.isDated = isByOrigin && isDated;
    this.read = null;
    this.live.append(this.plot, this.readout, this.legend);
  }

  start() {
    this.draw();
  }

  draw() {
    const { x, values } = this.contents;
    const points = { show: x.length < 32, size: 5 };
    const lines = this.models.map((model, number) =>
      this.line(model, { show: this.isShown[number], points }),
    );
    const options = {
      series: [{}, ...lines],
      axes: this.axes(this.isDated ? null : this.what.toLowerCase()),
      scales: {
        x: { time: this.isDated },
        // The height above 0 shows how errors compare.
        y: { range: (_, least, largest) => [0, (largest ?? 1) * 1.08] },
      },
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      hooks: { setCursor: [(u) => this.pointed(u.cursor.idx)] },
    };
    this.create(options, [this.isDated ? x.map(onAxis) : x, ...values]);
  }

  pointed(place) {
    const { values, unit } = this.contents;
    if (place === null || place === undefined) {
      this.setValues(values.map(() => undefined), unit, "");
      return;
    }
    const x = this.u.data[0][place];
    const at = values.map((line) => line[place]);
    this.setValues(at, unit, `${this.what} ${this.isDated ? moment(x) : x}`);
  }

  pressed(event) {
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!side) return;
    const last = this.contents.x.length - 1;
    this.read = this.read === null ? 0 : Math.max(0, Math.min(last, this.read + side));
    this.readAt(this.u.data[0][this.read]);
    event.preventDefault();
  }
}
