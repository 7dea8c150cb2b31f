// The page: one outlet, one view at a time, chosen by the address after `#`.
import { channelsView } from './channels-view.js';
import { startRouter } from './router.js';
import { publishView } from './publish-view.js';
import { watchView } from './watch-view.js';
import { dashboardView } from '../dashboard/dashboard-view.js';

const main = document.querySelector('#main');
document.querySelector('[data-skip]').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});

startRouter(main, {
  '': channelsView,
  watch: watchView,
  publish: publishView,
  dashboard: dashboardView,
});
