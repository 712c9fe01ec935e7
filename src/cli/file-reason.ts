const reasons: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EEXIST: 'there is a file of this name already',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such file or directory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no directory',
  EPERM: 'access is denied',
  EROFS: 'the file system is read-only',
};

/** Why a file could not be read or written, in words; the system's own where there are none here. */
export function fileReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? error.message;
}
