import { Option } from 'commander';
import { describe, expect, it } from 'vitest';

import { compileConfig, type RawOptions } from '../certify/config.js';
import { CERTIFY_FLAGS, factsOf } from './flag-facts.js';
import { program } from './program.js';

const { commands } = program(() => undefined);
const certify = commands.find((command) => command.name() === 'certify')!;
const visible = (command: (typeof commands)[number]) =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help');

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('what is known of the flags', () => {
  it.each(commands.map((command) => [command.name(), command] as const))(
    'says of each one of %s whether it is of the job or of the run',
    (_, command) => {
      for (const option of visible(command)) expect(factsOf(command, option).decides).toMatch(/^(job|run)$/);
    },
  );

  it('speaks of no flag that certify does not have', () => {
    expect(Object.keys(CERTIFY_FLAGS).sort()).toEqual(
      visible(certify)
        .map((option) => option.attributeName())
        .sort(),
    );
  });

  it('names the flags that certify asks for', () => {
    const needed = visible(certify).filter((option) => factsOf(certify, option).needed);
    const asked = errorOf(() => compileConfig(certify.opts<RawOptions>()));
    expect(asked.match(/--\w+/g)!.sort()).toEqual(needed.map(({ long }) => long).sort());
  });

  it('has defaults that are among the choices, and choices that the command takes', () => {
    const chosen = visible(certify).filter((option) => factsOf(certify, option).choices);
    expect(chosen.map(({ long }) => long)).toEqual(['--stop', '--bound', '--layout', '--device']);
    for (const option of chosen) {
      const { choices } = factsOf(certify, option);
      if (option.defaultValue !== undefined) expect(choices).toContain(option.defaultValue);
      const wrong = {
        model: 'M',
        data: 'D',
        sigma: '1',
        out: 'O',
        ...certify.opts<RawOptions>(),
        [option.attributeName()]: 'no such word',
      };
      expect(() => compileConfig(wrong)).toThrow(
        expect.objectContaining({ remedy: `Choose one of: ${choices!.join(', ')}.` }),
      );
    }
  });

  it('is asked for in vain of a flag that nobody classified', () => {
    expect(() => factsOf(certify, new Option('--new <x>'))).toThrow(
      'certify --new is missing in cli/command/flag-facts.ts',
    );
  });
});
