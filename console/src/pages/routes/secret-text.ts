/** Names after which a credential stands; `max_tokens` and `idempotency-key` are none of them. */
const nameEnd =
  '(?:auth|authorization|authentication|cookie|credentials?|passphrase|passw(?:or)?d|secret|session|signature|token|(?:access|account|api|private|secret|shared|signing)[-_]?key)';
const secretName = new RegExp(`(?:${nameEnd}|^(?:x-)?key)(?:[-_](?:id|value))?$`, 'i');

/** What is a credential by its own form. */
const credentialForms: readonly RegExp[] = [
  /\b(?:sk|pk|rk|xox[a-z])[-_][\w-]{10,}/,
  /\b(?:qtn|gh[a-z]|github_pat|hf|npm|glpat|pypi|whsec)[-_][\w-]{8,}/,
  /\b(?:A[KS]IA|AIza)[\w-]{12,}/,
  /\beyJ[\w-]{8,}\.[\w-]{4,}/,
  /\b(?:bearer|basic)\s+[\w.~+/=-]{6,}/i,
  /-----BEGIN /,
  /:\/\/[^\s/:@]+:[^\s/@]+@/,
];
const secretMember = new RegExp(`"[\\w.-]*${nameEnd}"\\s*:\\s*"[^"]`, 'i');
/** Letters and digits that nobody reads, as of a random secret; of ids with hyphens each part is short. */
const opaqueRun = /[A-Za-z0-9_+/=]{32,}/g;

/** Whether a header of this name proves who sends it. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether a text is a credential, or JSON that has one. */
export function hasCredential(text: string): boolean {
  return credentialForms.some((form) => form.test(text)) || secretMember.test(text);
}

/** Whether a header's value may be one that its name does not tell of. */
export function mayBeSecret(value: string): boolean {
  const runs = value.match(opaqueRun) ?? [];
  return hasCredential(value) || runs.some((run) => /\d/.test(run) && /[A-Za-z]/.test(run));
}
