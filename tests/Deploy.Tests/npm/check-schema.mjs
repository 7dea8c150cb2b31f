// Holds Kubernetes objects against the API's own schema, from npm's kubernetes-models (generated from Kubernetes's OpenAPI document), and
// against those of the Gateway API and the Prometheus operator.
//
// stdin:  {"<set>": [object, ...], ...}        stdout: {"<set>": ["<kind>/<name> <address>: <what is wrong>", ...], ...}
//
// Two checks an object. The types: TypeScript refuses a literal with a member that its type doesn't have, lacks a required one, or
// has one of a wrong type; that is what finds a misspelt field. The validators: formats and ranges that types can't say.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const packages = { 'gateway.networking.k8s.io': '@kubernetes-models/gateway-api', 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator' };

/** The module that has the object's kind, or null where the API has no such kind. */
function moduleOf({ apiVersion, kind }) {
  const [group, version] = apiVersion?.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const module = [packages[group] ?? 'kubernetes-models', group, version, kind].filter(Boolean).join('/');
  const found = ts.resolveModuleName(module, `${here}/x.ts`, options, ts.sys).resolvedModule;
  return found ? module : null;
}

const options = {
  strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ['lib.es2022.d.ts'],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Where in the object a place of the source text is, such as /spec/template/spec/containers/0. */
function addressOf(node) {
  const parts = [];
  for (; node.parent; node = node.parent) {
    if (ts.isPropertyAssignment(node)) parts.unshift(node.name.text);
    else if (ts.isArrayLiteralExpression(node.parent)) parts.unshift(node.parent.elements.indexOf(node));
  }
  return `/${parts.join('/')}`;
}

function nodeAt(source, position) {
  const inside = (node) => ts.forEachChild(node, (child) => (child.getStart(source) <= position && position < child.end ? inside(child) ?? child : undefined));
  return inside(source);
}

const sets = JSON.parse(readFileSync(0, 'utf8'));
const objects = Object.entries(sets).flatMap(([set, all]) => all.map((object) => ({ set, object, module: moduleOf(object) })));
const sources = new Map();
const errors = Object.fromEntries(Object.keys(sets).map((set) => [set, []]));

objects.forEach(({ set, object, module }, index) => {
  if (!module) {
    errors[set].push(`${object.kind}/${object.metadata?.name}: there is no kind ${object.kind} in ${object.apiVersion}`);
    return;
  }
  sources.set(`${here}/object-${index}.ts`, `import type { I${object.kind} } from '${module}';\nexport const object: I${object.kind} = ${JSON.stringify(object)};\n`);
});

const host = ts.createCompilerHost(options, true);
const { getSourceFile, fileExists } = host;
host.fileExists = (name) => sources.has(name) || fileExists(name);
host.getSourceFile = (name, ...rest) => (sources.has(name) ? ts.createSourceFile(name, sources.get(name), options.target, true) : getSourceFile(name, ...rest));
const program = ts.createProgram([...sources.keys()], options, host);

for (const [index, { set, object, module }] of objects.entries()) {
  if (!module) continue;
  const add = (address, message) => errors[set].push(`${object.kind}/${object.metadata?.name} ${address}: ${message}`);
  const source = program.getSourceFile(`${here}/object-${index}.ts`);
  for (const problem of program.getSemanticDiagnostics(source)) {
    add(addressOf(nodeAt(source, problem.start)), ts.flattenDiagnosticMessageText(problem.messageText, ' '));
  }
  const model = (await import(module))[object.kind];
  try {
    new model(object).validate();
  } catch (error) {
    if (!error.errors) throw error;
    for (const one of error.errors) add(one.instancePath, one.message);
  }
}

process.stdout.write(JSON.stringify(errors));
