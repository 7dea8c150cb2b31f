// Drop a recorded file, choose a speed, play it: the panel knows the player, its owner knows the channel.
//   open({ startNew })  the publisher to use, or undefined if there can be none now
//   send(payload)       publishes, resolves once stored
//   endStream()         closes the publisher
import { h, setText } from './dom.js';
import { bytes, clock, count, plural } from './format.js';
import { parseRecording, RecordingPlayer } from './recording.js';

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200];

export function recordingPanel({ open, send, endStream }) {
  let messages, player;

  const file = h('input', { id: 'recording-file', type: 'file', accept: '.ndjson,.jsonl', class: 'hidden', test: 'recording-file', on: { change: () => load(file.files[0]) } });
  const zone = h('label', {
    class: 'drop', for: 'recording-file', test: 'drop-zone',
    on: {
      dragover: event => { event.preventDefault(); zone.classList.add('over'); },
      dragleave: () => zone.classList.remove('over'),
      drop: event => { event.preventDefault(); zone.classList.remove('over'); load(event.dataTransfer.files[0]); },
    },
  }, h('strong', {}, 'Drop a recorded file here'), h('span', {}, 'or choose one: .ndjson, one message a line'));
  const about = h('p', { class: 'meta', role: 'status', test: 'recording-about' });
  const speed = h('select', { id: 'recording-speed', test: 'recording-speed', on: { change: () => player?.setSpeed(Number(speed.value)) } },
    SPEEDS.map(it => h('option', { value: it, selected: it === 10 }, `${it} ×`)));
  const startNew = h('input', { id: 'recording-new', type: 'checkbox', checked: true, test: 'recording-new' });
  const play = h('button', { type: 'button', class: 'button', disabled: true, test: 'recording-play', on: { click: begin } }, 'Play');
  const stopButton = h('button', { type: 'button', class: 'button quiet', disabled: true, test: 'recording-stop', on: { click: stop } }, 'Stop');
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Progress', test: 'recording-progress' });
  const position = h('output', { class: 'meta', test: 'recording-position' });

  async function load(chosen) {
    if (!chosen) return;
    stop();
    try {
      messages = parseRecording(await chosen.text());
      const size = messages.reduce((sum, { payload }) => sum + payload.length, 0);
      about.textContent = `${chosen.name}: ${plural(messages.length, 'message')}, ${clock(messages.at(-1).at / 1000)}, ${bytes(size)}`;
      about.classList.remove('error');
    } catch (error) {
      messages = undefined;
      about.textContent = `${chosen.name}: ${error.message}`;
      about.classList.add('error');
    }
    play.disabled = !messages;
  }

  async function begin() {
    const publisher = open({ startNew: startNew.checked });
    if (!publisher) return;
    const own = player = new RecordingPlayer(messages, {
      speed: Number(speed.value), ready: () => publisher.ready(),
      send: payload => send(payload).catch(() => own.stop()),
    });
    setPlaying(true);
    const timer = setInterval(() => show(own), 100);
    const isWhole = await own.play();
    if (isWhole) await publisher.flushed();
    clearInterval(timer);
    show(own);
    if (own !== player) return;
    player = undefined;
    setPlaying(false);
    if (isWhole && own.sent === messages.length) {
      setText(position, `Played: ${plural(own.sent, 'message')} stored. The stream is still open.`);
    }
  }

  function show(own) {
    bar.value = own.position / Math.max(1, own.length);
    setText(position, `${clock(own.position / 1000)} of ${clock(own.length / 1000)} · ${count(own.sent)} messages`);
  }

  function stop() {
    if (!player) return;
    player.stop();
    endStream();
  }

  function setPlaying(isPlaying) {
    play.disabled = isPlaying || !messages;
    stopButton.disabled = !isPlaying;
  }

  return {
    element: h('div', { class: 'panel' },
      h('h2', {}, 'Play a recording'), file, zone, about,
      h('div', { class: 'line' },
        h('label', { for: 'recording-speed' }, 'Speed'), speed,
        h('label', { class: 'check', for: 'recording-new' }, startNew, 'New stream: drop what is buffered')),
      h('div', { class: 'line' }, play, stopButton, bar),
      position),
    stop,
    stopped: () => player?.stop(),
  };
}
