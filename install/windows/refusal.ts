/** Why something is not done, in one line for people; nothing unforeseen. */
export class Refusal extends Error {}
