// @ts-check
/**
 * Rows of a list through which much passes: the element of a line that has left it shows one that has come. A burst then makes
 * neither elements nor garbage.
 */

/**
 * Gives each line a slot, the key of its element. It keeps its slot for as long as it is shown; a slot whose element has the
 * focus is not used again.
 * @param {HTMLElement} root in which the rows are; each has the id of its line as `data-line`
 */
export function recycled(root) {
  /** By the id of a line. @type {Map<string, number>} */
  let slots = new Map();
  let next = 0;
  /** @param {any[]} lines @returns {{slot: number, line: any}[]} */
  return (lines) => {
    const focus = document.activeElement;
    const focused = focus && root.contains(focus) ? focus.closest("[data-line]")?.getAttribute("data-line") : null;
    const shown = new Set(lines.map((it) => it.id));
    const free = [...slots].filter(([id]) => !shown.has(id) && id !== focused).map(([, slot]) => slot);
    const rows = lines.map((line) => ({ slot: slots.get(line.id) ?? free.pop() ?? (next += 1), line }));
    slots = new Map(rows.map(({ slot, line }) => [line.id, slot]));
    return rows;
  };
}
