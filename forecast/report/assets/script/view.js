// What is seen of a series: the forecasts from one of its origins, and how far around it.

/** An unpacked series, the origin that was chosen, and the part of the axis that is shown. */
class View {
  constructor(series, origin) {
    Object.assign(this, series);
    this.origin = origin;
    this.window = null; // from where to where, counted from the origin; null for the usual
  }

  get start() {
    return this.starts[this.origin];
  }

  /** The places of the steps among the moments. */
  get steps() {
    const from = this.origin * this.horizon;
    return Array.from(this.places.slice(from, from + this.horizon));
  }

  get known() {
    return this.steps.filter((place) => place >= 0);
  }

  goTo(origin) {
    this.origin = Math.max(0, Math.min(this.origins - 1, origin));
  }

  /** From where to where the axis goes: four horizons before the forecast and all of it. */
  get range() {
    if (this.window) return this.window.map((offset) => this.start + offset);
    const first = Math.max(0, Math.min(...this.known) - 4 * this.horizon);
    const last = Math.min(this.rows - 1, Math.max(...this.known) + Math.ceil(this.horizon / 4));
    const [from, to] = [this.moments[first], this.moments[last]];
    const margin = (to - from) * 0.01 || 1;
    return [from - margin, to + margin];
  }

  look(from, to) {
    this.window = [from - this.start, to - this.start];
  }

  zoom(factor) {
    const [from, to] = this.range;
    const middle = (from + to) / 2;
    const half = ((to - from) / 2) * factor;
    const all = this.moments[this.rows - 1] - this.moments[0];
    if (half > 0 && half <= all) this.look(middle - half, middle + half);
  }

  /** The values of one model and quantity, at their moments. */
  line(model, quantity) {
    const line = new Array(this.rows).fill(null);
    const from = (quantity * this.origins + this.origin) * this.horizon;
    this.steps.forEach((place, step) => {
      if (place >= 0) line[place] = this.values[model][from + step];
    });
    // The line begins where the forecast was made, if that is the moment before its first step.
    const before = this.steps[0] - 1;
    if (this.moments[before] === this.start) line[before] = this.actual[before];
    return line;
  }

  /** The mean absolute error of a line, undefined where there is no actual value yet. */
  meanError(line) {
    const both = this.known.filter((place) => this.actual[place] !== null && line[place] !== null);
    if (both.length === 0) return undefined;
    const errors = both.map((place) => Math.abs(this.actual[place] - line[place]));
    return errors.reduce((sum, error) => sum + error) / errors.length;
  }
}

/** The place of the value that is nearest to the one that is wanted. */
function nearest(values, wanted) {
  const distances = values.map((value) => Math.abs(value - wanted));
  return distances.indexOf(Math.min(...distances));
}
