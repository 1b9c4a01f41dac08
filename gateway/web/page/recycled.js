// @ts-check
/**
 * Rows of a list through which much passes: the element of a line that has left it shows one that has come. A burst then makes
 * neither elements nor garbage.
 */

/**
 * Gives each line a slot, the key of its element. It keeps its slot for as long as it is shown; a slot whose element has the
 * focus, or says that something was copied, is not used again.
 * @param {HTMLElement} root in which the rows are; each has the id of its line as `data-line`
 */
export function recycled(root) {
  /** By the id of a line. @type {Map<string, number>} */
  let slots = new Map();
  let next = 0;
  /** @param {any[]} lines @returns {{slot: number, line: any}[]} */
  return (lines) => {
    const busy = [...root.querySelectorAll("[data-line] :is(:focus, .done)")].map((it) => it.closest("[data-line]")?.getAttribute("data-line"));
    const kept = new Set([...lines.map((it) => it.id), ...busy]);
    // In the order of the elements, so that those of a burst that replaces all lines stay where they are.
    const free = [...slots].filter(([id]) => !kept.has(id)).map(([, slot]) => slot).values();
    const rows = lines.map((line) => ({ slot: slots.get(line.id) ?? free.next().value ?? (next += 1), line }));
    slots = new Map(rows.map(({ slot, line }) => [line.id, slot]));
    return rows;
  };
}
