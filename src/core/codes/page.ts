/** The shape of a full page of the catalogue: what an engineer needs beside the facts of the code. Our own words. */

export interface Page {
  /** A reply as servers print it, with this code. */
  readonly example: string;
  /** What it means, in a few sentences; stands in place of the one sentence of the code table. */
  readonly meaning: string;
  /** How it goes, step by step. */
  readonly playsOut: readonly string[];
  /** Whether it is permanent or may pass, and what that means for the address and for the message. */
  readonly softOrHard: string;
  readonly causes: readonly string[];
  /** What to do, in the order in which to try it. The first one is shown beside entries that blame the sender. */
  readonly fixes: readonly string[];
  readonly questions: readonly { readonly q: string; readonly a: string }[];
  /** Neighbours: codes that are mistaken for it, come with it or follow from it. */
  readonly related: readonly string[];
  /** Where it says so: RFC sections and pages of receivers or server software. */
  readonly sources: readonly string[];
}
