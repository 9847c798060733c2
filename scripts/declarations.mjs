// Writes the types of the library: the declarations of library/index.ts and of what it names, and no others.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The file that a declaration imports or exports from. */
const REFERENCE = /\bfrom '([^']+)'/g;

/**
 * Writes them below dist/library. Each file is read alone, so that no type of another floor, or of a library, can come in unseen.
 *
 * @throws Error for an export without a written type, and for a reference to anything outside library/
 */
export function writeDeclarations(root) {
  const folder = path.join(root, 'library');
  const waiting = ['index.ts'];
  const written = new Set();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (written.has(name)) continue;
    written.add(name);
    const text = declarationOf(path.join(folder, name));
    for (const [, reference] of text.matchAll(REFERENCE)) {
      const found = path.join(path.dirname(name), reference.replace(/\.js$/, '.ts'));
      if (!reference.startsWith('.') || found.startsWith('..'))
        throw new Error(`library/${name} shows its users a type of ${reference}, which is not in library/.`);
      waiting.push(found);
    }
    const target = path.join(root, 'dist/library', name.replace(/\.ts$/, '.d.ts'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function declarationOf(file) {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    isolatedDeclarations: true,
    verbatimModuleSyntax: true,
    declaration: true,
  };
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions,
    reportDiagnostics: true,
  });
  const [first] = diagnostics ?? [];
  if (first === undefined) return outputText;
  throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
}
