// Answers questions about Gateway/wwwroot/relay-client.js, one a line: { decode: hex }, { encode: { sequence, text | hex } }, { afterClose: code }.
// Argument: the module's path. It is read as text, because this folder and that one need not agree on what a .js file is.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const source = await readFile(process.argv[2]);
const { decodeMessage, encodePublish, afterClose } = await import(`data:text/javascript;base64,${source.toString('base64')}`);
const hex = bytes => Buffer.from(bytes).toString('hex');

function answer({ decode, encode, afterClose: code }) {
  if (decode !== undefined) {
    const { kind, offset, publishedAt, payload } = decodeMessage(Uint8Array.from(Buffer.from(decode, 'hex')).buffer);
    return { kind, number: String(offset), at: String(publishedAt), payload: hex(payload) };
  }
  if (encode) return { bytes: hex(encodePublish(BigInt(encode.sequence), encode.text ?? Uint8Array.from(Buffer.from(encode.hex, 'hex')))) };
  return { after: afterClose(code) };
}

for await (const line of createInterface({ input: process.stdin })) {
  try { console.log(JSON.stringify(answer(JSON.parse(line)))); } catch (error) { console.log(JSON.stringify({ error: error.message })); }
}
