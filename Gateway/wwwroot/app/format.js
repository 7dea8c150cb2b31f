// Numbers as people read them.
const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const count = number => whole.format(number);

export function bytes(number) {
  if (number < 1000) return `${Math.round(number)} B`;
  const [unit, size] = number < 1e6 ? ['kB', 1e3] : number < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${short.format(number / size)} ${unit}`;
}

export const rate = number => number < 10 && number > 0 ? number.toFixed(1) : whole.format(Math.round(number));

export function milliseconds(number) {
  if (number >= 10_000) return `${short.format(number / 1000)} s`;
  return number < 10 ? `${number.toFixed(1)} ms` : `${Math.round(number)} ms`;
}

// 4929 → 1:22:09
export function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = number => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function timeOfDay(epochMilliseconds) {
  const date = new Date(epochMilliseconds);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

// "3 min": how long ago, roughly.
export function ago(date, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(date).getTime()) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
