// `/#/watch/<channel>`: the channel's messages, buffered and live, and how well they come.
import { connectionBadge } from './connection-badge.js';
import { followChannel } from './directory.js';
import { h, setText, tile } from './dom.js';
import { bytes, count, milliseconds, plural, rate } from './format.js';
import { messageDetail } from './message-detail.js';
import { messageList } from './message-list.js';
import { MessageLog } from './message-log.js';
import { Meter } from './meter.js';
import { describeNotice } from './notice-text.js';
import { RelayViewer } from '../relay-client.js';
import { linkTo } from './router.js';

const LOW_LATENCY_MS = 250;

export function watchView(channel) {
  const log = new MessageLog(), meter = new Meter(), badge = connectionBadge(), detail = messageDetail();
  const list = messageList(log, detail.choose);
  const title = h('h1', { test: 'title' }, channel);
  const meta = h('p', { class: 'meta', test: 'meta' }, channel);
  const live = h('span', { class: 'badge', test: 'live' }, 'Waiting');
  const tiles = {
    rate: tile('Messages / s', 'rate', 'Live messages, mean of the last five seconds'),
    throughput: tile('Throughput', 'throughput', 'Bytes of live messages a second, mean of the last five seconds'),
    latency: tile('Latency', 'latency', 'Median of live messages in the last ten seconds, from the relay’s stamp to here. It compares two clocks: on two machines it is as good as they agree.'),
    position: tile('Position', 'position', 'Offset of the last message in this epoch of the channel'),
    buffered: tile('Buffered', 'buffered', 'Messages that were there when this page came'),
    received: tile('Received', 'received', 'Messages received by this page'),
  };
  let received = 0, buffered = 0, newest;

  const viewer = new RelayViewer({
    channel,
    onMessage: message => {
      received++;
      newest = message;
      // The buffer comes as fast as the line allows: it says nothing of the stream's own rate or latency.
      if (message.isLive) meter.add(message.bytes.length, Date.now() - message.publishedAt);
      else buffered++;
      log.add(message);
      list.update();
    },
    onNotice: notice => {
      if (notice.type === 'hello') setLive(notice.live);
      if (notice.type === 'hello' && notice.title) setText(title, notice.title);
      if (notice.type === 'started') setLive(true);
      if (notice.type === 'ended') setLive(false);
      const mark = describeNotice(notice);
      if (mark) { log.add(mark); list.update(); }
    },
    onState: badge.show,
  });

  function setLive(isLive) {
    setText(live, isLive ? 'Live' : 'Not live');
    live.className = isLive ? 'badge live' : 'badge';
  }

  function refresh() {
    const now = meter.read();
    tiles.rate.set(rate(now.messages));
    tiles.throughput.set(`${bytes(now.bytes)}/s`);
    tiles.latency.set(now.median === undefined ? '–' : milliseconds(Math.max(0, now.median)));
    tiles.latency.element.dataset.level = now.median === undefined ? '' : now.median <= LOW_LATENCY_MS ? 'good' : 'poor';
    tiles.position.set(newest ? count(newest.offset) : '–');
    tiles.buffered.set(count(buffered));
    tiles.received.set(count(received));
    if (newest) detail.showNewest(newest);
  }

  const timer = setInterval(refresh, 250);
  const stopFollowing = followChannel(channel, facts => {
    if (!facts) return;
    setText(title, facts.title || channel);
    setText(meta, [facts.title && channel, facts.game, plural(facts.viewers, 'viewer'), `${bytes(facts.heldBytes ?? 0)} held`].filter(Boolean).join(' · '));
  });

  return {
    title: channel,
    element: h('section', { class: 'page watch', test: 'watch-view' },
      h('div', { class: 'heading' },
        h('div', {}, h('div', { class: 'title-line' }, title, live), meta),
        h('div', { class: 'actions' }, badge.element,
          h('a', { class: 'button', href: linkTo('dashboard', channel), test: 'to-dashboard' }, 'Dashboard'),
          h('a', { class: 'button quiet', href: linkTo('publish', channel) }, 'Publish'))),
      h('dl', { class: 'tiles' }, Object.values(tiles).map(it => it.element)),
      h('div', { class: 'split' }, list.element, detail.element)),
    mounted: list.update,
    dispose() { viewer.close(); clearInterval(timer); stopFollowing(); list.dispose(); badge.dispose(); },
  };
}
