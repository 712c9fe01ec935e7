/** What is taken out of an exchange beyond credentials, which always are. */
export interface RedactionRules {
  /** Regular expressions of the owner; what they match is taken out. */
  readonly patterns: readonly string[];
  readonly emails: 'keep' | 'redact';
  /** Whether media in base64 are kept or stand as their digest. */
  readonly media: 'keep' | 'digest';
  /** Media up to this size, in bytes of base64, are kept all the same. */
  readonly mediaBytesMax: number;
}
