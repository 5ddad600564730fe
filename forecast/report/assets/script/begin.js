// Day, night and paper; and the beginning of everything.

/** Follow the system by day and by night, until the button is pressed. */
function followTheme() {
  const theme = document.getElementById("theme");
  const redraw = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    for (const chart of charts) chart.draw();
  };
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    redraw();
  });
  darkOutside.addEventListener("change", redraw);
  redraw();
}

/** Open on paper what is closed on the screen, but what is left out there. */
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

/** Put a chart into each place that there is one for. */
function makeCharts() {
  const place = (name) => document.getElementById(`chart-${name}`);
  const { models, checked } = data.forecasts;
  const names = ["forecast", "forecasts"].filter((name) => name in data);
  return [
    ...names.map((name) => new Explorer(place(name), data[name])),
    new Errors(place("step"), data.step, models, checked, false),
    new Errors(place("origin"), data.origin, models, checked, true),
  ];
}

document.querySelectorAll(".scroll > table").forEach(makeSortable);
followTheme();
followPrinting();
Promise.all(makeCharts().map((chart) => chart.start())).then(() => {
  root.dataset.ready = "yes";
});
