/** The first line of a cassette. A reader refuses what it does not know. */
export const cassetteHeader = { format: 'quatrain-cassette', version: 1 } as const;

/** What a cassette may be called, so that its name is a file's name and never a path. */
export const cassetteName: RegExp = /^[a-z0-9][a-z0-9._-]{0,63}$/;
