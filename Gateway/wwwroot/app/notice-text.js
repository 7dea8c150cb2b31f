// The relay's notices as a row in the list: what kind of mark, and what it says. Undefined for those that aren't worth one.
import { count } from './format.js';

export function describeNotice(notice) {
  const span = `${count(notice.from)}–${count(notice.to)}`;
  switch (notice.type) {
    case 'seam': return { mark: 'seam', label: 'buffered above · live from here' };
    case 'gap': return { mark: 'gap', label: `messages ${span} are not coming: ${notice.reason === 'slow' ? 'this viewer was too slow' : 'no longer held'}` };
    case 'loss': return { mark: 'gap', label: `messages ${span} are missing` };
    case 'epoch': return { mark: 'epoch', label: 'the channel began again' };
    case 'started': return { mark: 'started', label: notice.reset ? 'a new stream began; what was buffered is gone' : 'a publisher opened the channel' };
    case 'ended': return { mark: 'ended', label: notice.reason === 'lost' ? 'the stream is over: the publisher did not come back' : 'the stream is over' };
    case 'hello':
      if (notice.recovered === true) return { mark: 'recovered', label: 'back again; nothing was missed' };
      if (notice.recovered === false) return { mark: 'gap', label: `back again, but not all could be recovered (${notice.reason}); goes on at ${count(notice.next)}` };
  }
  return undefined;
}
