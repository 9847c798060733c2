import { describe, expect, it } from 'vitest';

import { valuesFrom } from '../test/support/verb-values.js';
import { CERTIFY } from './certify/certify-verb.js';
import { DeclaredOption, flagName, type Flag } from './command/flag.js';
import { program } from './program.js';
import { VERBS } from './verbs.js';

const { commands } = program(() => undefined);

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

const flagsOf = ({ groups }: (typeof VERBS)[number]): [string, Flag][] =>
  groups.flatMap(({ flags }) => Object.entries(flags));

describe.each(VERBS.map((verb) => [verb.name, verb] as const))('the flags of %s', (name, verb) => {
  const command = commands.find((one) => one.name() === name)!;
  const flags = flagsOf(verb);

  it('are what is parsed, by the names that the code has for their values', () => {
    const parsed = command.options.filter((option) => option instanceof DeclaredOption);
    expect(parsed.map((option) => option.attributeName()).sort()).toEqual(flags.map(([one]) => one).sort());
    expect(parsed.map(({ long }) => long).sort()).toEqual(
      flags.map(([one, flag]) => flagName(one, flag)).sort(),
    );
    expect(new Set(flags.map(([one]) => one)).size).toBe(flags.length);
  });

  it('have defaults that they would take', () => {
    for (const [, flag] of flags) {
      if (flag.argument === undefined || flag.preset === undefined) continue;
      if (flag.choices) expect(flag.choices).toContain(flag.preset);
      if (flag.number)
        expect(Number(flag.preset)).toBeGreaterThanOrEqual(flag.number.least ?? flag.number.above!);
    }
  });
});

describe('what certify is told', () => {
  const needed = ['--model', 'M', '--data', 'D', '--sigma', '1', '--out', 'O'];
  const flags = flagsOf(CERTIFY);

  it('must hold every flag that is needed', () => {
    const asked = errorOf(() => valuesFrom(CERTIFY, []));
    expect(asked).toBe('certify needs --model, --data, --sigma, --out.');
  });

  it('may hold the choices of a flag, and no other word', () => {
    const chosen = flags.filter(([, flag]) => flag.argument !== undefined && flag.choices);
    expect(chosen.map(([name]) => name)).toEqual(['noise', 'stop', 'bound', 'layout', 'device']);
    for (const [name, flag] of chosen) {
      const { choices } = flag as { choices: readonly string[] };
      const long = flagName(name, flag);
      for (const choice of choices)
        expect(valuesFrom(CERTIFY, [...needed, long, choice])).toMatchObject({ [name]: choice });
      expect(() => valuesFrom(CERTIFY, [...needed, long, 'no such word'])).toThrow(
        expect.objectContaining({ remedy: `Choose one of: ${choices.join(', ')}.` }),
      );
    }
  });

  it('has the types that its flags declare', () => {
    const values = valuesFrom(CERTIFY, [...needed, '--hang-seconds', '0.5', '--json']);
    const seconds: number = values.hangSeconds;
    const json: boolean = values.json;
    const layout: 'nchw' | 'nhwc' | 'flat' | 'auto' = values.layout;
    const out: string = values.out;
    const mean: string | undefined = values.mean;
    expect([seconds, json, layout, out, mean]).toEqual([0.5, true, 'auto', 'O', undefined]);
    // @ts-expect-error No flag of certify has this name.
    expect(values.maxSample).toBeUndefined();
  });
});
