// A person with a keyboard and no mouse.

import assert from "node:assert/strict";

/** More stops than any view has before the one that is looked for. */
const MANY = 120;

export class Keyboard {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} key */
  press(key) {
    return this.page.keyboard.press(key);
  }

  /** Types as a person does, a key after the other. @param {string} text */
  type(text) {
    return this.page.keyboard.type(text);
  }

  /** Pastes. @param {string} text */
  paste(text) {
    return this.page.keyboard.insertText(text);
  }

  /** Goes on by the tab key until the element has the focus; every stop on the way shows that it has it. @param {import("playwright-core").Locator} wanted @param {string} [key] */
  async to(wanted, key = "Tab") {
    await wanted.first().waitFor();
    const passed = [];
    for (let i = 0; i < MANY; i += 1) {
      await this.press(key);
      const stop = await this.page.evaluate(() => {
        const it = document.activeElement;
        if (!it || it === document.body) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(it);
        const box = it.getBoundingClientRect();
        const name = it.getAttribute("aria-label") ?? it.textContent?.trim().slice(0, 40) ?? "";
        const isVisible = outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && box.width > 0 && box.height > 0;
        return { what: `${it.localName} ${name}`, isVisible };
      });
      if (!stop) continue;
      assert.ok(stop.isVisible, `the focus is not to be seen on ${stop.what}`);
      if (await wanted.first().evaluate((it) => it === document.activeElement)) return;
      passed.push(stop.what);
    }
    assert.fail(`the tab key does not lead there, but to: ${passed.join(", ")}`);
  }
}
