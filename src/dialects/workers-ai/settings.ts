/** How the form behaves where its schemas and its service differ. */
export interface WorkersAiSettings {
  /**
   * The published schemas know text in messages and nothing else, which rules out tool loops and
   * prompt caching. `strict` holds requests to them by the letter; `relaxed` lets a content block
   * have what members it likes, and `system` be a list of blocks.
   */
  readonly content: 'relaxed' | 'strict';
}
