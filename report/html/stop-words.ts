/** Reasons why no more samples of an image were drawn, in a few words. */
const WORDS: Readonly<Record<string, string>> = {
  gain: 'more samples would add too little radius',
  abstain: 'more samples were forecast not to pay',
  certified: 'the largest radius asked for is certified',
  futile: 'the next radius or class was forecast to be out of reach',
  planned: 'all samples of its plan are drawn',
  budget: 'its budget is drawn',
  decided: 'its class is decided',
};

/** Returns a reason in words; the code of an error as it is. */
export const stopWords = (stop: string): string => (Object.hasOwn(WORDS, stop) ? WORDS[stop]! : stop);
