// @ts-check
/** When a view is drawn: after changes, once a frame at most, and each second for the times that it shows. */

/** Pause between two drawings while changes keep coming, in milliseconds. */
const PAUSE = 100;
/** The pause is so many times as long as the last frame took, layout and paint included, so that a burst leaves most of the time to the person. */
const SHARE = 4;
const LONGEST_PAUSE = 1_000;

/**
 * Calls `draw` now, after changes of the store, and each second. Returns what ends that.
 * @param {any} app @param {() => void} draw
 */
export function drawing(app, draw) {
  let frame = 0;
  /** @type {any} */
  let timer;
  let last = 0;
  let pause = PAUSE;
  let missed = false;
  let ended = false;
  const now = () => {
    missed = false;
    const begun = performance.now();
    // The next task comes after the layout and the paint of this frame, unless others wait already; so there is a longest pause.
    setTimeout(() => {
      frame = 0;
      last = performance.now();
      pause = Math.min(LONGEST_PAUSE, Math.max(PAUSE, SHARE * (last - begun)));
      if (missed) soon();
    });
    if (!ended) draw();
  };
  const soon = () => {
    missed = true;
    if (frame || timer || ended || document.hidden) return;
    const wait = pause - (performance.now() - last);
    if (wait <= 0) frame = requestAnimationFrame(now);
    else
      timer = setTimeout(() => {
        timer = undefined;
        frame = requestAnimationFrame(now);
      }, wait);
  };
  const undo = app.store.subscribe(soon);
  const tick = setInterval(soon, 1_000);
  document.addEventListener("visibilitychange", soon);
  draw();
  return {
    soon,
    stop() {
      ended = true;
      undo();
      clearInterval(tick);
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", soon);
    },
  };
}
