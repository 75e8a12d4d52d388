'use strict';
// As much of a browser's document as the page asks for.
class Node {
  constructor(tag) { this.tag = tag; this.children = []; this.attributes = {}; this.listeners = {}; this.style = {}; this.hidden = false; }
  setAttribute(name, value) { this.attributes[name] = String(value); if (name === 'id') byId.set(value, this); }
  addEventListener(name, listener) { this.listeners[name] = listener; }
  append(...nodes) { this.children.push(...nodes); }
  replaceChildren(...nodes) { this.children = nodes; }
  focus() { document.activeElement = this; }
  set textContent(text) { this.children = [String(text)]; }
  get textContent() { return this.children.map(child => child instanceof Node ? child.textContent : String(child)).join(' '); }
  *withTag(tag) {
    if (this.tag === tag) yield this;
    for (const child of this.children) if (child instanceof Node) yield* child.withTag(tag);
  }
}
const byId = new Map([['main', new Node('main')], ['status', new Node('span')]]);
globalThis.document = {
  createElement: tag => new Node(tag),
  createElementNS: (space, tag) => new Node(tag),
  getElementById: id => byId.get(id),
  activeElement: null,
};
globalThis.setTimeout = () => {};
globalThis.fetch = path => Promise.resolve({ok: true, text: () => Promise.resolve(answer(path))});
globalThis.textOf = id => byId.get(id).textContent;
globalThis.textsOf = tag => [...byId.get('main').withTag(tag)].map(node => node.textContent);
globalThis.press = id => byId.get(id).listeners.click();
