// Tables that sort.

/** Let the heads of a table sort its rows, upwards first. */
function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const label = head.querySelector(".head");
    const press = make("button", { type: "button" }, ...label.childNodes);
    label.replaceWith(press);
    press.addEventListener("click", () => {
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
