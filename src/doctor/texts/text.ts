import type { Code, Level, Side, Step } from '../model.ts';

/**
 * The words of a code, for someone who has never heard of the specifications. Sentences of `title` and `holds` have no
 * full stop; `why` and `fix` do.
 */
export interface Text {
  readonly level: Level;
  /** Where the edit has to be made. */
  readonly side: Side;
  /** What is so when all is well: "A call without a token is refused". */
  readonly holds: string;
  /** What is so when it is not: "The server lets everybody in". */
  readonly title: string;
  /** What that means for the person and their users. */
  readonly why: string;
  readonly fix: string;
}

export type Texts = Readonly<Record<Code, Text>>;

/** The words of one code together with the step that its first digit means. */
export type StepText = Text & { readonly step: Step };
