// What a spectator knows of a game, gathered from a dashboard's messages (tests/Recordings/README.md has the schema).
const FEED_LIMIT = 200;

export class Game {
  constructor() { this.clear(); }

  clear() {
    Object.assign(this, {
      title: '', map: undefined, mapName: '', time: 0, length: undefined, heat: undefined, positions: [], feed: [], winners: undefined,
      players: new Map(), series: { population: new Map(), score: new Map() }, received: 0,
    });
  }

  // A player that no `start` has told of is shown all the same.
  player(id) {
    let player = this.players.get(id);
    if (!player) this.players.set(id, player = { id, name: `Player ${id}`, color: '#8f98a3', team: 0, civilization: '', research: new Map() });
    return player;
  }

  apply(message) {
    if (typeof message.time === 'number') this.time = Math.max(this.time, message.time);
    this[`on_${message.type}`]?.(message);
    this.received++;
  }

  on_start({ title, map, length, players = [] }) {
    this.clear();
    Object.assign(this, { title, mapName: map, length });
    for (const card of players) Object.assign(this.player(card.id), card);
  }

  on_map(map) { this.map = map; this.mapName = map.name; }

  on_title({ title }) { this.title = title; }

  on_positions({ positions }) { this.positions = positions; }

  on_heatmap(heat) { this.heat = heat; }

  on_player_update({ time, players = [] }) {
    for (const state of players) {
      const player = this.player(state.id);
      player.state = state;
      this.#sample('population', state.id, time, state.population ?? 0);
      this.#sample('score', state.id, time, state.score?.total ?? 0);
    }
  }

  on_apm({ players = [] }) { for (const { id, apm, mean } of players) Object.assign(this.player(id), { apm, meanApm: mean }); }

  on_research({ player, technology, seconds, time }) { this.player(player).research.set(technology, { since: time, seconds, progress: 0 }); }

  on_research_progress({ player, technology, progress, time }) {
    const known = this.player(player).research.get(technology);
    this.player(player).research.set(technology, { since: time, ...known, progress });
  }

  on_research_stop({ player, technology }) { this.player(player).research.delete(technology); }

  on_trade({ player, total }) { this.player(player).trade = total; }

  on_tribute({ time, player, to, resource, amount }) {
    this.#tell({ time, kind: 'tribute', player, text: `sends ${amount} ${resource} to ${this.player(to).name}` });
  }

  on_chat({ time, player, to, text }) { this.#tell({ time, kind: 'chat', player, to, text }); }

  on_alert({ time, player, what, text, x, y }) { this.#tell({ time, kind: 'alert', what, player, text, x, y }); }

  on_resign({ time, player }) {
    this.player(player).resigned = true;
    this.#tell({ time, kind: 'resign', player, text: 'resigns' });
  }

  on_end({ time, winners = [] }) {
    this.winners = winners;
    this.#tell({ time, kind: 'end', text: winners.length === 0 ? 'over' : `${winners.map(id => this.player(id).name).join(', ')} won` });
  }

  #sample(name, id, time = this.time, value) {
    let points = this.series[name].get(id);
    if (!points) this.series[name].set(id, points = { times: [], values: [] });
    points.times.push(time);
    points.values.push(value);
  }

  #tell({ time = this.time, ...entry }) {
    this.feed.push({ time, ...entry });
    if (this.feed.length > FEED_LIMIT) this.feed.shift();
  }
}
