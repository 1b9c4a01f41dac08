// @ts-check
/** Counts what people meet in the page, without any content: POST /api/page/reports. */

export class Reports {
  /** @param {any} app */
  constructor(app) {
    this.app = app;
  }
  add() {}
  take() {}
}
