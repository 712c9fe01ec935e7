/** The first line of a cassette. A reader refuses what it does not know. */
export const cassetteHeader = { format: 'quatrain-cassette', version: 1 } as const;
