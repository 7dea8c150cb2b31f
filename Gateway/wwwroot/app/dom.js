// Builds elements. Properties go on the element as they are, undefined and null are left out; `test` names it for tests, `on` holds listeners, names with a dash and
// `role` are attributes.
// Text only ever becomes text: nothing that a channel sends is parsed as HTML.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === 'test') element.dataset.test = value;
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name.includes('-') || name === 'role' || name === 'for' || name === 'list') element.setAttribute(name, value);
    else element[name === 'class' ? 'className' : name] = value;
  }
  element.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

// Sets text only when it changed: a screen reader and the layout are left alone otherwise.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A labelled number. `set(text)` changes it.
export function tile(label, test, title) {
  const value = h('dd', { test }, '–');
  return { element: h('div', { class: 'tile', title }, h('dt', {}, label), value), set: text => setText(value, text) };
}
