// Asks GET /api/channels every 2 s while somebody looks, and tells the answer.
const POLL_MS = 2000;

export function followDirectory(onChannels, onFailure = () => {}) {
  let isStopped = false, isAsking = false, timer;

  async function poll() {
    // One question at a time, and one timer: the page may be hidden and shown again while an answer is under way.
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    await ask();
    isAsking = false;

    // A page in the background asks again when it is looked at.
    if (!isStopped && !document.hidden) timer = setTimeout(poll, POLL_MS);
  }

  async function ask() {
    let channels;
    try {
      const answer = await fetch('api/channels', { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`the relay answered ${answer.status}`);
      ({ channels } = await answer.json());
    } catch (error) {
      if (!isStopped) onFailure(error);
      return;
    }
    if (isStopped) return;

    // Outside of the try: a view's own fault is not the relay's.
    try {
      showTotals(channels);
      onChannels(channels);
    } catch (error) {
      console.error('The channels could not be shown.', error);
    }
  }

  function resume() {
    if (!document.hidden) poll();
  }

  document.addEventListener('visibilitychange', resume);
  poll();
  return () => { isStopped = true; clearTimeout(timer); document.removeEventListener('visibilitychange', resume); };
}

// One channel's own facts, live or not.
export function followChannel(channel, onChannel) {
  return followDirectory(channels => onChannel(channels.find(it => it.channel === channel)));
}

function showTotals(channels) {
  const viewers = channels.reduce((sum, channel) => sum + (channel.viewers ?? 0), 0);
  document.querySelector('[data-test=totals]').textContent = `${channels.filter(it => it.live).length} live · ${viewers} watching`;
}
