/** A Python literal, as in the header of a NumPy file; never code. Tuples and lists become arrays. */
export type PythonValue = string | number | boolean | null | PythonValue[] | Map<string, PythonValue>;

const MAX_DEPTH = 16;
const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+)L?(?![\w.])|(True|False|None)(?!\w)|([{}()[\],:]))/y;

/** Parses one literal of dict, tuple, list, str, int, True, False and None. @throws SyntaxError for anything else */
export function parsePythonLiteral(text: string): PythonValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  #at = 0;
  #token: RegExpExecArray | null = null;

  constructor(private readonly text: string) {
    this.#advance();
  }

  value(depth: number): PythonValue {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    const [, quoted, digits, word, mark] = this.#token ?? [];
    this.#advance();
    if (quoted !== undefined) return quoted.slice(1, -1);
    if (digits !== undefined) return Number(digits);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    if (mark === '{') return this.#dict(depth);
    if (mark === '(') return this.#items(')', depth);
    if (mark === '[') return this.#items(']', depth);
    throw new SyntaxError('not a literal');
  }

  end(): void {
    if (this.#token !== null || this.text.slice(this.#at).trim() !== '')
      throw new SyntaxError('text behind the literal');
  }

  #items(closing: string, depth: number): PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.#skip(closing)) {
      items.push(this.value(depth + 1));
      if (this.#skip(',')) continue;
      this.#expect(closing);
      break;
    }
    return items;
  }

  #dict(depth: number): Map<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    while (!this.#skip('}')) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || entries.has(key))
        throw new SyntaxError('a key that is no string, or twice');
      this.#expect(':');
      entries.set(key, this.value(depth + 1));
      if (this.#skip(',')) continue;
      this.#expect('}');
      break;
    }
    return entries;
  }

  #skip(mark: string): boolean {
    if (this.#token?.[4] !== mark) return false;
    this.#advance();
    return true;
  }

  #expect(mark: string): void {
    if (!this.#skip(mark)) throw new SyntaxError(`${mark} is missing`);
  }

  #advance(): void {
    TOKEN.lastIndex = this.#at;
    this.#token = TOKEN.exec(this.text);
    if (this.#token !== null) this.#at = TOKEN.lastIndex;
  }
}
