// The data of one series, unpacked; forecast/report/packing.py says what is in a block.

const MISSING = -32768;

/** Unpack a series: moments and origins as places on the x axis, missing numbers as null. */
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

/** Return the sums of the first, the first two, … numbers. */
function summed(steps) {
  const sums = [];
  let sum = 0;
  for (const step of steps) sums.push((sum += step));
  return sums;
}

/** Return the numbers that integers stand for. */
function real(integers, base, unit) {
  return Array.from(integers, (each) => (each === MISSING ? null : base + each * unit));
}
