import { badNameView, isChannelName } from './channel-name.js';

// `#/view/channel`: each view is a function of the channel's name that returns { title, element, dispose }.
export function startRouter(outlet, views) {
  let current;

  function show() {
    const [, name = '', ...rest] = location.hash.slice(1).split('/');
    const channel = rest.join('/');
    const view = views[name] ?? views[''];
    const needsChannel = view === views.watch || view === views.dashboard;
    current?.dispose();
    current = (needsChannel || channel) && !isChannelName(channel) ? badNameView(channel) : view(channel);
    document.title = `${current.title} · OrleansRelay`;
    outlet.replaceChildren(current.element);
    current.mounted?.();
    for (const link of document.querySelectorAll('[data-nav]')) {
      const isHere = link.dataset.nav === (name === 'publish' ? 'publish' : 'channels');
      if (isHere) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }

  addEventListener('hashchange', show);
  show();
}

export function linkTo(view, channel) {
  return `#/${view}/${channel}`;
}
